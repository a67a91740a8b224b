"""Les prélèvements : ce que dessinent les écrans des familles et de la régie."""

import reflex as rx


def state(one: rx.Var) -> rx.Component:
    return rx.el.span(one.state, class_name="pill", custom_attrs={"data-tone": one.tone})


def named_gesture(
    label: str, about: rx.Var[str] | str, do: rx.EventHandler, busy: rx.Var[bool], css: str
) -> rx.Component:
    """Un geste d'une ligne : à l'oreille, il dit laquelle ; éteint et dit occupé tant que la réponse n'est pas là."""
    return rx.el.button(
        label,
        type="button",
        disabled=busy,
        class_name=css,
        aria_label=about,
        on_click=do,
        custom_attrs={"aria-busy": rx.cond(busy, "true", "false")},
    )
