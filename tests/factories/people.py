"""De quoi peupler une base de test, par les services quand ils existent."""

from datetime import datetime

from portail.domain.accounts import CURRENT_TERMS, AccountStatus, Actor, Role
from portail.ids import fingerprint, new_token
from portail.models.accounts import Account, LoginSession
from portail.models.database import transaction
from portail.services import accounts
from portail.services.accounts import passwords
from tests.conftest import NOW

PASSWORD = "quatre mots sans aucun lien"
BROWSER = "navigateur-de-test"


def make_account(
    email: str = "alba@famille.example", *, role: Role = Role.PARENT, active: bool = True, now: datetime = NOW
) -> Account:
    """Un compte, actif avec le mot de passe PASSWORD sauf mention contraire."""
    first = email.partition("@")[0].partition(".")[0].capitalize()
    with transaction() as db:
        account = accounts.create(db, accounts.NewAccount(email, first, "Essai", role, email.partition("@")[0]), now)
        if active:
            account.password_hash, account.status = passwords.hash_password(PASSWORD), AccountStatus.ACTIVE
            account.activated_at, account.terms_version = now, CURRENT_TERMS
    return account


def open_session(account: Account, *, now: datetime = NOW, remember: bool = False) -> tuple[str, Actor]:
    """Une connexion ouverte : le jeton du cookie, et qui agit."""
    token = new_token()
    with transaction() as db:
        session = LoginSession(
            token_hash=fingerprint(token),
            account_id=account.key,
            remember=remember,
            device="Firefox sur Linux",
            created_at=now,
            last_seen_at=now,
        )
        db.add(session)
        db.flush()
        key = session.key
    return token, Actor(account.key, Role(account.role), key, fingerprint(token))
