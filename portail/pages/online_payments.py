"""« Paiements en ligne » : les retrouver, les rembourser, regarder ceux qui le demandent."""

import reflex as rx

from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.forms import Choice, fold, form, gesture, picker, submit
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
        rx.cond(row.refunds.length() > 0, rx.el.tr(rx.el.td(_refunds(row), col_span=6))),
        rx.cond((row.payment_id > 0) & (State.editing == row.payment_id), rx.el.tr(rx.el.td(_steps(row), col_span=6))),
    )


def _refunds(row: rx.Var) -> rx.Component:
    return rx.el.ul(
        rx.foreach(row.refunds, lambda one: _refund(row, one)),
        class_name="plain refunds",
        aria_label=f"Remboursements de {row.reference}",
    )


def _refund(row: rx.Var, one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.amount, class_name="sum"),
        rx.el.span(one.state, class_name="pill", custom_attrs={"data-tone": one.tone}),
        rx.el.span(one.at, rx.cond(one.said, f" · {one.said}", ""), class_name="small muted"),
        rx.cond(
            one.can_recover,
            _gesture("Reprendre au porte-monnaie", f"{one.amount}, {row.reference}", State.recover(one.id)),
        ),
    )


def _gesture(label: str, about: rx.Var[str] | str, do: rx.EventHandler) -> rx.Component:
    return gesture(label, do, State.busy, "btn ghost small", f"{label} : {about}")


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
            rx.cond(row.can_credit, _credit(row)),
            _gesture("C’est vu", row.reference, State.reviewed(row.id)),
            class_name="stack tight",
        ),
        class_name="aside",
    )


def _credit(row: rx.Var) -> rx.Component:
    """En deux temps : l'argent versé ne se reprend pas d'ici."""
    words = "Verser la somme reçue au porte-monnaie"
    return fold(
        words,
        rx.el.p(
            "Le prestataire est interrogé de nouveau : la somme qu’il dit avoir reçue ira, une seule fois, au "
            f"porte-monnaie de la famille {row.family}. Les factures que ce paiement visait restent à payer. Si vous "
            "l’avez déjà remboursé chez le prestataire, touchez plutôt « C’est vu ».",
        ),
        gesture("Oui, verser la somme reçue", State.credit(row.id), State.busy, css="btn small"),
        about=f"{words} : {row.reference}",
    )


def _steps(row: rx.Var) -> rx.Component:
    return rx.cond(State.plan.ready, _confirmation(row), _form(row))


def _confirmation(row: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.h3(f"Rembourser le paiement {row.reference} ?"),
        rx.el.p(State.plan.sentence),
        rx.el.p("Motif : ", State.plan.reason, class_name="small muted"),
        rx.el.div(
            gesture("Oui, rembourser", State.refund, State.busy),
            rx.el.button("Modifier", type="button", class_name="btn ghost", on_click=State.rework),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.edit(0)),
            class_name="after",
        ),
        class_name="form",
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
            Input("remboursement", "amount", "Montant en euros", mode="decimal", css="year"),
            rx.cond(State.plan.amount, State.plan.amount, row.left),
            errors["amount"],
        ),
        text(Input("motif", "reason", "Motif, gardé au journal"), State.plan.reason, errors["reason"]),
        rx.el.div(
            submit("Relire avant de rembourser", State.busy, css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.edit(0)),
            class_name="after",
        ),
        on_submit=State.check,
    )
