"""Ce que le calendrier montre des jours où rien ne se peut : peu de place, un mot, et toujours une raison."""

from datetime import UTC, datetime, time

import pytest
from sqlalchemy import Engine

from portail.domain.bookings import Intent
from portail.models.activities import Slot
from portail.models.database import transaction
from portail.services.bookings import month
from portail.views.bookings import Day, Month
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering, make_slots
from tests.factories.booking import FIRST, LAST, Home, make_canteen, make_home

EVENING = datetime(2026, 12, 10, 18, 0, tzinfo=UTC)


def shown(home: Home, activity: int, asked: str = "2026-12", now: datetime = NOW, child: int = 0) -> Month:
    return month.show(actor=home.actor, activity_id=activity, child_id=child, month=asked, span="month", now=now)


def day(drawn: Month, date: str) -> Day:
    return next(one for one in drawn.days if one.date == date)


def test_a_past_day_is_one_word_for_all_the_children(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen()
    past = day(shown(home, activity, now=EVENING), "2026-12-03")
    assert (past.word, past.cells) == ("Passé", [])
    assert past.why.endswith(".")


def test_a_past_day_still_shows_what_was_booked_and_nothing_else(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    home.book(activity, slots[1])
    past = day(shown(home, activity, now=EVENING), "2026-12-03")
    assert [(cell.key, cell.status, cell.child) for cell in past.cells] == [
        (f"{slots[1]}.{home.child}", "booked_locked", "Léa Alba")
    ]
    assert (past.word, past.why) == ("", "")


def test_a_coming_day_keeps_a_box_for_each_child(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen()
    coming = day(shown(home, activity, now=EVENING), "2026-12-17")
    assert [cell.gesture for cell in coming.cells] == ["add", "add"]


@pytest.mark.parametrize(("asked", "first"), [("2026-11", "2026-11-02"), ("2026-12", "2026-11-30")])
def test_a_week_wholly_outside_the_month_is_left_out(base: Engine, asked: str, first: str) -> None:
    """Le 1er novembre 2026 est un dimanche : du lundi au vendredi, novembre commence le 2."""
    home, (activity, _) = make_home(), make_canteen()
    drawn = shown(home, activity, asked)
    weeks = [drawn.days[rank : rank + 5] for rank in range(0, len(drawn.days), 5)]
    assert drawn.days[0].date == first
    assert all(any(one.number for one in week) for week in weeks)
    assert {len(week) for week in weeks} == {5}


def test_each_reason_has_a_word_of_its_own(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    late = day(shown(home, activity, now=datetime(2026, 12, 2, 17, 0, tzinfo=UTC), child=home.child), "2026-12-03")
    assert [(cell.status, cell.word) for cell in late.cells] == [("closed", "Trop tard")]
    assert late.cells[0].why

    morning = make_activity(name="Sortie")
    other = make_offering(morning, starts_at=time(11, 0), ends_at=time(14, 0))
    make_slots(other, FIRST, LAST)
    home.book(activity, slots[1])
    busy = day(shown(home, morning, child=home.child), "2026-12-03")
    assert [cell.word for cell in busy.cells] == ["Autre séance"]


def test_a_full_day_knows_what_a_place_given_back_would_cost(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen(capacity=1)
    with transaction() as db:
        db.get_one(Slot, slots[1]).taken = 1
    drawn = shown(home, activity, child=home.child)
    full = day(drawn, "2026-12-03").cells[0]
    assert (full.status, full.gesture, full.cents) == ("full", Intent.WAIT, 0)
    assert (full.price, full.price_cents) == ("3,20\u00a0€", 320)
    free = day(drawn, "2026-12-04").cells[0]
    assert (free.price, free.price_cents) == ("", 0)


def test_the_balance_is_said_in_cents_and_follows_each_confirmation(base: Engine) -> None:
    home, (activity, slots) = make_home(cents=5_000), make_canteen()
    assert shown(home, activity).balance_cents == 5_000
    done = home.book(activity, slots[1])
    again = home.book(activity, slots[1])
    assert (done.balance_cents, again.balance_cents) == (4_680, 4_680)
    assert shown(home, activity).balance_cents == 4_680
