"""« Cette page n'existe pas ou ne vous est pas ouverte » : la phrase et les sorties."""

import reflex as rx

from portail.components.links import button_to


def closed(home: str | rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.h1("Page introuvable"),
        rx.el.p("Cette page n’existe pas ou ne vous est pas ouverte."),
        rx.el.p(
            "L’adresse contient peut-être une faute, ou la page demande un autre compte que le vôtre.",
            class_name="muted",
        ),
        rx.el.div(
            button_to(home, "Revenir à l’accueil"),
            button_to("/plan-du-site", "Voir le plan du site", css="btn ghost"),
            button_to("/contact", "Nous contacter", css="btn ghost"),
            class_name="ways",
        ),
        class_name="lostpage",
    )
