"""Confirmer une inscription : l'adresse est la bonne, le compte s'ouvre, le dossier reconnu lui est relié."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import OPENS_ACCOUNT, AccountStatus, LinkKind
from portail.domain.families import GuardianRole
from portail.domain.merging import is_same_name
from portail.domain.refusals import DeadLinkError
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.families import Family, Guardian
from portail.models.registrations import Registration
from portail.services import audit
from portail.services.accounts import links
from portail.services.mails import outbox
from portail.services.registration import letters
from portail.services.registration.registering import kept_family


def is_confirmable(account: Account) -> bool:
    """Qui s'est inscrit a déjà choisi son mot de passe : le lien ne fait que confirmer."""
    return account.status == AccountStatus.INVITED and account.password_hash is not None


def confirm(*, token: str, now: datetime) -> bool:
    """Rend vrai si un dossier est déjà relié ; sinon, la famille reste à saisir."""
    with transaction() as db:
        link = links.consume(db, token, OPENS_ACCOUNT, now)
        account = db.get_one(Account, link.account_id)
        if not is_confirmable(account):
            raise DeadLinkError
        account.status, account.activated_at = AccountStatus.ACTIVE, now
        links.cancel(db, account.key, frozenset(LinkKind), now)
        audit.record(db, "account.activated", at=now, actor_id=account.key)
        return join_known_family(db, account, now)


def join_known_family(db: Session, account: Account, now: datetime) -> bool:
    """À l'ouverture du compte, par quelque lien que ce soit : relie le dossier nommé à l'inscription."""
    registration = db.exec(select(Registration).where(Registration.account_id == account.key)).first()
    family = (
        kept_family(db, db.get(Family, registration.family_id)) if registration and registration.family_id else None
    )
    if family is None:
        return False
    _take_place(db, account, family)
    db.delete(registration)
    audit.record(db, "family.joined", at=now, actor_id=account.key, subject_id=family.key, detail=family.number)
    outbox.add(db, account.email, letters.complete(account, family), now)
    _tell_the_others(db, account, family, now)
    return True


def _take_place(db: Session, account: Account, family: Family) -> None:
    """L'adulte que le dossier attendait ; sinon un adulte de plus, à qui le dossier ne s'ouvre qu'en partie."""
    adults = db.exec(select(Guardian).where(Guardian.family_id == family.key).order_by(col(Guardian.id))).all()
    if any(adult.account_id == account.key for adult in adults):
        return
    name = (account.first_name, account.last_name)
    expected = next(
        (one for one in adults if one.account_id is None and is_same_name((one.first_name, one.last_name), name)), None
    )
    if expected is not None:
        expected.account_id, expected.email = account.key, expected.email or account.email
        return
    db.add(
        Guardian(
            family_id=family.key,
            account_id=account.key,
            first_name=account.first_name,
            last_name=account.last_name,
            email=account.email,
            role=GuardianRole.GUARDIAN,
            can_edit=False,
            can_see_health=False,
        )
    )


def _tell_the_others(db: Session, account: Account, family: Family, now: datetime) -> None:
    query = (
        select(Account)
        .join(Guardian, col(Guardian.account_id) == col(Account.id))
        .where(Guardian.family_id == family.key, Account.id != account.key, Account.status == AccountStatus.ACTIVE)
        .order_by(col(Account.id))
    )
    for other in db.exec(query):
        outbox.add(db, other.email, letters.someone_joined(other, account, family), now)
