"""Répartir ce qui est reçu, dire l'âge d'un impayé, savoir quand relancer."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.desk import (
    REMINDER_GAP,
    Age,
    Due,
    ReminderLevel,
    is_remindable,
    last_day_reminded,
    named_invoice,
    next_level,
    oldest_first,
    one_regie,
    read_reminder_days,
)
from portail.domain.refusals import BadInputError

TODAY = date(2026, 11, 20)
DUES = st.lists(st.integers(1, 50_000), max_size=8).map(
    lambda amounts: [Due(rank + 1, 1, cents) for rank, cents in enumerate(amounts)]
)


@given(DUES, st.integers(0, 200_000))
def test_the_oldest_is_paid_whole_before_the_next(dues: list[Due], cents: int) -> None:
    shares = oldest_first(dues, cents)
    assert sum(share for _, share in shares) == min(cents, sum(due.left_cents for due in dues))
    assert [key for key, _ in shares] == [due.invoice_id for due in dues][: len(shares)]
    assert all(share == due.left_cents for (_, share), due in zip(shares[:-1], dues, strict=False))
    assert all(share > 0 for _, share in shares)


def test_one_payment_is_of_one_regie() -> None:
    dues = [Due(1, 7, 100), Due(2, 8, 100), Due(3, 7, 100)]
    assert one_regie(dues, [(1, 50), (3, 10)], 9, 0) == 7
    assert one_regie(dues, [], 9, 500) == 9
    assert one_regie(dues, [(1, 50)], 7, 500) == 7
    with pytest.raises(BadInputError, match="régies différentes"):
        one_regie(dues, [(1, 50), (2, 10)], 7, 0)
    with pytest.raises(BadInputError, match="ne tient pas les porte-monnaie"):
        one_regie(dues, [(2, 50)], 7, 1)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ENF-2026-000123", ("ENF", 2026, 123)),
        (" enf-2026-7 ", ("ENF", 2026, 7)),
        ("ENF-2026", None),
        ("ENF-26-7", None),
        ("Durand", None),
        ("ENF-2026-0000001234", None),
        ("", None),
    ],
)
def test_an_invoice_number_is_recognised(words: str, found: object) -> None:
    assert named_invoice(words) == found


def test_ages_leave_no_day_out() -> None:
    bounds = [age.days for age in Age]
    assert bounds[0][0] == 1
    assert all(after[0] == before[1] + 1 for before, after in pairwise(bounds))


def test_three_reminders_then_nothing() -> None:
    assert [next_level(sent) for sent in range(4)] == [*ReminderLevel, None]


@pytest.mark.parametrize(
    ("due", "sent", "may"),
    [
        (TODAY, None, False),
        (TODAY - timedelta(days=1), None, True),
        (TODAY - timedelta(days=40), TODAY - REMINDER_GAP + timedelta(days=1), False),
        (TODAY - timedelta(days=40), TODAY - REMINDER_GAP, True),
    ],
)
def test_a_reminder_waits_for_the_due_day_and_for_the_last_one(due: date, sent: date | None, may: bool) -> None:
    assert is_remindable(due, TODAY, sent) is may


@pytest.mark.parametrize(("typed", "days"), [("", None), ("  ", None), ("1", 1), (" 30 ", 30), ("365", 365)])
def test_a_calendar_counts_in_days_or_is_empty(typed: str, days: int | None) -> None:
    assert read_reminder_days(typed) == days


@pytest.mark.parametrize("typed", ["0", "-1", "366", "1000", "²", "dix", "1.5", "٣"])
def test_a_calendar_out_of_bounds_is_refused(typed: str) -> None:
    with pytest.raises(BadInputError, match="nombre de jours"):
        read_reminder_days(typed)


@given(st.dates(min_value=date(2000, 1, 1)), st.integers(0, 30))
def test_the_last_day_reminded_is_the_limit(today: date, days: int) -> None:
    sent = today - timedelta(days=days)
    assert is_remindable(today - timedelta(days=1), today, sent) is (sent <= last_day_reminded(today))
