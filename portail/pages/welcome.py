"""La page d'arrivée, ouverte à tous : connexion, comment obtenir un compte, actualités."""

import reflex as rx

from portail.components.access import get_account_box
from portail.components.cards import news_grid
from portail.components.links import to
from portail.components.scene import scene
from portail.pages.layout import frame_with_hero
from portail.pages.sign_in import box
from portail.settings import current
from portail.state.news import NewsState


def draw() -> rx.Component:
    return frame_with_hero("/", _hero(), _news())


def _hero() -> rx.Component:
    town = current().town_name
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.h1(f"Bienvenue sur le Portail Famille de {town}"),
                rx.el.p(
                    "Le dossier de votre famille, les nouvelles de la mairie et le service enfance, "
                    "à portée de main, sur téléphone comme sur ordinateur.",
                    class_name="lead",
                ),
                scene(),
            ),
            box(),
            get_account_box(),
            class_name="in",
        ),
        class_name="hero",
    )


def _news() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Actualités", id="actualites"),
            to("/actualites", "Toutes les actualités", css="lost"),
            class_name="spread",
        ),
        news_grid(NewsState.ready, NewsState.cards),
        class_name="stack tight",
        aria_labelledby="actualites",
    )
