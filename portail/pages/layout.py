"""Le cadre des pages : lien d'évitement, menus selon la personne, contenu ou refus, pied, message du moment."""

import reflex as rx

from portail.components import connection, shell
from portail.components.closed import closed
from portail.components.native import Arrival, DisplayChoice
from portail.domain.accounts import Audience, is_for_staff
from portail.pages import chrome
from portail.pages.sections import AT, Place
from portail.settings import current
from portail.state.base import PortalState

HEAD = [
    rx.el.meta(name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
    rx.el.meta(name="theme-color", content="#ffffff", custom_attrs={"media": "(prefers-color-scheme: light)"}),
    rx.el.meta(name="theme-color", content="#1c1f28", custom_attrs={"media": "(prefers-color-scheme: dark)"}),
    rx.el.meta(name="format-detection", content="telephone=no"),
    rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
    rx.el.link(rel="stylesheet", href="/ville/couleurs.css"),
]
Shown = rx.Component | rx.Var | str


def frame(route: str, *content: rx.Component, narrow: bool = False) -> rx.Component:
    """Une page entière ; ce qui n'est pas ouvert à la personne est remplacé par une sortie."""
    opened = rx.cond(PortalState.closed, closed(chrome.HOME_OF_ME), rx.fragment(*content))
    css = "main narrow" if narrow else "main"
    return _around(route, rx.el.main(opened, id="contenu", tab_index=-1, class_name=css))


def frame_with_hero(route: str, hero: rx.Component, *content: rx.Component) -> rx.Component:
    """La page d'arrivée : un bandeau sur toute la largeur, puis le contenu."""
    inner = rx.el.div(*content, class_name="main")
    return _around(route, rx.el.main(hero, inner, id="contenu", tab_index=-1))


def _around(route: str, main: rx.Component) -> rx.Component:
    audience = AT[route].audience if route in AT else Audience.PUBLIC
    return rx.el.div(
        shell.skip_link(),
        connection.banner(),
        Arrival.create(),
        DisplayChoice.create(choice=PortalState.me.display, ready=PortalState.is_hydrated),
        _by_person(audience, chrome.side(route), rx.fragment(), rx.fragment()),
        rx.el.div(
            _by_person(audience, chrome.staff_top(route), chrome.parent_top(route), chrome.visitor_top(route)),
            main,
            shell.footer(chrome.items(Place.FOOT, route), current().town_name),
            class_name="desk",
        ),
        _by_person(audience, rx.fragment(), chrome.parent_bar(route), rx.fragment()),
        _said(),
        class_name=_by_person(audience, "staff", "shell withbar", "shell"),
    )


def _by_person(audience: Audience, staff: Shown, parent: Shown, visitor: Shown) -> Shown:
    """Ce que voit chacun ; une page réservée le sait dès la construction, sans attendre la connexion."""
    if is_for_staff(audience):
        return staff
    if audience is Audience.PARENT:
        return parent
    signed_in = rx.cond(PortalState.me.is_staff, staff, parent)
    return signed_in if audience is Audience.SIGNED_IN else rx.cond(PortalState.me.signed_in, signed_in, visitor)


def _said() -> rx.Component:
    return shell.notice(
        PortalState.notice, PortalState.notice_tone, PortalState.notice_reference, PortalState.dismiss_notice
    )
