"""Se connecter : mot de passe, puis second facteur s'il y en a un, puis un ticket pour le cookie."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, or_, select

from portail.domain.accounts import AccountStatus, LinkKind
from portail.domain.refusals import BadCredentialsError, BadInputError, DeadLinkError, TemporaryPasswordOverError
from portail.domain.text import fold
from portail.domain.throttling import Scope
from portail.ids import fingerprint
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.services import audit
from portail.services.accounts import links, passwords, second_factor, throttling


@dataclass(frozen=True)
class Attempt:
    """Ce que le navigateur présente."""

    identifier: str
    password: str
    remember: bool
    address: str
    browser: str


@dataclass(frozen=True)
class Step:
    """La suite : un ticket à échanger contre le cookie, ou le second facteur à donner."""

    ticket: str = ""
    challenge: str = ""


def find_account(identifier: str) -> Account | None:
    """Par adresse ou par identifiant, accents et majuscules indifférents ; l'adresse exacte l'emporte."""
    address, username = unicodedata.normalize("NFC", identifier).strip().casefold(), fold(identifier)
    if not address.isprintable():  # un octet nul fait échouer PostgreSQL ; aucun compte n'en a
        return None
    query = select(Account).where(
        or_(Account.email == address, Account.email == username, Account.username == username)
    )
    with reading() as db:
        return db.exec(query.order_by(col(Account.email) != address)).first()


def sign_in(attempt: Attempt, now: datetime) -> Step:
    """Même durée et même phrase que le compte existe ou non."""
    if not attempt.browser:
        raise BadInputError("Votre navigateur refuse les cookies.", "Autorisez-les pour ce site puis réessayez.")
    keys = throttling.sign_in_keys(attempt.identifier, attempt.address)
    throttling.check_may_try(keys[1:], now)
    throttling.reserve(keys[0], now)
    account = find_account(attempt.identifier)
    usable = account is not None and account.status == AccountStatus.ACTIVE
    matches = passwords.verify_password(attempt.password, account.password_hash if account and usable else None)
    if account is None or not matches:
        throttling.count_failure(keys[1:], now)
        raise BadCredentialsError
    if account.temporary_until is not None and account.temporary_until <= now:
        raise TemporaryPasswordOverError
    attached = links.Attached(fingerprint(attempt.browser), attempt.remember)
    with transaction() as db:
        if account.totp_sealed is not None:
            return Step(challenge=links.issue(db, LinkKind.SECOND_FACTOR, account.key, now, attached))
        throttling.forget(db, keys[0])
        return Step(ticket=links.issue(db, LinkKind.TICKET, account.key, now, attached))


def enter_code(challenge: str, code: str, now: datetime) -> Step:
    """Le second facteur : un code de l'application, ou un code de secours ; cinq essais par compte."""
    second = frozenset({LinkKind.SECOND_FACTOR})
    with reading() as db:
        account_id = links.find(db, challenge, second, now).account_id
    mine = (Scope.ACCOUNT, f"code/{account_id}")
    throttling.reserve(mine, now)
    with transaction() as db:
        account = db.get_one(Account, account_id)
        second_factor.check_code(db, account, code, now)
        link = links.consume(db, challenge, second, now)
        for key in (mine, (Scope.ACCOUNT, fold(account.email)), (Scope.ACCOUNT, fold(account.username))):
            throttling.forget(db, key)
        attached = links.Attached(link.browser_hash, link.remember)
        audit.record(db, "second_factor.passed", at=now, actor_id=account_id)
        return Step(ticket=links.issue(db, LinkKind.TICKET, account_id, now, attached))


def is_challenge_alive(challenge: str, now: datetime) -> bool:
    try:
        with reading() as db:
            links.find(db, challenge, frozenset({LinkKind.SECOND_FACTOR}), now)
    except DeadLinkError:
        return False
    return True
