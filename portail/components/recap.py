"""Avant de confirmer, ce qui va se passer ; après, ce qui est fait, ce qui ne l'est pas et ce qui peut se défaire."""

from dataclasses import dataclass

import reflex as rx

from portail.components.calendar import LIBRARY
from portail.components.forms import checkbox, gesture
from portail.components.icons import icon
from portail.components.inputs import Input, text
from portail.components.links import to

BILLED = "Facturer en fin de mois, sans débiter le porte-monnaie"
REASON_HINT = "Au moins 5 caractères. Un jour complet gagne une place."


@dataclass(frozen=True)
class Gestures:
    """Ce que l'on fait d'un récapitulatif ; `settle` : pour un parent, alimenter d'abord le porte-monnaie."""

    confirm: rx.EventHandler
    close: rx.EventHandler
    settle: rx.EventHandler | None = None


class Sheet(rx.Component):
    """Une feuille par-dessus la page : native, fermée par Échap."""

    library = LIBRARY
    tag = "Sheet"
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


def recap_sheet(
    recap: rx.Var, busy: rx.Var[bool], gestures: Gestures, forcing: rx.Component | None = None
) -> rx.Component:
    """`forcing` : pour un agent, de quoi passer outre."""
    title = rx.el.h2(recap.title, id="recapitulatif", tab_index=-1)
    return rx.cond(
        recap.token != "",
        Sheet.create(
            forcing or rx.fragment(),
            rx.el.form(
                title,
                rx.cond(recap.lines.length() > 0, rx.el.ul(rx.foreach(recap.lines, _line), class_name="recaplines")),
                _refused(recap.refused, "Ce qui n’est pas possible"),
                _sums(recap),
                rx.cond(recap.notice, rx.el.p(icon("info"), recap.notice, class_name="aside")),
                blocked(recap, busy, gestures.settle),
                rx.cond(recap.can_confirm & (recap.lines.length() > 1), _partial()),
                rx.el.input(type="hidden", name="choices", value=recap.choices),
                rx.el.input(type="hidden", name="token", value=recap.token),
                rx.cond(recap.reason, rx.el.input(type="hidden", name="reason", value=recap.reason)),
                rx.cond(recap.is_billed, rx.el.input(type="hidden", name="bill", value="on")),
                _ways(recap, busy, gestures.close),
                on_submit=gestures.confirm,
                class_name="stack",
            ),
            on_close=gestures.close,
            key=recap.token,
            class_name="recap",
            custom_attrs={"aria-labelledby": "recapitulatif"},
        ),
    )


def _line(line: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(line.label, class_name="date"),
            rx.el.span(line.word, rx.cond(line.detail, f" · {line.detail}", ""), class_name="under small muted"),
            rx.cond(line.why, rx.el.span(f"Pourquoi ce montant : {line.why}.", class_name="under small muted")),
            class_name="t",
        ),
        rx.el.span(line.amount, class_name="nowrap amount"),
        custom_attrs={"data-gesture": line.gesture},
    )


def _refused(lines: rx.Var[list], title: str, on_wait: rx.EventHandler | None = None) -> rx.Component:
    """Jour par jour : pourquoi, et la suite possible."""

    def one(line: rx.Var) -> rx.Component:
        wait = rx.fragment()
        if on_wait is not None:
            wait = rx.cond(
                line.key,
                rx.el.button(
                    "Attendre une place",
                    type="button",
                    class_name="btn ghost small",
                    aria_label=f"Attendre une place : {line.label}",
                    on_click=on_wait(line.key),
                ),
            )
        return rx.el.li(
            rx.el.b(line.label, class_name="date"),
            rx.el.p(line.why, " ", line.next_step),
            rx.cond(line.link, to(line.link, "Voir ce qu’il faut faire", icon("forward"), css="lost")),
            wait,
        )

    return rx.cond(
        lines.length() > 0,
        rx.el.div(rx.el.h3(title), rx.el.ul(rx.foreach(lines, one), class_name="plain"), class_name="refused"),
    )


def forcing(recap: rx.Var, error: rx.Var[str], on_force: rx.EventHandler) -> rx.Component:
    """Ce qu'un agent peut décider malgré un refus : les lignes cochées, et un motif que le journal garde."""

    def one(line: rx.Var) -> rx.Component:
        return rx.cond(
            line.forced, rx.el.li(checkbox(f"force-{line.forced}", line.forced, "Passer outre : ", line.label))
        )

    return rx.cond(
        recap.can_force,
        rx.el.form(
            rx.el.h3("Passer outre"),
            rx.el.ul(rx.foreach(recap.refused, one), class_name="plain"),
            rx.cond(recap.blocked, checkbox("passer-outre-argent", "bill", BILLED)),
            text(Input("passer-outre-motif", "reason", "Motif, gardé au journal", hint=REASON_HINT), error=error),
            rx.el.button("Passer outre", type="submit", class_name="btn ghost"),
            on_submit=on_force,
            no_validate=True,
            class_name="stack forcing",
        ),
    )


def _sums(recap: rx.Var) -> rx.Component:
    def pair(term: str, value: rx.Var[str], css: str = "") -> rx.Component:
        return rx.cond(value, rx.el.div(rx.el.dt(term), rx.el.dd(value, class_name="nowrap"), class_name=css))

    return rx.fragment(
        rx.el.dl(
            pair("Total", recap.total, "total"),
            pair("dont majoration", recap.surcharge),
            pair("Solde avant", recap.balance_before),
            pair("Solde après", recap.balance_after),
            class_name="sums",
        ),
        rx.cond(recap.billing, rx.el.p(recap.billing, class_name="small muted")),
    )


def blocked(recap: rx.Var, busy: rx.Var[bool], on_settle: rx.EventHandler | None = None) -> rx.Component:
    """Ce qui manque, et le geste qui garde la sélection le temps d'y pourvoir."""
    leave = rx.fragment()
    if on_settle is not None:
        leave = rx.cond(
            recap.can_settle,
            rx.fragment(
                rx.el.p(gesture("Régler cela, puis revenir ici", on_settle, busy, css="btn ghost small")),
                rx.el.p("Votre sélection vous attend deux jours.", class_name="small"),
            ),
        )
    return rx.cond(
        recap.blocked,
        rx.el.div(
            icon("alert"),
            rx.el.div(
                rx.el.p(recap.blocked, " ", recap.blocked_step),
                leave,
            ),
            class_name="errors",
            role="alert",
        ),
    )


def _partial() -> rx.Component:
    return checkbox("partiel", "partial", "Si un jour devient impossible, réserver quand même les autres")


def _ways(recap: rx.Var, busy: rx.Var[bool], on_close: rx.EventHandler) -> rx.Component:
    confirm = rx.el.button(
        rx.el.span("Confirmer", rx.cond(recap.button, f" · {recap.button}", "")),
        type="submit",
        disabled=busy,
        class_name="btn",
        custom_attrs={"aria-busy": rx.cond(busy, "true", "false")},
    )
    return rx.el.div(
        rx.cond(recap.can_confirm, confirm),
        rx.el.button("Annuler", type="button", class_name="btn ghost", on_click=on_close),
        class_name="recapways",
    )


def outcome_panel(
    outcome: rx.Var, on_undo: rx.EventHandler, on_wait: rx.EventHandler, on_close: rx.EventHandler
) -> rx.Component:
    """Ce qui est fait reste écrit ici ; « Annuler ma modification » s'efface au bout d'une minute."""
    undo = rx.el.button(
        icon("rotate-ccw"), "Annuler ma modification", type="button", class_name="btn ghost small", on_click=on_undo
    )
    close = rx.el.button(
        icon("close"), type="button", class_name="closer", aria_label="Fermer le compte rendu", on_click=on_close
    )
    return rx.cond(
        outcome.message,
        rx.el.section(
            rx.el.div(rx.el.h2(outcome.message, id="compte-rendu"), close, class_name="spread"),
            rx.cond(outcome.detail, rx.el.p(outcome.detail)),
            _refused(outcome.refused, "Ce qui n’a pas été fait", on_wait),
            rx.cond(outcome.can_undo, rx.el.div(undo, key=outcome.batch, class_name="undo")),
            class_name="card pad stack done",
            aria_labelledby="compte-rendu",
            custom_attrs={"data-tone": rx.cond(outcome.refused.length() > 0, "warn", "ok")},
        ),
    )
