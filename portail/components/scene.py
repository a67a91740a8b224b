"""Le paysage de la page d'arrivée : une école et deux enfants, aux couleurs de la commune. Pur décor."""

import reflex as rx

_SHAPES = (
    ("sun", "M466 30a34 34 0 1 0 0 68 34 34 0 0 0 0-68"),
    ("far", "M0 214c70-64 150-74 226-38 84-60 196-66 334 6v78H0z"),
    ("near", "M0 236c120-38 240-40 340-14 90-22 160-20 220 2v56H0z"),
    ("trunk", "M92 236v-42M500 232v-36"),
    (
        "leaf",
        (
            "M92 122c26 0 42 20 42 44s-18 38-42 38-42-14-42-38 16-44 42-44"
            "M500 138c22 0 36 17 36 37s-15 33-36 33-36-13-36-33 14-37 36-37"
        ),
    ),
    ("wall", "M178 136h220v104H178zM252 100h72v140h-72z"),
    ("roof", "M238 104l50-46 50 46zM168 140l14-26h66v26zM408 140l-14-26h-66v26z"),
    ("flag", "M286 58V26h3l26 9-23 9v14z"),
    ("pane", "M194 158h40v32h-40zM342 158h40v32h-40zM288 116a12 12 0 1 0 0 24 12 12 0 0 0 0-24M214 158v32M362 158v32"),
    ("door", "M270 240v-62a18 18 0 0 1 36 0v62z"),
    ("path", "M288 248c-6 14-30 18-52 26"),
    ("kid-a", "M152 202a11 11 0 1 0 0 22 11 11 0 0 0 0-22M136 262c0-24 5-34 16-34s16 10 16 34z"),
    ("kid-b", "M424 208a10 10 0 1 0 0 20 10 10 0 0 0 0-20M410 264c0-22 4-32 14-32s14 10 14 32z"),
)


def scene() -> rx.Component:
    return rx.el.svg(
        *[rx.el.svg.path(d=shape, class_name=name) for name, shape in _SHAPES],
        view_box="0 0 560 280",
        class_name="scene",
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
    )
