"""Saisir sa famille après l'activation : un brouillon gardé d'un appareil à l'autre, puis un dossier à valider."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.children import read_child
from portail.domain.families import FamilyStatus, GuardianRole
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.merging import is_same_name
from portail.domain.refusals import RefusalError
from portail.domain.registration import MOST_CHILDREN, read_home
from portail.domain.requests import RequestKind, RequestStatus, Step
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.registrations import Registration
from portail.models.requests import Request, RequestEvent
from portail.services import access, audit
from portail.services.accounts.account import normalise_email
from portail.services.families.children import as_content
from portail.services.mails import outbox
from portail.services.registration import letters
from portail.services.requests import NewRequest, open_request
from portail.services.schools.lists import check_school, level_choices, school_choices
from portail.views import wording
from portail.views.registration import ChildDraft, EntryView, HomeDraft
from portail.views.requests import Choice

_FIRST_NUMBER = 1_000


def show(*, actor: Actor, now: datetime) -> EntryView:
    """Où en est cette personne : la saisie, l'attente, ou un dossier ouvert."""
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
        family = _family_of(db, actor)
        if family is not None:
            waiting = family.status == FamilyStatus.PENDING
            return EntryView(
                ready=True,
                status="pending" if waiting else "open",
                family=family.name,
                number=family.number,
                request_id=_waiting_request(db, family) if waiting else 0,
            )
        draft = _draft(_registration(db, actor))
        schools = school_choices(db)
        refused = _last_refusal(db, actor)
    names = {choice.value: choice.label for choice in schools}
    return EntryView(
        ready=True,
        status="entry",
        me=account.full_name,
        last_name=account.last_name,
        home=HomeDraft(**draft["home"], filled=True) if draft["home"] else HomeDraft(),
        children=[_child_draft(rank, child, names) for rank, child in enumerate(draft["children"])],
        schools=schools,
        levels=level_choices(),
        roles=[Choice(role.value, role.label) for role in GuardianRole],
        refused=refused,
        latest_birth=wording.iso_day(now),
    )


def save_home(*, actor: Actor, form: dict[str, Any], now: datetime) -> None:
    reader = Reader(form)
    home = asdict(read_home(reader, normalise_email))
    other = home.pop("other") or {}
    flat = home | {"with_other": bool(other)} | {f"other_{name}": value for name, value in other.items()}
    with transaction() as db:
        registration = _held(db, actor, now)
        registration.draft = _draft(registration) | {"home": flat}


def add_child(*, actor: Actor, form: dict[str, Any], now: datetime) -> None:
    reader = Reader(form)
    child = read_child(reader, _today(now))
    with transaction() as db:
        check_school(db, child.school_id)
        registration = _held(db, actor, now)
        draft = _draft(registration)
        if len(draft["children"]) >= MOST_CHILDREN:
            raise RefusalError(f"Un dossier compte {MOST_CHILDREN} enfants au plus.", "Appelez le service enfance.")
        added = as_content(child)
        if any(_is_same_child(one, added) for one in draft["children"]):
            raise FormRefusedError({"first_name": f"{child.first_name} est déjà dans la liste."})
        registration.draft = draft | {"children": [*draft["children"], added]}


def remove_child(*, actor: Actor, rank: int, now: datetime) -> None:
    """Un rang qui n'existe plus (deux onglets) ne retire rien."""
    with transaction() as db:
        registration = _held(db, actor, now)
        draft = _draft(registration)
        kept = [child for place, child in enumerate(draft["children"]) if place != rank]
        registration.draft = draft | {"children": kept}


def send(*, actor: Actor, now: datetime) -> str:
    """Rend le numéro du dossier."""
    with transaction() as db:
        return send_draft(db, actor, now)


def send_draft(db: Session, actor: Actor, now: datetime) -> str:
    """Le dossier naît à valider, avec sa démarche et son courriel."""
    registration = _held(db, actor, now)
    draft = _draft(registration)
    if not draft["home"]:
        raise RefusalError("Indiquez d’abord votre adresse et votre téléphone.")
    if not draft["children"]:
        raise RefusalError("Ajoutez au moins un enfant.")
    account = db.get_one(Account, actor.account_id)
    family = _open_file(db, account, draft["home"], now)
    _people(db, family, account, draft)
    new = NewRequest(RequestKind.REGISTRATION, actor, family.key, None, {"lines": _lines(draft, account)})
    request = open_request(db, new, now)
    db.delete(registration)
    audit.record(db, "family.entered", at=now, actor_id=account.key, subject_id=family.key, detail=family.number)
    outbox.add(db, account.email, letters.file_created(account, family, request.number), now)
    return family.number


def _today(now: datetime) -> date:
    return now.astimezone(wording.PARIS).date()


def _family_of(db: Session, actor: Actor) -> Family | None:
    query = (
        select(Family)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(Guardian.account_id == actor.account_id, col(Family.status).in_(access.OPEN))
        .order_by(col(Family.status), col(Family.id))  # « active » avant « pending »
    )
    return db.exec(query).first()


def _waiting_request(db: Session, family: Family) -> int:
    query = select(Request.id).where(Request.family_id == family.key, Request.kind == RequestKind.REGISTRATION)
    return db.exec(query.order_by(col(Request.id).desc())).first() or 0


def _last_refusal(db: Session, actor: Actor) -> str:
    """Le motif du dernier refus, pour corriger en connaissance de cause."""
    query = (
        select(RequestEvent.text)
        .join(Request, col(Request.id) == col(RequestEvent.request_id))
        .where(
            Request.author_id == actor.account_id,
            Request.kind == RequestKind.REGISTRATION,
            Request.status == RequestStatus.REFUSED,
            RequestEvent.step == Step.REFUSED,
        )
        .order_by(col(RequestEvent.id).desc())
    )
    return db.exec(query).first() or ""


def _registration(db: Session, actor: Actor) -> Registration | None:
    return db.exec(select(Registration).where(Registration.account_id == actor.account_id)).first()


def _held(db: Session, actor: Actor, now: datetime) -> Registration:
    """Le brouillon, tenu jusqu'à la fin : deux onglets ne se mélangent pas, un double envoi n'en fait qu'un."""
    db.get_one(Account, actor.account_id, with_for_update=True)
    if _family_of(db, actor) is not None:
        raise RefusalError("Votre famille a déjà un dossier.", "Retrouvez-le dans « Mon dossier ».")
    registration = _registration(db, actor)
    if registration is None:
        registration = Registration(account_id=actor.account_id, created_at=now)
        db.add(registration)
        db.flush()
    return registration


def _draft(registration: Registration | None) -> dict[str, Any]:
    return {"home": {}, "children": []} | (registration.draft if registration else {})


def _is_same_child(one: dict[str, Any], other: dict[str, Any]) -> bool:
    names = ((child["first_name"], child["last_name"]) for child in (one, other))
    return one["birth_date"] == other["birth_date"] and is_same_name(*names)


def _child_draft(rank: int, child: dict[str, Any], schools: dict[str, str]) -> ChildDraft:
    return ChildDraft(
        rank=rank,
        name=f"{child['first_name']} {child['last_name']}",
        birth=wording.full_day(date.fromisoformat(child["birth_date"])),
        school=schools.get(str(child["school_id"]), ""),
        level=child["level"],
    )


def _open_file(db: Session, account: Account, home: dict[str, Any], now: datetime) -> Family:
    """Le numéro suit celui de la ligne ; s'il est déjà pris (dossiers repris d'ailleurs), le suivant."""
    family = Family(
        number=f"en-cours-{account.key}",
        name=account.last_name,
        address=home["address"],
        postcode=home["postcode"],
        city=home["city"],
        status=FamilyStatus.PENDING,
        created_at=now,
    )
    db.add(family)
    db.flush()
    rank = _FIRST_NUMBER + family.key
    while db.exec(select(Family.id).where(Family.number == f"F-{rank}")).first() is not None:
        rank += 1
    family.number = f"F-{rank}"
    return family


def _people(db: Session, family: Family, account: Account, draft: dict[str, Any]) -> None:
    home = draft["home"]
    db.add(
        Guardian(
            family_id=family.key,
            account_id=account.key,
            first_name=account.first_name,
            last_name=account.last_name,
            role=home["role"],
            phone=home["phone"],
            email=account.email,
        )
    )
    if home["with_other"]:
        known = {name: home[f"other_{name}"] for name in ("first_name", "last_name", "role", "phone", "email")}
        db.add(Guardian(family_id=family.key, **known))
    for position, one in enumerate(draft["children"]):
        child = Child(**{**one, "birth_date": date.fromisoformat(one["birth_date"])})
        db.add(child)
        db.flush()
        db.add(FamilyChild(family_id=family.key, child_id=child.key, position=position))
    db.flush()


def _lines(draft: dict[str, Any], account: Account) -> list[list[str]]:
    """Ce que la démarche dira toujours, même si le dossier change ou disparaît."""
    home = draft["home"]
    adults = [f"{account.full_name}, {GuardianRole(home['role']).label.lower()}, {home['phone']}"]
    if home["with_other"]:
        told = (home["other_phone"], home["other_email"])
        name = f"{home['other_first_name']} {home['other_last_name']}"
        adults.append(", ".join((name, GuardianRole(home["other_role"]).label.lower(), *filter(None, told))))
    children = [
        f"{one['first_name']} {one['last_name']}, {wording.full_day(date.fromisoformat(one['birth_date']))}"
        for one in draft["children"]
    ]
    address = f"{home['address']}, {home['postcode']} {home['city']}"
    return [
        ["Adresse", address],
        *(["Responsable", adult] for adult in adults),
        *(["Enfant", child] for child in children),
    ]
