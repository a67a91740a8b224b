"""Le cadre des pages : une page d'agents a celui des agents dès la construction, sans attendre la connexion."""

import pytest

from portail.domain.accounts import Audience
from portail.pages import layout
from portail.pages.sections import AT

STAFF_PAGES = sorted(route for route in AT if route.startswith("/admin"))


@pytest.mark.parametrize("audience", list(Audience))
def test_each_audience_has_its_frame(audience: Audience) -> None:
    shown = str(layout._by_person(audience, "agent", "parent", "visiteur"))
    parents = {Audience.PUBLIC, Audience.SIGNED_IN, Audience.PARENT}
    assert (shown == "agent") is (audience not in parents)
    assert (shown == "parent") is (audience is Audience.PARENT)


@pytest.mark.parametrize("route", STAFF_PAGES)
def test_every_page_of_the_agents_is_known_for_what_it_is(route: str) -> None:
    """Celles de la régie aussi : sans cela, un parent en verrait un instant le menu."""
    assert layout._by_person(AT[route].audience, "agent", "parent", "visiteur") == "agent"
