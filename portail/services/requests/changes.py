"""Les changements de dossier qu'un agent accepte : les dire ligne à ligne, puis les écrire."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor
from portail.domain.families import GuardianRole
from portail.domain.refusals import RefusalError
from portail.models.accounts import Account
from portail.models.families import Child, Family, FamilyChild, Guardian, School
from portail.models.requests import Request
from portail.services.custody.homes import check_two_families
from portail.views import wording
from portail.views.requests import ChangeLine

LABELS = {
    "first_name": "Prénom",
    "last_name": "Nom",
    "birth_date": "Date de naissance",
    "school_id": "École",
    "level": "Niveau",
    "address": "Adresse",
    "postcode": "Code postal",
    "city": "Commune",
    "role": "Lien avec les enfants",
    "phone": "Téléphone",
    "email": "E-mail",
    "since": "Depuis le",
    "change": "Changement",
    "name": "Personne",
    "detail": "Précisions",
}


class GoneError(RefusalError):
    """Ce que la démarche voulait changer n'est plus là."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} n’est plus dans ce dossier : la démarche ne peut pas être appliquée.", "Refusez-la.")


def describe(db: Session, request: Request) -> list[ChangeLine]:
    """`before` et `after` se répondent champ à champ ; le reste est une simple précision."""
    before, after = request.content.get("before", {}), request.content.get("after", {})
    rest = {name: value for name, value in request.content.items() if name in LABELS}
    schools = _schools(db, {before.get("school_id"), after.get("school_id")})
    lines = [
        ChangeLine(LABELS[name], _said(name, before.get(name), schools), _said(name, after.get(name), schools))
        for name in LABELS
        if name in after and before.get(name) != after[name]
    ]
    return lines + [ChangeLine(LABELS[name], "", _said(name, value, schools)) for name, value in rest.items() if value]


def _said(name: str, value: Any, schools: dict[int, str]) -> str:
    if value in (None, ""):
        return ""
    if name == "school_id":
        return schools.get(value, "")
    if name in {"birth_date", "since"}:
        return wording.full_day(date.fromisoformat(value))
    return GuardianRole(value).label if name == "role" else str(value)


def _schools(db: Session, keys: set[Any]) -> dict[int, str]:
    wanted = [key for key in keys if isinstance(key, int)]
    if not wanted:
        return {}
    return {school.key: school.name for school in db.exec(select(School).where(col(School.id).in_(wanted)))}


def move_family(db: Session, request: Request, actor: Actor, now: datetime) -> None:  # noqa: ARG001
    family = held_family(db, request)
    after = request.content["after"]
    family.address, family.postcode, family.city = after["address"], after["postcode"], after["city"]


def change_child(db: Session, request: Request, actor: Actor, now: datetime) -> None:  # noqa: ARG001
    place = _place(db, request)
    child = db.get_one(Child, place.child_id)
    _fill(child, request.content["after"])


def add_child(db: Session, request: Request, actor: Actor, now: datetime) -> None:  # noqa: ARG001
    family = held_family(db, request)
    child = Child(first_name="", last_name="", birth_date=date.min)
    _fill(child, request.content["after"])
    db.add(child)
    db.flush()
    request.child_id = child.key
    place_child(db, family.key, child.key)


def place_child(db: Session, family_id: int, child_id: int) -> None:
    """Rattache l'enfant au foyer, s'il n'en a pas déjà deux."""
    db.get_one(Child, child_id, with_for_update=True)
    check_two_families(db, child_id, family_id)
    after_the_others = select(func.coalesce(func.max(FamilyChild.position) + 1, 0)).where(
        FamilyChild.family_id == family_id
    )
    db.add(FamilyChild(family_id=family_id, child_id=child_id, position=db.exec(after_the_others).one()))
    db.flush()


def _fill(child: Child, after: dict[str, Any]) -> None:
    child.first_name, child.last_name = after["first_name"], after["last_name"]
    child.birth_date = date.fromisoformat(after["birth_date"])
    if child.school_id != after["school_id"]:
        child.class_id = None
    child.school_id, child.level = after["school_id"], after["level"]


def remove_child(db: Session, request: Request, actor: Actor, now: datetime) -> None:  # noqa: ARG001
    """L'enfant quitte ce foyer ; sa fiche reste, pour l'autre foyer ou pour ce que la loi fait garder."""
    db.delete(_place(db, request))
    db.flush()


def add_adult(db: Session, request: Request, actor: Actor, now: datetime) -> None:  # noqa: ARG001
    family = held_family(db, request)
    db.add(Guardian(family_id=family.key, **request.content["after"]))


def remove_adult(db: Session, request: Request, actor: Actor, now: datetime) -> None:  # noqa: ARG001
    query = select(Guardian).where(Guardian.family_id == request.family_id).with_for_update()
    adults = {adult.key: adult for adult in db.exec(query)}
    gone = adults.get(request.content["guardian_id"])
    if gone is None:
        raise GoneError("Ce responsable")
    if len(adults) == 1:
        raise RefusalError("C’est le seul responsable du dossier : il ne peut pas être retiré.")
    db.delete(gone)


def note_situation(db: Session, request: Request, actor: Actor, now: datetime) -> None:  # noqa: ARG001
    """Un mariage ou un divorce peut changer le nom de qui l'annonce ; le reste est pris en note."""
    after = request.content.get("after", {})
    if "last_name" not in after:
        return
    query = select(Guardian).where(
        Guardian.family_id == request.family_id, col(Guardian.id) == request.content["guardian_id"]
    )
    guardian = db.exec(query).first()
    if guardian is None:
        raise GoneError("Ce responsable")
    guardian.last_name = after["last_name"]
    if guardian.account_id is not None:
        db.get_one(Account, guardian.account_id).last_name = after["last_name"]


def held_family(db: Session, request: Request) -> Family:
    """Le dossier de cette démarche, tenu, s'il est encore ouvert."""
    family = db.get(Family, request.family_id, with_for_update=True)
    if family is None or not family.is_open:
        raise RefusalError("Ce dossier est fermé : la démarche ne peut pas être appliquée.", "Refusez-la.")
    return family


def _place(db: Session, request: Request) -> FamilyChild:
    query = select(FamilyChild).where(
        FamilyChild.family_id == request.family_id, FamilyChild.child_id == request.child_id
    )
    place = db.exec(query).first()
    if place is None:
        raise GoneError("Cet enfant")
    return place
