"""« Nous contacter » : le téléphone, le courriel et l'adresse de la mairie."""

import reflex as rx

from portail.components.icons import icon
from portail.components.links import plain, to
from portail.pages.layout import frame
from portail.settings import current


def draw() -> rx.Component:
    town = current()
    number = "".join(char for char in town.town_phone if char.isdigit() or char == "+")
    return frame(
        "/contact",
        rx.el.h1("Nous contacter"),
        rx.el.p("Le service enfance répond à vos questions sur votre dossier et votre compte.", class_name="muted"),
        rx.el.div(
            _fact("phone", "Par téléphone", plain(f"tel:{number}", town.town_phone)),
            _fact("mail", "Par courriel", plain(f"mailto:{town.town_email}", town.town_email)),
            _fact("pin", "Sur place ou par courrier", rx.el.p(f"Mairie, service enfance, {town.town_address}")),
            class_name="facts",
        ),
        rx.el.section(
            rx.el.h2("Pour aller plus vite"),
            rx.el.p(
                "Indiquez le nom de votre enfant et, si vous l’avez, le numéro de votre dossier : il figure sur la "
                "page « Ma famille ». Ne donnez jamais votre mot de passe, même à un agent."
            ),
            rx.el.p(to("/aide", "Voir les questions fréquentes", css="lost")),
            class_name="part stack tight",
        ),
        narrow=True,
    )


def _fact(name: str, title: str, content: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.span(icon(name), class_name="plate"), rx.el.h2(title), content, class_name="card fact")
