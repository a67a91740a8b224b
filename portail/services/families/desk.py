"""Corriger un dossier à la place de la famille, au téléphone ou au guichet : fait aussitôt, écrit au journal."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.children import read_child
from portail.domain.coordinates import read_address, read_contact
from portail.domain.forms import Reader
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.services import access, audit
from portail.services.accounts.account import normalise_email
from portail.services.schools.lists import check_class, check_school
from portail.views import wording


def _open_family(db: Session, actor: Actor, family_id: int) -> Family:
    family = access.any_family(db, actor, family_id)
    if not family.is_open:
        raise RefusalError("Ce dossier est fermé : il ne se corrige plus.")
    return family


def correct_address(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> None:
    reader = Reader(form)
    after = read_address(reader)
    reader.check()
    with transaction() as db:
        family = _open_family(db, actor, family_id)
        family.address, family.postcode, family.city = after.address, after.postcode, after.city
        audit.record(db, "coordinates.corrected", at=now, actor_id=actor.account_id, subject_id=family.key)


def correct_adult(*, actor: Actor, guardian_id: int, form: dict[str, Any], now: datetime) -> None:
    reader = Reader(form)
    contact = read_contact(reader, normalise_email)
    reader.check()
    with transaction() as db:
        guardian = db.get(Guardian, guardian_id) if is_key(guardian_id) else None
        family = _open_family(db, actor, guardian.family_id if guardian else 0)
        if guardian is None:
            raise NotOpenError
        for name, value in asdict(contact).items():
            setattr(guardian, name, value)
        audit.record(db, "coordinates.corrected", at=now, actor_id=actor.account_id, subject_id=family.key)


def correct_child(*, actor: Actor, family_id: int, child_id: int, form: dict[str, Any], now: datetime) -> None:
    """Identité, école, niveau et classe."""
    reader = Reader(form)
    after = read_child(reader, now.astimezone(wording.PARIS).date())
    class_id = reader.number("class_id") or None
    with transaction() as db:
        family = _open_family(db, actor, family_id)
        child = _child_of(db, family.key, child_id)
        check_school(db, after.school_id, child.school_id)
        check_class(db, class_id, after.school_id, child.class_id)
        for name, value in asdict(after).items():
            setattr(child, name, value)
        child.class_id = class_id
        audit.record(
            db, "child.corrected", at=now, actor_id=actor.account_id, subject_id=family.key, detail=child.first_name
        )


def _child_of(db: Session, family_id: int, child_id: int) -> Child:
    query = (
        select(Child)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .where(Child.id == child_id, FamilyChild.family_id == family_id)
    )
    child = db.exec(query).first() if is_key(child_id) else None
    if child is None:
        raise NotOpenError
    return child
