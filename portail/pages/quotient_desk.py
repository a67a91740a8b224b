"""« Quotients manquants ou expirés » : à qui demander une attestation avant de facturer le tarif maximum."""

import reflex as rx

from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.forms import Choice, picker, submit
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.components.papers import download
from portail.components.tables import cell
from portail.domain.quotients import Gap
from portail.pages.layout import frame
from portail.state.quotient_desk import QuotientDeskState as State
from portail.views.wording import capitalised

GAPS = (Choice("", "Tous"), *(Choice(gap.value, capitalised(gap.label)) for gap in Gap))
HEADS = ("Dossier", "Famille", "Quotient", tables.Amount("Dernier connu"), "Valable jusqu’au")
WHO = "Les familles dont un enfant est inscrit, ou réserve cette année là où l’on vient sans inscription."


def draw() -> rx.Component:
    listing = State.listing
    return frame(
        "/admin/quotients",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Quotients manquants ou expirés"),
                rx.el.p(listing.total, class_name="muted"),
                rx.el.p(WHO, class_name="small muted"),
            ),
            rx.cond(listing.ready, download(listing.export, "Exporter (CSV)")),
            class_name="hello",
        ),
        rx.el.form(
            text(Input("mots", "words", "Famille ou numéro de dossier", "search")),
            submit("Rechercher", rx.Var.create(False), css="btn"),
            on_submit=State.search,
            class_name="search filters",
            role="search",
        ),
        rx.el.section(
            rx.el.h2("Liste des familles", class_name="unseen"),
            rx.el.div(picker("etat", "Montrer", GAPS, listing.gap, State.show_gap), class_name="filters pickers"),
            rx.cond(listing.ready, _list(), rx.el.div(*bones("", 5), class_name="bones")),
            class_name="card",
        ),
    )


def _list() -> rx.Component:
    listing = State.listing
    nothing = rx.cond(
        (listing.words != "") | (listing.gap != ""),
        empty("search", "Aucune famille trouvée", "Essayez un seul mot, ou montrez tous les quotients."),
        empty("check", "Rien à demander", "Toutes les familles qui viennent ont un quotient valable plus de 60 jours."),
    )
    rows = rx.fragment(
        tables.table("Quotients à demander", HEADS, rx.foreach(listing.rows, _row)),
        tables.pager(listing, State.turn),
    )
    return rx.cond(listing.rows.length() > 0, rows, nothing)


def _row(row: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Dossier", row.number),
        cell("Famille", rx.el.b(row.name)),
        cell("Quotient", rx.el.span(row.standing, class_name="pill", custom_attrs={"data-tone": row.tone})),
        cell("Dernier connu", rx.el.span(row.value, class_name="sum")),
        cell("Valable jusqu’au", row.ends),
        rx.el.td(
            to(
                f"/admin/encaissements/{row.family_id}",
                "Ouvrir",
                css="btn quiet small",
                aria_label=f"Ouvrir la famille {row.name}",
            ),
            class_name="act",
        ),
    )
