"""« Payer en ligne » : le montant libre ou proposé et le moyen ; au retour, ce que l'on sait du paiement."""

import reflex as rx

from portail.components.campaigns import Ticker
from portail.components.cards import bones
from portail.components.forms import form
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.components.native import Departure
from portail.pages.layout import frame
from portail.state.paying import PaymentReturnState, TopUpState

EVERY_SECONDS = 2


def waiting_selection() -> rx.Component:
    """Payée, pas encore confirmée : elle se retrouve sur n'importe quel appareil."""
    href = TopUpState.offer.resume
    return rx.cond(
        href,
        rx.el.div(
            icon("calendar"),
            rx.el.div(
                rx.el.p(rx.el.b("Une sélection attend votre confirmation.")),
                to(href, "Revenir à ma sélection", icon("forward"), css="lost"),
            ),
            class_name="aside",
        ),
    )


def top_up(family_id: rx.Var[int]) -> rx.Component:
    """Le bouton dit l'effet ; rien n'est débité avant la page de paiement."""
    state, offer = TopUpState, TopUpState.offer
    missing = rx.el.div(
        icon("info"),
        rx.el.div(
            rx.el.p("Il manque ", rx.el.b(offer.missing), " à votre sélection : elle vous attend."),
            rx.cond(
                offer.several,
                rx.el.p("Un versement va jusqu’à ", offer.several, " : alimentez en plusieurs fois, puis revenez-y."),
            ),
        ),
        class_name="aside",
    )
    return rx.el.section(
        rx.el.h2("Alimenter mon porte-monnaie", id="alimenter"),
        rx.cond(offer.missing, missing),
        form(
            summary(state.fault),
            rx.el.input(type="hidden", name="family", value=family_id, read_only=True),
            rx.el.input(type="hidden", name="token", value=offer.token, read_only=True),
            rx.el.input(type="hidden", name="kept", value=offer.kept, read_only=True),
            _choices(offer),
            _button(),
            on_submit=state.pay,
        ),
        Departure.create(url=state.leaving),
        class_name="card pad stack tight",
        aria_labelledby="alimenter",
        key=offer.token,
    )


def _choices(offer: rx.Var) -> rx.Component:
    """Éteints pendant le départ : la page retrouvée ensuite attend son formulaire neuf, rien de tapé ne s'y perd."""
    return rx.el.fieldset(
        rx.el.div(text(_amount(offer), offer.amount, TopUpState.errors["amount"]), key=TopUpState.picked),
        rx.cond(
            offer.suggested.length() > 0,
            rx.el.div(
                rx.foreach(offer.suggested, _suggested),
                class_name="suggested",
                role="group",
                aria_label="Montants proposés",
            ),
        ),
        _means(offer, TopUpState.errors["provider"]),
        disabled=TopUpState.busy,
        class_name="form",
    )


def _amount(offer: rx.Var) -> Input:
    """Les bornes sont celles de la régie."""
    hint = f"De {offer.least} à {offer.most}, par exemple «\u00a020,50\u00a0»."
    return Input("montant", "amount", "Montant en euros", hint=hint, mode="decimal")


def _suggested(one: rx.Var) -> rx.Component:
    return rx.el.button(
        one.label,
        type="button",
        class_name="btn ghost small",
        aria_label=f"Choisir {one.label}",
        on_click=TopUpState.suggest(one.value),
    )


def _means(offer: rx.Var, error: rx.Var[str]) -> rx.Component:
    """Un seul moyen ne se choisit pas."""
    only = rx.el.input(type="hidden", name="provider", value=offer.providers[0].value, read_only=True)
    several = rx.el.fieldset(
        rx.el.legend("Moyen de paiement"),
        rx.foreach(offer.providers, _mean),
        rx.cond(error, rx.el.p(icon("alert"), error, class_name="wrong")),
    )
    return rx.cond(offer.providers.length() > 1, several, only)


def _mean(one: rx.Var, rank: rx.Var[int]) -> rx.Component:
    field_id = f"moyen-{one.value}"
    return rx.el.div(
        rx.el.input(
            type="radio", name="provider", value=one.value, default_checked=rank == 0, custom_attrs={"id": field_id}
        ),
        rx.el.label(one.label, html_for=field_id),
        class_name="check line",
    )


def _button() -> rx.Component:
    return rx.el.button(
        icon("euro"),
        rx.cond(TopUpState.busy, "Ouverture de la page de paiement…", "Payer en ligne"),
        type="submit",
        disabled=TopUpState.busy,
        class_name="btn full",
        custom_attrs={"aria-busy": rx.cond(TopUpState.busy, "true", "false")},
    )


def draw_return() -> rx.Component:
    result = PaymentReturnState.result
    return frame(
        "/paiement/retour",
        rx.el.div(rx.el.h1(rx.cond(result.ready, result.title, "Votre paiement")), class_name="hello"),
        rx.cond(result.ready, _result(result), rx.el.div(*bones("familybone", 1), class_name="stack")),
        narrow=True,
    )


def _result(result: rx.Var) -> rx.Component:
    """Ce qui change est annoncé ; la page redemande tant que la banque n'a pas répondu."""
    mark = rx.match(
        result.tone, ("ok", icon("check")), ("wait", icon("hourglass")), ("err", icon("close")), icon("alert")
    )
    return rx.el.section(
        rx.el.p(mark, rx.el.span(result.amount, class_name="balance"), class_name="paid"),
        rx.el.p(result.detail, role="status"),
        rx.el.p("Référence : ", rx.el.b(result.reference), class_name="small muted"),
        rx.cond(result.is_waiting, Ticker.create(seconds=EVERY_SECONDS, on_tick=PaymentReturnState.look_again)),
        rx.cond(result.is_waiting, rx.fragment(), to(result.href, result.label, css="btn")),
        class_name="card pad stack",
        custom_attrs={"data-tone": result.tone},
    )
