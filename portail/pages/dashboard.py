"""Le tableau de bord d'un agent : les chiffres, ce qui attend, les enfants par école."""

import reflex as rx

from portail.components import cards, figures
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
    )
