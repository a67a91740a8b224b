"""« Facturation » : préparer un mois, relire les brouillons et leurs écarts, émettre ou annuler."""

import reflex as rx

from portail.components import tables
from portail.components.campaigns import Ticker
from portail.components.cards import awaited, bones, empty
from portail.components.forms import fold, gesture, submit
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text
from portail.components.links import to
from portail.components.tables import cell
from portail.pages.layout import frame
from portail.state.invoice_desk import InvoiceRunsState as State

ONLY = (
    ("", "Toutes"),
    ("striking", "Écarts à relire"),
    ("negative", "Avoirs"),
    ("carried", "Reportées"),
    ("vanished", "Disparues"),
)


def draw_list() -> rx.Component:
    listing = State.listing
    nothing = empty("document", "Aucune facturation", "Choisissez un mois : rien ne part avant que vous l’ayez relu.")
    heads = ("Mois", "Régie", "Factures", tables.Amount("Total"), "État")
    rows = tables.table("Facturations", heads, rx.foreach(listing.rows, _row))
    return frame(
        "/admin/facturation",
        rx.el.div(rx.el.h1("Facturation"), class_name="hello"),
        rx.el.div(
            _start(listing),
            rx.el.section(
                rx.el.h2("Les facturations", id="facturations"),
                rx.cond(
                    listing.ready,
                    rx.cond(listing.rows.length() > 0, rows, nothing),
                    rx.el.div(*bones("", 3), class_name="bones"),
                ),
                class_name="card",
                aria_labelledby="facturations",
            ),
            class_name="stack",
        ),
        rx.cond(listing.is_busy, Ticker.create(seconds=1, on_tick=State.look_at_all)),
    )


def _start(listing: rx.Var) -> rx.Component:
    return rx.el.section(
        rx.el.h2("Préparer un mois"),
        rx.el.p("Les brouillons se calculent d’abord : rien n’est envoyé aux familles.", class_name="small muted"),
        rx.cond(
            listing.ready,
            rx.el.form(
                choice(Input("regie", "regie", "Régie"), listing.regies, listing.regies[0].value, blank="-"),
                choice(Input("mois", "month", "Mois"), listing.months, listing.months[0].value, blank="-"),
                submit("Préparer les factures", State.busy, css="btn"),
                on_submit=State.start,
                class_name="search filters",
            ),
        ),
        class_name="card pad stack tight",
    )


def _row(row: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Mois", rx.el.b(row.month)),
        cell("Régie", row.regie),
        cell("Factures", row.count),
        cell("Total", rx.el.span(row.total, class_name="sum")),
        cell(
            "État",
            _state(row),
            rx.cond(row.progress, rx.el.span(row.progress, class_name="under small muted")),
            rx.cond(row.failed, rx.el.span(row.failed, class_name="under small")),
        ),
        rx.el.td(
            to(
                f"/admin/facturation/{row.id}",
                "Ouvrir",
                css="btn quiet small",
                aria_label=f"Ouvrir la facturation de {row.month}, {row.regie}",
            ),
            class_name="act",
        ),
    )


def _state(row: rx.Var) -> rx.Component:
    return rx.el.span(row.state, class_name="pill", custom_attrs={"data-tone": row.tone})


def draw_one() -> rx.Component:
    return frame(
        "/admin/facturation/[run_id]",
        rx.el.p(to("/admin/facturation", icon("back"), "Facturation"), class_name="crumb"),
        rx.cond(State.file.ready, _whole(), awaited("Facturation")),
    )


def _whole() -> rx.Component:
    file, row = State.file, State.file.row
    return rx.el.div(
        rx.el.div(rx.el.h1(f"{row.month}, {row.regie}"), _state(row), class_name="hello"),
        _progress(row),
        _failed(row),
        rx.el.section(
            rx.el.h2("En tout", id="total"),
            rx.el.p(row.total, class_name="balance"),
            rx.el.dl(
                rx.foreach(file.figures, lambda one: rx.fragment(rx.el.dt(one.label), rx.el.dd(one.value))),
                rx.el.dt("À payer avant le"),
                rx.el.dd(file.due),
                class_name="lines",
            ),
            _gestures(file),
            class_name="card pad stack tight",
            aria_labelledby="total",
        ),
        _preview(file),
        rx.cond(row.is_busy, Ticker.create(seconds=1, on_tick=State.look)),
        class_name="stack",
    )


def _progress(row: rx.Var) -> rx.Component:
    """Une vraie barre : ce qui est fait sur ce qui est à faire."""
    return rx.cond(
        row.is_busy,
        rx.el.section(
            rx.el.label(row.progress, html_for="avancement"),
            rx.el.progress(value=row.percent, max=100, class_name="progress", custom_attrs={"id": "avancement"}),
            class_name="card pad stack tight",
        ),
    )


def _failed(row: rx.Var) -> rx.Component:
    """La facture est bonne et se lit en ligne : seul son papier manque."""
    return rx.cond(
        row.failed,
        rx.el.p(
            rx.el.b(row.failed),
            " : ces factures sont émises et se lisent en ligne. Un nouvel essai est fait chaque jour.",
        ),
    )


def _gestures(file: rx.Var) -> rx.Component:
    """Ni l'un ni l'autre ne se défait : chacun en deux temps, avec ses chiffres."""
    return rx.fragment(
        rx.cond(
            file.can_issue,
            fold(
                "Émettre les factures",
                rx.el.div(
                    rx.el.p(rx.el.b(file.to_issue), "."),
                    rx.el.p(
                        "Émises, elles sont numérotées, envoyées et ne changent plus : "
                        "une erreur se corrige par un avoir.",
                        class_name="small muted",
                    ),
                    gesture("Oui, émettre", State.issue, State.busy),
                    class_name="stack tight",
                ),
            ),
        ),
        rx.cond(
            file.has_nothing,
            rx.el.p("Rien à émettre : annulez cette facturation, la suivante reprendra ce qui est reporté."),
        ),
        rx.cond(
            file.can_cancel,
            fold(
                "Annuler cette facturation",
                rx.el.div(
                    rx.el.p(
                        rx.el.b(file.drafts),
                        f" ({file.row.total}) : tout s’efface, rien n’est envoyé. "
                        "Le mois pourra être préparé de nouveau.",
                    ),
                    gesture("Oui, annuler", State.cancel, State.busy, css="btn ghost"),
                    class_name="stack tight",
                ),
            ),
        ),
    )


def _preview(file: rx.Var) -> rx.Component:
    heads = (
        "Famille",
        tables.Amount("Montant"),
        tables.Amount("Mois d’avant"),
        tables.Amount("Différence"),
        "À relire",
    )
    rows = rx.fragment(
        tables.table("Factures de ce mois", heads, rx.foreach(file.rows, _preview_row)),
        tables.pager(file, State.turn),
    )
    buttons = [
        rx.el.button(
            label,
            type="button",
            class_name="btn ghost small",
            aria_pressed=file.only == value,
            on_click=State.show_only(value),
        )
        for value, label in ONLY
    ]
    nothing = empty("search", "Rien ici", "Aucune famille de cette sorte ou de ce nom ce mois-ci.")
    return rx.el.section(
        rx.el.h2("Aperçu", id="apercu"),
        rx.el.form(
            text(Input("mots", "words", "Famille ou numéro de dossier", "search")),
            submit("Rechercher", rx.Var.create(False), css="btn ghost"),
            on_submit=State.search,
            class_name="search filters",
            role="search",
        ),
        rx.el.div(*buttons, class_name="previews", role="group", aria_label="Montrer"),
        rx.cond(file.rows.length() > 0, rows, nothing),
        class_name="card",
        aria_labelledby="apercu",
    )


def _preview_row(row: rx.Var) -> rx.Component:
    mark = rx.cond(row.mark, rx.el.span(row.mark, class_name="pill", custom_attrs={"data-tone": row.tone}))
    return rx.el.tr(
        cell("Famille", rx.el.b(row.family), rx.el.span(row.number, class_name="under small muted")),
        cell("Montant", rx.el.span(row.cents, class_name="sum")),
        cell("Mois d’avant", rx.el.span(row.before, class_name="sum")),
        cell("Différence", rx.el.span(row.change, class_name="sum")),
        cell("À relire", mark),
        rx.el.td(to(row.href, "Ouvrir", css="btn quiet small", aria_label=row.about), class_name="act"),
    )
