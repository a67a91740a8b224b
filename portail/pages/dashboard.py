"""Le tableau de bord d'un agent : les chiffres, ce qui attend, les enfants par école, les courbes."""

import reflex as rx

from portail.components import cards, figures
from portail.components.cash_desk import Chart, chart
from portail.pages.layout import frame
from portail.state.dashboard import DashboardState

PROMISE = "Ce qui demande une action de votre part s’affiche ici, le plus pressé d’abord."


def draw() -> rx.Component:
    view = DashboardState.view
    nothing = cards.empty("check", "Rien n’attend", "Le service est à jour.")
    return frame(
        "/admin",
        rx.el.div(
            rx.el.div(
                rx.el.h1(rx.cond(view.greeting, view.greeting, "Tableau de bord")),
                rx.el.p(view.today, class_name="muted date"),
            ),
            class_name="hello",
        ),
        figures.row(view.ready, view.figures),
        rx.el.div(
            cards.todos(view.ready, view.todos, PROMISE, nothing),
            figures.bars(view.ready, "Enfants par école", view.schools),
            class_name="two",
        ),
        rx.cond(view.ready, _charts()),
    )


def _charts() -> rx.Component:
    """Un dessin vide ne dit rien : il ne paraît qu'avec ses chiffres."""
    view = DashboardState.view
    booked = ("Réservations", "Remplissage")
    return rx.el.div(
        _once(view.income, chart(Chart("Recettes par mois", "Mois"), "recettes", view.income)),
        _once(view.ages, chart(Chart("Impayés par âge", "Retard"), "impayes", view.ages)),
        chart(Chart("Réservations par semaine", "Semaine", booked), "semaines", view.weeks),
        chart(Chart("Réservations par mois", "Mois", booked), "mois", view.months),
        _once(
            view.occupancy,
            chart(
                Chart("Remplissage, ces quatre semaines", "Activité", ("Rempli à", "Places")), "places", view.occupancy
            ),
        ),
        class_name="charts",
    )


def _once(rows: rx.Var[list], drawn: rx.Component) -> rx.Component:
    return rx.cond(rows.length() > 0, drawn)
