"""Les lignes du tableau de bord d'une famille."""

import reflex as rx

from portail.components.icons import icon_of
from portail.components.links import to
from portail.components.requests import state_pill


def line(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon_of(row.icon), class_name="plate"),
        rx.el.div(
            rx.el.b(row.title),
            rx.cond(row.about, rx.el.span(_dot(row), row.about, class_name="under")),
            rx.el.span(
                rx.el.span(f"{row.kind} : ", class_name="unseen"),
                row.when,
                rx.cond(row.who, f", {row.who}", ""),
                class_name="under small muted",
            ),
            class_name="t",
        ),
        rx.cond(row.state, state_pill(row.state, row.tone)),
        rx.cond(
            row.href,
            to(row.href, "Voir", css="btn ghost small", aria_label=f"Voir : {row.title}, {row.about}, {row.when}"),
        ),
        class_name="row",
    )


def _dot(row: rx.Var) -> rx.Component:
    return rx.cond(row.color, rx.el.span(class_name="dot", aria_hidden="true", style={"background": row.color}))
