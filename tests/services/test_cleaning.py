"""Le ménage : il n'emporte que ce qui ne sert plus."""

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import LIFETIMES, AccountStatus, LinkKind
from portail.domain.throttling import Scope
from portail.jobs import cleaning as job
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.services import accounts, cleaning, doctor, links, recovery, sessions, throttling
from tests.factories.families import make_family
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


def invited(email: str, now: datetime) -> Account:
    account = make_account(email, active=False, now=now)
    with transaction() as db:
        accounts.invite(db, account, now)
    return account


def known() -> set[str]:
    with reading() as db:
        return set(db.exec(select(Account.email)))


def test_unused_account_goes_a_month_after_its_link_and_its_guardian_stays(base: Engine, now: datetime) -> None:
    account = invited("nora@famille.example", now)
    family_id = make_family("Essai", account)
    make_account()
    end = now + LIFETIMES[LinkKind.INVITATION]
    assert cleaning.remove_unused_accounts(end + MONTH) == 0
    assert cleaning.remove_unused_accounts(end + MONTH + SECOND) == 1
    assert known() == {"alba@famille.example"}
    with reading() as db:
        guardian = db.exec(select(Guardian).where(Guardian.family_id == family_id)).one()
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "account.removed_unused")).one()
    assert (guardian.first_name, guardian.account_id) == ("Nora", None)
    assert (entry.actor_id, entry.subject_id, entry.detail) == (None, account.key, "")


def test_unused_account_goes_even_once_its_links_were_swept(base: Engine, now: datetime) -> None:
    invited("nora@famille.example", now)
    late = now + MONTH * 3
    cleaning.sweep(late)
    assert doctor.sizes()["one_use_link"] == 0
    assert cleaning.remove_unused_accounts(late) == 1


def test_link_sent_again_keeps_the_account_and_so_does_asking_for_one(base: Engine, now: datetime) -> None:
    again, asked = invited("nora@famille.example", now), invited("zoe@famille.example", now)
    with transaction() as db:
        accounts.invite(db, again, now + MONTH)
    recovery.ask_link(identifier=asked.email, address="192.0.2.1", now=now + MONTH)
    end = now + LIFETIMES[LinkKind.INVITATION]
    assert cleaning.remove_unused_accounts(end + MONTH + SECOND) == 0
    assert cleaning.remove_unused_accounts(end + MONTH * 3) == 2


def test_only_accounts_never_activated_are_removed(base: Engine, now: datetime) -> None:
    for status in (AccountStatus.ACTIVE, AccountStatus.CLOSED):
        account = invited(f"{status}@famille.example", now)
        with transaction() as db:
            kept = db.get_one(Account, account.key)
            kept.password_hash, kept.status = "x", status
    young = make_account("jeune@famille.example", active=False, now=now + MONTH * 12)
    assert cleaning.remove_unused_accounts(now + MONTH * 12) == 0
    assert young.email in known()


def test_nightly_job_removes_unused_accounts(base_sqlite: Engine) -> None:
    invited("nora@famille.example", datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
    job.sweep()
    assert known() == set()


def test_nightly_job_sweeps(base_sqlite: Engine) -> None:
    open_session(make_account(), now=datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
    job.sweep()
    assert doctor.sizes()["login_session"] == 0
