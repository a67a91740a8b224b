"""Se connecter : la bonne porte s'ouvre, les autres se ressemblent toutes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from portail.domain.refusals import BadCredentialsError, BadInputError, DeadLinkError, TooManyAttemptsError
from portail.models.database import transaction
from portail.services import accounts
from portail.services.accounts import passwords, sessions, sign_in
from tests.factories.crowds import together
from tests.factories.people import BROWSER, PASSWORD, make_account

ATTEMPT = sign_in.Attempt("alba@famille.example", PASSWORD, False, "192.0.2.1", BROWSER)


def exchange(step: sign_in.Step, now: datetime, browser: str = BROWSER) -> sessions.Opened:
    return sessions.open_from_ticket(ticket=step.ticket, browser=browser, device="Firefox", now=now)


@pytest.mark.parametrize("identifier", ["alba@famille.example", "ALBA@Famille.Example", "alba", "  Albà  "])
def test_email_or_username_opens_whatever_the_case(base: Engine, now: datetime, identifier: str) -> None:
    account = make_account()
    step = sign_in.sign_in(replace(ATTEMPT, identifier=identifier), now)
    actor = sessions.identify(exchange(step, now).token, now)
    assert actor is not None
    assert actor.account_id == account.key


def test_unknown_closed_invited_and_wrong_say_the_same(base: Engine, now: datetime) -> None:
    make_account()
    make_account("invitee@famille.example", active=False)
    sentences = set()
    for identifier, password in (
        ("alba@famille.example", "pas le bon mot de passe"),
        ("personne@famille.example", PASSWORD),
        ("invitee@famille.example", PASSWORD),
    ):
        with pytest.raises(BadCredentialsError) as refusal:
            sign_in.sign_in(replace(ATTEMPT, identifier=identifier, password=password), now)
        sentences.add(refusal.value.full_sentence)
    assert len(sentences) == 1


def test_ticket_opens_once_only(base: Engine, now: datetime) -> None:
    make_account()
    step = sign_in.sign_in(ATTEMPT, now)
    exchange(step, now)
    with pytest.raises(DeadLinkError):
        exchange(step, now)


def test_ticket_is_worth_nothing_in_another_browser(base: Engine, now: datetime) -> None:
    make_account()
    step = sign_in.sign_in(ATTEMPT, now)
    with pytest.raises(DeadLinkError):
        exchange(step, now, browser="un-autre")


def test_ticket_dies_after_a_minute(base: Engine, now: datetime) -> None:
    make_account()
    step = sign_in.sign_in(ATTEMPT, now)
    with pytest.raises(DeadLinkError):
        exchange(step, now + timedelta(seconds=61))


def test_no_cookie_no_sign_in(base: Engine, now: datetime) -> None:
    with pytest.raises(BadInputError, match="cookies"):
        sign_in.sign_in(replace(ATTEMPT, browser=""), now)


def test_sixth_failure_waits_and_the_right_password_waits_too(base: Engine, now: datetime) -> None:
    make_account()
    for _ in range(5):
        with pytest.raises(BadCredentialsError):
            sign_in.sign_in(replace(ATTEMPT, password="faux"), now)
    with pytest.raises(TooManyAttemptsError) as refusal:
        sign_in.sign_in(ATTEMPT, now)
    later = now + timedelta(seconds=refusal.value.seconds)
    assert sign_in.sign_in(ATTEMPT, later).ticket


def test_unknown_account_is_slowed_like_a_known_one(base: Engine, now: datetime) -> None:
    stranger = replace(ATTEMPT, identifier="personne@famille.example")
    for _ in range(5):
        with pytest.raises(BadCredentialsError):
            sign_in.sign_in(stranger, now)
    with pytest.raises(TooManyAttemptsError):
        sign_in.sign_in(stranger, now)


@pytest.mark.parametrize("identifier", ["alba@famille.example", "personne@famille.example", "invitee@famille.example"])
def test_known_or_not_costs_exactly_one_hash(
    base: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch, identifier: str
) -> None:
    make_account()
    make_account("invitee@famille.example", active=False)
    hashed = []
    real = passwords.bcrypt.checkpw
    monkeypatch.setattr(passwords.bcrypt, "checkpw", lambda *args: hashed.append(args) or real(*args))
    with pytest.raises(BadCredentialsError):
        sign_in.sign_in(replace(ATTEMPT, identifier=identifier, password="faux"), now)
    assert len(hashed) == 1


@pytest.mark.parametrize(
    "identifier",
    ["alba\0", "\0", "\ud800", "a" * 5_000, "' or 1=1 --", "%", "alba\r\n@famille.example"],
    ids=lambda i: ascii(i[:12]),
)
def test_hostile_identifier_is_just_unknown(base: Engine, now: datetime, identifier: str) -> None:
    make_account()
    with pytest.raises(BadCredentialsError):
        sign_in.sign_in(replace(ATTEMPT, identifier=identifier), now)


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "é" * 5_000], ids=lambda p: ascii(p[:4]))
def test_hostile_password_is_just_wrong(base: Engine, now: datetime, password: str) -> None:
    make_account()
    with pytest.raises(BadCredentialsError):
        sign_in.sign_in(replace(ATTEMPT, password=password), now)


def test_address_of_one_is_never_shadowed_by_the_username_of_another(base: Engine, now: datetime) -> None:
    with transaction() as db:
        accounts.create(db, accounts.NewAccount("zoé@famille.example", "Zoé", "Essai"), now)
        exact = accounts.create(
            db, accounts.NewAccount("zoe@famille.example", "Zoe", "Autre", username="zoe.autre"), now
        )
    assert sign_in.find_account("ZOE@famille.example").id == exact.id


def test_ticket_at_two_opens_one_session(base: Engine, now: datetime) -> None:
    make_account()
    step = sign_in.sign_in(ATTEMPT, now)
    outcomes = together(*[lambda: exchange(step, now)] * 4)
    assert sum(isinstance(outcome, sessions.Opened) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DeadLinkError) for outcome in outcomes) == 3
