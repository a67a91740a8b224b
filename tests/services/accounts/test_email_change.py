"""Changer d'adresse : confirmée à la nouvelle, dite à l'ancienne, sans apprendre à qui sont les autres."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import LIFETIMES, AccountStatus, Actor, LinkKind
from portail.domain.refusals import (
    AddressTakenError,
    BadInputError,
    DeadLinkError,
    RefusalError,
    TooManyAttemptsError,
)
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.services import accounts
from portail.services.accounts import email_change, links, recovery, sessions
from portail.services.accounts.sign_in import find_account
from portail.views.accounts import EmailLink
from tests.factories.crowds import together
from tests.factories.letters import last_text, last_token, recipients, subjects_to
from tests.factories.people import BROWSER, PASSWORD, make_account, open_session

OLD, NEW, OTHER = "alba@famille.example", "nouvelle@famille.example", "zoe@famille.example"


def signed(email: str = OLD) -> Actor:
    return open_session(make_account(email))[1]


def ask(actor: Actor, now: datetime, email: str = NEW, password: str = PASSWORD, browser: str = BROWSER) -> None:
    email_change.ask(actor=actor, email=email, password=password, browser=browser, now=now)


def confirm(token: str, now: datetime, actor: Actor | None = None, browser: str = BROWSER) -> None:
    email_change.confirm(actor=actor, token=token, browser=browser, now=now)


def look(token: str, now: datetime, actor: Actor | None = None, browser: str = BROWSER) -> EmailLink:
    return email_change.open_link(actor=actor, token=token, browser=browser, now=now)


def account_of(actor: Actor) -> Account:
    with reading() as db:
        return db.get_one(Account, actor.account_id)


def actions() -> list[str]:
    with reading() as db:
        return list(db.exec(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_the_link_goes_to_the_new_address_and_the_old_one_is_told_twice(base: Engine, now: datetime) -> None:
    actor = signed()
    ask(actor, now)
    assert recipients() == [NEW, OLD]
    assert account_of(actor).email == OLD
    assert NEW not in last_text(OLD)
    assert "n•••@famille.example" in last_text(OLD)
    confirm(last_token(NEW), now)
    assert account_of(actor).email == NEW
    assert subjects_to(OLD) == ["Un changement d’adresse est demandé", "Votre adresse e-mail a changé"]
    assert NEW not in last_text(OLD)
    assert actions() == ["account.email_asked", "account.email_changed"]
    assert find_account(OLD) is None
    assert find_account(NEW).id == actor.account_id


def test_opening_the_link_as_a_mail_scanner_does_changes_nothing(base: Engine, now: datetime) -> None:
    actor = signed()
    ask(actor, now)
    token = last_token(NEW)
    for _ in range(3):
        assert look(token, now) == EmailLink("valid", NEW, "Alba")
        assert look(token, now, browser="antivirus").status == "invalid"
    assert account_of(actor).email == OLD
    confirm(token, now)


def test_the_page_shows_what_waits_until_it_ends(base: Engine, now: datetime) -> None:
    actor = signed()
    assert accounts.show(actor=actor, now=now).pending_email == ""
    ask(actor, now)
    assert accounts.show(actor=actor, now=now).pending_email == NEW
    assert accounts.show(actor=actor, now=now + LIFETIMES[LinkKind.EMAIL]).pending_email == ""
    email_change.give_up(actor=actor, now=now)
    assert accounts.show(actor=actor, now=now).pending_email == ""
    with pytest.raises(DeadLinkError):
        confirm(last_token(NEW), now)


def test_the_link_serves_once(base: Engine, now: datetime) -> None:
    ask(signed(), now)
    token = last_token(NEW)
    confirm(token, now)
    assert look(token, now).status == "invalid"
    with pytest.raises(DeadLinkError):
        confirm(token, now)


@pytest.mark.parametrize(
    ("token", "browser", "later"),
    [
        ("forgé", BROWSER, timedelta()),
        ("", BROWSER, timedelta()),
        ("x" * 900, BROWSER, timedelta()),
        (None, "un-autre", timedelta()),
        (None, "", timedelta()),
        (None, BROWSER, LIFETIMES[LinkKind.EMAIL]),
    ],
)
def test_a_link_that_is_not_the_one_looks_dead(
    base: Engine, now: datetime, token: str | None, browser: str, later: timedelta
) -> None:
    actor = signed()
    ask(actor, now)
    shown = last_token(NEW) if token is None else token
    assert look(shown, now + later, browser=browser) == EmailLink("invalid")
    with pytest.raises(DeadLinkError):
        confirm(shown, now + later, browser=browser)
    assert account_of(actor).email == OLD
    confirm(last_token(NEW), now)


def test_a_link_of_another_kind_does_not_confirm(base: Engine, now: datetime) -> None:
    actor = signed()
    with transaction() as db:
        reset = links.issue(db, LinkKind.RESET, actor.account_id, now, links.Attached("x"))
    assert look(reset, now, actor).status == "invalid"
    with pytest.raises(DeadLinkError):
        confirm(reset, now, actor)


def test_signed_in_the_person_confirms_from_any_device_but_nobody_else_does(base: Engine, now: datetime) -> None:
    actor = signed()
    ask(actor, now)
    stranger = signed(OTHER)
    token = last_token(NEW)
    assert look(token, now, stranger).status == "invalid"
    with pytest.raises(DeadLinkError):
        confirm(token, now, stranger)
    confirm(token, now, actor, browser="le-téléphone")
    assert account_of(actor).email == NEW


def test_a_browser_without_cookies_confirms_only_once_signed_in(base: Engine, now: datetime) -> None:
    actor = signed()
    ask(actor, now, browser="")
    token = last_token(NEW)
    assert look(token, now, browser="").status == "invalid"
    confirm(token, now, actor, browser="")
    assert account_of(actor).email == NEW


def test_a_taken_address_looks_the_same_and_only_its_owner_is_told(base: Engine, now: datetime) -> None:
    actor, other = signed(), signed(OTHER)
    ask(actor, now, email=OTHER)
    taken = accounts.show(actor=actor, now=now)
    assert recipients() == [OTHER, OLD]
    assert subjects_to(OTHER) == ["Votre adresse a déjà un compte"]
    assert "/confirmation/" not in last_text(OTHER)
    assert OLD not in last_text(OTHER)
    email_change.give_up(actor=actor, now=now)
    ask(actor, now)
    free = accounts.show(actor=actor, now=now)
    assert (taken.pending_email, free.pending_email) == (OTHER, NEW)
    assert subjects_to(OLD)[0] == subjects_to(OLD)[1]
    assert account_of(other).email == OTHER


@pytest.mark.parametrize("held", ["zoé@famille.example", "zoe@famille.example"])
def test_an_address_that_only_differs_by_an_accent_from_a_login_is_taken(
    base: Engine, now: datetime, held: str
) -> None:
    with transaction() as db:
        accounts.create(db, accounts.NewAccount(held, "Zoé", "Autre"), now)
    ask(signed(), now, email=OTHER)
    assert subjects_to(held) == ["Votre adresse a déjà un compte"]


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("pas-une-adresse", PASSWORD, "forme"),
        ("", PASSWORD, "forme"),
        (f"{NEW}\nBcc: x@y.example", PASSWORD, "invisibles"),
        ("a" * 300 + "@famille.example", PASSWORD, "254"),
        (OLD, PASSWORD, "déjà l’adresse de votre compte"),
        ("ALBA@Famille.example ", PASSWORD, "déjà l’adresse de votre compte"),
        (NEW, "faux", "actuel ne convient pas"),
        (NEW, "", "actuel ne convient pas"),
        (OTHER, "faux", "actuel ne convient pas"),
    ],
)
def test_what_is_refused_sends_nothing(base: Engine, now: datetime, email: str, password: str, words: str) -> None:
    actor = signed()
    make_account(OTHER)
    with pytest.raises(RefusalError, match=words):
        ask(actor, now, email=email, password=password)
    assert recipients() == []
    assert accounts.show(actor=actor, now=now).pending_email == ""


def test_asking_again_and_again_is_slowed(base: Engine, now: datetime) -> None:
    actor = signed()
    for rank in range(3):
        ask(actor, now, email=f"n{rank}@famille.example")
    with pytest.raises(TooManyAttemptsError):
        ask(actor, now, email="n9@famille.example")
    assert len(recipients()) == 6


def test_one_address_is_not_flooded_by_several_accounts(base: Engine, now: datetime) -> None:
    for rank in range(3):
        ask(signed(f"p{rank}@famille.example"), now)
    with pytest.raises(TooManyAttemptsError):
        ask(signed(), now)
    assert recipients().count(NEW) == 3


def test_a_second_request_kills_the_first_link(base: Engine, now: datetime) -> None:
    actor = signed()
    ask(actor, now)
    first = last_token(NEW)
    ask(actor, now, email="autre@famille.example")
    assert look(first, now).status == "invalid"
    confirm(last_token("autre@famille.example"), now)
    assert account_of(actor).email == "autre@famille.example"


def test_two_tabs_confirm_at_once_and_one_does(base: Engine, now: datetime) -> None:
    ask(signed(), now)
    token = last_token(NEW)
    outcomes = together(*[lambda: confirm(token, now)] * 4)
    assert sum(outcome is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DeadLinkError) for outcome in outcomes) == 3
    assert subjects_to(OLD).count("Votre adresse e-mail a changé") == 1


def test_of_two_accounts_the_first_to_confirm_wins_and_the_second_is_told(base: Engine, now: datetime) -> None:
    first, second = signed(), signed(OTHER)
    ask(first, now)
    mine = last_token(NEW)
    ask(second, now)
    theirs = last_token(NEW)
    confirm(theirs, now)
    with pytest.raises(AddressTakenError):
        confirm(mine, now)
    assert (account_of(first).email, account_of(second).email) == (OLD, NEW)
    assert accounts.show(actor=first, now=now).pending_email == ""
    assert look(mine, now).status == "invalid"


def test_two_accounts_confirming_at_once_share_nothing(base: Engine, now: datetime) -> None:
    first, second = signed(), signed(OTHER)
    ask(first, now)
    mine = last_token(NEW)
    ask(second, now)
    theirs = last_token(NEW)
    outcomes = together(lambda: confirm(mine, now), lambda: confirm(theirs, now))
    assert sorted(type(outcome) for outcome in outcomes if outcome) == [AddressTakenError]
    assert sorted([account_of(first).email, account_of(second).email]).count(NEW) == 1


def test_a_change_kills_the_reset_link_sent_to_the_old_address(base: Engine, now: datetime) -> None:
    actor = signed()
    recovery.ask_link(identifier=OLD, address="192.0.2.1", now=now)
    reset = last_token(OLD)
    ask(actor, now)
    confirm(last_token(NEW), now)
    assert recovery.open_link(token=reset, activation=False, now=now).status == "invalid"


def test_a_changed_password_drops_the_request(base: Engine, now: datetime) -> None:
    actor = signed()
    ask(actor, now)
    accounts.change_password(actor=actor, old=PASSWORD, password="cheval agrafe lampe torrent", now=now)
    assert look(last_token(NEW), now, actor).status == "invalid"


def test_a_closed_account_no_longer_moves(base: Engine, now: datetime) -> None:
    actor = signed()
    ask(actor, now)
    with transaction() as db:
        db.get_one(Account, actor.account_id).status = AccountStatus.CLOSED
    assert look(last_token(NEW), now).status == "invalid"
    with pytest.raises(DeadLinkError):
        confirm(last_token(NEW), now)


def test_the_devices_stay_signed_in(base: Engine, now: datetime) -> None:
    token, actor = open_session(make_account())
    ask(actor, now)
    confirm(last_token(NEW), now)
    assert sessions.identify(token, now) is not None


@pytest.mark.parametrize(("username", "after"), [(OLD, NEW), ("alba.essai", "alba.essai")])
def test_an_identifier_that_was_the_address_follows_it(base: Engine, now: datetime, username: str, after: str) -> None:
    actor = signed()
    with transaction() as db:
        db.get_one(Account, actor.account_id).username = username
    ask(actor, now)
    confirm(last_token(NEW), now)
    assert account_of(actor).username == after
    assert find_account(OLD) is None


def test_an_address_too_long_to_be_an_identifier_is_refused_at_once(base: Engine, now: datetime) -> None:
    long = "a" * 50 + "@famille-nombreuse.example"
    actor = signed()
    ask(actor, now, email=long)
    assert accounts.show(actor=actor, now=now).pending_email == long
    with transaction() as db:
        account = db.get_one(Account, actor.account_id)
        account.username = account.email
    with pytest.raises(BadInputError, match="60 caractères"):
        ask(actor, now, email=long)
