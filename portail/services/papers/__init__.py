"""Les papiers que chacun produit lui-même : fiche famille, attestation d'inscription, en PDF."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience
from portail.domain.families import FamilyStatus
from portail.domain.papers import FamilyNotValidatedError, PaperKind, file_name
from portail.integrations.pdf import compile_pdf
from portail.models.database import transaction
from portail.models.families import Child, Family, FamilyChild
from portail.services import access, audit
from portail.services.papers import content, references
from portail.views.papers import Download

FOLDER = Path(__file__).parent
FAMILY_SHEET, REGISTRATION = FOLDER / "family_sheet.typ", FOLDER / "registration.typ"


def make_family_sheet(actor: Actor, family_id: int, now: datetime) -> Download:
    """Le foyer que l'on tient ; pour un agent des dossiers, n'importe lequel."""
    with transaction() as db:
        family = _family(db, actor, family_id)
        given = content.family_sheet(db, family, now)
        audit.record(db, "paper.family_sheet", at=now, actor_id=actor.account_id, subject_id=family.key)
    return Download(file_name("fiche-famille", family.number), compile_pdf(FAMILY_SHEET, given, now))


def make_registration(actor: Actor, child_id: int, now: datetime) -> Download:
    """L'attestation du jour, avec sa référence ; refusée tant que le dossier n'est pas validé."""
    with transaction() as db:
        child = _child(db, actor, child_id)
        _check_validated(db, child)
        paper = references.take(db, PaperKind.REGISTRATION, child, now)
        given = content.registration(db, child, paper)
        audit.record(db, "paper.registration", at=now, actor_id=actor.account_id, subject_id=child.key)
    name = file_name("attestation-inscription", child.first_name)
    return Download(name, compile_pdf(REGISTRATION, given, paper.made_at))


def _family(db: Session, actor: Actor, family_id: int) -> Family:
    if actor.is_staff:
        return access.any_family(db, actor, family_id)
    return access.my_family(db, actor, family_id)[0]


def _child(db: Session, actor: Actor, child_id: int) -> Child:
    if actor.is_staff:
        return access.any_child(db, actor, child_id, Audience.FILES)
    return access.my_child(db, actor, child_id).child


def _check_validated(db: Session, child: Child) -> None:
    query = (
        select(Family.id)
        .join(FamilyChild, col(FamilyChild.family_id) == col(Family.id))
        .where(FamilyChild.child_id == child.key, Family.status == FamilyStatus.ACTIVE)
    )
    if db.exec(query.limit(1)).first() is None:
        raise FamilyNotValidatedError
