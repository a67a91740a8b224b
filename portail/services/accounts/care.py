"""Prendre soin d'un compte que l'on tient : mot de passe provisoire, fermeture, réouverture, rôle d'un agent."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import (
    STAFF,
    TEMPORARY_LIFETIME,
    AccountStatus,
    Actor,
    Audience,
    LinkKind,
    Role,
    check_audience,
    status_once_reopened,
)
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.text import clean_line, fold
from portail.domain.throttling import Scope
from portail.ids import readable_code
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.services import access, accounts, audit
from portail.services.accounts import links, passwords, sessions, throttling
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.settings import current


def issue_password(*, actor: Actor, account_id: int, now: datetime) -> str:
    """Rendu une seule fois à l'agent ; à changer à la première connexion, bon sept jours."""
    password = "-".join(readable_code(4) for _ in range(3))
    password_hash = passwords.hash_password(password)
    with transaction() as db:
        account = _another(db, actor, account_id)
        if account.status == AccountStatus.CLOSED:
            raise RefusalError("Ce compte est fermé.", "Rouvrez-le d’abord.")
        account.password_hash, account.must_change_password = password_hash, True
        account.temporary_until = now + TEMPORARY_LIFETIME
        account.status, account.activated_at = AccountStatus.ACTIVE, account.activated_at or now
        _shut_doors(db, account, now)
        for identifier in (account.email, account.username):
            throttling.forget(db, (Scope.ACCOUNT, fold(identifier)))
        outbox.add(db, account.email, _password_issued(account), now)
        audit.record(db, "account.password_issued", at=now, actor_id=actor.account_id, subject_id=account.key)
    return password


def close(*, actor: Actor, account_id: int, reason: str, now: datetime) -> None:
    """Plus personne n'entre ; le dossier et ce qui a été fait demeurent."""
    why = clean_line(reason, label="Motif", limit=200)
    if not why:
        raise BadInputError("Indiquez le motif de la fermeture.")
    with transaction() as db:
        account = _another(db, actor, account_id)
        if account.status == AccountStatus.CLOSED:
            raise RefusalError("Ce compte est déjà fermé.")
        account.status, account.closed_at = AccountStatus.CLOSED, now
        _shut_doors(db, account, now)
        outbox.add(db, account.email, _closed(account), now)
        audit.record(db, "account.closed", at=now, actor_id=actor.account_id, subject_id=account.key, detail=why)


def reopen(*, actor: Actor, account_id: int, now: datetime) -> None:
    with transaction() as db:
        account = _another(db, actor, account_id)
        if account.status != AccountStatus.CLOSED:
            raise RefusalError("Ce compte n’est pas fermé.")
        account.status = status_once_reopened(has_password=account.password_hash is not None)
        account.closed_at = account.last_sign_in_at = None  # sa conservation repart de zéro
        if account.status == AccountStatus.INVITED:
            accounts.invite(db, account, now)
        else:
            outbox.add(db, account.email, _reopened(account), now)
        audit.record(db, "account.reopened", at=now, actor_id=actor.account_id, subject_id=account.key)


def change_role(*, actor: Actor, account_id: int, role: str, now: datetime) -> None:
    """D'un rôle d'agent à un autre, par l'administration ; un parent ne devient pas agent, ni l'inverse."""
    check_audience(Audience.ADMIN, actor)
    if role not in STAFF:
        raise BadInputError("Choisissez un rôle d’agent.")
    with transaction() as db:
        account = _another(db, actor, account_id)
        if account.role not in STAFF:
            raise NotOpenError
        before, account.role = account.role, Role(role)
        sessions.end_all(db, account.key, now)
        change = f"{before} → {role}"
        audit.record(
            db, "account.role_changed", at=now, actor_id=actor.account_id, subject_id=account.key, detail=change
        )


def _another(db: Session, actor: Actor, account_id: int) -> Account:
    """Un compte que cet agent tient et qui n'est pas le sien : il reste donc toujours un administrateur."""
    if actor.role is Role.ADMIN:
        _check_still_admin(db, actor)
    account = access.any_account(db, actor, account_id, lock=True)
    if account.key == actor.account_id:
        raise RefusalError("Ceci est votre propre compte.", "Un autre administrateur peut s’en charger.")
    return account


def _check_still_admin(db: Session, actor: Actor) -> None:
    """Deux administrateurs qui se ferment l'un l'autre passent ici l'un après l'autre, dans le même ordre."""
    admins = select(Account).where(Account.role == Role.ADMIN).order_by(col(Account.id)).with_for_update()
    if not any(one.key == actor.account_id and one.status == AccountStatus.ACTIVE for one in db.exec(admins)):
        raise NotOpenError


def _shut_doors(db: Session, account: Account, now: datetime) -> None:
    links.cancel(db, account.key, frozenset(LinkKind), now)
    sessions.end_all(db, account.key, now)


def _password_issued(account: Account) -> Message:
    return Message(
        subject="Un mot de passe provisoire vous attend",
        paragraphs=(
            f"Bonjour {account.first_name},",
            f"La mairie vous a donné un mot de passe provisoire. Votre identifiant : {account.username}",
            "Il vaut 7 jours et l’ancien ne sert plus. Vous choisirez le vôtre à la prochaine connexion.",
            "Si vous n’avez rien demandé, prévenez la mairie.",
        ),
        action="Se connecter",
        url=f"{current().site_url}/connexion",
    )


def _closed(account: Account) -> Message:
    return Message(
        subject="Votre compte est fermé",
        paragraphs=(
            f"Bonjour {account.first_name},",
            "La mairie a fermé votre compte du Portail Famille. Rien d’autre n’est effacé.",
            "Une question ? La mairie vous répond.",
        ),
        action="Nous contacter",
        url=f"{current().site_url}/contact",
    )


def _reopened(account: Account) -> Message:
    return Message(
        subject="Votre compte est rouvert",
        paragraphs=(
            f"Bonjour {account.first_name},",
            "La mairie a rouvert votre compte du Portail Famille : connectez-vous comme avant.",
        ),
        action="Se connecter",
        url=f"{current().site_url}/connexion",
    )
