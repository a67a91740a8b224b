"""L'estimation : des jours vraiment ouverts, au prix de chaque jour et de chaque enfant."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portail.domain.adjustments import Adjustment, SiblingDiscount
from portail.domain.dates import monday_of
from portail.domain.school_calendar import Zone
from portail.domain.simulation import Asked, days_of_year, estimate, first_of_year
from portail.domain.tariffs import Bracket, Grid, TariffMethod
from portail.domain.town_calendar import DayKind, TownCalendar

TODAY = date(2026, 11, 20)
FIRST = date(2026, 9, 1)
TOWN = TownCalendar(Zone.B)
SCHOOL = (DayKind.CLASS,)
WEEKDAYS = (0, 1, 3, 4)
MEAL = Grid(
    FIRST,
    TariffMethod.BRACKETS,
    (Bracket(0, 100, 50), Bracket(801, 200, 100)),
    (Bracket(0, 400, 100),),
    siblings=SiblingDiscount(Adjustment.PERCENT, (1_000,)),
)


def days(per_week: int, kinds: tuple[DayKind, ...] = SCHOOL, weekdays: tuple[int, ...] = WEEKDAYS) -> tuple[date, ...]:
    return days_of_year(TOWN, kinds, weekdays, FIRST, per_week)


def test_a_school_year_begins_in_september() -> None:
    assert first_of_year(date(2026, 11, 20)) == FIRST
    assert first_of_year(date(2027, 8, 31)) == FIRST
    assert first_of_year(date(2027, 9, 1)) == date(2027, 9, 1)


def test_only_open_days_count_and_never_more_than_asked_in_a_week() -> None:
    found = days(2)
    assert all(TOWN.is_class_day(day) for day in found)
    weeks = [monday_of(day) for day in found]
    assert max(weeks.count(week) for week in weeks) == 2
    assert 30 * 2 <= len(found) <= 37 * 2


def test_more_days_than_the_activity_opens_are_all_its_days() -> None:
    assert days(7) == days(4)
    assert len(days(5, (DayKind.WEDNESDAY,), (2,))) == len(days(1, (DayKind.WEDNESDAY,), (2,))) <= 37


def test_a_closure_costs_nothing() -> None:
    closed = TownCalendar(Zone.B, closures=frozenset({date(2026, 12, 3)}))
    assert len(days_of_year(closed, SCHOOL, WEEKDAYS, FIRST, 4)) == len(days(4)) - 1


def test_the_year_is_the_days_times_the_price_of_each_child() -> None:
    found = estimate((MEAL,), days(4), TODAY, Asked(850, True, 2, 4))
    assert [one.cents for one in found.prices] == [300, 270]
    assert found.year_cents == found.days * 570
    assert found.days == len(days(4))
    assert found.months[0].month == FIRST
    assert len(found.months) == 12


def test_a_month_without_a_day_costs_nothing_and_does_not_lower_the_mean() -> None:
    found = estimate((MEAL,), days(4), TODAY, Asked(850, True, 1, 4))
    august = found.months[-1]
    assert (august.month, august.days, august.cents) == (date(2027, 8, 1), 0, 0)
    opened = [one for one in found.months if one.days]
    assert abs(found.month_cents * len(opened) - found.year_cents) <= len(opened)


def test_a_new_grid_counts_from_its_day() -> None:
    dearer = Grid(date(2027, 1, 1), TariffMethod.FIXED, (Bracket(0, 0, 1000),), (Bracket(0, 0, 1000),))
    found = {one.month: one for one in estimate((MEAL, dearer), days(1), TODAY, Asked(850, True, 1, 1)).months}
    december, january = found[date(2026, 12, 1)], found[date(2027, 1, 1)]
    assert december.cents == december.days * 300
    assert january.cents == january.days * 1000


def test_a_grid_that_begins_later_prices_the_days_before_it() -> None:
    later = Grid(date(2027, 1, 1), TariffMethod.FIXED, (Bracket(0, 0, 1000),), (Bracket(0, 0, 1000),))
    found = estimate((later,), days(1), TODAY, Asked(None, True, 1, 1))
    assert found.year_cents == 1000 * found.days
    assert found.prices[0].cents == 1000


def test_no_open_day_costs_nothing() -> None:
    found = estimate((MEAL,), (), TODAY, Asked(850, True, 1, 1))
    assert (found.year_cents, found.month_cents, found.days) == (0, 0, 0)


@given(st.integers(0, 3000), st.integers(1, 6), st.integers(1, 7), st.booleans())
def test_one_more_child_or_one_more_day_never_costs_less(
    quotient: int, children: int, per_week: int, resident: bool
) -> None:
    def year(more_children: int, more_days: int) -> int:
        asked = Asked(quotient, resident, children + more_children, per_week + more_days)
        return estimate((MEAL,), days(per_week + more_days), TODAY, asked).year_cents

    assert year(0, 0) <= year(1, 0)
    assert year(0, 0) <= year(0, 1)


def test_a_year_has_no_gap() -> None:
    found = days_of_year(TOWN, (DayKind.ANY,), (), FIRST, 7)
    assert found[0] == FIRST
    assert found[-1] == date(2027, 8, 31)
    assert max(after - before for before, after in pairwise(found)) <= timedelta(days=3)
