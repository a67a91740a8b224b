"""Le second facteur : un code à usage unique (TOTP), des codes de secours pour le jour où le téléphone manque."""

import base64
import re
from datetime import datetime

import pyotp
from sqlmodel import Session, col, delete, func, select, update

from portail.domain.accounts import Actor
from portail.domain.refusals import BadCodeError, NotOpenError, RefusalError
from portail.ids import keyed, readable_code
from portail.integrations.qr import as_svg
from portail.models.accounts import Account, RecoveryCode
from portail.models.database import reading, transaction
from portail.services import audit
from portail.services.accounts.proof import check_own_password
from portail.services.sealing import seal, unseal
from portail.settings import current
from portail.views.accounts import TotpSetup

PURPOSE = "totp"
STEP_SECONDS = 30
CODES = 8


def propose(*, actor: Actor) -> TotpSetup:
    """Un secret neuf et son QR ; rien n'est retenu tant qu'un premier code ne l'a pas confirmé."""
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
    if account.totp_sealed is not None:
        raise RefusalError("Le second facteur est déjà actif.")
    secret = pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=f"Portail {current().town_name}")
    image = as_svg(uri, border=3, scale=4, ground="#ffffff")
    return TotpSetup(secret, "data:image/svg+xml;base64," + base64.b64encode(image).decode())


def enable(*, actor: Actor, secret: str, code: str, now: datetime) -> list[str]:
    """Confirme par un premier code et rend les codes de secours, montrés une seule fois."""
    step = _matching_step(secret, code, now, after=0)
    with transaction() as db:
        account = db.get_one(Account, actor.account_id, with_for_update=True)
        if account.totp_sealed is not None:
            raise RefusalError("Le second facteur est déjà actif.")
        account.totp_sealed, account.totp_last_step = seal(PURPOSE, secret), step
        codes = [readable_code() for _ in range(CODES)]
        db.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.key))
        db.add_all([RecoveryCode(account_id=account.key, code_hash=_recovery_hash(account.key, one)) for one in codes])
        audit.record(db, "second_factor.enabled", at=now, actor_id=account.key)
        return codes


def disable(*, actor: Actor, password: str, now: datetime) -> None:
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
    if account.totp_sealed is None:
        raise NotOpenError
    check_own_password(account, password, now)
    with transaction() as db:
        account = db.get_one(Account, actor.account_id)
        account.totp_sealed, account.totp_last_step = None, 0
        db.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.key))
        audit.record(db, "second_factor.disabled", at=now, actor_id=account.key)


def check_code(db: Session, account: Account, code: str, now: datetime) -> None:
    """Chaque code ne sert qu'une fois : le pas de temps déjà vu est refusé."""
    if account.totp_sealed is None:
        raise BadCodeError
    compact = re.sub(r"[\s-]", "", code).upper()
    if len(compact) == 10:  # noqa: PLR2004 — la longueur d'un code de secours
        _spend_recovery_code(db, account.key, compact, now)
        return
    step = _matching_step(unseal(PURPOSE, account.totp_sealed), compact, now, after=account.totp_last_step)
    moved = db.exec(
        update(Account)
        .where(col(Account.id) == account.key, col(Account.totp_last_step) < step)
        .values(totp_last_step=step)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise BadCodeError


def recovery_codes_left(db: Session, account_id: int) -> int:
    query = select(func.count()).where(RecoveryCode.account_id == account_id, col(RecoveryCode.used_at).is_(None))
    return int(db.exec(query).one())


def _matching_step(secret: str, code: str, now: datetime, *, after: int) -> int:
    digits = re.sub(r"\s", "", code)
    current_step = int(now.timestamp()) // STEP_SECONDS
    try:
        totp = pyotp.TOTP(secret)
        for step in (current_step - 1, current_step, current_step + 1):
            if step > after and pyotp.utils.strings_equal(digits, totp.at(step * STEP_SECONDS)):
                return step
    except ValueError:  # secret ou code qui n'en a pas la forme
        raise BadCodeError from None
    raise BadCodeError


def _spend_recovery_code(db: Session, account_id: int, code: str, now: datetime) -> None:
    spent = db.exec(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.account_id) == account_id,
            col(RecoveryCode.code_hash) == _recovery_hash(account_id, code),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if spent.rowcount != 1:
        raise BadCodeError
    audit.record(db, "second_factor.recovery_used", at=now, actor_id=account_id)


def _recovery_hash(account_id: int, code: str) -> str:
    return keyed(f"recovery/{account_id}", code)
