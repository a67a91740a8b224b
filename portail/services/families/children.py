"""La fiche d'un enfant, pour ses responsables ; toute correction passe par une démarche."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor
from portail.domain.children import ChildFile, read_child
from portail.domain.families import FamilyRight, age_on, child_color
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.refusals import BadInputError
from portail.domain.requests import RequestKind
from portail.models.database import reading, transaction
from portail.models.families import Child, FamilyChild, SchoolClass
from portail.models.requests import Request
from portail.services import access
from portail.services.requests import NewRequest, open_request
from portail.services.requests.opening import OPEN
from portail.services.schools.lists import check_school, level_choices, school_choices
from portail.views import wording
from portail.views.families import ChildPage


def show(*, actor: Actor, child_id: int, now: datetime) -> ChildPage:
    with reading() as db:
        mine = access.my_child(db, actor, child_id)
        child = mine.child
        places = db.exec(select(FamilyChild).where(FamilyChild.child_id == child.key)).all()
        position = next(place.position for place in places if place.family_id == mine.family.key)
        schools = school_choices(db, [child.school_id])
        group = db.get(SchoolClass, child.class_id) if child.class_id else None
        waiting = _waiting(db, mine)
    return ChildPage(
        ready=True,
        id=child.key,
        first_name=child.first_name,
        last_name=child.last_name,
        initial=child.first_name[:1],
        color=child_color(position),
        birth=wording.full_day(child.birth_date),
        birth_date=child.birth_date.isoformat(),
        age=wording.age(age_on(child.birth_date, _today(now))),
        school=next((one.label for one in schools if one.value == str(child.school_id)), ""),
        school_id=str(child.school_id or ""),
        level=child.level,
        class_name=group.name if group else "",
        family=mine.family.name,
        shared=len(places) > 1,
        can_edit=mine.guardian.can_edit,
        health_open=mine.guardian.can_see_health,
        schools=schools,
        levels=level_choices(),
        waiting=waiting,
    )


def _waiting(db: Session, mine: access.Mine) -> list[str]:
    query = select(Request).where(
        Request.child_id == mine.child.key, Request.family_id == mine.family.key, col(Request.status).in_(OPEN)
    )
    return [f"{RequestKind(one.kind).label} : démarche n° {one.number}" for one in db.exec(query)]


def ask_change(*, actor: Actor, child_id: int, form: dict[str, Any], now: datetime) -> str:
    """Le numéro de la démarche ; rien ne change avant qu'un agent l'ait vue."""
    reader = Reader(form)
    after, detail = read_child(reader, _today(now)), reader.note("detail", "Précisions")
    reader.check()
    with transaction() as db:
        mine = access.my_child(db, actor, child_id, FamilyRight.EDIT)
        before = mine.child
        check_school(db, after.school_id, before.school_id)
        content = {"before": as_content(file_of(before)), "after": as_content(after), "detail": detail}
        if content["before"] == content["after"]:
            raise BadInputError("Rien n’a changé dans la fiche.", "Corrigez ce qui doit l’être, puis envoyez.")
        new = NewRequest(RequestKind.CHILD_CHANGE, actor, mine.family.key, before.key, content)
        return open_request(db, new, now).number


def ask_removal(*, actor: Actor, child_id: int, form: dict[str, Any], now: datetime) -> str:
    reader = Reader(form)
    detail = reader.note("reason", "Raison", missing="Dites pourquoi l’enfant quitte le dossier.")
    reader.check()
    with transaction() as db:
        mine = access.my_child(db, actor, child_id, FamilyRight.EDIT)
        content = {"name": f"{mine.child.first_name} {mine.child.last_name}", "detail": detail}
        new = NewRequest(RequestKind.CHILD_REMOVE, actor, mine.family.key, mine.child.key, content)
        return open_request(db, new, now).number


def ask_addition(*, actor: Actor, form: dict[str, Any], now: datetime) -> str:
    reader = Reader(form)
    family_id = reader.number("family_id")
    child, detail = read_child(reader, _today(now)), reader.note("detail", "Précisions")
    reader.check()
    with transaction() as db:
        family, _ = access.my_family(db, actor, family_id, FamilyRight.EDIT)
        check_school(db, child.school_id)
        _check_new(db, family.key, child)
        content = {"after": as_content(child), "detail": detail}
        return open_request(db, NewRequest(RequestKind.CHILD_ADD, actor, family.key, None, content), now).number


def _check_new(db: Session, family_id: int, child: ChildFile) -> None:
    query = (
        select(func.count())
        .select_from(Child)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .where(
            FamilyChild.family_id == family_id,
            Child.first_name == child.first_name,
            Child.birth_date == child.birth_date,
        )
    )
    if db.exec(query).one():
        raise FormRefusedError({"first_name": f"{child.first_name} est déjà dans ce dossier."})


def as_content(child: ChildFile) -> dict[str, Any]:
    return asdict(child) | {"birth_date": child.birth_date.isoformat()}


def file_of(child: Child) -> ChildFile:
    return ChildFile(child.first_name, child.last_name, child.birth_date, child.school_id, child.level)


def _today(now: datetime) -> date:
    return now.astimezone(wording.PARIS).date()
