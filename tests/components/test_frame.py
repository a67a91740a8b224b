"""Le cadre : une page réservée aux agents est dessinée pour eux dès la construction, sans attendre la connexion."""

from portail.domain.accounts import Audience, Role, is_allowed
from portail.pages.layout import STAFF_ONLY


def test_every_page_closed_to_parents_is_drawn_for_agents() -> None:
    closed = {one for one in Audience if not is_allowed(one, Role.PARENT)}
    assert closed == STAFF_ONLY
