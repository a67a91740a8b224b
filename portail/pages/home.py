"""L'accueil d'un parent : salut, enfants, « À faire », foyer, tuiles, actualités."""

import reflex as rx

from portail.components import cards
from portail.components.links import to
from portail.pages.layout import frame
from portail.pages.sections import Place, shown_in
from portail.state.home import HomeState

PROMISE = "Tout ce qui demande une réponse ou une démarche de votre part s’affiche ici, le plus pressé d’abord."
BADGES = {
    "/dossier": HomeState.home.family_badge,
    "/porte-monnaie": HomeState.home.wallet_badge,
    "/factures": HomeState.home.invoices_badge,
    "/compte": HomeState.home.account_badge,
    "/demarches": HomeState.home.requests_badge,
    "/actualites": HomeState.home.news_badge,
}


def draw() -> rx.Component:
    return frame("/accueil", _hello(), _first(), _tiles(), _news())


def _hello() -> rx.Component:
    home = HomeState.home
    return rx.el.div(
        rx.el.div(
            rx.el.h1(rx.cond(home.greeting, home.greeting, "Bonjour")),
            rx.el.p(home.today, class_name="muted date"),
        ),
        cards.child_chips(home.ready, home.children),
        class_name="hello",
    )


def _first() -> rx.Component:
    home = HomeState.home
    nothing = cards.empty("check", "Tout est à jour", "Rien ne vous attend aujourd’hui.")
    families = rx.cond(
        home.families.length() > 0,
        rx.foreach(home.families, cards.family_summary),
        rx.el.section(
            cards.empty(
                "family",
                "Aucun dossier relié à ce compte",
                "Le service enfance relie votre compte au dossier de votre famille sur simple appel.",
            ),
            class_name="card",
        ),
    )
    known = rx.fragment(families, rx.cond(home.children.length() > 0, cards.children_card(home.children)))
    awaited = rx.fragment(*cards.bones("familybone", 1), *cards.bones("childrenbone", 1))
    return rx.el.div(
        cards.todos(home.ready, home.todos, PROMISE, nothing),
        rx.el.div(rx.cond(home.ready, known, awaited), class_name="stack"),
        class_name="two",
    )


def _tiles() -> rx.Component:
    drawn = [
        cards.tile(item.route, item.icon, item.label, item.words, BADGES.get(item.route))
        for item in shown_in(Place.TILE)
    ]
    return rx.el.nav(rx.el.ul(*drawn, class_name="tiles"), class_name="part", aria_label="Vos rubriques")


def _news() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Actualités", id="actualites"),
            to("/actualites", "Toutes les actualités", css="lost"),
            class_name="spread",
        ),
        cards.news_grid(HomeState.home.ready, HomeState.home.news),
        class_name="part",
        aria_labelledby="actualites",
    )
