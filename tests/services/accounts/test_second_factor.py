"""Le second facteur : un code ne sert qu'une fois, un code de secours aussi, et le mot de passe seul le retire."""

import base64
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.refusals import BadCodeError, DeadLinkError, NotOpenError, RefusalError, TooManyAttemptsError
from portail.models.accounts import Account, RecoveryCode
from portail.models.database import reading
from portail.services import accounts
from portail.services.accounts import second_factor, sessions, sign_in
from tests.factories.crowds import together
from tests.factories.people import BROWSER, PASSWORD, make_account, open_session
from tests.tools.qr import texts_of

STEP = timedelta(seconds=30)
ATTEMPT = sign_in.Attempt("alba@famille.example", PASSWORD, False, "192.0.2.1", BROWSER)


def code(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(int(at.timestamp()))


def enabled(now: datetime) -> tuple[Actor, str, list[str]]:
    """Un compte protégé depuis cinq minutes."""
    _, actor = open_session(make_account())
    secret, then = second_factor.propose(actor=actor).secret, now - timedelta(minutes=5)
    return actor, secret, second_factor.enable(actor=actor, secret=secret, code=code(secret, then), now=then)


def challenge(now: datetime) -> str:
    step = sign_in.sign_in(ATTEMPT, now)
    assert not step.ticket
    return step.challenge


def test_proposal_shows_a_qr_and_keeps_nothing(base: Engine, now: datetime) -> None:
    _, actor = open_session(make_account())
    one, other = second_factor.propose(actor=actor), second_factor.propose(actor=actor)
    assert one.secret != other.secret
    (uri,) = texts_of(base64.b64decode(one.qr_svg.partition(",")[2]))
    assert pyotp.parse_uri(uri).secret == one.secret
    assert not accounts.show(actor=actor, now=now).second_factor


def test_first_code_enables_and_gives_eight_recovery_codes(base: Engine, now: datetime) -> None:
    actor, _, codes = enabled(now)
    assert len(set(codes)) == 8
    view = accounts.show(actor=actor, now=now)
    assert (view.second_factor, view.recovery_codes_left) == (True, 8)


def test_base_keeps_neither_secret_nor_codes_in_clear(base: Engine, now: datetime) -> None:
    actor, secret, codes = enabled(now)
    with reading() as db:
        sealed = db.get_one(Account, actor.account_id).totp_sealed
        kept = {row.code_hash for row in db.exec(select(RecoveryCode))}
    assert secret.encode() not in sealed
    assert kept.isdisjoint(codes)


@pytest.mark.parametrize(
    "typed", ["", "000000", "abcdef", "1" * 5_000, "\0", "\ud800", "12345"], ids=lambda t: ascii(t[:8])
)
def test_wrong_first_code_enables_nothing(base: Engine, now: datetime, typed: str) -> None:
    _, actor = open_session(make_account())
    with pytest.raises(BadCodeError):
        second_factor.enable(actor=actor, secret="JBSWY3DPEHPK3PXP" * 2, code=typed, now=now)
    assert not accounts.show(actor=actor, now=now).second_factor


@pytest.mark.parametrize("secret", ["", "pas-du-base32!", "é", "\0", "1"])
def test_malformed_secret_is_refused(base: Engine, now: datetime, secret: str) -> None:
    _, actor = open_session(make_account())
    with pytest.raises(RefusalError):
        second_factor.enable(actor=actor, secret=secret, code="123456", now=now)


def test_already_enabled_is_not_enabled_again(base: Engine, now: datetime) -> None:
    actor, secret, _ = enabled(now)
    with pytest.raises(RefusalError, match="déjà actif"):
        second_factor.propose(actor=actor)
    with pytest.raises(RefusalError, match="déjà actif"):
        second_factor.enable(actor=actor, secret=secret, code=code(secret, now), now=now)


def test_password_alone_no_longer_opens(base: Engine, now: datetime) -> None:
    _, secret, _ = enabled(now)
    token = challenge(now)
    with pytest.raises(DeadLinkError):
        sessions.open_from_ticket(ticket=token, browser=BROWSER, device="Firefox", now=now)
    ticket = sign_in.enter_code(token, code(secret, now), now).ticket
    assert sessions.open_from_ticket(ticket=ticket, browser=BROWSER, device="Firefox", now=now).token


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_neighbouring_steps_are_accepted(base: Engine, now: datetime, shift: int) -> None:
    _, secret, _ = enabled(now)
    assert sign_in.enter_code(challenge(now), code(secret, now + shift * STEP), now).ticket


@pytest.mark.parametrize("shift", [-2, 2, 40])
def test_distant_steps_are_refused(base: Engine, now: datetime, shift: int) -> None:
    _, secret, _ = enabled(now)
    with pytest.raises(BadCodeError):
        sign_in.enter_code(challenge(now), code(secret, now + shift * STEP), now)


def test_same_code_serves_once(base: Engine, now: datetime) -> None:
    _, secret, _ = enabled(now)
    typed = code(secret, now)
    sign_in.enter_code(challenge(now), typed, now)
    with pytest.raises(BadCodeError):
        sign_in.enter_code(challenge(now), typed, now)
    assert sign_in.enter_code(challenge(now + STEP), code(secret, now + STEP), now + STEP).ticket


def test_code_that_enabled_cannot_sign_in(base: Engine, now: datetime) -> None:
    _, actor = open_session(make_account())
    secret = second_factor.propose(actor=actor).secret
    second_factor.enable(actor=actor, secret=secret, code=code(secret, now), now=now)
    with pytest.raises(BadCodeError):
        sign_in.enter_code(challenge(now), code(secret, now), now)


def test_older_code_is_refused_after_a_newer_one(base: Engine, now: datetime) -> None:
    _, secret, _ = enabled(now)
    sign_in.enter_code(challenge(now), code(secret, now + STEP), now)
    with pytest.raises(BadCodeError):
        sign_in.enter_code(challenge(now), code(secret, now), now)


def test_same_code_twice_at_once_opens_one_session(base: Engine, now: datetime) -> None:
    _, secret, _ = enabled(now)
    tokens = [challenge(now) for _ in range(4)]
    outcomes = together(*[lambda token=token: sign_in.enter_code(token, code(secret, now), now) for token in tokens])
    assert sum(isinstance(outcome, sign_in.Step) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, BadCodeError) for outcome in outcomes) == 3


def test_spaces_in_the_code_do_not_matter(base: Engine, now: datetime) -> None:
    _, secret, _ = enabled(now)
    typed = code(secret, now)
    assert sign_in.enter_code(challenge(now), f" {typed[:3]} {typed[3:]} ", now).ticket


def test_recovery_code_serves_once(base: Engine, now: datetime) -> None:
    actor, _, codes = enabled(now)
    typed = f"{codes[0][:5].lower()}-{codes[0][5:]} "
    assert sign_in.enter_code(challenge(now), typed, now).ticket
    with pytest.raises(BadCodeError):
        sign_in.enter_code(challenge(now), codes[0], now)
    assert sign_in.enter_code(challenge(now), codes[1], now).ticket
    assert accounts.show(actor=actor, now=now).recovery_codes_left == 6


def test_recovery_code_of_another_is_refused(base: Engine, now: datetime) -> None:
    _, _, codes = enabled(now)
    _, other = open_session(make_account("zoe@famille.example"))
    secret = second_factor.propose(actor=other).secret
    second_factor.enable(actor=other, secret=secret, code=code(secret, now), now=now)
    token = sign_in.sign_in(sign_in.Attempt("zoe", PASSWORD, False, "192.0.2.1", BROWSER), now).challenge
    with pytest.raises(BadCodeError):
        sign_in.enter_code(token, codes[0], now)


def test_five_wrong_codes_then_wait(base: Engine, now: datetime) -> None:
    _, secret, _ = enabled(now)
    token = challenge(now)
    for _ in range(5):
        with pytest.raises(BadCodeError):
            sign_in.enter_code(token, "000000", now)
    with pytest.raises(TooManyAttemptsError):
        sign_in.enter_code(token, code(secret, now), now)
    with pytest.raises(TooManyAttemptsError):
        sign_in.enter_code(challenge(now), code(secret, now), now)


def test_challenge_serves_once_and_dies_after_five_minutes(base: Engine, now: datetime) -> None:
    _, secret, _ = enabled(now)
    token = challenge(now)
    assert sign_in.is_challenge_alive(token, now)
    late = now + timedelta(minutes=5)
    assert not sign_in.is_challenge_alive(token, late)
    with pytest.raises(DeadLinkError):
        sign_in.enter_code(token, code(secret, late), late)
    sign_in.enter_code(token, code(secret, now), now)
    with pytest.raises(DeadLinkError):
        sign_in.enter_code(token, code(secret, now + STEP), now)
    assert not sign_in.is_challenge_alive("forgé", now)


def test_disable_needs_the_password(base: Engine, now: datetime) -> None:
    actor, _, _ = enabled(now)
    with pytest.raises(RefusalError, match="mot de passe"):
        second_factor.disable(actor=actor, password="faux", now=now)
    assert accounts.show(actor=actor, now=now).second_factor
    second_factor.disable(actor=actor, password=PASSWORD, now=now)
    view = accounts.show(actor=actor, now=now)
    assert (view.second_factor, view.recovery_codes_left) == (False, 0)
    assert sign_in.sign_in(ATTEMPT, now).ticket


def test_disable_what_is_not_enabled_is_refused(base: Engine, now: datetime) -> None:
    _, actor = open_session(make_account())
    with pytest.raises(NotOpenError):
        second_factor.disable(actor=actor, password=PASSWORD, now=now)


def test_password_brake_is_lifted_once_both_factors_passed(base: Engine, now: datetime) -> None:
    _, secret, _ = enabled(now)
    for _ in range(4):
        with pytest.raises(RefusalError):
            sign_in.sign_in(sign_in.Attempt("alba@famille.example", "faux", False, "192.0.2.1", BROWSER), now)
    sign_in.enter_code(challenge(now), code(secret, now), now)
    with pytest.raises(RefusalError):
        sign_in.sign_in(sign_in.Attempt("alba@famille.example", "faux", False, "192.0.2.1", BROWSER), now)
    assert challenge(now)
