"""« Paiements en ligne » : les retrouver, les rembourser, regarder ceux qui le demandent."""

import reflex as rx

from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.forms import Choice, form, picker, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, text
from portail.components.tables import cell
from portail.pages.layout import frame
from portail.state.online_payments import OnlinePaymentsState as State

KINDS = (Choice("", "Tous"), Choice("review", "Ceux à regarder"))
HEADS = ("Date", "Famille", "Objet", tables.Amount("Montant"), "État")


def draw() -> rx.Component:
    listing = State.listing
    nothing = empty("euro", "Aucun paiement", "Les paiements en ligne des familles paraîtront ici.")
    rows = rx.fragment(
        tables.table("Paiements en ligne", HEADS, rx.foreach(listing.rows, _row)), tables.pager(listing, State.turn)
    )
    return frame(
        "/admin/paiements",
        rx.el.h1("Paiements en ligne"),
        rx.el.form(
            text(Input("mots", "words", "Référence, nom ou numéro de dossier", "search")),
            submit("Rechercher", rx.Var.create(False), css="btn"),
            picker("montrer", "Montrer", KINDS, listing.only, State.show_only),
            on_submit=State.search,
            class_name="search filters",
            role="search",
        ),
        rx.el.section(
            rx.el.h2("Liste des paiements", class_name="unseen"),
            rx.cond(
                listing.ready,
                rx.cond(listing.rows.length() > 0, rows, nothing),
                rx.el.div(*bones("", 5), class_name="bones"),
            ),
            class_name="card",
        ),
    )


def _row(row: rx.Var) -> rx.Component:
    refunded = rx.cond(row.refunded, rx.el.span("dont ", row.refunded, " remboursés", class_name="under small muted"))
    shown = rx.el.tr(
        cell("Date", row.at),
        cell("Famille", rx.el.b(row.family)),
        cell("Objet", row.purpose, rx.el.span(f"{row.provider} · {row.reference}", class_name="under small muted")),
        cell("Montant", rx.el.span(row.amount, class_name="sum"), refunded),
        cell("État", rx.el.span(row.state, class_name="pill", custom_attrs={"data-tone": row.tone})),
        rx.el.td(_refund_button(row), class_name="act"),
    )
    return rx.fragment(
        shown,
        rx.cond(row.review, rx.el.tr(rx.el.td(_review(row), col_span=6))),
        rx.cond((row.payment_id > 0) & (State.editing == row.payment_id), rx.el.tr(rx.el.td(_form(row), col_span=6))),
    )


def _refund_button(row: rx.Var) -> rx.Component:
    return rx.cond(
        row.can_refund,
        rx.el.button(
            "Rembourser",
            type="button",
            class_name="btn quiet small",
            aria_label=f"Rembourser {row.amount}, {row.family}, {row.reference}",
            on_click=State.edit(row.payment_id),
        ),
    )


def _review(row: rx.Var) -> rx.Component:
    return rx.el.div(
        icon("alert"),
        rx.el.div(
            rx.el.p(row.review),
            rx.el.button(
                "C’est vu",
                type="button",
                class_name="btn ghost small",
                aria_label=f"C’est vu : {row.reference}",
                on_click=State.reviewed(row.id),
            ),
        ),
        class_name="aside",
    )


def _form(row: rx.Var) -> rx.Component:
    """Le montant proposé est ce qui reste ; la somme sort du porte-monnaie de la famille."""
    errors = State.errors
    return form(
        summary(State.fault),
        rx.el.h3(f"Rembourser le paiement {row.reference}"),
        rx.el.p(
            "La somme est prise au porte-monnaie de la famille et revient sur la carte qui a payé.",
            class_name="small muted",
        ),
        rx.el.input(type="hidden", name="token", value=State.listing.token, read_only=True),
        text(
            Input("remboursement", "amount", "Montant en euros", mode="decimal", css="year"), row.left, errors["amount"]
        ),
        text(Input("motif", "reason", "Motif, gardé au journal"), "", errors["reason"]),
        rx.el.div(
            submit("Rembourser", State.busy, css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.edit(0)),
            class_name="after",
        ),
        on_submit=State.refund,
    )
