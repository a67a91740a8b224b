"""Les absences : le délai à la seconde, les jours de carence comptés en jours réservés."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.absences import (
    AHEAD,
    BEHIND,
    MOST_DAYS,
    AlreadyDeclaredError,
    Day,
    TooLateToDeclareError,
    check_range,
    declared_until,
    due_days,
)
from portail.domain.dates import wall_instant
from portail.domain.refusals import BadInputError

TODAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)


def week(*absent: int) -> list[Day]:
    """Dix jours réservés de suite ; le rang de ceux où l'enfant n'est pas venu."""
    return [Day(MONDAY + timedelta(days=rank), rank in absent) for rank in range(10)]


def asked(*ranks: int) -> set[date]:
    return {MONDAY + timedelta(days=rank) for rank in ranks}


@pytest.mark.parametrize(
    ("absent", "carence", "due"),
    [
        ((0,), 0, ()),
        ((0,), 1, (0,)),
        ((0, 1, 2), 1, (0,)),
        ((0, 1, 2), 2, (0, 1)),
        ((0, 1, 4, 5), 1, (0, 4)),  # une nouvelle suite, une nouvelle carence
        ((3, 4, 5), 30, (3, 4, 5)),
    ],
)
def test_the_first_days_of_each_run_stay_due(absent: tuple[int, ...], carence: int, due: tuple[int, ...]) -> None:
    assert due_days(week(*absent), carence, asked(*absent)) == asked(*due)


def test_a_run_goes_on_across_days_without_a_booking() -> None:
    """Vendredi puis lundi : rien n'est réservé entre les deux, la suite continue."""
    days = [Day(date(2026, 11, 27), True), Day(date(2026, 11, 30), True)]
    assert due_days(days, 1, {date(2026, 11, 27), date(2026, 11, 30)}) == {date(2026, 11, 27)}


def test_a_day_declared_after_its_eve_was_excused_is_not_a_new_run() -> None:
    assert due_days(week(0, 1), 1, asked(1)) == frozenset()


@given(st.sets(st.integers(0, 9)), st.integers(0, 12))
def test_due_days_are_asked_absent_and_never_more_than_the_rule_says(absent: set[int], carence: int) -> None:
    due = due_days(week(*absent), carence, asked(*absent))
    assert due <= asked(*absent)
    runs = sum(1 for rank in absent if rank - 1 not in absent)
    assert len(due) <= runs * carence
    assert due_days(week(*absent), carence + 1, asked(*absent)) >= due
    assert (carence == 0) <= (due == frozenset())


def test_the_delay_is_in_hours_that_pass_even_when_the_clock_changes() -> None:
    begins = wall_instant(date(2026, 10, 24), time(12))
    assert declared_until(begins, 48) - begins == timedelta(hours=48)
    assert declared_until(begins, 0) == begins


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (TODAY, TODAY - timedelta(days=1), "avant le premier"),
        (TODAY, TODAY + timedelta(days=MOST_DAYS), "31 jours au plus"),
        (TODAY - BEHIND - timedelta(days=1), TODAY - BEHIND, "trop loin"),
        (TODAY + AHEAD, TODAY + AHEAD + timedelta(days=1), "trop loin"),
    ],
)
def test_days_that_make_no_sense_are_refused(first: date, last: date, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        check_range(first, last, TODAY)


@pytest.mark.parametrize(
    ("first", "last", "beyond"),
    [
        (TODAY, TODAY + timedelta(days=MOST_DAYS - 1), (0, 1)),
        (TODAY - BEHIND, TODAY - BEHIND + timedelta(days=3), (-1, 0)),
        (TODAY + AHEAD - timedelta(days=3), TODAY + AHEAD, (0, 1)),
    ],
)
def test_the_widest_range_passes_and_one_day_more_does_not(first: date, last: date, beyond: tuple[int, int]) -> None:
    check_range(first, last, TODAY)
    before, after = (timedelta(days=days) for days in beyond)
    with pytest.raises(BadInputError):
        check_range(first + before, last + after, TODAY)


def test_refusals_name_the_day_and_the_instant() -> None:
    until = datetime(2026, 12, 5, 10, 45, tzinfo=UTC)
    late = TooLateToDeclareError(date(2026, 12, 3), until)
    assert "du jeudi 3 décembre" in late.sentence
    assert "jusqu’au samedi 5 décembre à 11\u00a0h\u00a045" in late.sentence
    assert "Mes démarches" in AlreadyDeclaredError(date(2026, 12, 3)).full_sentence
