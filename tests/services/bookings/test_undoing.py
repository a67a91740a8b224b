"""« Annuler ma modification » : une minute, une fois, tout ou rien."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from portail.domain.bookings import Intent
from portail.domain.refusals import NotOpenError
from portail.services.bookings.undoing import CannotUndoError, TooLateToUndoError, undo
from portail.services.wallet import check_ledger
from portail.views.bookings import Outcome
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen, make_home, states, taken
from tests.factories.crowds import together
from tests.factories.money import balance

MINUTE = timedelta(minutes=1)


def undone(home: Home, batch: int, now: datetime = NOW) -> Outcome:
    return undo(actor=home.actor, batch_id=batch, now=now)


def test_a_fresh_booking_disappears_and_its_price_comes_back(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    batch = home.book(activity, slots[0], slots[1]).batch
    outcome = undone(home, batch, NOW + MINUTE)
    assert outcome.message == "Votre modification est annulée : tout est comme avant."
    assert [cell.status for cell in outcome.changed] == ["open", "open"]
    assert outcome.balance_cents == balance(home.family) == 10_000
    assert (taken(slots[0]), states(*slots)) == (0, [])
    check_ledger()


def test_a_cancellation_is_taken_back(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    home.book(activity, slots[0])
    batch = home.confirm(activity, home.choices(slots[0], intent=Intent.REMOVE)).batch
    undone(home, batch)
    assert (taken(slots[0]), balance(home.family), states(slots[0])) == (1, 10_000 - 320, ["booked"])
    check_ledger()


def test_after_the_minute_it_is_too_late(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    batch = home.book(activity, slots[0]).batch
    with pytest.raises(TooLateToUndoError, match="ne peut plus"):
        undone(home, batch, NOW + MINUTE + timedelta(seconds=1))
    assert taken(slots[0]) == 1


def test_two_clicks_undo_once(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    batch = home.book(activity, slots[0]).batch
    outcomes = together(*[lambda: undone(home, batch)] * 3)
    assert sum(isinstance(one, TooLateToUndoError) for one in outcomes) == 2
    assert (taken(slots[0]), balance(home.family)) == (0, 10_000)


def test_a_place_taken_meanwhile_stops_everything(base: Engine) -> None:
    home, other, (activity, slots) = make_home(), make_home("Bruno"), make_canteen(capacity=1)
    home.book(activity, slots[0], slots[1])
    removed = f"{home.choices(slots[0], slots[1], intent=Intent.REMOVE)}"
    batch = home.confirm(activity, removed).batch
    other.book(activity, slots[1])
    with pytest.raises(CannotUndoError, match="rien n’a été changé"):
        undone(home, batch)
    assert (taken(slots[0]), balance(home.family), states(slots[0])) == (0, 10_000, ["cancelled"])


def test_what_changed_since_is_not_undone(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    batch = home.book(activity, slots[0]).batch
    home.confirm(activity, home.choices(slots[0], intent=Intent.REMOVE))
    with pytest.raises(CannotUndoError):
        undone(home, batch)
    assert balance(home.family) == 10_000


def test_someone_elses_validation_does_not_exist(base: Engine) -> None:
    home, other, (activity, slots) = make_home(), make_home("Bruno"), make_canteen()
    batch = home.book(activity, slots[0]).batch
    for number in (batch, 0, -1, 999_999, 2**40):
        with pytest.raises(NotOpenError):
            undone(other, number)
    assert taken(slots[0]) == 1
