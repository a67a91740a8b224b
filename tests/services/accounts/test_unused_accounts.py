"""Les comptes jamais activés : retirés un mois après la fin de leur lien, jamais plus tôt, jamais d'autres."""

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import LIFETIMES, AccountStatus, LinkKind
from portail.domain.retention import Category
from portail.jobs import cleaning as job
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.services import accounts
from portail.services.accounts import recovery
from portail.services.privacy import retention
from portail.services.upkeep import doctor
from tests.factories.families import make_family
from tests.factories.people import make_account

MONTH, SECOND = timedelta(days=30), timedelta(seconds=1)


def invited(email: str, now: datetime) -> Account:
    account = make_account(email, active=False, now=now)
    with transaction() as db:
        accounts.invite(db, account, now)
    return account


def removed(now: datetime) -> int:
    return next(one.count for one in retention.apply(now) if one.category is Category.ACCOUNT_INVITED)


def known() -> set[str]:
    with reading() as db:
        return set(db.exec(select(Account.email)))


def journal() -> list[AuditEntry]:
    with reading() as db:
        return list(db.exec(select(AuditEntry)))


def test_unused_account_goes_a_month_after_its_link_and_its_guardian_stays(base: Engine, now: datetime) -> None:
    account = invited("nora@famille.example", now)
    family_id = make_family("Essai", account)
    make_account()
    end = now + LIFETIMES[LinkKind.INVITATION]
    assert removed(end + MONTH) == 0
    assert removed(end + MONTH + SECOND) == 1
    assert known() == {"alba@famille.example"}
    with reading() as db:
        guardian = db.exec(select(Guardian).where(Guardian.family_id == family_id)).one()
    (entry,) = journal()
    assert (guardian.first_name, guardian.account_id) == ("Nora", None)
    assert (entry.action, entry.actor_id) == ("account.removed_unused", None)
    assert (entry.subject_id, entry.detail) == (account.key, "")


def test_unused_account_goes_even_once_its_links_were_swept(base: Engine, now: datetime) -> None:
    invited("nora@famille.example", now)
    late = now + MONTH * 3
    assert next(iter(retention.SWEEPS)) is Category.LINK
    assert removed(late) == 1
    assert doctor.sizes()["one_use_link"] == 0


def test_link_sent_again_keeps_the_account_and_so_does_asking_for_one(base: Engine, now: datetime) -> None:
    again, asked = invited("nora@famille.example", now), invited("zoe@famille.example", now)
    with transaction() as db:
        accounts.invite(db, again, now + MONTH)
    recovery.ask_link(identifier=asked.email, address="192.0.2.1", now=now + MONTH)
    end = now + LIFETIMES[LinkKind.INVITATION]
    assert removed(end + MONTH + SECOND) == 0
    assert removed(end + MONTH * 3) == 2


def test_only_accounts_never_activated_are_removed(base: Engine, now: datetime) -> None:
    late = now + MONTH * 12
    for status in (AccountStatus.ACTIVE, AccountStatus.CLOSED):
        account = invited(f"{status}@famille.example", now)
        with transaction() as db:
            kept = db.get_one(Account, account.key)
            kept.password_hash, kept.status, kept.last_sign_in_at, kept.closed_at = "x", status, late, late
    young = make_account("jeune@famille.example", active=False, now=late)
    assert removed(late) == 0
    assert young.email in known()


def test_the_dry_run_counts_what_the_round_removes(base: Engine, now: datetime) -> None:
    invited("nora@famille.example", now)
    late = now + MONTH * 3
    counted = {one.category: one.count for one in retention.due(late)}
    assert counted[Category.ACCOUNT_INVITED] == 1
    assert known() == {"nora@famille.example"}
    assert removed(late) == 1


def test_nightly_job_removes_unused_accounts(base_sqlite: Engine) -> None:
    invited("nora@famille.example", datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
    job.sweep()
    assert known() == set()
