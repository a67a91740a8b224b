"""Les préférences : la présentation que l'on choisit, les courriels dont on se passe."""

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Display, Notification
from portail.domain.refusals import BadInputError
from portail.models.accounts import Account
from portail.models.database import reading
from portail.services import accounts
from portail.services.accounts import preferences
from tests.conftest import NOW
from tests.factories.people import make_account, open_session

EVERYTHING = frozenset(Notification)


@pytest.mark.parametrize("display", list(Display))
def test_the_chosen_display_reaches_every_page(base: Engine, display: Display) -> None:
    _, actor = open_session(make_account())
    preferences.save(actor=actor, display=display, wanted=EVERYTHING)
    assert accounts.me(actor).display == display
    assert accounts.show(actor=actor, now=NOW).display == display


@pytest.mark.parametrize("display", ["", "téléphone", "AUTO", "auto ", "mobile\n"])
def test_an_unknown_display_is_refused_and_changes_nothing(base: Engine, display: str) -> None:
    _, actor = open_session(make_account())
    with pytest.raises(BadInputError):
        preferences.save(actor=actor, display=display, wanted=frozenset())
    assert accounts.me(actor).display == Display.AUTO
    assert accounts.show(actor=actor, now=NOW).notify_requests


@pytest.mark.parametrize("notification", list(Notification))
def test_an_unwanted_mail_is_known_to_who_would_send_it(base: Engine, notification: Notification) -> None:
    mine, other = make_account(), make_account("zoe@famille.example")
    _, actor = open_session(mine)
    with reading() as db:
        assert accounts.wants(db, mine.key, notification)
    preferences.save(actor=actor, display=Display.AUTO, wanted=EVERYTHING - {notification})
    with reading() as db:
        assert not accounts.wants(db, mine.key, notification)
        assert accounts.wants(db, other.key, notification)
        assert not accounts.wants(db, 999_999, notification)


def test_every_notification_is_a_column_of_the_account() -> None:
    assert {notification.value for notification in Notification} <= set(Account.model_fields)
