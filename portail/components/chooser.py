"""Le choix d'un enfant : une pastille à son prénom et à sa couleur, des boutons radio pour le clavier et la voix."""

import reflex as rx

from portail.components.cards import face
from portail.components.icons import icon


def chooser(view: rx.Var, on_choose: rx.EventHandler, *, everyone: bool = False, hint: str = "") -> rx.Component:
    """Rien quand il n'y a qu'un enfant ; `everyone` ajoute « Tous »."""
    return rx.cond(
        view.children.length() > 1,
        rx.el.fieldset(
            rx.el.legend("Enfant", class_name="unseen"),
            rx.el.p(hint, id="enfant-aide", class_name="unseen") if hint else rx.fragment(),
            _chip(0, icon("family"), "Tous", view, on_choose) if everyone else rx.fragment(),
            rx.foreach(view.children, lambda child: _chip(child.id, face(child), child.first_name, view, on_choose)),
            class_name="chooser",
            custom_attrs={"aria-describedby": "enfant-aide"} if hint else {},
        ),
    )


def other_child(view: rx.Var, on_choose: rx.EventHandler) -> rx.Component:
    """Sur la page d'un enfant : passer à un autre."""
    return chooser(view, on_choose, hint="Choisir un enfant ouvre la même page pour lui.")


def _chip(
    child_id: rx.Var[int] | int,
    mark: rx.Component,
    name: rx.Var[str] | str,
    view: rx.Var,
    on_choose: rx.EventHandler,
) -> rx.Component:
    field_id = f"enfant-{child_id}"
    return rx.el.div(
        rx.el.input(
            type="radio",
            name="enfant",
            checked=view.chosen == child_id,
            on_change=on_choose(child_id),
            class_name="unseen",
            custom_attrs={"id": field_id},
        ),
        rx.el.label(mark, name, rx.el.span(icon("check"), class_name="tick"), html_for=field_id, class_name="kid"),
    )
