"""« Mes vœux » : les jours préparés avant l'ouverture d'une campagne, réservés d'un geste ensuite."""

import reflex as rx

from portail.components.campaigns import Countdown
from portail.components.cards import awaited, empty
from portail.components.icons import icon
from portail.components.links import button_to
from portail.components.recap import Gestures, outcome_panel, recap_sheet
from portail.components.shell import back_link
from portail.pages.layout import frame
from portail.state.wishes import WishesState as State

VIEW = State.wishes


def draw() -> rx.Component:
    return frame(
        "/voeux/[activity_id]",
        back_link("/activites", "Réservations"),
        rx.cond(VIEW.ready, _whole(), awaited("Mes vœux")),
    )


def _whole() -> rx.Component:
    nothing = empty(
        "clock",
        "Aucune campagne à préparer",
        "Les jours de cette activité se réservent directement au calendrier.",
        css="empty alone",
    )
    return rx.el.div(
        rx.el.h1("Mes vœux"),
        rx.cond(VIEW.campaign > 0, rx.fragment(_opening(), _done(), _days()), nothing),
        recap_sheet(State.recap, State.busy, Gestures(State.confirm, State.close_recap, State.settle_first)),
        class_name="stack",
    )


def _done() -> rx.Component:
    return outcome_panel(State.outcome, State.undo, State.wait_for_place, State.close_outcome)


def _opening() -> rx.Component:
    before = rx.el.div(
        rx.el.p(icon("clock"), rx.el.b(f"Ouverture le {VIEW.opens}"), class_name="place"),
        Countdown.create(
            until=VIEW.opens_at, server_now=State.now, label=f"Ouverture le {VIEW.opens}", on_open=State.open_now
        ),
        rx.el.p("Touchez les jours souhaités : ils sont gardés aussitôt. Rien n’est réservé avant l’ouverture."),
        class_name="stack tight",
    )
    room = rx.el.div(
        rx.el.p("C’est ouvert, et chacun entre à son tour. Vos vœux sont gardés."),
        button_to(f"/salle-attente/{VIEW.campaign}", "Rejoindre la salle d’attente"),
        class_name="stack tight",
    )
    ready = rx.el.div(
        rx.el.p("C’est ouvert."),
        rx.cond(
            VIEW.wished,
            rx.el.button("Réserver mes vœux", type="button", class_name="btn", on_click=State.submit),
            button_to(f"/reservations/{VIEW.activity}", "Ouvrir le calendrier"),
        ),
        class_name="stack tight",
    )
    return rx.el.section(
        rx.el.h2(f"{VIEW.title} · {VIEW.name}", id="campagne"),
        rx.cond(VIEW.is_open, rx.cond(VIEW.is_admitted, ready, room), before),
        rx.el.p(rx.cond(VIEW.wished, VIEW.wished, "Aucun vœu pour l’instant."), class_name="said", role="status"),
        class_name="card pad stack tight waitroom",
        aria_labelledby="campagne",
    )


def _days() -> rx.Component:
    return rx.el.ul(rx.foreach(VIEW.days, _day), class_name="plain wishes")


def _day(day: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.h3(day.label, class_name="date"),
        rx.el.div(rx.foreach(day.cells, _cell), class_name="after"),
        class_name="card pad stack tight",
    )


def _cell(cell: rx.Var) -> rx.Component:
    said = rx.fragment(rx.el.b(cell.first_name), rx.el.span(f" {cell.part} · {cell.price}"))
    button = rx.el.button(
        rx.cond(cell.is_wished, icon("check"), icon("plus-circle")),
        said,
        type="button",
        class_name="btn ghost wish",
        aria_label=cell.name,
        disabled=VIEW.is_open,
        on_click=State.touch(cell.slot, cell.child),
        custom_attrs={"aria-pressed": rx.cond(cell.is_wished, "true", "false")},
    )
    return rx.cond(cell.why, rx.el.p(icon("help"), said, rx.el.span(cell.why, class_name="under small muted")), button)
