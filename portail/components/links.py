"""Les liens : d'une page du portail à l'autre sans recharger le document, la cible préparée dès qu'on l'approche."""

import reflex as rx
from reflex_components_core.el.elements.inline import A
from reflex_components_core.react_router.dom import ReactRouterLink


class PageLink(ReactRouterLink):
    """Un lien intérieur ; `prefetch` charge le code de la page au survol, au focus ou au premier contact."""

    prefetch: rx.Var[str]


def to(href: str | rx.Var[str], *children: rx.Component | rx.Var | str, css: str = "", **props: object) -> rx.Component:
    """Vers une page du portail."""
    if css:
        props["class_name"] = css
    return PageLink.create(*children, to=href, prefetch="intent", **props)


def plain(
    href: str | rx.Var[str], *children: rx.Component | rx.Var | str, css: str = "", **props: object
) -> rx.Component:
    """Un lien natif : ancre de la page, téléphone, courriel, autre site, nouvel onglet."""
    if css:
        props["class_name"] = css
    return A.create(*children, href=href, **props)


def button_to(href: str | rx.Var[str], label: str | rx.Var[str], css: str = "btn") -> rx.Component:
    return to(href, label, css=css)
