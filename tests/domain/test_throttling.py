"""Les freins : ils ralentissent qui insiste, jamais au-delà de leur promesse, et ils oublient."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.throttling import BRAKES, Scope, Tally, after_failure, seconds_to_wait

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SCOPES = st.sampled_from(list(Scope))
FAILURES = st.integers(min_value=0, max_value=10**6)
SHIFT = st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=2))


@pytest.mark.parametrize("scope", list(Scope))
def test_first_tries_are_free_and_the_next_one_waits(scope: Scope) -> None:
    brake = BRAKES[scope]
    assert seconds_to_wait(scope, None, START) == 0
    assert seconds_to_wait(scope, Tally(brake.free - 1, START), START) == 0
    assert seconds_to_wait(scope, Tally(brake.free, START), START) == brake.first_wait.total_seconds()


@pytest.mark.parametrize("scope", list(Scope))
def test_every_brake_is_coherent_and_named(scope: Scope) -> None:
    brake = BRAKES[scope]
    assert timedelta() < brake.first_wait <= brake.longest_wait < brake.forgets_after
    assert brake.free > 0
    assert scope.label


def test_a_family_never_waits_more_than_two_minutes_for_its_own_mistakes() -> None:
    assert seconds_to_wait(Scope.ACCOUNT, Tally(10_000, START), START) == 120


def test_wait_counts_down_and_ends_exactly() -> None:
    tally = Tally(5, START)
    waits = [seconds_to_wait(Scope.ACCOUNT, tally, START + timedelta(seconds=s)) for s in (0, 1, 14, 14.2, 15, 16)]
    assert waits == [15, 14, 1, 1, 0, 0]


@given(SCOPES, FAILURES, SHIFT)
def test_wait_is_bounded_even_if_the_clock_moved_back(scope: Scope, failures: int, shift: timedelta) -> None:
    wait = seconds_to_wait(scope, Tally(failures, START), START + shift)
    assert isinstance(wait, int)
    assert 0 <= wait <= BRAKES[scope].longest_wait.total_seconds()


@given(SCOPES, FAILURES, st.timedeltas(min_value=timedelta(), max_value=timedelta(hours=3)))
def test_one_more_failure_never_shortens_the_wait(scope: Scope, failures: int, later: timedelta) -> None:
    now = START + later
    assert seconds_to_wait(scope, Tally(failures + 1, START), now) >= seconds_to_wait(
        scope, Tally(failures, START), now
    )


@given(SCOPES, FAILURES, st.timedeltas(min_value=timedelta(), max_value=timedelta(hours=3)))
def test_waiting_the_announced_time_is_enough(scope: Scope, failures: int, later: timedelta) -> None:
    tally, now = Tally(failures, START), START + later
    announced = seconds_to_wait(scope, tally, now)
    assert seconds_to_wait(scope, tally, now + timedelta(seconds=announced)) == 0


@given(SCOPES, FAILURES)
def test_everything_is_forgotten_after_the_delay(scope: Scope, failures: int) -> None:
    later = START + BRAKES[scope].forgets_after
    assert seconds_to_wait(scope, Tally(failures, START), later) == 0
    assert after_failure(scope, Tally(failures, START), later) == Tally(1, later)


@given(SCOPES, FAILURES)
def test_failures_add_up_until_forgotten(scope: Scope, failures: int) -> None:
    just_before = START + BRAKES[scope].forgets_after - timedelta(microseconds=1)
    assert after_failure(scope, None, START) == Tally(1, START)
    assert after_failure(scope, Tally(failures, START), just_before) == Tally(failures + 1, just_before)


def test_wait_doubles_then_stops_growing() -> None:
    waits = [seconds_to_wait(Scope.ACCOUNT, Tally(count, START), START) for count in range(5, 12)]
    assert waits == [15, 30, 60, 120, 120, 120, 120]
