"""La liste d'attente : les passages, le rang, le délai d'une place proposée."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain import waitlist
from portail.domain.activities import WaitlistPriority
from portail.domain.refusals import RefusalError
from portail.domain.waitlist import ACTIVE, TRANSITIONS, WaitState

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("before", WaitState)
@pytest.mark.parametrize("after", WaitState)
def test_only_the_table_of_passages_is_followed(before: WaitState, after: WaitState) -> None:
    if after in TRANSITIONS[before]:
        waitlist.check_transition(before, after)
    else:
        with pytest.raises(RefusalError, match=before.label):
            waitlist.check_transition(before, after)


def test_what_is_obtained_or_closed_is_final() -> None:
    assert not TRANSITIONS[WaitState.PROMOTED]
    assert not TRANSITIONS[WaitState.CLOSED]
    assert all(WaitState.LEFT in TRANSITIONS[state] for state in ACTIVE)


@given(st.integers(1, 168), st.integers(0, 500))
def test_an_offer_lasts_its_delay_and_never_past_the_deadline(hours: int, left: int) -> None:
    deadline = NOW + timedelta(hours=left)
    until = waitlist.offer_until(NOW, hours, deadline)
    assert until == NOW + timedelta(hours=min(hours, left))


@pytest.mark.parametrize(
    ("priority", "resident", "sibling", "rank"),
    [
        (WaitlistPriority.ORDER, False, False, 0),
        (WaitlistPriority.ORDER, True, True, 0),
        (WaitlistPriority.RESIDENTS, True, False, 0),
        (WaitlistPriority.RESIDENTS, False, True, 1),
        (WaitlistPriority.SIBLINGS, False, True, 0),
        (WaitlistPriority.SIBLINGS, True, False, 1),
    ],
)
def test_rank(priority: WaitlistPriority, resident: bool, sibling: bool, rank: int) -> None:
    assert waitlist.rank_of(priority, is_resident=resident, has_sibling=sibling) == rank


def test_positions_are_said_in_french() -> None:
    assert [waitlist.spoken_position(one) for one in (1, 2, 21)] == ["1re", "2e", "21e"]


@pytest.mark.parametrize(
    "refusal",
    [
        waitlist.NoWaitlistError,
        waitlist.AlreadyWaitingError,
        waitlist.HasPlaceError,
        waitlist.PlacesLeftError,
        waitlist.TooLateToWaitError,
        waitlist.OfferOverError,
    ],
)
def test_each_refusal_is_a_whole_sentence(refusal: type[RefusalError]) -> None:
    assert refusal().full_sentence.endswith(".")
