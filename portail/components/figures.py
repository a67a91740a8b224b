"""Les chiffres des agents : vignettes qui mènent à leur liste, barres lisibles sans couleur."""

import reflex as rx

from portail.components.cards import bones, empty
from portail.components.links import to


def row(ready: rx.Var[bool], items: rx.Var[list]) -> rx.Component:
    return rx.cond(
        ready,
        rx.el.ul(rx.foreach(items, _figure), class_name="figures", aria_label="Chiffres du jour"),
        rx.el.div(*bones("figurebone", 4), class_name="figures"),
    )


def _figure(item: rx.Var) -> rx.Component:
    said = (
        rx.el.span(item.label, class_name="small muted"),
        rx.el.span(item.value, class_name="n"),
        rx.cond(
            item.tone,
            rx.el.span(item.detail, class_name="pill", custom_attrs={"data-tone": item.tone}),
            rx.el.span(item.detail, class_name="small muted"),
        ),
    )
    return rx.el.li(
        rx.cond(item.href, to(item.href, *said, css="card figure"), rx.el.div(*said, class_name="card figure"))
    )


def bars(ready: rx.Var[bool], title: str, rows: rx.Var[list]) -> rx.Component:
    """Chaque barre porte son nombre écrit : le dessin n'est jamais seul à parler."""
    nothing = empty("school", "Aucune école pour le moment", "Les effectifs paraîtront avec les premiers dossiers.")
    listed = rx.cond(rows.length() > 0, rx.el.ul(rx.foreach(rows, _bar), class_name="bars"), nothing)
    return rx.el.section(
        rx.el.h2(title, id="ecoles"),
        rx.cond(ready, listed, rx.el.div(*bones(), class_name="bones")),
        class_name="card",
        aria_labelledby="ecoles",
    )


def _bar(item: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.span(item.school), rx.el.b(item.children), class_name="head"),
        rx.el.div(
            rx.el.span(class_name="fill", style={"width": f"{item.share}%"}), class_name="track", aria_hidden="true"
        ),
    )
