"""Tenir un compte : mot de passe provisoire, fermer, rouvrir, changer de rôle, sans jamais monter soi-même."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import TEMPORARY_LIFETIME, AccountStatus, Actor, LinkKind, Role
from portail.domain.refusals import (
    BadCredentialsError,
    BadInputError,
    NotOpenError,
    RefusalError,
    TemporaryPasswordOverError,
)
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.services import accounts
from portail.services.accounts import care, links, recovery, sessions
from portail.services.accounts.sign_in import Attempt, Step, sign_in
from tests.factories.crowds import together
from tests.factories.letters import last_text, last_token, recipients, subjects_to
from tests.factories.people import BROWSER, PASSWORD, make_account, open_session

OWN = "cheval agrafe lampe torrent"
SECOND = timedelta(seconds=1)


def agent(role: Role = Role.RECEPTION) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def account_of(account_id: int) -> Account:
    with reading() as db:
        return db.get_one(Account, account_id)


def issue(actor: Actor, account_id: int, now: datetime) -> str:
    return care.issue_password(actor=actor, account_id=account_id, now=now)


def close(actor: Actor, account_id: int, now: datetime, reason: str = "A déménagé") -> None:
    care.close(actor=actor, account_id=account_id, reason=reason, now=now)


def reopen(actor: Actor, account_id: int, now: datetime) -> None:
    care.reopen(actor=actor, account_id=account_id, now=now)


def change_role(actor: Actor, account_id: int, now: datetime, role: str = Role.REGIE) -> None:
    care.change_role(actor=actor, account_id=account_id, role=role, now=now)


def enter(identifier: str, password: str, now: datetime) -> Step:
    return sign_in(Attempt(identifier, password, False, "192.0.2.1", BROWSER), now)


def test_a_temporary_password_opens_until_its_end_and_must_be_changed(base: Engine, now: datetime) -> None:
    account = make_account()
    token, _ = open_session(account)
    actor = agent()
    given = issue(actor, account.key, now)
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", given)
    assert sessions.identify(token, now) is None
    with pytest.raises(BadCredentialsError):
        enter("alba", PASSWORD, now)
    assert enter("alba", given, now + TEMPORARY_LIFETIME - SECOND).ticket
    with pytest.raises(TemporaryPasswordOverError):
        enter("alba", given, now + TEMPORARY_LIFETIME)

    fresh, mine = open_session(account)
    assert sessions.identify(fresh, now).must_change_password
    accounts.change_password(actor=mine, old=given, password=OWN, now=now)
    assert not sessions.identify(fresh, now).is_confined
    assert enter("alba", OWN, now + TEMPORARY_LIFETIME * 10).ticket


def test_a_temporary_password_is_told_without_being_written(base: Engine, now: datetime) -> None:
    account, actor = make_account(), agent()
    given = issue(actor, account.key, now)
    assert subjects_to(account.email) == ["Un mot de passe provisoire vous attend"]
    assert given not in last_text(account.email)
    with reading() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "account.password_issued")).one()
    assert (entry.actor_id, entry.subject_id, entry.detail) == (actor.account_id, account.key, "")


def test_the_wrong_password_never_tells_that_a_temporary_one_is_over(base: Engine, now: datetime) -> None:
    account = make_account()
    issue(agent(), account.key, now)
    with pytest.raises(BadCredentialsError):
        enter("alba", "AAAA-BBBB-CCCC", now + TEMPORARY_LIFETIME * 2)


def test_a_forgotten_temporary_password_is_replaced_by_a_link(base: Engine, now: datetime) -> None:
    account = make_account()
    issue(agent(), account.key, now)
    late = now + TEMPORARY_LIFETIME * 2
    recovery.ask_link(identifier="alba", address="192.0.2.1", now=late)
    recovery.choose_password(token=last_token(account.email), activation=False, password=OWN, terms=False, now=late)
    kept = account_of(account.key)
    assert (kept.must_change_password, kept.temporary_until) == (False, None)
    assert enter("alba", OWN, late).ticket


def test_a_temporary_password_kills_pending_links_and_lifts_the_brakes(base: Engine, now: datetime) -> None:
    account = make_account()
    with transaction() as db:
        reset = links.issue(db, LinkKind.RESET, account.key, now)
    for _ in range(5):
        with pytest.raises(BadCredentialsError):
            enter("alba", "faux", now)
    given = issue(agent(), account.key, now)
    assert recovery.open_link(token=reset, activation=False, now=now).status == "invalid"
    assert enter("alba", given, now).ticket


def test_an_invited_parent_at_the_desk_enters_then_accepts_the_terms(base: Engine, now: datetime) -> None:
    account = make_account(active=False)
    given = issue(agent(), account.key, now)
    assert enter("alba", given, now).ticket
    mine = sessions.identify(open_session(account)[0], now)
    assert (mine.must_accept_terms, mine.must_change_password) == (True, True)


def test_closing_shuts_every_door_and_says_it(base: Engine, now: datetime) -> None:
    account = make_account()
    token, _ = open_session(account)
    with transaction() as db:
        reset = links.issue(db, LinkKind.RESET, account.key, now)
    actor = agent()
    close(actor, account.key, now)
    assert sessions.identify(token, now) is None
    with pytest.raises(BadCredentialsError):
        enter("alba", PASSWORD, now)
    assert recovery.open_link(token=reset, activation=False, now=now).status == "invalid"
    assert subjects_to(account.email) == ["Votre compte est fermé"]
    assert "déménagé" not in last_text(account.email)
    with reading() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "account.closed")).one()
    assert (entry.actor_id, entry.subject_id, entry.detail) == (actor.account_id, account.key, "A déménagé")
    with pytest.raises(RefusalError, match="déjà fermé"):
        close(actor, account.key, now)
    with pytest.raises(RefusalError, match="est fermé"):
        issue(actor, account.key, now)


def test_reopening_gives_back_what_there_was(base: Engine, now: datetime) -> None:
    account, actor = make_account(), agent()
    token, _ = open_session(account)
    close(actor, account.key, now)
    reopen(actor, account.key, now)
    assert sessions.identify(token, now) is None
    assert enter("alba", PASSWORD, now).ticket
    assert subjects_to(account.email)[-1] == "Votre compte est rouvert"
    with pytest.raises(RefusalError, match="n’est pas fermé"):
        reopen(actor, account.key, now)


def test_reopening_an_account_never_activated_invites_again(base: Engine, now: datetime) -> None:
    account, actor = make_account(active=False), agent()
    close(actor, account.key, now)
    reopen(actor, account.key, now)
    assert account_of(account.key).status == AccountStatus.INVITED
    token = last_token(account.email)
    recovery.choose_password(token=token, activation=True, password=OWN, terms=True, now=now)
    assert enter("alba", OWN, now).ticket


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "a\nb"])
def test_closing_needs_a_reason(base: Engine, now: datetime, reason: str) -> None:
    account = make_account()
    with pytest.raises(BadInputError):
        close(agent(), account.key, now, reason)
    assert account_of(account.key).status == AccountStatus.ACTIVE


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION, Role.RECEPTION, Role.DIRECTION])
@pytest.mark.parametrize("work", [issue, close, reopen, change_role])
def test_who_does_not_hold_an_account_cannot_tell_it_exists(base: Engine, now: datetime, role: Role, work) -> None:
    actor = agent(role)
    staff = make_account("regisseur@mairie.example", role=Role.REGIE)
    admin = make_account("cheffe@mairie.example", role=Role.ADMIN)
    held = role in {Role.RECEPTION, Role.DIRECTION} and work is not change_role
    closed_to = [staff.key, admin.key, 999_999, 0, -1, 2**40] + ([] if held else [make_account().key])
    said = set()
    for account_id in closed_to:
        with pytest.raises(NotOpenError) as refusal:
            work(actor, account_id, now)
        said.add(refusal.value.full_sentence)
    assert len(said) == 1
    assert recipients() == []
    assert (account_of(staff.key).role, account_of(admin.key).status) == (Role.REGIE, AccountStatus.ACTIVE)


@pytest.mark.parametrize("work", [issue, close, change_role])
def test_nobody_works_on_their_own_account_so_an_admin_always_remains(base: Engine, now: datetime, work) -> None:
    actor = agent(Role.ADMIN)
    with pytest.raises(RefusalError, match="votre propre compte"):
        work(actor, actor.account_id, now)
    kept = account_of(actor.account_id)
    assert (kept.role, kept.status, kept.must_change_password) == (Role.ADMIN, AccountStatus.ACTIVE, False)


@pytest.mark.parametrize("works", [(close, close), (change_role, change_role), (close, change_role)])
def test_two_admins_who_turn_each_other_out_leave_one(base: Engine, now: datetime, works) -> None:
    one = agent(Role.ADMIN)
    two = open_session(make_account("cheffe@mairie.example", role=Role.ADMIN))[1]
    first, second = works
    outcomes = together(lambda: first(one, two.account_id, now), lambda: second(two, one.account_id, now))
    assert sum(outcome is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome, NotOpenError) for outcome in outcomes) == 1
    with reading() as db:
        admins = db.exec(select(Account).where(Account.role == Role.ADMIN, Account.status == AccountStatus.ACTIVE))
        assert len(admins.all()) == 1


def test_the_administration_changes_the_role_of_an_agent_at_once(base: Engine, now: datetime) -> None:
    colleague = make_account("regisseur@mairie.example", role=Role.ANIMATION)
    token, _ = open_session(colleague)
    change_role(agent(Role.ADMIN), colleague.key, now, Role.DIRECTION)
    assert account_of(colleague.key).role == Role.DIRECTION
    assert sessions.identify(token, now) is None
    with reading() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "account.role_changed")).one()
    assert entry.detail == "animation → direction"


@pytest.mark.parametrize("role", ["parent", "maire", "", "ADMIN"])
def test_an_agent_takes_only_a_role_of_agent(base: Engine, now: datetime, role: str) -> None:
    colleague = make_account("regisseur@mairie.example", role=Role.ANIMATION)
    with pytest.raises(BadInputError):
        change_role(agent(Role.ADMIN), colleague.key, now, role)


def test_a_parent_never_becomes_an_agent(base: Engine, now: datetime) -> None:
    parent = make_account()
    with pytest.raises(NotOpenError):
        change_role(agent(Role.ADMIN), parent.key, now, Role.ADMIN)
    assert account_of(parent.key).role == Role.PARENT
