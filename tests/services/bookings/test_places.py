"""Les places que des calendriers ouverts montrent : lues en un seul ordre, et justes."""

from datetime import date

from sqlalchemy import Engine

from portail.models.activities import Slot
from portail.models.database import transaction
from portail.services.bookings import places
from portail.services.bookings.places import Period
from tests.factories import activities
from tests.factories.booking import FIRST, LAST, make_canteen, make_home
from tests.factories.queries import counted

WEEK = (date(2026, 11, 30), date(2026, 12, 4))


def change(slot: int, **values: object) -> None:
    with transaction() as db:
        row = db.get_one(Slot, slot)
        for name, value in values.items():
            setattr(row, name, value)


def test_what_is_left_follows_bookings_waits_and_closures(base: Engine) -> None:
    activity, slots = make_canteen(capacity=10)
    make_home().book(activity, *slots[:2])
    change(slots[2], taken=10)
    change(slots[3], taken=9, waiting=1)
    change(slots[4], closed_why="Grève")
    period = Period(activity, FIRST, LAST)
    left = places.left(frozenset({period}))[period]
    assert [left[slot] for slot in slots[:6]] == [9, 9, 0, 0, places.CLOSED, 10]
    assert left.keys() == set(slots)


def test_every_period_gets_its_own_slots_in_one_query(base: Engine) -> None:
    one, first = make_canteen(capacity=3)
    other, second = make_canteen(capacity=7)
    third = activities.make_slot(activities.make_offering(one, capacity=5), date(2026, 12, 1))
    month, week = Period(one, FIRST, LAST), Period(one, *WEEK)
    elsewhere, empty = Period(other, *WEEK), Period(other, date(2027, 2, 1), date(2027, 2, 28))
    with counted(base) as queries:
        found = places.left(frozenset({month, week, elsewhere, empty}))
    assert len(queries) == 1
    assert found[month] == dict.fromkeys(first, 3) | {third: 5}
    assert found[week] == {slot: left for slot, left in found[month].items() if slot in {*first[:3], third}}
    assert found[elsewhere] == dict.fromkeys(second[:3], 7)
    assert found[empty] == {}


def test_nothing_watched_reads_nothing(base: Engine) -> None:
    with counted(base) as queries:
        assert places.left(frozenset()) == {}
    assert queries == []
