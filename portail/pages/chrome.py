"""Les en-têtes et les menus : ceux d'un visiteur, d'un parent et d'un agent, tirés du registre des pages."""

import reflex as rx

from portail.components import shell
from portail.components.links import button_to, to
from portail.components.native import sign_out
from portail.components.shell import Item
from portail.domain.accounts import Audience, is_for_every_agent, is_for_staff
from portail.pages.sections import AT, MENUS, Place
from portail.settings import current
from portail.state.base import PortalState

RESERVED = frozenset(one for one in Audience if is_for_staff(one) and not is_for_every_agent(one))
WITHIN = {"/reservations": "/activites"}  # un calendrier s'ouvre depuis les activités
HOME_OF_ME = rx.cond(PortalState.me.signed_in, rx.cond(PortalState.me.is_staff, "/admin", "/accueil"), "/")


def items(place: Place, route: str, *, short: bool = False) -> tuple[Item, ...]:
    """Les liens d'un menu, celui de la page dessinée marqué ; un article compte pour sa rubrique."""
    here = route.split("/[", maxsplit=1)[0]
    here = WITHIN.get(here, here)
    return tuple(
        Item(href, AT[href].short_label if short else AT[href].label, AT[href].icon, here=href == here)
        for href in MENUS[place]
    )


def visitor_top(route: str) -> rx.Component:
    return _top(
        shell.brand(current().town_name, "/", "Portail Famille"),
        *shell.inline_links(_aids(route), "wide"),
        button_to("/connexion", "Se connecter", css="btn ghost small"),
    )


def parent_top(route: str) -> rx.Component:
    tools = items(Place.TOP, route)
    unfolded = (*items(Place.TAB, route)[:-1], tools[-1], *tools[:-1])
    return rx.fragment(
        _top(
            shell.brand(current().town_name, "/accueil", "Portail Famille"),
            *shell.inline_links(tools, "wide"),
            sign_out(),
            shell.menu([shell.menu_link(item) for item in unfolded]),
        ),
        shell.tabs(items(Place.TAB, route)),
    )


def parent_bar(route: str) -> rx.Component:
    return shell.bottom_bar(items(Place.BAR, route, short=True))


def staff_top(route: str) -> rx.Component:
    """Sur téléphone seulement : le menu latéral y devient un menu qui se déplie."""
    return rx.el.header(
        rx.el.div(
            shell.brand(current().town_name, "/admin", "Espace agents"),
            rx.el.nav(
                sign_out(),
                shell.menu([*_staff_links(route), *[shell.menu_link(item) for item in _aids(route)]]),
                aria_label="Menu",
            ),
            class_name="in",
        ),
        class_name="stafftop",
    )


def side(route: str) -> rx.Component:
    return rx.el.header(
        shell.brand(current().town_name, "/admin", "Espace agents"),
        rx.el.nav(rx.el.ul(*_staff_links(route)), aria_label="Rubriques"),
        rx.el.div(
            rx.el.b(PortalState.me.full_name),
            rx.el.span(PortalState.me.role_label),
            rx.el.nav(*[to(item.href, item.label) for item in _aids(route)], class_name="aids", aria_label="Outils"),
            sign_out("btn small"),
            class_name="me",
        ),
        class_name="side",
    )


def _top(brand: rx.Component, *tools: rx.Component) -> rx.Component:
    return rx.el.header(rx.el.div(brand, rx.el.nav(*tools, aria_label="Outils"), class_name="in"), class_name="top")


def _aids(route: str) -> tuple[Item, ...]:
    return tuple(item for item in items(Place.TOP, route) if AT[item.href].audience is Audience.PUBLIC)


def _staff_links(route: str) -> list[rx.Component]:
    """Les rubriques d'un agent ; celles qui ne sont pas ouvertes à tous n'apparaissent qu'à qui y entre."""
    return [_if_open(item) for item in items(Place.SIDE, route)]


def _if_open(item: Item) -> rx.Component:
    link, audience = shell.menu_link(item), AT[item.href].audience
    return rx.cond(PortalState.me.open_to.contains(audience.value), link) if audience in RESERVED else link
