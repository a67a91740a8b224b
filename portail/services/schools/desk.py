"""Les écoles et leurs classes, réglées par la direction : ajouter, renommer, fermer, rouvrir, retirer."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.families import Level
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.refusals import NotOpenError
from portail.domain.schools import (
    CLASS_NAME,
    SCHOOL_NAME,
    DoubledNameError,
    SchoolInUseError,
    join_levels,
    same_name,
    school_years,
)
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.families import Child, School, SchoolClass
from portail.models.requests import Request
from portail.services import audit
from portail.services.requests.opening import OPEN
from portail.views import wording


def save_school(*, actor: Actor, school_id: int, form: dict[str, Any], now: datetime) -> None:
    """Ajoute une école (numéro 0) ou la renomme."""
    check_audience(Audience.TOWN, actor)
    reader = Reader(form)
    name = reader.line("name", "Nom", limit=SCHOOL_NAME, missing="Indiquez le nom de l’école.")
    reader.check()
    with transaction() as db:
        school = _school(db, school_id) if school_id else School(name=name)
        for other in db.exec(select(School)):
            if other.id != school.id and same_name(other.name, name):
                raise FormRefusedError({"name": DoubledNameError("L’école", other.name).full_sentence})
        before, school.name = school.name, name
        db.add(school)
        _flush(db, DoubledNameError("L’école", name))
        detail = name if not school_id or before == name else f"{before} → {name}"
        what = "school.renamed" if school_id else "school.added"
        audit.record(db, what, at=now, actor_id=actor.account_id, subject_id=school.key, detail=detail)


def set_school_open(*, actor: Actor, school_id: int, opened: bool, now: datetime) -> None:
    """Fermée, elle garde ses enfants et ne se propose plus."""
    check_audience(Audience.TOWN, actor)
    with transaction() as db:
        school = _school(db, school_id)
        if opened is (school.closed_at is None):
            return
        school.closed_at = None if opened else now
        what = "school.reopened" if opened else "school.closed"
        audit.record(db, what, at=now, actor_id=actor.account_id, subject_id=school.key, detail=school.name)


def remove_school(*, actor: Actor, school_id: int, now: datetime) -> None:
    check_audience(Audience.TOWN, actor)
    with transaction() as db:
        school = _school(db, school_id)
        children = db.exec(select(func.count()).select_from(Child).where(Child.school_id == school.id)).one()
        requests = _requests_for(db, school.key)
        if children or requests:
            raise SchoolInUseError(children, requests)
        db.delete(school)
        _flush(db, SchoolInUseError(0, 0))  # un enfant y est entré au même instant
        audit.record(db, "school.removed", at=now, actor_id=actor.account_id, subject_id=school_id, detail=school.name)


def save_class(*, actor: Actor, school_id: int, class_id: int, form: dict[str, Any], now: datetime) -> None:
    """Ajoute une classe (numéro 0) à l'année que dit le formulaire, ou change son nom et ses niveaux."""
    check_audience(Audience.TOWN, actor)
    reader = Reader(form)
    name = reader.line("name", "Nom", limit=CLASS_NAME, missing="Indiquez le nom de la classe.")
    levels = join_levels(frozenset(level for level in Level if reader.flag(level)))
    years = school_years(now.astimezone(wording.PARIS).date())
    year = "" if class_id else reader.choice("year", lambda value: value in years, "Choisissez une année scolaire.")
    reader.check()
    with transaction() as db:
        school = _school(db, school_id)
        group = _class(db, school, class_id) if class_id else SchoolClass(school_id=school.key, name=name, year=year)
        siblings = select(SchoolClass).where(SchoolClass.school_id == school.id, SchoolClass.year == group.year)
        for other in db.exec(siblings):
            if other.id != group.id and same_name(other.name, name):
                raise FormRefusedError({"name": DoubledNameError("La classe", other.name).full_sentence})
        group.name, group.levels = name, levels
        db.add(group)
        _flush(db, DoubledNameError("La classe", name))
        what = "school_class.changed" if class_id else "school_class.added"
        detail = f"{school.name}, {name}, {group.year}"
        audit.record(db, what, at=now, actor_id=actor.account_id, subject_id=group.key, detail=detail)


def set_class_open(*, actor: Actor, class_id: int, opened: bool, now: datetime) -> None:
    check_audience(Audience.TOWN, actor)
    with transaction() as db:
        group = db.get(SchoolClass, class_id, with_for_update=True) if is_key(class_id) else None
        if group is None:
            raise NotOpenError
        if opened is (group.closed_at is None):
            return
        group.closed_at = None if opened else now
        what = "school_class.reopened" if opened else "school_class.closed"
        audit.record(db, what, at=now, actor_id=actor.account_id, subject_id=group.key, detail=group.name)


def _school(db: Session, school_id: int) -> School:
    school = db.get(School, school_id, with_for_update=True) if is_key(school_id) else None
    if school is None:
        raise NotOpenError
    return school


def _class(db: Session, school: School, class_id: int) -> SchoolClass:
    group = db.get(SchoolClass, class_id) if is_key(class_id) else None
    if group is None or group.school_id != school.id:
        raise NotOpenError
    return group


def _requests_for(db: Session, school_id: int) -> int:
    """Les démarches encore ouvertes qui demandent cette école : leur contenu la nomme."""
    waiting = db.exec(select(Request.content).where(col(Request.status).in_(OPEN)))
    return sum(content.get("after", {}).get("school_id") == school_id for content in waiting)


def _flush(db: Session, refusal: Exception) -> None:
    """Deux agents au même instant : c'est la base qui départage."""
    try:
        db.flush()
    except IntegrityError:
        raise refusal from None
