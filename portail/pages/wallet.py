"""« Mon porte-monnaie » : le solde d'abord, l'activation s'il le faut, puis les mouvements."""

import reflex as rx

from portail.components import tables
from portail.components import wallet as drawn
from portail.components.cards import bones, empty
from portail.components.forms import checkbox, form, gesture, problem, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.domain.wallet import TERMS
from portail.pages import paying
from portail.pages.layout import frame
from portail.settings import current
from portail.state.paying import TopUpState
from portail.state.wallet import WalletState as State


def draw() -> rx.Component:
    wallet = State.wallet
    nobody = empty(
        "purse",
        "Aucun porte-monnaie à montrer",
        "Votre compte n’est relié à aucun dossier dont vous voyez les paiements. Le service enfance peut vous aider.",
        css="empty alone",
    )
    return frame(
        "/porte-monnaie",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Mon porte-monnaie"),
                rx.el.p("Il paie d’avance les activités de vos enfants.", class_name="muted"),
            ),
            rx.cond(State.back, to(State.back, icon("back"), "Retour à ma sélection", css="btn ghost")),
            class_name="hello",
        ),
        rx.cond(
            wallet.ready,
            rx.cond(wallet.family_id > 0, _whole(), nobody),
            rx.el.div(*bones("familybone", 2), class_name="stack"),
        ),
    )


def _whole() -> rx.Component:
    town = current()
    return rx.el.div(
        rx.el.div(
            _homes(),
            _balance(),
            rx.cond(State.wallet.must_accept, _new_terms()),
            rx.cond(State.wallet.is_active, _pay_in(), _activation()),
            drawn.how_to_pay_in(town.town_phone, town.town_email, f"Mairie, {town.town_address}"),
            _refund(),
            class_name="stack",
        ),
        _movements(),
        class_name="two wallet",
    )


def _pay_in() -> rx.Component:
    """En ligne quand la régie le propose ; la page n'en parle pas sinon."""
    return rx.fragment(
        paying.waiting_selection(),
        rx.cond(TopUpState.offer.providers.length() > 0, paying.top_up(State.wallet.family_id)),
    )


def _homes() -> rx.Component:
    """Un choix seulement quand il y en a plusieurs."""
    wallet = State.wallet
    return rx.cond(
        wallet.homes.length() > 1,
        rx.el.div(
            rx.el.label("Dossier", html_for="dossier"),
            rx.el.select(
                rx.foreach(wallet.homes, lambda home: rx.el.option("Famille ", home.label, value=home.value)),
                value=wallet.family_id.to_string(),
                on_change=State.choose_family,
                class_name="input",
                custom_attrs={"id": "dossier"},
            ),
            class_name="field",
        ),
    )


def _balance() -> rx.Component:
    wallet = State.wallet
    low = rx.el.p(icon("alert"), "Solde bas : pensez à l’alimenter.", class_name="pill alert")
    inactive = rx.el.p(icon("alert"), "Pas encore activé", class_name="pill alert")
    return rx.el.section(
        rx.el.h2("Solde de la famille ", wallet.family),
        rx.el.p(wallet.balance, class_name="balance"),
        rx.cond(wallet.is_active, rx.cond(wallet.is_low, low), inactive),
        rx.cond(wallet.overdraft, rx.el.p("Découvert autorisé par la régie : ", rx.el.b(wallet.overdraft))),
        rx.el.dl(
            rx.el.dt("Quotient familial"),
            rx.el.dd(wallet.quotient),
            rx.el.dt("Vos prix"),
            rx.el.dd(wallet.residence),
            class_name="lines",
        ),
        class_name="card pad stack tight",
    )


def _activation() -> rx.Component:
    """Le nom accessible du bouton dit l'effet ; les conditions se lisent sans quitter la page."""
    return rx.el.section(
        rx.el.h2("Activer mon compte famille"),
        rx.el.p("Une seule fois, pour pouvoir réserver les activités payées d’avance."),
        rx.el.ul(*[rx.el.li(sentence) for sentence in TERMS], class_name="bulleted small"),
        form(
            problem(State.fault, "activer-faute", "activer-accord"),
            checkbox("activer-accord", "accepted", "J’accepte les conditions du porte-monnaie"),
            submit("Activer mon compte famille", State.busy),
            on_submit=State.activate,
        ),
        class_name="card pad stack tight",
    )


def _new_terms() -> rx.Component:
    """Rien ne s'arrête en attendant : le porte-monnaie reste actif."""
    return rx.el.section(
        rx.el.h2("Les conditions du porte-monnaie ont changé"),
        rx.el.ul(*[rx.el.li(sentence) for sentence in TERMS], class_name="bulleted small"),
        form(
            problem(State.fault, "conditions-faute", "conditions-accord"),
            checkbox("conditions-accord", "accepted", "J’accepte les conditions du porte-monnaie"),
            submit("Accepter les conditions", State.busy),
            on_submit=State.activate,
        ),
        class_name="card pad stack tight",
    )


def _refund() -> rx.Component:
    """Le solde appartient à la famille : elle le redemande quand elle veut."""
    wallet, errors = State.wallet, State.refund_errors
    asking = rx.el.details(
        rx.el.summary("Demander un remboursement", class_name="lost"),
        form(
            summary(State.refund_fault),
            text(Input("rendre", "amount", "Montant en euros", mode="decimal", css="year"), "", errors["amount"]),
            text(Input("titulaire", "holder", "Titulaire du compte", autocomplete="name"), "", errors["holder"]),
            text(Input("iban", "iban", "IBAN", hint="27 signes en France, en haut d’un RIB."), "", errors["iban"]),
            submit("Demander le remboursement", State.busy, css="btn"),
            on_submit=State.ask_refund,
        ),
        key=f"rendre-{wallet.refunds.length()}",
    )
    withdraw = rx.el.p(gesture("Retirer ma demande", State.withdraw_refund, State.busy, css="btn ghost small"))
    waiting = (wallet.refunds.length() > 0) & wallet.refunds[0].is_waiting
    return rx.cond(
        wallet.may_ask | (wallet.refunds.length() > 0),
        rx.el.section(
            rx.el.h2("Remboursement", id="remboursement"),
            rx.cond(wallet.may_ask, asking),
            rx.el.ul(rx.foreach(wallet.refunds, drawn.refund)),
            rx.cond(waiting, withdraw),
            class_name="card pad stack tight",
            aria_labelledby="remboursement",
        ),
    )


def _movements() -> rx.Component:
    shown = State.wallet.statement
    nothing = empty(
        "purse",
        "Aucun mouvement",
        "Ce que vous versez, réservez et annulez s’inscrira ici. Un filtre est peut-être trop étroit.",
    )
    rows = rx.fragment(
        rx.el.ul(rx.foreach(shown.rows, lambda row: drawn.movement(row))),  # noqa: PLW0108 — foreach passerait le rang
        tables.pager(shown, State.turn),
    )
    return rx.el.section(
        rx.el.h2("Mouvements", id="mouvements"),
        drawn.filters(shown, drawn.Filters(State.show_kind, State.show_period, State.show_child)),
        drawn.statement_files(State.wallet.family_id, shown),
        rx.cond(shown.rows.length() > 0, rows, nothing),
        class_name="card",
        aria_labelledby="mouvements",
    )
