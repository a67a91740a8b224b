"""Le plan du site, tiré du registre : chacun y voit les pages qui lui sont ouvertes."""

import reflex as rx

from portail.components.links import to
from portail.domain.accounts import Audience, is_for_staff
from portail.pages.chrome import RESERVED
from portail.pages.layout import frame
from portail.pages.sections import SECTIONS, Section
from portail.state.base import PortalState

OF_AGENTS = tuple(one for one in Audience if is_for_staff(one) and one is not Audience.ADMIN)


def draw() -> rx.Component:
    me = PortalState.me
    return frame(
        "/plan-du-site",
        rx.el.h1("Plan du site"),
        _group("Pages ouvertes à tous", Audience.PUBLIC),
        _group("Espace des familles", Audience.PARENT, Audience.SIGNED_IN),
        rx.cond(me.is_staff, _group("Espace des agents", *OF_AGENTS)),
        rx.cond(me.is_admin, _group("Administration", Audience.ADMIN)),
        narrow=True,
    )


def _group(title: str, *audiences: Audience) -> rx.Component:
    rows = [_row(item) for item in SECTIONS if item.sitemap and item.audience in audiences]
    return rx.el.section(rx.el.h2(title), rx.el.ul(*rows, class_name="sitemap"), class_name="part")


def _row(item: Section) -> rx.Component:
    row = rx.el.li(to(item.route, item.label, css="lost"), rx.el.p(item.words, class_name="small muted"))
    return rx.cond(PortalState.me.open_to.contains(item.audience.value), row) if item.audience in RESERVED else row
