"""Redemander son mot de passe à qui est déjà connecté, avec le même frein qu'à la porte."""

from datetime import datetime

from portail.domain.refusals import RefusalError
from portail.domain.throttling import Scope
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.services.accounts import passwords, throttling


def check_own_password(account: Account, password: str, now: datetime) -> None:
    key = (Scope.ACCOUNT, f"own/{account.key}")
    throttling.reserve(key, now)
    if not passwords.verify_password(password, account.password_hash):
        raise RefusalError("Le mot de passe actuel ne convient pas.")
    with transaction() as db:
        throttling.forget(db, key)
