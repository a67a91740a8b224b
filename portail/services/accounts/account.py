"""Créer un compte, l'activer, changer son mot de passe, montrer « Mon compte »."""

from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from portail.domain import terms
from portail.domain.accounts import AccountStatus, Actor, Audience, LinkKind, Notification, Role, is_allowed
from portail.domain.passwords import check_password
from portail.domain.refusals import AddressTakenError, BadInputError, RefusalError
from portail.domain.text import clean_line, fold
from portail.models.accounts import Account, LoginSession
from portail.models.database import reading, transaction
from portail.services import audit
from portail.services.accounts import links, passwords, second_factor, sessions
from portail.services.accounts.proof import check_own_password
from portail.services.health import consents
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views import wording
from portail.views.accounts import AccountView, Me, OpenSession


@dataclass(frozen=True)
class NewAccount:
    email: str
    first_name: str
    last_name: str
    role: Role = Role.PARENT
    username: str = ""


def normalise_email(value: str) -> str:
    """La forme qui se compare ; refuse ce qui n'est pas une adresse, retours à la ligne compris."""
    line = clean_line(value, label="Adresse e-mail", limit=254)
    try:
        checked = validate_email(line, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise BadInputError("Cette adresse e-mail n’a pas la bonne forme.") from None
    return str(checked.normalized).casefold()


def create(db: Session, new: NewAccount, now: datetime) -> Account:
    """Un compte à activer ; l'adresse ou l'identifiant déjà pris est refusé."""
    email = normalise_email(new.email)
    username = fold(clean_line(new.username or email, label="Identifiant", limit=60))
    if "@" in username and username != fold(email):
        raise BadInputError("Identifiant : l’adresse d’une autre personne ne peut pas servir d’identifiant.")
    account = Account(
        username=username,
        email=email,
        first_name=clean_line(new.first_name, label="Prénom", limit=80),
        last_name=clean_line(new.last_name, label="Nom", limit=80),
        role=new.role,
        created_at=now,
    )
    if not (username and account.first_name and account.last_name):
        raise BadInputError("Indiquez un prénom et un nom.")
    db.add(account)
    try:
        db.flush()
    except IntegrityError:
        raise RefusalError("Cette adresse ou cet identifiant a déjà un compte.") from None
    return account


def username_at(account: Account, email: str) -> str:
    """L'identifiant suit l'adresse quand il était l'adresse : sinon l'ancienne ouvrirait encore."""
    if account.username != fold(account.email):
        return account.username
    return clean_line(fold(email), label="Adresse e-mail", limit=60)


def move_to(db: Session, account: Account, email: str) -> None:
    """Une adresse n'a qu'un compte : c'est la base qui départage."""
    account.username, account.email = username_at(account, email), email
    try:
        db.flush()
    except IntegrityError:
        raise AddressTakenError from None


def wants(db: Session, account_id: int, notification: Notification) -> bool:
    """À demander avant un courriel dont on peut se passer ; un compte absent ne veut rien."""
    account = db.get(Account, account_id)
    return account is not None and bool(getattr(account, notification))


def invite(db: Session, account: Account, now: datetime) -> str:
    """Le courriel d'un agent : identifiant et lien d'activation valable une semaine."""
    links.cancel(db, account.key, frozenset({LinkKind.ACTIVATION, LinkKind.INVITATION}), now)
    token = links.issue(db, LinkKind.INVITATION, account.key, now)
    message = Message(
        subject="Activez votre compte",
        paragraphs=(
            f"Bonjour {account.first_name},",
            f"La mairie vous a ouvert un compte sur le Portail Famille. Votre identifiant : {account.username}",
        ),
        action="Activer mon compte",
        url=f"{current().site_url}/activation/{token}",
        closing="Ce lien ne sert qu’une fois et reste valable 7 jours.",
    )
    outbox.add(db, account.email, message, now)
    return token


def create_admin(new: NewAccount, password: str, now: datetime) -> None:
    """La commande `portail create-admin`."""
    check_password(password, about=(new.email, new.first_name, new.last_name))
    password_hash = passwords.hash_password(password)
    with transaction() as db:
        account = create(db, new, now)
        account.password_hash, account.status, account.activated_at = password_hash, AccountStatus.ACTIVE, now
        consents.install_defaults(db)  # une commune qui ouvre part des autorisations habituelles
        audit.record(db, "account.admin_created", at=now, actor_id=account.key)


def set_password(account: Account, password_hash: str) -> None:
    """Un mot de passe choisi par la personne elle-même : plus rien de provisoire."""
    account.password_hash, account.must_change_password, account.temporary_until = password_hash, False, None


def change_password(*, actor: Actor, old: str, password: str, now: datetime) -> None:
    """Le nouveau mot de passe ferme toutes les autres connexions et tous les liens en attente."""
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
    check_own_password(account, old, now)
    if old == password:
        raise RefusalError("Le nouveau mot de passe est le même que l’ancien.")
    check_password(password, about=(account.email, account.first_name, account.last_name))
    password_hash = passwords.hash_password(password)
    with transaction() as db:
        account = db.get_one(Account, actor.account_id)
        set_password(account, password_hash)
        links.cancel(db, account.key, frozenset(LinkKind), now)
        sessions.end_all(db, account.key, now, keep=actor.session_id)
        audit.record(db, "account.password_changed", at=now, actor_id=account.key)
        outbox.add(db, account.email, _password_changed(account), now)


def _password_changed(account: Account) -> Message:
    return Message(
        subject="Votre mot de passe a changé",
        paragraphs=(
            f"Bonjour {account.first_name},",
            "Le mot de passe de votre compte vient d’être changé, et vos autres appareils ont été déconnectés.",
            "Si ce n’est pas vous, demandez aussitôt un nouveau mot de passe et prévenez la mairie.",
        ),
        action="Choisir un nouveau mot de passe",
        url=f"{current().site_url}/mot-de-passe-oublie",
    )


def password_changed_message(account: Account) -> Message:
    return _password_changed(account)


def me(actor: Actor | None) -> Me:
    if actor is None:
        return Me()
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
    return Me(
        signed_in=True,
        first_name=account.first_name,
        full_name=account.full_name,
        role_label=actor.role.label,
        is_staff=actor.is_staff,
        is_admin=actor.role is Role.ADMIN,
        display=account.display,
        open_to=[audience.value for audience in Audience if is_allowed(audience, actor.role)],
    )


def show(*, actor: Actor, now: datetime) -> AccountView:
    """La page « Mon compte » : trois lectures, quel que soit le nombre d'appareils."""
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
        rows = sessions.alive(db, actor.account_id, actor.role, now)
        codes = second_factor.recovery_codes_left(db, account.key)
        waiting = account.pending_email and links.is_waiting(db, account.key, LinkKind.EMAIL, now)
    return AccountView(
        full_name=account.full_name,
        email=account.email,
        username=account.username,
        role_label=actor.role.label,
        second_factor=account.totp_sealed is not None,
        second_factor_required=sessions.second_factor_due(account),
        must_change_password=account.must_change_password,
        recovery_codes_left=codes,
        pending_email=account.pending_email if waiting else "",
        must_accept_terms=terms.is_due(account.terms_version),
        terms_version=terms.latest(),
        terms_known=account.terms_version > 0,
        terms_changes=terms.changes_since(account.terms_version),
        display=account.display,
        notify_requests=account.notify_requests,
        notify_wallet=account.notify_wallet,
        sessions=[_open_session(row, actor) for row in rows],
    )


def _open_session(row: LoginSession, actor: Actor) -> OpenSession:
    return OpenSession(
        id=row.key,
        device=row.device or "Appareil inconnu",
        since=wording.instant(row.created_at),
        last_seen=wording.instant(row.last_seen_at),
        current=row.key == actor.session_id,
    )
