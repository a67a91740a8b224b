"""« Factures » : chercher une facture, la lire, en rendre tout ou partie par un avoir."""

import reflex as rx

from portail.components import invoices as drawn
from portail.components import tables
from portail.components.cards import awaited, bones, empty
from portail.components.forms import Choice, checkbox, form, picker, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.components.tables import cell
from portail.domain.invoices import Standing
from portail.pages.layout import frame
from portail.state.invoice_desk import LINE
from portail.state.invoice_desk import InvoiceDeskState as State

STANDINGS = (Choice("", "Toutes"), *(Choice(one.value, one.label) for one in Standing))


def draw_list() -> rx.Component:
    listing = State.listing
    nothing = empty("search", "Aucune facture trouvée", "Essayez un numéro, un nom de famille ou un montant exact.")
    heads = ("Numéro", "Famille", "Période", tables.Amount("Montant"), tables.Amount("Reste dû"), "État")
    rows = rx.fragment(
        tables.table("Factures", heads, rx.foreach(listing.rows, _row)), tables.pager(listing, State.turn)
    )
    return frame(
        "/admin/factures",
        rx.el.h1("Factures"),
        rx.el.form(
            rx.fragment(
                text(Input("mots", "words", "Numéro, famille ou montant", "search"), listing.words), key=listing.words
            ),
            submit("Rechercher", rx.Var.create(False), css="btn"),
            picker("etat", "Montrer", STANDINGS, listing.standing, State.show_standing),
            on_submit=State.search,
            class_name="search filters",
            role="search",
        ),
        rx.el.section(
            rx.el.h2("Liste des factures", class_name="unseen"),
            rx.cond(
                listing.ready,
                rx.cond(listing.rows.length() > 0, rows, nothing),
                rx.el.div(*bones("", 5), class_name="bones"),
            ),
            class_name="card",
        ),
    )


def _row(row: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Numéro", row.number),
        cell("Famille", rx.el.b(row.family)),
        cell("Période", row.month),
        cell("Montant", rx.el.span(row.total, class_name="sum")),
        cell("Reste dû", rx.el.span(row.left, class_name="sum")),
        cell("État", drawn.pill(row)),
        rx.el.td(
            to(f"/admin/factures/{row.id}", "Ouvrir", css="btn quiet small", aria_label=f"Ouvrir {row.number}"),
            class_name="act",
        ),
    )


def draw_one() -> rx.Component:
    return frame(
        "/admin/factures/[invoice_id]",
        rx.el.p(
            rx.cond(
                State.file.is_draft,
                to(f"/admin/facturation/{State.file.run_id}", icon("back"), "Facturation"),
                to("/admin/factures", icon("back"), "Factures"),
            ),
            class_name="crumb",
        ),
        rx.cond(State.file.ready, _whole(), awaited("Facture")),
    )


def _whole() -> rx.Component:
    file, row = State.file, State.file.row
    return rx.el.div(
        rx.el.div(drawn.title(row), drawn.pill(row), class_name="hello"),
        rx.el.div(
            rx.el.div(drawn.detail(file), class_name="stack"),
            rx.el.div(
                rx.el.section(
                    rx.el.h2(f"Famille {row.family}", id="famille"),
                    rx.cond(
                        file.is_draft,
                        rx.el.p("Ce brouillon n’est pas parti : rien n’est encore dû."),
                    ),
                    drawn.corrected(file, "/admin/factures"),
                    drawn.facts(file, rx.cond(file.holder, rx.fragment(rx.el.dt("Adultes"), rx.el.dd(file.holder)))),
                    drawn.debit(row, "."),
                    drawn.rejected(file),
                    drawn.download(row),
                    rx.cond(
                        file.family_id > 0,
                        to(f"/admin/encaissements/{file.family_id}", "Porte-monnaie de la famille", css="more"),
                    ),
                    class_name="card pad stack tight",
                    aria_labelledby="famille",
                ),
                drawn.paid_by(file, "/admin/factures"),
                rx.cond(file.creditable.length() > 0, _credit(file)),
                class_name="stack",
            ),
            class_name="two",
        ),
        class_name="stack",
    )


def _credit(file: rx.Var) -> rx.Component:
    """Rien n'est coché d'avance : rendre de l'argent est un geste voulu."""
    return rx.el.section(
        rx.el.h2("Émettre un avoir"),
        rx.el.p(
            "L’avoir solde d’abord cette facture ; ce qu’elle ne doit plus revient au porte-monnaie de la famille.",
            class_name="small muted",
        ),
        form(
            summary(State.fault),
            rx.el.input(type="hidden", name="seen", value=file.room_cents, read_only=True),
            checkbox("toute", "whole", "Toute la facture (il peut encore être rendu ", file.room, ")"),
            rx.el.fieldset(
                rx.el.legend("Ou seulement ces lignes"),
                rx.foreach(file.creditable, _box),
                class_name="boxes",
            ),
            text(Input("montant", "amount", "Ou un montant, en euros", mode="decimal", css="year")),
            text(Input("motif", "reason", "Motif, que la famille lira")),
            submit("Émettre l’avoir", State.busy, css="btn"),
            on_submit=State.give_back,
        ),
        class_name="card pad stack",
        key=file.token,
    )


def _box(line: rx.Var) -> rx.Component:
    name = f"{LINE}{line.id}"
    label = rx.fragment(rx.el.b(line.amount, class_name="sum"), rx.el.span(line.label, class_name="under small"))
    return rx.el.div(
        rx.el.input(type="checkbox", name=name, custom_attrs={"id": name}),
        rx.el.label(label, html_for=name),
        class_name="check line",
    )
