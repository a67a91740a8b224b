"""L'agenda d'une famille : une grille sur grand écran, une liste de jours sur téléphone et sur papier."""

import reflex as rx

from portail.components.icons import PATHS, icon
from portail.components.links import to
from portail.components.months import turn
from portail.components.native import PrintButton
from portail.domain.bookings import DayStatus
from portail.domain.custody import WEEKDAYS
from portail.domain.planning import Span

_TURNS = {
    Span.MONTH: ("Mois précédent", "Mois suivant"),
    Span.WEEK: ("Semaine précédente", "Semaine suivante"),
    Span.LIST: ("Période précédente", "Période suivante"),
}


def toolbar(view: rx.Var, on_span: rx.EventHandler, on_turn: rx.EventHandler) -> rx.Component:
    before, after = (rx.match(view.span, *[(span.value, _TURNS[span][way]) for span in Span], "") for way in (0, 1))
    return rx.el.div(
        rx.el.div(
            *[_span(span, view, on_span) for span in Span],
            class_name="spans",
            custom_attrs={"role": "group", "aria-label": "Vue"},
        ),
        rx.el.div(
            turn(before, "back", view.previous, on_turn),
            rx.el.h2(view.label, id="periode"),
            turn(after, "forward", view.next, on_turn),
            class_name="period",
        ),
        rx.el.div(
            rx.el.button("Aujourd’hui", type="button", class_name="btn ghost small", on_click=on_turn(view.today)),
            PrintButton.create("Imprimer", class_name="btn ghost small"),
            class_name="after",
        ),
        class_name="agendabar",
    )


def _span(span: Span, view: rx.Var, on_span: rx.EventHandler) -> rx.Component:
    return rx.el.button(
        span.label,
        type="button",
        on_click=on_span(span.value),
        custom_attrs={"aria-pressed": rx.cond(view.span == span.value, "true", "false")},
    )


def days(view: rx.Var) -> rx.Component:
    """Chaque jour dit sa date en entier ; les têtes de colonnes ne sont là que pour l'œil."""
    heads = rx.el.ul(*[rx.el.li(f"{day[:3].capitalize()}.") for day in WEEKDAYS], class_name="agendahead")
    return rx.fragment(
        rx.cond(view.span == Span.MONTH.value, rx.el.div(heads, aria_hidden="true")),
        rx.el.ol(
            rx.foreach(view.days, _day),
            class_name="agenda",
            custom_attrs={"data-span": view.span, "aria-labelledby": "periode"},
        ),
    )


def _day(day: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.h3(
            rx.el.span(day.number, class_name="num", aria_hidden="true"),
            rx.el.span(day.label, class_name="long"),
            rx.cond(day.is_today, rx.el.span("aujourd’hui", class_name="pill")),
        ),
        rx.cond(day.lines.length() > 0, rx.el.ul(rx.foreach(day.lines, _line))),
        key=day.date,
        custom_attrs={
            "data-date": day.date,
            "data-today": rx.cond(day.is_today, "true", "false"),
            "data-outside": rx.cond(day.is_outside, "true", "false"),
            "data-empty": rx.cond(day.lines.length() > 0, "false", "true"),
        },
    )


def _line(line: rx.Var) -> rx.Component:
    """Une séance : sa couleur, son icône et son mot disent la même chose."""
    return rx.el.li(
        to(
            line.href,
            rx.el.span(
                rx.el.span(class_name="dot", aria_hidden="true", style={"background": line.color}),
                rx.el.b(line.child),
                class_name="who",
            ),
            rx.el.span(line.title, class_name="what"),
            rx.el.span(line.part, " · ", line.hours, class_name="when"),
            rx.el.span(_mark(line.status), line.word, class_name="word"),
            css="seance",
            custom_attrs={"data-status": line.status},
        )
    )


def _mark(status: rx.Var[str]) -> rx.Component:
    marks = [(one.value, icon(one.icon)) for one in DayStatus if one.icon in PATHS]
    return rx.match(status, *marks, icon("info"))
