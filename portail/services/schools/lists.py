"""Les listes d'écoles, de classes et de niveaux que proposent les formulaires, et leur vérification."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session, col, or_, select

from portail.domain.families import Level
from portail.domain.forms import FormRefusedError
from portail.domain.schools import school_years
from portail.models.base import is_key
from portail.models.families import School, SchoolClass
from portail.views.requests import Choice


def school_choices(db: Session, keeping: Collection[int | None] = ()) -> list[Choice]:
    """Les écoles ouvertes, et celles que l'on garde parce qu'un enfant y est déjà."""
    query = select(School).where(or_(col(School.closed_at).is_(None), col(School.id).in_(_known(keeping))))
    return [Choice(str(school.key), school.name) for school in db.exec(query.order_by(School.name))]


def class_choices(db: Session, day: date, keeping: Collection[int | None] = ()) -> list[Choice]:
    """Les classes ouvertes de l'année en cours et de la suivante, avec leur école."""
    _, *years = school_years(day)
    opened = col(SchoolClass.closed_at).is_(None) & col(SchoolClass.year).in_(years) & col(School.closed_at).is_(None)
    query = (
        select(SchoolClass, School.name)
        .join(School, col(School.id) == col(SchoolClass.school_id))
        .where(or_(opened, col(SchoolClass.id).in_(_known(keeping))))
        .order_by(School.name, SchoolClass.year, SchoolClass.name)
    )
    return [Choice(str(one.key), f"{school} · {one.name} ({one.year})") for one, school in db.exec(query)]


def level_choices() -> list[Choice]:
    return [Choice(level.value, level.label) for level in Level]


def check_school(db: Session, school_id: int | None, already: int | None = None) -> None:
    """Une école fermée ne reçoit plus personne ; qui y est déjà y reste."""
    if school_id is None or school_id == already:
        return
    school = db.get(School, school_id) if is_key(school_id) else None
    if school is None:
        raise FormRefusedError({"school_id": "Choisissez une école de la liste."})
    if school.closed_at is not None:
        raise FormRefusedError({"school_id": f"{school.name} ne prend plus d’inscriptions : choisissez-en une autre."})


def check_class(db: Session, class_id: int | None, school_id: int | None, already: int | None = None) -> None:
    if class_id is None:
        return
    group = db.get(SchoolClass, class_id) if is_key(class_id) else None
    if group is None or group.school_id != school_id:
        raise FormRefusedError({"class_id": "Cette classe n’est pas dans l’école choisie."})
    if group.closed_at is not None and class_id != already:
        raise FormRefusedError({"class_id": "Cette classe est fermée : choisissez-en une autre."})


def _known(keys: Collection[int | None]) -> list[int]:
    return [key for key in keys if key is not None]
