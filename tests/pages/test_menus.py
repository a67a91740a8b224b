"""Les menus et le plan du site : un lien est montré à qui entre dans la page, et à lui seul."""

import re

import pytest

from portail.domain.accounts import STAFF, Audience, Role, is_allowed, is_for_every_agent, is_for_staff
from portail.pages import chrome, site_map
from portail.pages.routes import PAGES
from portail.pages.sections import SECTIONS, Place, Section
from portail.services.accounts.account import me
from portail.state.policy import MARK
from tests.factories.people import make_account, open_session

AT = {page.route: page for page in PAGES}
WHOLE = str(site_map.draw())
MAPPED = [section for section in SECTIONS if section.sitemap]


def is_shown(drawn: object, open_to: list[str]) -> bool:
    """Sans condition, à tous ; sinon, à qui l'audience que le dessin nomme est ouverte."""
    asked = re.search(r'open_to\S*?\?*\.includes\("(\w+)"\)', str(drawn))
    assert asked or "open_to" not in str(drawn), drawn
    return asked is None or asked[1] in open_to


def is_reachable(route: str, role: Role) -> bool:
    page = AT[route]
    return all(is_allowed(getattr(handler.fn, MARK).audience, role) for handler in page.on_load)


def opened_to(role: Role) -> list[str]:
    return me(open_session(make_account(f"{role}@mairie.example", role=role))[1]).open_to


@pytest.mark.parametrize("role", sorted(STAFF))
@pytest.mark.usefixtures("base_sqlite")
def test_a_side_link_is_shown_to_whoever_may_open_its_page(role: Role) -> None:
    open_to = opened_to(role)
    for item in chrome.items(Place.SIDE, "/admin"):
        assert is_shown(chrome._if_open(item), open_to) is is_reachable(item.href, role), item.href


@pytest.mark.parametrize("role", sorted(STAFF))
@pytest.mark.usefixtures("base_sqlite")
def test_the_site_map_shows_an_agent_the_pages_that_open(role: Role) -> None:
    open_to = opened_to(role)
    for section in MAPPED:
        if section.audience in site_map.OF_AGENTS:
            assert is_shown(site_map._row(section), open_to) is is_reachable(section.route, role), section.route


@pytest.mark.parametrize("section", MAPPED, ids=lambda section: section.route)
def test_the_site_map_names_every_page(section: Section) -> None:
    assert f'"{section.route}"' in WHOLE


def test_what_is_reserved_follows_from_the_roles() -> None:
    assert {Audience.MONEY, Audience.FILES, Audience.ADMIN} <= chrome.RESERVED
    assert Audience.STAFF not in chrome.RESERVED
    assert not any(is_for_every_agent(one) for one in Audience if one is Audience.PARENT)
    for audience in chrome.RESERVED:
        assert is_for_staff(audience)
        assert any(not is_allowed(audience, role) for role in STAFF)
