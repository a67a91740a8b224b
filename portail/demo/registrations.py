"""Deux inscriptions qui attendent : l'une ressemble à une famille connue, l'autre est nouvelle."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from portail.domain import terms
from portail.domain.accounts import AccountStatus, Actor, Role
from portail.domain.families import GuardianRole, Level
from portail.models.accounts import Account
from portail.models.families import Child, FamilyChild, Guardian, School
from portail.models.registrations import Registration
from portail.services import accounts
from portail.services.registration import family_entry


@dataclass(frozen=True)
class Newcomer:
    """Un parent inscrit de lui-même, et la famille qu'il a présentée."""

    email: str
    first_name: str
    last_name: str
    days_ago: int
    home: dict[str, Any]
    children: tuple[dict[str, Any], ...]


def load(db: Session, password_hash: str, now: datetime) -> None:
    """Le même chemin qu'un vrai parent : un compte activé, un brouillon, un envoi."""
    for newcomer in (_lookalike(db), _plain(db, now)):
        at = now - timedelta(days=newcomer.days_ago, hours=3)
        username = f"{newcomer.first_name}.{newcomer.last_name}"
        new = accounts.NewAccount(newcomer.email, newcomer.first_name, newcomer.last_name, username=username)
        account = accounts.create(db, new, at)
        accounts.set_password(account, password_hash)
        account.status, account.activated_at = AccountStatus.ACTIVE, at
        account.terms_version, account.terms_accepted_at = terms.latest(), at
        draft = {"home": newcomer.home, "children": list(newcomer.children)}
        db.add(Registration(account_id=account.key, draft=draft, created_at=at))
        db.flush()
        family_entry.send_draft(db, Actor(account.key, Role.PARENT, 0, ""), at)


def _lookalike(db: Session) -> Newcomer:
    """Le père des enfants Durand, qui ignore que leur mère a déjà un dossier, et l'écrit autrement."""
    lea = _child_of(db, "camille.durand")
    child = {
        "first_name": "Lea",
        "last_name": "DURANT",
        "birth_date": lea.birth_date.isoformat(),
        "school_id": lea.school_id,
        "level": lea.level,
    }
    home = _home(GuardianRole.FATHER, "+33 6 00 00 00 12", "12, rue des Accacias")
    return Newcomer("hugo.durant@famille.example", "Hugo", "Durant", 2, home, (child,))


def _plain(db: Session, now: datetime) -> Newcomer:
    school = db.exec(select(School).order_by(School.name).limit(1)).one()
    child = {
        "first_name": "Ysée",
        "last_name": "Prigent",
        "birth_date": date(now.year - 6, 6, 17).isoformat(),
        "school_id": school.key,
        "level": Level.CP.value,
    }
    home = _home(GuardianRole.MOTHER, "06 00 00 03 01", "9 rue du Lavoir")
    return Newcomer("solene.prigent@famille.example", "Solène", "Prigent", 1, home, (child,))


def _home(role: GuardianRole, phone: str, address: str) -> dict[str, Any]:
    return {
        "role": role.value,
        "phone": phone,
        "address": address,
        "postcode": "49999",
        "city": "Valbourg-sur-Loire",
        "with_other": False,
    }


def _child_of(db: Session, username: str) -> Child:
    query = (
        select(Child)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .join(Guardian, col(Guardian.family_id) == col(FamilyChild.family_id))
        .join(Account, col(Account.id) == col(Guardian.account_id))
        .where(Account.username == username)
        .order_by(col(Child.birth_date))
    )
    return db.exec(query.limit(1)).one()
