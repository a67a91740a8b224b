"""Les formulaires en plusieurs étapes : la barre qui dit où l'on en est, et l'étape qui prend le focus."""

import reflex as rx

from portail.components.icons import icon
from portail.components.native import FocusOnShow


def bar(labels: tuple[str, ...], step: rx.Var[int]) -> rx.Component:
    """« Étape 2 sur 5 » se lit aussi sans les couleurs."""
    items = [_item(rank, label, len(labels), step) for rank, label in enumerate(labels, 1)]
    return rx.el.ol(*items, class_name="stepbar", aria_label="Étapes")


def _item(rank: int, label: str, total: int, step: rx.Var[int]) -> rx.Component:
    done = rx.cond(step > rank, icon("check"), rx.fragment(str(rank)))
    return rx.el.li(
        rx.el.span(done, class_name="dot", aria_hidden="true"),
        rx.el.span(
            rx.el.span(f"Étape {rank}/{total}", class_name="small under"),
            label,
            rx.cond(step > rank, rx.el.span(", faite", class_name="unseen")),
            class_name="t",
        ),
        custom_attrs={
            "data-state": rx.cond(step == rank, "here", rx.cond(step > rank, "done", "")),
            "aria-current": rx.cond(step == rank, "step", "false"),
        },
    )


def panel(rank: int, title: str, step: rx.Var[int], moved: rx.Var[bool], *content: rx.Component) -> rx.Component:
    """Une étape ; cachée, elle garde dans la page ce qui y est tapé. Affichée, son titre prend le focus."""
    heading = rx.el.h2(title)
    shown = rx.cond(moved & (step == rank), FocusOnShow.create(heading), heading)
    return rx.el.section(shown, *content, class_name="card pad stack", hidden=step != rank)


def ways(previous: rx.Component | None, following: rx.Component) -> rx.Component:
    return rx.el.div(*([previous] if previous is not None else []), following, class_name="stepways")


def go_back(on_back: rx.EventHandler | rx.event.EventSpec) -> rx.Component:
    return rx.el.button(icon("back"), "Étape précédente", type="button", class_name="btn ghost", on_click=on_back)
