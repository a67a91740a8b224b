"""« Mes factures » : la liste et ce qui reste dû, une facture en détail, l'historique du compte."""

import reflex as rx

from portail.components import invoices as drawn
from portail.components.cards import awaited, bones, empty
from portail.components.icons import icon
from portail.components.links import button_to, to
from portail.components.tables import Amount, cell, pager, read_only
from portail.pages.layout import frame
from portail.state.invoices import InvoicesState as State

HISTORY = "/compte/historique"


def draw_list() -> rx.Component:
    listing = State.listing
    nothing = empty(
        "document",
        "Aucune facture",
        "Elles paraîtront ici chaque mois, quand des activités se paient après coup.",
        css="empty alone",
    )
    return frame(
        "/factures",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Mes factures"),
                rx.el.p("Les dernières d’abord, avec ce qu’il reste à payer.", class_name="muted"),
            ),
            rx.el.div(
                rx.cond(listing.can_debit, to("/prelevements", icon("euro"), "Mes prélèvements", css="btn ghost")),
                to(HISTORY, icon("list-ordered"), "Consulter l’historique de mon compte", css="btn ghost"),
                class_name="after",
            ),
            class_name="hello",
        ),
        rx.cond(
            listing.ready,
            rx.cond(listing.rows.length() > 0, _whole(listing), nothing),
            rx.el.div(*bones("familybone", 2), class_name="stack"),
        ),
    )


def _whole(listing: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.section(
            rx.el.h2("Reste à payer", id="reste"),
            rx.el.p(listing.due, class_name="balance"),
            rx.cond(
                listing.is_due,
                rx.cond(
                    listing.is_payable,
                    button_to("/paiement", "Payer mes factures"),
                    rx.el.p(icon("info"), "Tout sera prélevé : vous n’avez rien à faire."),
                ),
                rx.el.p(
                    icon("check"), "Tout est réglé, merci.", class_name="pill state", custom_attrs={"data-tone": "ok"}
                ),
            ),
            class_name="card pad stack tight",
            aria_labelledby="reste",
        ),
        rx.el.section(
            rx.el.h2("Liste des factures", class_name="unseen"),
            rx.el.ul(rx.foreach(listing.rows, lambda row: _line(row, listing))),
            class_name="card",
        ),
        class_name="stack",
    )


def _line(row: rx.Var, listing: rx.Var) -> rx.Component:
    home = rx.cond(listing.has_homes, f" · Famille {row.family}", "")
    due = rx.cond(row.debit, f" · {row.debit}", rx.cond(row.is_payable, f" · avant le {row.due}", ""))
    return rx.el.li(
        rx.el.div(
            rx.el.b(to(f"/factures/{row.id}", f"{row.kind} : {row.month}")),
            rx.el.span(row.number, home, due, class_name="under small muted"),
            drawn.pill(row),
            class_name="t",
        ),
        rx.el.div(
            rx.el.b(row.total, class_name="sum"),
            rx.cond(row.left_cents > 0, rx.el.span("Reste : ", row.left, class_name="under small muted")),
            class_name="end",
        ),
        class_name="row movement invoice",
    )


def draw_one() -> rx.Component:
    return frame(
        "/factures/[invoice_id]",
        rx.el.p(to("/factures", icon("back"), "Mes factures"), class_name="crumb"),
        rx.cond(State.file.ready, _file(), awaited("Facture")),
    )


def _file() -> rx.Component:
    file, row = State.file, State.file.row
    return rx.el.div(
        rx.el.div(drawn.title(row), drawn.pill(row), class_name="hello"),
        rx.el.div(
            rx.el.div(drawn.detail(file), class_name="stack"),
            rx.el.div(
                rx.el.section(
                    rx.el.h2("En résumé", id="resume"),
                    drawn.corrected(file, "/factures"),
                    drawn.facts(file),
                    drawn.debit(row),
                    drawn.rejected(file),
                    rx.cond(
                        row.is_payable, button_to(f"/paiement?facture={row.id}", f"Payer {row.left}", css="btn full")
                    ),
                    drawn.download(row, css="btn ghost full"),
                    class_name="card pad stack tight",
                    aria_labelledby="resume",
                ),
                drawn.paid_by(file, "/factures"),
                class_name="stack",
            ),
            class_name="two billed",
        ),
        class_name="stack",
    )


def draw_history() -> rx.Component:
    account = State.account
    return frame(
        HISTORY,
        rx.el.p(to("/factures", icon("back"), "Mes factures"), class_name="crumb"),
        rx.el.div(
            rx.el.div(
                rx.el.h1("L’historique de mon compte"),
                rx.el.p("Ce qui vous a été facturé, ce que vous avez payé.", class_name="muted"),
            ),
            class_name="hello",
        ),
        rx.cond(account.ready, _account(account), rx.el.div(*bones("familybone", 2), class_name="stack")),
    )


def _account(account: rx.Var) -> rx.Component:
    nothing = empty("list-ordered", "Rien pour le moment", "Chaque facture et chaque paiement s’inscriront ici.")
    heads = ("Date", "Libellé", Amount("Débit"), Amount("Crédit"), Amount("Reste dû"))
    table = rx.fragment(
        read_only("Historique du compte", heads, rx.foreach(account.rows, _history_row)),
        pager(account, State.turn_history),
    )
    return rx.el.div(
        _homes(account),
        rx.el.section(
            rx.el.h2("Reste dû", id="du"),
            rx.el.p(account.balance, class_name="balance"),
            class_name="card pad stack tight",
            aria_labelledby="du",
        ),
        rx.el.section(
            rx.el.h2("Débits et crédits", id="debits"),
            rx.cond(account.rows.length() > 0, table, nothing),
            class_name="card",
            aria_labelledby="debits",
        ),
        class_name="stack",
    )


def _homes(account: rx.Var) -> rx.Component:
    """Un choix seulement quand il y en a plusieurs."""
    return rx.cond(
        account.homes.length() > 1,
        rx.el.div(
            rx.el.label("Dossier", html_for="dossier"),
            rx.el.select(
                rx.foreach(account.homes, lambda home: rx.el.option("Famille ", home.label, value=home.value)),
                value=account.family_id.to_string(),
                on_change=State.choose_family,
                class_name="input",
                custom_attrs={"id": "dossier"},
            ),
            class_name="field",
        ),
    )


def _history_row(row: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Date", row.day),
        cell("Libellé", rx.cond(row.href, to(row.href, row.label), row.label)),
        cell("Débit", rx.el.span(row.debit, class_name="sum")),
        cell("Crédit", rx.el.span(row.credit, class_name="sum")),
        cell("Reste dû", rx.el.b(row.balance, class_name="sum")),
    )
