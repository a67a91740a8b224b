"""Le calendrier d'une activité pour une famille, tenu par un agent."""

import reflex as rx

from portail.components import calendar
from portail.components.cards import awaited
from portail.components.chooser import chooser
from portail.components.icons import icon
from portail.components.links import to
from portail.components.recap import Gestures, forcing, outcome_panel, recap_sheet
from portail.pages.layout import frame
from portail.state.bookings_desk import DeskCalendarState as State

VIEW = State.month
ROUTE = "/admin/familles/[family_id]/reservations/[activity_id]"


def draw() -> rx.Component:
    return frame(ROUTE, rx.cond(VIEW.activity > 0, _whole(), awaited("Réservations")))


def _whole() -> rx.Component:
    """Les places qui bougent ailleurs n'y éteignent rien : un agent peut passer outre."""
    return rx.fragment(
        rx.el.p(to(f"/admin/familles/{VIEW.family}", icon("back"), "Dossier de la famille"), class_name="crumb"),
        rx.el.h1(VIEW.title),
        rx.el.p("Vous réservez au nom de la famille : elle en reçoit le courriel.", class_name="muted"),
        chooser(VIEW, State.choose_desk, everyone=True),
        outcome_panel(State.outcome, State.undo_desk, State.wait_desk, State.close_desk_outcome),
        rx.el.form(
            rx.el.section(
                calendar.head(VIEW, State.turn_desk, State.look_desk),
                calendar.grid(VIEW, State.changed, rx.Var.create({}).to(dict[str, int])),
                calendar.legend(),
                calendar.rules(VIEW.rules),
                class_name="card pad stack",
                aria_labelledby="mois",
            ),
            _selection(),
            on_submit=State.preview_desk,
            no_validate=True,
            auto_complete="off",
            class_name="booking",
        ),
        recap_sheet(
            State.recap,
            State.busy,
            Gestures(State.confirm_desk, State.close_desk_recap),
            forcing(State.recap, State.reason_error, State.override),
        ),
    )


def _selection() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Sélection", id="selection"),
        calendar.Picked.create(
            activity=VIEW.activity,
            chips=VIEW.children,
            prepaid=VIEW.is_prepaid,
            balance=State.balance_cents,
            done=State.done,
            title=VIEW.title,
        ),
        rx.el.button("Valider", type="submit", class_name="btn"),
        class_name="card selection",
        aria_labelledby="selection",
    )
