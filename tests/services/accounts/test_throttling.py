"""Les compteurs d'essais : exacts à plusieurs, gardés après un redémarrage, sans le moindre nom en base."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.refusals import TooManyAttemptsError
from portail.domain.throttling import Scope
from portail.models import database
from portail.models.accounts import FailedAttempts
from portail.models.database import reading, transaction
from portail.services.accounts import throttling
from tests.factories.crowds import together

KEY = (Scope.ACCOUNT, "alba@famille.example")
KEYS = throttling.sign_in_keys("Albà@famille.example", "192.0.2.1")


def rows() -> list[FailedAttempts]:
    with reading() as db:
        return list(db.exec(select(FailedAttempts)))


def seconds_asked(key: throttling.Key, now: datetime) -> int:
    """L'attente que ce compteur impose ; zéro quand on peut essayer."""
    try:
        throttling.check_may_try([key], now)
    except TooManyAttemptsError as refusal:
        return refusal.seconds
    return 0


def test_concurrent_failures_are_counted_exactly(base: Engine, now: datetime) -> None:
    outcomes = together(*[lambda: throttling.count_failure(KEYS, now)] * 10)
    assert outcomes == [None] * 10
    assert [row.failures for row in rows()] == [10, 10, 10]


def test_success_that_forgets_meets_failures_that_count(base: Engine, now: datetime) -> None:
    def succeed() -> None:
        with transaction() as db:
            throttling.forget(db, KEY)

    for _ in range(15):
        succeed()
        outcomes = together(*[lambda: throttling.reserve(KEY, now), succeed] * 3)
        assert outcomes == [None] * 6


def test_brake_survives_a_restart(base: Engine, now: datetime) -> None:
    for _ in range(5):
        throttling.count_failure(KEYS, now)
    restarted = database.open_engine(base.url.render_as_string(hide_password=False))
    database.use(restarted)
    with pytest.raises(TooManyAttemptsError) as refusal:
        throttling.check_may_try(KEYS, now + timedelta(seconds=3))
    assert refusal.value.seconds == 12
    restarted.dispose()


def test_base_keeps_neither_identifier_nor_address(base: Engine, now: datetime) -> None:
    throttling.count_failure(KEYS, now)
    kept = " ".join(str(row.model_dump()) for row in rows())
    assert "alba" not in kept
    assert "192.0.2.1" not in kept


def test_longest_of_the_waits_is_said(base: Engine, now: datetime) -> None:
    for _ in range(8):
        throttling.count_failure([KEY], now)
    throttling.count_failure([(Scope.ADDRESS, "192.0.2.1")], now)
    with pytest.raises(TooManyAttemptsError) as refusal:
        throttling.check_may_try(KEYS, now)
    assert refusal.value.seconds == 120


def test_one_account_does_not_slow_another(base: Engine, now: datetime) -> None:
    for _ in range(9):
        throttling.count_failure([KEY], now)
    assert seconds_asked(KEY, now) == 120
    assert seconds_asked((Scope.ACCOUNT, "zoe@famille.example"), now) == 0
    assert seconds_asked((Scope.MAIL, KEY[1]), now) == 0


def test_forgetting_clears_this_counter_only(base: Engine, now: datetime) -> None:
    throttling.count_failure(KEYS, now)
    with transaction() as db:
        throttling.forget(db, KEYS[0])
    assert {row.scope for row in rows()} == {Scope.ADDRESS, Scope.EVERYONE}


def test_old_failures_start_again_from_one(base: Engine, now: datetime) -> None:
    for _ in range(4):
        throttling.count_failure([KEY], now)
    throttling.count_failure([KEY], now + timedelta(minutes=30))
    assert [row.failures for row in rows()] == [1]
