"""Un agent lit une fiche : sa lecture est inscrite, et les parents la voient."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, Role
from portail.domain.families import GuardianRole
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import transaction
from portail.models.families import FamilyChild, Guardian, School
from portail.services import access, audit
from portail.services.attachments import listing
from portail.services.health import files, shown
from portail.views import wording
from portail.views.health import GuardianPhone, ReadingLine, StaffHealthView

READ = "health.read"
# Recharger la page, revenir en arrière ou imprimer reste la même lecture ; au-delà de dix minutes, c'en est une autre.
SAME_READING = timedelta(minutes=10)
LAST_READINGS = 20


def read(*, actor: Actor, child_id: int, now: datetime) -> StaffHealthView:
    """La fiche et l'inscription de la lecture vont ensemble : l'une n'existe pas sans l'autre."""
    with transaction() as db:
        child = access.any_child(db, actor, child_id, Audience.HEALTH)
        note(db, actor, child.key, now)
        opened = files.open_file(db, child.key, actor.account_id)
        school = db.get(School, child.school_id) if child.school_id else None
        guardians = _guardians(db, child.key)
        documents = listing.of_child(db, child.key, removable=False)
    view = shown.for_staff(child, opened, school.name if school else "", guardians, now)
    return replace(view, documents=documents)


def note(db: Session, actor: Actor, child_id: int, now: datetime) -> None:
    recent = select(AuditEntry.id).where(
        AuditEntry.action == READ,
        AuditEntry.subject_id == child_id,
        AuditEntry.actor_id == actor.account_id,
        col(AuditEntry.at) > now - SAME_READING,
    )
    if db.exec(recent.limit(1)).first() is None:
        audit.record(db, READ, at=now, actor_id=actor.account_id, subject_id=child_id)


def of_child(db: Session, child_id: int) -> list[ReadingLine]:
    """Les dernières lectures, pour les parents : qui, à quel titre, quand."""
    query = (
        select(AuditEntry.at, Account)
        .join(Account, col(Account.id) == col(AuditEntry.actor_id), isouter=True)
        .where(AuditEntry.action == READ, AuditEntry.subject_id == child_id)
        .order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
        .limit(LAST_READINGS)
    )
    return [
        ReadingLine(
            account.full_name if account else "Compte supprimé",
            Role(account.role).label if account else "",
            f"{wording.full_day(files.today(at))}, {wording.hour(at)}",
        )
        for at, account in db.exec(query)
    ]


def _guardians(db: Session, child_id: int) -> list[GuardianPhone]:
    query = (
        select(Guardian)
        .join(FamilyChild, col(FamilyChild.family_id) == col(Guardian.family_id))
        .where(FamilyChild.child_id == child_id)
        .order_by(col(Guardian.id))
    )
    return [
        GuardianPhone(
            f"{one.first_name} {one.last_name}",
            GuardianRole(one.role).label,
            " · ".join(filter(None, (one.phone, one.home_phone, one.work_phone, one.other_phone))),
        )
        for one in db.exec(query)
    ]
