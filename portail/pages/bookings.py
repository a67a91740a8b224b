"""« Cantine · Jean-Macé » : le calendrier d’une activité, la sélection, le récapitulatif, le compte rendu."""

import reflex as rx

from portail.components import calendar
from portail.components.campaigns import opening
from portail.components.cards import bones
from portail.components.chooser import chooser
from portail.components.icons import icon
from portail.components.links import to
from portail.components.recap import Gestures, outcome_panel, recap_sheet
from portail.components.shell import back_link
from portail.pages.layout import frame
from portail.state.bookings import CalendarState
from portail.state.openings import OpeningState

VIEW = CalendarState.month


def draw() -> rx.Component:
    return frame(
        "/reservations/[activity_id]",
        back_link("/activites", "Réservations"),
        rx.el.div(
            rx.el.h1(rx.cond(VIEW.title, VIEW.title, "Réservations")),
            to(
                f"/reservations/{VIEW.activity}/avancee",
                icon("calendar"),
                "Modification avancée",
                css="btn ghost small",
            ),
            class_name="hello spread",
        ),
        rx.cond(VIEW.activity > 0, _calendar(), _waiting()),
    )


def _calendar() -> rx.Component:
    return rx.fragment(
        chooser(VIEW, CalendarState.choose_child, everyone=True),
        opening(OpeningState.opening, OpeningState.now, OpeningState.check),
        _notice(),
        outcome_panel(
            CalendarState.outcome, CalendarState.undo, CalendarState.wait_for_place, CalendarState.close_outcome
        ),
        rx.el.form(
            rx.el.section(
                calendar.head(VIEW, CalendarState.turn, CalendarState.look),
                calendar.grid(VIEW, CalendarState.changed, CalendarState.places),
                calendar.legend(),
                calendar.rules(VIEW.rules),
                class_name="card pad stack",
                aria_labelledby="mois",
            ),
            _selection(),
            on_submit=CalendarState.preview,
            no_validate=True,
            auto_complete="off",
            class_name="booking",
        ),
        recap_sheet(
            CalendarState.recap,
            CalendarState.busy,
            Gestures(CalendarState.confirm, CalendarState.close_recap, CalendarState.settle_first),
        ),
    )


def _notice() -> rx.Component:
    """Ce qui vaut pour tous les jours se dit une fois, en haut."""
    return rx.cond(
        VIEW.notice,
        rx.el.div(
            icon("info"),
            rx.el.div(
                rx.el.p(rx.el.b(VIEW.notice)),
                rx.cond(VIEW.notice_step, rx.el.p(VIEW.notice_step)),
                rx.cond(VIEW.notice_link, to(VIEW.notice_link, "Voir ce qu’il faut faire", css="lost")),
            ),
            class_name="aside",
        ),
    )


def _selection() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Votre sélection", id="selection"),
        calendar.Picked.create(
            activity=VIEW.activity,
            chips=VIEW.children,
            prepaid=VIEW.is_prepaid,
            balance=CalendarState.balance_cents,
            done=CalendarState.done,
            draft=CalendarState.draft.picks,
            title=VIEW.title,
        ),
        rx.el.button("Valider", type="submit", class_name="btn"),
        class_name="card selection",
        aria_labelledby="selection",
    )


def _waiting() -> rx.Component:
    return rx.el.div(*bones("monthbone", 1), *bones("familybone", 1), class_name="booking")
