"""Les conditions d'utilisation : une version nouvelle enferme jusqu'à l'accord, daté et inscrit au journal."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain import accounts as rules
from portail.domain import terms as versions
from portail.domain.accounts import Role
from portail.domain.refusals import RefusalError
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading
from portail.services import accounts
from portail.services.accounts import recovery, sessions, terms
from tests.factories.crowds import together
from tests.factories.letters import last_token
from tests.factories.people import PASSWORD, make_account, open_session


@pytest.fixture
def second_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CURRENT_TERMS", 2)
    monkeypatch.setattr(versions, "CHANGES", {1: ("Première.",), 2: ("Le portail garde la date de votre accord.",)})


def accepted() -> list[AuditEntry]:
    with reading() as db:
        return list(db.exec(select(AuditEntry).where(AuditEntry.action == "account.terms_accepted")))


@pytest.mark.parametrize("role", [Role.PARENT, Role.ADMIN])
def test_a_new_version_confines_until_it_is_accepted(
    base: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    token, actor = open_session(make_account(role=role))
    assert not sessions.identify(token, now).is_confined
    monkeypatch.setattr(rules, "CURRENT_TERMS", 2)
    monkeypatch.setattr(versions, "CHANGES", {2: ("Du nouveau.",)})
    assert sessions.identify(token, now).must_accept_terms
    view = accounts.show(actor=actor, now=now)
    assert (view.must_accept_terms, view.terms_known, view.terms_version) == (True, True, 2)
    assert view.terms_changes == ["Du nouveau."]
    terms.accept(actor=actor, version=2, now=now)
    assert not sessions.identify(token, now).is_confined
    view = accounts.show(actor=actor, now=now)
    assert (view.must_accept_terms, view.terms_changes) == (False, [])


@pytest.mark.usefixtures("second_version")
def test_the_agreement_is_dated_written_down_and_asked_once(base: Engine, now: datetime) -> None:
    account = make_account()
    _, actor = open_session(account)
    with reading() as db:
        assert db.get_one(Account, account.key).terms_version == 1
    together(*[lambda: terms.accept(actor=actor, version=2, now=now)] * 3)
    terms.accept(actor=actor, version=2, now=now + timedelta(days=1))
    with reading() as db:
        kept = db.get_one(Account, account.key)
    assert (kept.terms_version, kept.terms_accepted_at) == (2, now)
    assert [(entry.actor_id, entry.detail, entry.at) for entry in accepted()] == [(account.key, "2", now)]


@pytest.mark.usefixtures("second_version")
@pytest.mark.parametrize("version", [1, 3, 0, -1])
def test_only_the_version_in_force_is_accepted(base: Engine, now: datetime, version: int) -> None:
    _, actor = open_session(make_account())
    with pytest.raises(RefusalError, match="viennent de changer"):
        terms.accept(actor=actor, version=version, now=now)
    assert accepted() == []


def test_activation_keeps_the_date_of_the_agreement(base: Engine, now: datetime) -> None:
    account = make_account(active=False)
    recovery.ask_link(identifier=account.email, address="192.0.2.1", now=now)
    token = last_token(account.email)
    with pytest.raises(RefusalError, match="Acceptez les conditions"):
        recovery.choose_password(token=token, activation=True, password=PASSWORD, terms=False, now=now)
    recovery.choose_password(token=token, activation=True, password=PASSWORD, terms=True, now=now)
    with reading() as db:
        kept = db.get_one(Account, account.key)
    assert (kept.terms_version, kept.terms_accepted_at) == (1, now)
