"""Où mène un geste : réussi ou non, la phrase et les chemins qui restent."""

import reflex as rx

from portail.components.icons import icon


def outcome(name: str, title: str, words: str, *ways: rx.Component, tone: str = "") -> rx.Component:
    return rx.el.section(
        rx.el.span(icon(name), class_name="plate", custom_attrs={"data-tone": tone}),
        rx.el.h2(title),
        rx.el.p(words),
        rx.el.div(*ways, class_name="after"),
        class_name="card access stack",
    )


def checking() -> rx.Component:
    """Le temps de regarder un lien."""
    return rx.el.section(
        rx.el.p("Nous vérifions votre lien…"),
        rx.el.span(class_name="bone", aria_hidden="true"),
        class_name="card access stack",
    )
