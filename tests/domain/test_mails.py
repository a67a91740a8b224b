"""La vie d'un courriel : ses états, et le temps laissé entre deux essais."""

from datetime import timedelta

import pytest

from portail.domain.mails import MAX_ATTEMPTS, TRANSITIONS, MailStatus, retry_delay


def test_waits_double_from_thirty_seconds() -> None:
    minutes = [retry_delay(attempt).total_seconds() / 60 for attempt in range(1, MAX_ATTEMPTS)]
    assert minutes == [0.5, 1, 2, 4, 8, 16, 32]


@pytest.mark.parametrize("attempts", [MAX_ATTEMPTS, MAX_ATTEMPTS + 1, 1_000])
def test_gives_up_after_the_last_attempt(attempts: int) -> None:
    assert retry_delay(attempts) is None


def test_no_wait_is_longer_than_two_hours() -> None:
    assert all(retry_delay(attempt) <= timedelta(hours=2) for attempt in range(1, MAX_ATTEMPTS))


def test_every_status_has_transitions_and_a_label() -> None:
    assert set(TRANSITIONS) == set(MailStatus)
    assert all(targets <= set(MailStatus) - {status} for status, targets in TRANSITIONS.items())
    assert len({status.label for status in MailStatus}) == len(MailStatus)


def test_sent_is_final_and_failure_can_be_tried_again() -> None:
    assert TRANSITIONS[MailStatus.SENT] == frozenset()
    assert MailStatus.WAITING in TRANSITIONS[MailStatus.FAILED]
