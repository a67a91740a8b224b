"""La tête d'un calendrier : son mois, le précédent, le suivant."""

import reflex as rx

from portail.components.icons import icon


def turn(label: str | rx.Var[str], name: str, month: rx.Var[str], on_turn: rx.EventHandler) -> rx.Component:
    """Éteint quand on ne va pas plus loin ; `data-turn` est ce que le clavier et le doigt cherchent."""
    words = rx.el.span(label)
    return rx.el.button(
        *([icon(name), words] if name == "back" else [words, icon(name)]),
        type="button",
        class_name="btn ghost small",
        aria_label=label,
        disabled=month == "",
        on_click=on_turn(month),
        custom_attrs={"data-turn": "previous" if name == "back" else "next"},
    )
