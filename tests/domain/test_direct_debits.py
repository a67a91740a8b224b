"""Les prélèvements : le préavis, les jours de banque, ce qu'un rejet entraîne, trois ans sans servir."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.direct_debits import (
    DEBIT_TONES,
    NOTICE_DAYS,
    TERMS,
    TERMS_OF,
    TERMS_VERSION,
    TRANSITIONS,
    BatchState,
    DebitState,
    RejectReason,
    WrongStepError,
    batch_state,
    check_collection_day,
    check_step,
    earliest_day,
    is_bank_day,
    is_lapsed,
)
from portail.domain.refusals import BadInputError

TODAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "day",
    [date(2026, 12, 5), date(2026, 12, 6), date(2026, 12, 25), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29)],
)
def test_banks_are_closed_on_week_ends_and_target_holidays(day: date) -> None:
    assert not is_bank_day(day)


@pytest.mark.parametrize("day", [date(2026, 12, 7), date(2026, 11, 11), date(2026, 7, 14)])
def test_a_french_holiday_does_not_close_the_european_system(day: date) -> None:
    assert is_bank_day(day)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_the_earliest_day_keeps_the_promise_and_is_accepted(today: date) -> None:
    day = earliest_day(today)
    assert today + timedelta(days=NOTICE_DAYS) <= day <= today + timedelta(days=NOTICE_DAYS + 5)
    check_collection_day(day, today)


@pytest.mark.parametrize("days", [-1, 0, 13, 91, 5000])
def test_too_soon_or_too_far_is_refused(days: int) -> None:
    with pytest.raises(BadInputError):
        check_collection_day(TODAY + timedelta(days=days), TODAY)


def test_the_terms_signed_in_the_past_stay_readable() -> None:
    assert set(TERMS_OF) == set(range(1, TERMS_VERSION + 1))
    assert TERMS_OF[TERMS_VERSION] == TERMS


def test_a_death_is_not_announced_as_a_reason_of_the_bank() -> None:
    assert [one for one in RejectReason if one.told != one.label] == [RejectReason.MD07]
    assert "décédé" not in RejectReason.MD07.told


def test_the_terms_say_the_notice_that_is_kept() -> None:
    assert any(f"{NOTICE_DAYS}\u00a0jours" in sentence for sentence in TERMS)


@pytest.mark.parametrize("before", DebitState)
@pytest.mark.parametrize("after", DebitState)
def test_a_debit_only_goes_forward(before: DebitState, after: DebitState) -> None:
    if after in TRANSITIONS[before]:
        check_step(before, after)
    else:
        with pytest.raises(WrongStepError, match=before.label.lower()):
            check_step(before, after)


def test_every_state_and_reason_has_words() -> None:
    assert all(state.label and state in DEBIT_TONES for state in DebitState)
    assert all(reason.label for reason in RejectReason)
    assert {one for one in RejectReason if one.ends_mandate} == {"AC01", "AC04", "AC13", "AG01", "MD01", "MD07"}


def test_a_batch_is_where_its_dates_say() -> None:
    assert batch_state(None, None) is BatchState.ANNOUNCED
    assert batch_state(AT, None) is BatchState.SENT
    assert batch_state(AT, AT) is BatchState.COLLECTED


@pytest.mark.parametrize(
    ("used", "today", "lapsed"),
    [
        (date(2023, 11, 21), TODAY, False),
        (date(2023, 11, 20), TODAY, True),
        (date(2024, 2, 29), date(2027, 2, 28), False),
        (date(2024, 2, 29), date(2027, 3, 1), True),
    ],
)
def test_three_years_without_use_end_a_mandate(used: date, today: date, lapsed: bool) -> None:
    assert is_lapsed(used, today) is lapsed
