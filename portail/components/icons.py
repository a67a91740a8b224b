"""Les icônes : un tracé chacune, dessinées au trait dans la couleur du texte et muettes pour les lecteurs d'écran."""

import reflex as rx

PATHS = {
    "home": "M3 11l9-7 9 7v9a1 1 0 0 1-1 1h-5v-6H9v6H4a1 1 0 0 1-1-1z",
    "family": (
        "M8 4.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4M17 7.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6"
        "M2 20c0-4 3-6 6-6s6 2 6 6M14.5 16.3c.7-.5 1.7-.8 3-.8 3 0 4.5 1.8 4.5 4.5"
    ),
    "users": (
        "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M2.5 20c0-4 3-5.8 6.5-5.8s6.5 1.8 6.5 5.8M16 5.3a3.5 3.5 0 0 1 0 6.4"
        "M18 14.6c2.3.6 3.5 2.3 3.5 5.4"
    ),
    "user": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c0-4.5 3.5-6.5 8-6.5s8 2 8 6.5",
    "news": "M4 5h13v14a2 2 0 0 0 2 2H6a2 2 0 0 1-2-2zM17 9h4v10a2 2 0 0 1-2 2M8 9h5M8 13h5M8 17h5",
    "phone": ("M6 3h3l2 5-2.5 1.8a12 12 0 0 0 5.7 5.7L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"),
    "mail": "M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2M3.5 7l8.5 6 8.5-6",
    "pin": "M12 21s-7-6.5-7-11.5a7 7 0 0 1 14 0C19 14.5 12 21 12 21M12 7a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 2",
    "help": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.3 9.3a2.8 2.8 0 1 1 3.9 2.7c-.8.4-1.2.9-1.2 1.8M12 17v.01",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5.5M12 7.5v.01",
    "alert": "M12 4l9.5 16.5h-19zM12 10v4.5M12 17.5v.01",
    "check": "M20 6L9 17l-5-5",
    "close": "M6 6l12 12M18 6L6 18",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "lock": "M7 10.5h10a2 2 0 0 1 2 2V19a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-6.5a2 2 0 0 1 2-2M8 10.5V8a4 4 0 0 1 8 0v2.5",
    "key": "M8 11a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M11.2 12.3L20 3.5M16 7.5l3 3",
    "shield": "M12 3l8 3v6c0 5-3.5 7.7-8 9-4.5-1.3-8-4-8-9V6zM8.5 12l2.5 2.5 4.5-5",
    "device": "M8 3h8a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2M11 18h2",
    "access": "M12 3.5a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4M4.5 9.5c5 1 10 1 15 0M12 10.5V14M12 14l-3 7M12 14l3 7",
    "map": "M12 4h0M9 3.5h6v5H9zM3 15.5h6v5H3zM15 15.5h6v5h-6zM12 8.5V12M6 15.5V12h12v3.5",
    "document": "M6 3h8l4 4v14H6zM14 3v4h4M9 13h6M9 17h6",
    "download": "M12 4v11M7.5 10.5L12 15l4.5-4.5M4 20h16",
    "calendar": "M5 5h14a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2M3 10h18M8 3v4M16 3v4",
    "heart": "M12 20s-8-5-8-11a4.5 4.5 0 0 1 8-2.6A4.5 4.5 0 0 1 20 9c0 6-8 11-8 11z",
    "euro": "M18 6a7 7 0 1 0 0 12M4 10h9M4 14h9",
    "purse": "M4 7h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h12v3M16 13.5v.01",
    "chart": "M4 4v16h16M8 16v-4M13 16V8M18 16v-6",
    "school": "M12 3l9 5-9 5-9-5zM6 10.5V16c3.5 2.7 8.5 2.7 12 0v-5.5M21 8v6",
    "search": "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5",
    "back": "M14 6l-6 6 6 6",
    "forward": "M10 6l6 6-6 6",
    "out": "M14 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h8M10 12h11M17 8l4 4-4 4",
    "plus-circle": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 8v8M8 12h8",
    "clock-alert": "M19.5 7A9 9 0 1 0 21 12M12 7v5l3 2M21 3v5M21 11v.01",
    "rotate-ccw": "M3 12a9 9 0 1 0 3-6.7L3 8M3 3v5h5",
    "list-ordered": "M10 6h11M10 12h11M10 18h11M4 4v4M3 14.5h2.5L3 18h2.5",
    "hourglass": "M6 3h12M6 21h12M7 3c0 6 10 6 10 9s-10 3-10 9M17 3c0 6-10 6-10 9s10 3 10 9",
    "check-square": "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2M8 12l3 3 5.5-6",
    "offline": "M4 4l16 16M8.5 15.5a5 5 0 0 1 5.5-1M5 12a10 10 0 0 1 5-2.7M14.5 9.4A10 10 0 0 1 19 12M12 19v.01",
}


def icon(name: str, css: str = "icon") -> rx.Component:
    """L'icône de ce nom ; un nom inconnu se voit à la construction, pas à l'écran."""
    return _draw(PATHS[name], css)


def icon_of(name: rx.Var[str]) -> rx.Component:
    """L'icône dont le nom vient de l'état ; à défaut, « info »."""
    return _draw(rx.Var.create(PATHS)[rx.cond(_known(name), name, "info")], "icon")


def _known(name: rx.Var[str]) -> rx.Var[bool]:
    return rx.Var.create(list(PATHS)).contains(name)


def _draw(path: str | rx.Var[str], css: str) -> rx.Component:
    return rx.el.svg(
        rx.el.svg.path(d=path),
        view_box="0 0 24 24",
        class_name=css,
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
    )
