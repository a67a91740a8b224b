"""L'agenda : des vues qui se suivent sans trou, des marques justes, une fin jamais avant le début."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.bookings import BookingState
from portail.domain.dates import PARIS
from portail.domain.planning import FARTHEST, Mark, Span, hours_of, mark_of, window

TODAY = date(2026, 11, 20)
days = st.dates(TODAY - FARTHEST + timedelta(days=70), TODAY + FARTHEST - timedelta(days=70))
hours = st.times().map(lambda one: one.replace(second=0, microsecond=0))


def test_a_month_is_shown_by_whole_weeks() -> None:
    shown = window("month", "2026-12-17", TODAY)
    assert (shown.anchor, shown.first, shown.last) == (date(2026, 12, 1), date(2026, 11, 30), date(2027, 1, 3))
    assert (shown.previous, shown.next) == (date(2026, 11, 1), date(2027, 1, 1))


def test_a_week_begins_on_monday() -> None:
    shown = window("week", "2026-12-17", TODAY)
    assert (shown.first, shown.last) == (date(2026, 12, 14), date(2026, 12, 20))
    assert (shown.previous, shown.next) == (date(2026, 12, 7), date(2026, 12, 21))


def test_a_list_begins_on_the_day_and_lasts_two_months() -> None:
    shown = window("list", "2026-12-17", TODAY)
    assert (shown.first, shown.last) == (date(2026, 12, 17), date(2027, 2, 16))


@pytest.mark.parametrize("day", ["", "hier", "2026-13-01", "0001-01-01", "9999-12-31", "2026-12-03T10:00", "’"])
def test_a_day_that_makes_no_sense_is_today(day: str) -> None:
    assert window("month", day, TODAY).anchor == date(2026, 11, 1)


@pytest.mark.parametrize("span", ["", "year", "MONTH", "mois"])
def test_a_view_that_does_not_exist_is_the_month(span: str) -> None:
    assert window(span, "2026-12-03", TODAY).span is Span.MONTH


@given(st.sampled_from(list(Span)), days)
def test_going_on_then_back_shows_the_same_days_and_no_day_is_lost_between(span: Span, day: date) -> None:
    shown = window(span, day.isoformat(), TODAY)
    after = window(span, shown.next.isoformat(), TODAY)
    assert after.first <= shown.last + timedelta(days=1)
    assert after.last > shown.last
    assert shown.days[0] == shown.first
    assert shown.days[-1] == shown.last
    assert day in shown.days
    if span is not Span.LIST:
        assert window(span, after.previous.isoformat(), TODAY) == shown
        assert (shown.first.weekday(), shown.last.weekday()) == (0, 6)


@pytest.mark.parametrize("mark", Mark)
def test_every_mark_has_a_word_and_a_color(mark: Mark) -> None:
    assert mark.label
    assert mark.status.icon


def test_what_a_line_says() -> None:
    plain = {"is_closed": False, "is_declared": False}
    assert mark_of(BookingState.BOOKED, **plain) is Mark.BOOKED
    assert mark_of(BookingState.EXCUSED, **plain) is Mark.EXCUSED
    assert mark_of(BookingState.BOOKED, is_closed=False, is_declared=True) is Mark.DECLARED
    assert mark_of(BookingState.ABSENT, is_closed=False, is_declared=True) is Mark.DECLARED
    assert mark_of(BookingState.EXCUSED, is_closed=False, is_declared=True) is Mark.EXCUSED
    assert mark_of(BookingState.BOOKED, is_closed=True, is_declared=True) is Mark.CLOSED


def test_the_night_that_loses_an_hour() -> None:
    """02:30 n'existe pas le 28 mars 2027 : la séance commence à 3 h et garde sa durée."""
    begins, ends = hours_of(date(2027, 3, 28), time(2, 30), time(3, 0))
    assert begins.astimezone(PARIS).hour == 3
    assert ends - begins == timedelta(minutes=30)


def test_the_night_that_has_an_hour_twice() -> None:
    """02:30 existe deux fois le 25 octobre 2026 : la première est la bonne."""
    begins, ends = hours_of(date(2026, 10, 25), time(2, 30), time(3, 30))
    assert begins == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert ends == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)


@given(days, hours, hours)
def test_an_end_never_comes_before_its_beginning(day: date, one: time, other: time) -> None:
    starts, ends = sorted((one, other))
    if starts == ends:
        return
    begins, over = hours_of(day, starts, ends)
    assert begins < over
    assert over - begins <= timedelta(hours=25)
    assert begins.astimezone(PARIS).date() == day
