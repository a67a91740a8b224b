"""Le ménage : il n'emporte que ce qui ne sert plus."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from portail.domain.accounts import LIFETIMES, LinkKind
from portail.domain.throttling import Scope
from portail.jobs import cleaning as job
from portail.models.database import transaction
from portail.services import cleaning, doctor, links, sessions, throttling
from tests.factories.people import make_account, open_session

MONTH, SECOND = timedelta(days=30), timedelta(seconds=1)


def test_dead_link_goes_a_month_after_its_end(base: Engine, now: datetime) -> None:
    account = make_account()
    with transaction() as db:
        links.issue(db, LinkKind.RESET, account.key, now)
    end = now + LIFETIMES[LinkKind.RESET]
    assert cleaning.sweep(end + MONTH) == 0
    assert cleaning.sweep(end + MONTH + SECOND) == 1


def test_ended_session_goes_after_a_month_and_a_living_one_stays(base: Engine, now: datetime) -> None:
    account = make_account()
    token, _ = open_session(account, now=now)
    open_session(account, now=now, remember=True)
    sessions.sign_out(token, now)
    assert cleaning.sweep(now + MONTH) == 0
    assert cleaning.sweep(now + MONTH + SECOND) == 1
    assert doctor.sizes()["login_session"] == 1


def test_abandoned_session_goes_in_the_end(base: Engine, now: datetime) -> None:
    open_session(make_account(), now=now, remember=True)
    assert cleaning.sweep(now + timedelta(days=90)) == 0
    assert cleaning.sweep(now + timedelta(days=90) + SECOND) == 1


def test_cold_counter_goes_after_a_day(base: Engine, now: datetime) -> None:
    throttling.count_failure([(Scope.ACCOUNT, "alba")], now)
    assert cleaning.sweep(now + timedelta(days=1)) == 0
    assert cleaning.sweep(now + timedelta(days=1) + SECOND) == 1


def test_accounts_mails_and_journal_are_never_swept(base: Engine, now: datetime) -> None:
    token, _ = open_session(make_account(), now=now)
    sessions.sign_out(token, now)
    cleaning.sweep(now + timedelta(days=3_650))
    assert (doctor.sizes()["account"], doctor.sizes()["audit_entry"]) == (1, 1)


def test_nightly_job_sweeps(base_sqlite: Engine) -> None:
    open_session(make_account(), now=datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
    job.sweep()
    assert doctor.sizes()["login_session"] == 0
