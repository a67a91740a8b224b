"""Les prélèvements : ce que dessinent les écrans des familles et de la régie."""

import reflex as rx


def state(one: rx.Var) -> rx.Component:
    return rx.el.span(one.state, class_name="pill", custom_attrs={"data-tone": one.tone})
