"""Mot de passe oublié, première connexion : le lien part à qui de droit, une fois, et rien ne se devine."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from portail.domain.accounts import AccountStatus, LinkKind, Role
from portail.domain.refusals import DeadLinkError, RefusalError, TooManyAttemptsError, WeakPasswordError
from portail.domain.text import fold
from portail.models.accounts import Account, OneUseLink
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.mails import OutboxMail
from portail.services import accounts
from portail.services.accounts import links, recovery, sessions, sign_in
from portail.services.mails import outbox
from tests.factories.people import BROWSER, PASSWORD, make_account, open_session

NEW = "cheval agrafe lampe torrent"
SECOND = timedelta(seconds=1)


def ask(identifier: str, now: datetime, address: str = "192.0.2.1") -> None:
    recovery.ask_link(identifier=identifier, address=address, now=now)


def mails() -> list[OutboxMail]:
    with reading() as db:
        return list(db.exec(select(OutboxMail).order_by(OutboxMail.id)))


def last_token() -> str:
    return outbox.letter(mails()[-1]).text.split("http", 1)[1].split()[0].rpartition("/")[2]


def choose(token: str, now: datetime, *, activation: bool = False, password: str = NEW, terms: bool = True) -> None:
    recovery.choose_password(token=token, activation=activation, password=password, terms=terms, now=now)


def signs_in(password: str, now: datetime, email: str = "alba@famille.example") -> bool:
    try:
        return bool(sign_in.sign_in(sign_in.Attempt(email, password, False, "192.0.2.9", BROWSER), now).ticket)
    except RefusalError:
        return False


@pytest.mark.parametrize("identifier", ["alba@famille.example", "ALBA@Famille.example", " alba ", "Albà"])
def test_known_account_receives_one_link(base: Engine, now: datetime, identifier: str) -> None:
    make_account()
    ask(identifier, now)
    (mail,) = mails()
    assert (mail.recipient, mail.subject) == ("alba@famille.example", "Choisissez un nouveau mot de passe")
    assert "/reinitialisation/" in outbox.letter(mail).text


@pytest.mark.parametrize("identifier", ["personne@famille.example", "personne", "x" * 254, "' or 1=1 --", "%"])
def test_unknown_account_says_nothing_and_writes_no_mail(base: Engine, now: datetime, identifier: str) -> None:
    make_account()
    ask(identifier, now)
    assert mails() == []
    with reading() as db:
        assert db.exec(select(func.count()).select_from(OneUseLink)).one() == 0
        traces = [(row.action, row.actor_id, row.subject_id, row.detail) for row in db.exec(select(AuditEntry))]
        assert traces == [("account.link_asked_in_vain", None, None, "")]


def test_an_unknown_account_costs_the_same_work_as_a_known_one(
    base: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_account()
    composed: list[str] = []
    compose = outbox.compose
    monkeypatch.setattr(outbox, "compose", lambda message: composed.append(message.subject) or compose(message))
    ask("alba@famille.example", now)
    ask("personne@famille.example", now)
    assert len(composed) == 2
    assert len(set(composed)) == 1


def test_closed_account_receives_nothing(base: Engine, now: datetime) -> None:
    account = make_account()
    with transaction() as db:
        db.get_one(Account, account.key).status = AccountStatus.CLOSED
    ask("alba", now)
    assert mails() == []


@pytest.mark.parametrize("identifier", ["", "   ", "a\0b", "a\r\nBcc: b", "x" * 5_000])
def test_malformed_identifier_is_refused(base: Engine, now: datetime, identifier: str) -> None:
    with pytest.raises(RefusalError):
        ask(identifier, now)


def test_fourth_request_waits_known_or_not(base: Engine, now: datetime) -> None:
    make_account()
    for identifier in ("alba@famille.example", "personne@famille.example"):
        for _ in range(3):
            ask(identifier, now)
        with pytest.raises(TooManyAttemptsError):
            ask(identifier, now)
    assert len(mails()) == 3


def test_new_request_kills_the_previous_link(base: Engine, now: datetime) -> None:
    make_account()
    ask("alba", now)
    first = last_token()
    ask("alba", now)
    with pytest.raises(DeadLinkError):
        choose(first, now)
    choose(last_token(), now)


def test_invited_account_receives_an_activation(base: Engine, now: datetime) -> None:
    make_account(active=False)
    ask("alba", now)
    assert "/activation/" in outbox.letter(mails()[0]).text
    assert recovery.open_link(token=last_token(), activation=False, now=now).status == "invalid"
    view = recovery.open_link(token=last_token(), activation=True, now=now)
    assert (view.status, view.kind, view.first_name, view.must_accept_terms) == ("valid", "activation", "Alba", True)


@pytest.mark.parametrize(
    ("kind", "hours"), [(LinkKind.ACTIVATION, 72), (LinkKind.INVITATION, 168), (LinkKind.RESET, 2)]
)
def test_link_holds_its_promise_to_the_second(base: Engine, now: datetime, kind: LinkKind, hours: int) -> None:
    account = make_account(active=kind is LinkKind.RESET)
    activation = kind is not LinkKind.RESET
    with transaction() as db:
        token = links.issue(db, kind, account.key, now)
    end = now + timedelta(hours=hours)
    assert recovery.open_link(token=token, activation=activation, now=end).status == "invalid"
    with pytest.raises(DeadLinkError):
        choose(token, end, activation=activation)
    assert recovery.open_link(token=token, activation=activation, now=end - SECOND).status == "valid"
    choose(token, end - SECOND, activation=activation)
    assert signs_in(NEW, end)


def test_invitation_of_an_agent_opens_the_account(base: Engine, now: datetime) -> None:
    account = make_account(active=False)
    with transaction() as db:
        token = accounts.invite(db, account, now)
    choose(token, now, activation=True)
    with reading() as db:
        opened = db.get_one(Account, account.key)
    assert (opened.status, opened.terms_version, opened.activated_at) == (AccountStatus.ACTIVE, 1, now)


def test_terms_must_be_accepted_and_the_link_survives(base: Engine, now: datetime) -> None:
    make_account(active=False)
    ask("alba", now)
    with pytest.raises(RefusalError, match="conditions"):
        choose(last_token(), now, activation=True, terms=False)
    choose(last_token(), now, activation=True)
    assert signs_in(NEW, now)


def test_weak_password_is_refused_and_the_link_survives(base: Engine, now: datetime) -> None:
    make_account()
    ask("alba", now)
    with pytest.raises(WeakPasswordError):
        choose(last_token(), now, password="motdepasse123")
    choose(last_token(), now)


def test_link_serves_once(base: Engine, now: datetime) -> None:
    make_account()
    ask("alba", now)
    token = last_token()
    choose(token, now)
    assert recovery.open_link(token=token, activation=False, now=now).status == "invalid"
    with pytest.raises(DeadLinkError):
        choose(token, now, password="un autre mot de passe tout neuf")
    assert signs_in(NEW, now)


def test_two_browsers_second_loses(base: Engine, now: datetime) -> None:
    make_account()
    ask("alba", now)
    token = last_token()
    views = [recovery.open_link(token=token, activation=False, now=now) for _ in range(2)]
    assert [view.status for view in views] == ["valid", "valid"]
    choose(token, now, password=NEW)
    with pytest.raises(DeadLinkError):
        choose(token, now, password="celui du second navigateur")
    assert signs_in(NEW, now)


@pytest.mark.parametrize("token", ["", "forgé", "\0", "\ud800", "a" * 5_000], ids=lambda token: ascii(token[:10]))
@pytest.mark.parametrize("activation", [True, False])
def test_forged_link_shows_invalid(base: Engine, now: datetime, token: str, activation: bool) -> None:
    assert recovery.open_link(token=token, activation=activation, now=now).status == "invalid"
    with pytest.raises(DeadLinkError):
        choose(token, now, activation=activation)


def test_sign_in_ticket_cannot_reset_a_password(base: Engine, now: datetime) -> None:
    account = make_account()
    with transaction() as db:
        ticket = links.issue(db, LinkKind.TICKET, account.key, now)
    for activation in (True, False):
        with pytest.raises(DeadLinkError):
            choose(ticket, now, activation=activation)


def test_new_password_ends_every_session_and_every_link(base: Engine, now: datetime) -> None:
    account = make_account()
    tokens = [open_session(account)[0] for _ in range(2)]
    stranger, _ = open_session(make_account("zoe@famille.example"))
    with transaction() as db:
        waiting = [links.issue(db, kind, account.key, now) for kind in LinkKind]
    ask("alba", now)
    choose(last_token(), now)
    assert all(sessions.identify(token, now) is None for token in tokens)
    assert sessions.identify(stranger, now) is not None
    with reading() as db:
        for token in waiting:
            with pytest.raises(DeadLinkError):
                links.find(db, token, frozenset(LinkKind), now)
    assert not signs_in(PASSWORD, now)


def test_owner_is_told_of_the_new_password(base: Engine, now: datetime) -> None:
    make_account()
    ask("alba", now)
    choose(last_token(), now)
    assert mails()[-1].subject == "Votre mot de passe a changé"


def test_reset_lifts_the_brake_of_this_account(base: Engine, now: datetime) -> None:
    make_account()
    ask("alba", now)
    for _ in range(5):
        assert not signs_in("faux", now)
    assert not signs_in(PASSWORD, now)
    choose(last_token(), now)
    assert signs_in(NEW, now)


def test_link_of_an_account_closed_since_is_dead(base: Engine, now: datetime) -> None:
    account = make_account()
    ask("alba", now)
    with transaction() as db:
        db.get_one(Account, account.key).status = AccountStatus.CLOSED
    assert recovery.open_link(token=last_token(), activation=False, now=now).status == "invalid"
    with pytest.raises(DeadLinkError):
        choose(last_token(), now)


def test_accented_address_finds_its_account(base: Engine, now: datetime) -> None:
    with transaction() as db:
        accounts.create(db, accounts.NewAccount("zoé@famille.example", "Zoé", "Essai", Role.PARENT, "zoe.essai"), now)
    ask("Zoé@famille.example", now)
    assert [mail.recipient for mail in mails()] == ["zoé@famille.example"]
    assert fold("zoé") == "zoe"
