"""Les campagnes : qui voit s'ouvrir quoi, quand, et à quel débit on entre."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain import campaigns
from portail.domain.campaigns import DRAWS, LONGEST_CREDIT, Wave

OPEN = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
LATER = OPEN + timedelta(days=2)


@dataclass
class Dates:
    first_day: date = date(2026, 12, 1)
    last_day: date = date(2026, 12, 31)
    residents_at: datetime = OPEN
    everyone_at: datetime = LATER
    closes_at: datetime | None = None


def test_a_day_of_the_campaign_opens_first_to_residents() -> None:
    day = date(2026, 12, 3)
    assert campaigns.opens_for([Dates()], day, is_resident=True) == OPEN
    assert campaigns.opens_for([Dates()], day, is_resident=False) == LATER


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2027, 1, 1)])
def test_a_day_of_no_campaign_follows_its_activity(day: date) -> None:
    assert campaigns.opens_for([Dates()], day, is_resident=True) is None
    assert campaigns.opens_for([], day, is_resident=True) is None


def test_it_runs_from_the_first_opening_to_its_end() -> None:
    campaign = Dates(closes_at=LATER + timedelta(hours=1))
    second = timedelta(seconds=1)
    moments = (OPEN - second, OPEN, LATER, LATER + timedelta(hours=1) - second, LATER + timedelta(hours=1))
    assert [campaigns.is_running(campaign, at) for at in moments] == [False, True, True, True, False]
    assert campaigns.is_running(Dates(), LATER + timedelta(days=900))


@pytest.mark.parametrize(
    ("at", "resident", "wave"),
    [
        (OPEN - timedelta(hours=1), True, Wave.EARLY_RESIDENTS),
        (OPEN, True, Wave.RESIDENTS),
        (LATER, True, Wave.EVERYONE),
        (OPEN, False, Wave.EARLY_OTHERS),
        (LATER, False, Wave.EVERYONE),
    ],
)
def test_waves(at: datetime, resident: bool, wave: Wave) -> None:
    assert campaigns.wave_of(Dates(), at, is_resident=resident) is wave


@given(st.integers(0, DRAWS - 1), st.integers(1, DRAWS - 1), st.sampled_from(Wave), st.sampled_from(Wave))
def test_an_earlier_wave_always_comes_first(draw: int, arrival: int, first: Wave, second: Wave) -> None:
    ranks = [campaigns.ticket_rank(one, draw=draw, arrival=arrival) for one in (first, second)]
    assert (first < second) <= (ranks[0] < ranks[1])
    assert all(0 <= rank < 2**31 for rank in ranks)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_arrival_decides_after_the_opening_and_the_draw_before(one: int, other: int) -> None:
    late = [campaigns.ticket_rank(Wave.EVERYONE, draw=0, arrival=rank) for rank in (one, other)]
    assert (one < other) == (late[0] < late[1])
    early = [campaigns.ticket_rank(Wave.EARLY_OTHERS, draw=rank, arrival=1) for rank in (one, other)]
    assert (one < other) == (early[0] < early[1])


def test_the_doors_open_wave_by_wave() -> None:
    limits = [campaigns.open_waves(Dates(), at) for at in (OPEN - timedelta(1), OPEN, LATER)]
    assert limits == [0, 2 * DRAWS, 4 * DRAWS]


@given(st.lists(st.integers(0, 9_000_000), min_size=1, max_size=60), st.integers(1, campaigns.MOST_A_MINUTE))
def test_the_rate_is_never_exceeded_whenever_one_looks(steps: list[int], rate: int) -> None:
    """Autant d'entrées que de temps écoulé, jamais plus, et presque jamais moins tant que l'on regarde."""
    at, since, total = OPEN, None, 0
    for step in steps:
        at += timedelta(microseconds=step)
        count, since = campaigns.admissions(since, OPEN, at, rate)
        assert count >= 0
        assert since <= at
        total += count
    elapsed = (at - OPEN).total_seconds()
    assert total <= elapsed * rate / 60
    assert total >= elapsed * rate / 60 - 1 - len(steps) * rate / 60_000_000


@pytest.mark.parametrize("rate", [1, 7, 60, 6_000])
def test_even_the_slowest_rate_lets_people_in(rate: int) -> None:
    count, since = campaigns.admissions(None, OPEN, OPEN + timedelta(hours=1), rate)
    assert count >= 1
    assert count <= 1 + rate * LONGEST_CREDIT.total_seconds() / 60
    assert since <= OPEN + timedelta(hours=1)


def test_nobody_enters_before_the_opening() -> None:
    assert campaigns.admissions(None, OPEN, OPEN - timedelta(minutes=5), 600)[0] == 0


@pytest.mark.parametrize(
    ("position", "rate", "said"),
    [
        (1, 60, "1re place, environ 1 minute"),
        (61, 60, "61e place, environ 2 minutes"),
        (12, 0, "12e place"),
    ],
)
def test_the_wait_is_said_in_whole_minutes(position: int, rate: int, said: str) -> None:
    assert campaigns.spoken_place(position, rate) == said
