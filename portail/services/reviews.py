"""Relire une inscription : la comparer aux dossiers qui lui ressemblent, la rattacher, revenir en arrière."""

from collections import defaultdict
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.duplicates import Household, Match, Person, face_to_face, match_people, match_phones, match_texts
from portail.domain.families import FamilyStatus
from portail.domain.merging import CAN_UNDO_FOR
from portail.domain.refusals import NotOpenError
from portail.domain.requests import RequestKind, RequestStatus, Step
from portail.models.accounts import Account
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.requests import Request
from portail.services import duplicates, merging
from portail.services.duplicates import Duplicate
from portail.services.person_keys import households
from portail.services.requests import lifecycle, registration, shown
from portail.services.requests.desk import Decision
from portail.services.requests.lifecycle import Move
from portail.services.requests.opening import OPEN
from portail.views import wording
from portail.views.registration import Candidate, Compared, Review

_CERTAIN, _STRONG = 90, 65


def show(*, actor: Actor, request_id: int, now: datetime) -> Review:
    check_audience(Audience.FILES, actor)
    with reading() as db:
        request = _registration(db, request_id)
        family = db.get(Family, request.family_id) if request.family_id else None
        author = db.get(Account, request.author_id) if request.author_id else None
        status = RequestStatus(request.status)
        merged = merging.latest_merge(db, request.content["merged_from"]) if "merged_from" in request.content else None
        undoable = merged is not None and now < merged.merged_at + CAN_UNDO_FOR
        return Review(
            ready=True,
            id=request.key,
            number=request.number,
            version=request.version,
            status_label=status.label,
            tone=status.tone,
            is_open=status.is_open,
            author=author.full_name if author else "compte supprimé",
            sent=wording.instant(request.created_at),
            family=family.name if family else "",
            family_number=family.number if family else "",
            family_id=family.key if family else 0,
            lines=registration.describe(db, request),
            candidates=_candidates(db, family) if family and status.is_open else [],
            steps=shown.history(db, request, shown.Reader(actor.account_id, staff=True)),
            merge_id=merged.key if merged and undoable else 0,
            undo_until=wording.instant(merged.merged_at + CAN_UNDO_FOR) if merged and undoable else "",
            next_id=_next(db, request),
        )


def attach(*, actor: Actor, made: Decision, family_id: int, now: datetime) -> None:
    """L'inscription est acceptée, et son dossier fusionné dans celui qui existait : les deux, ou rien."""
    check_audience(Audience.FILES, actor)
    with transaction() as db:
        request = lifecycle.hold(db, made.request_id)
        if request.kind != RequestKind.REGISTRATION or request.family_id is None:
            raise NotOpenError
        lifecycle.check_version(db, request, made.version)
        target = db.get(Family, family_id) if is_key(family_id) else None
        if target is None:
            raise NotOpenError
        text = f"Rattachée au dossier {target.name}, n° {target.number}."
        lifecycle.move(db, request, Move(actor.account_id, RequestStatus.ACCEPTED, Step.ACCEPTED, text), now)
        source_id = request.family_id
        db.get_one(Family, source_id).status = FamilyStatus.ACTIVE  # défaite, la fusion rend un dossier ouvert
        request.content = request.content | {"merged_from": source_id}
        db.flush()
        merging.merge(db, actor=actor, source_id=source_id, target_id=family_id, now=now)
        registration.tell_complete(db, request, target, now)


def _registration(db: Session, request_id: int) -> Request:
    request = db.get(Request, request_id) if is_key(request_id) else None
    if request is None or request.kind != RequestKind.REGISTRATION:
        raise NotOpenError
    return request


def _next(db: Session, request: Request) -> int:
    """La plus ancienne inscription qui attend encore, hormis celle-ci."""
    query = select(Request.id).where(
        Request.kind == RequestKind.REGISTRATION, col(Request.status).in_(OPEN), Request.id != request.key
    )
    return db.exec(query.order_by(col(Request.id))).first() or 0


def _candidates(db: Session, family: Family) -> list[Candidate]:
    found = duplicates.likely_duplicates(db, family.key)
    keys = [family.key, *(one.family_id for one in found)]
    families = {one.key: one for one in db.exec(select(Family).where(col(Family.id).in_(keys)))}
    people, numbers = households(db, keys), _numbers(db, keys)
    return [
        _candidate(one, families[one.family_id], _rows(family, families[one.family_id], people, numbers))
        for one in found
    ]


def _candidate(found: Duplicate, family: Family, rows: list[Compared]) -> Candidate:
    score = found.likeness.score
    strength, tone = ("Presque certain", "err") if score >= _CERTAIN else ("Possible", "")
    if _STRONG <= score < _CERTAIN:
        strength, tone = "Probable", "warn"
    return Candidate(family.key, family.name, family.number, score, strength, tone, list(found.likeness.reasons), rows)


def _rows(ours: Family, theirs: Family, people: dict[int, Household], numbers: dict[int, str]) -> list[Compared]:
    mine, yours = people[ours.key], people[theirs.key]
    rows = [_compared("Nom du dossier", ours.name, theirs.name, match_texts(ours.name, theirs.name))]
    addresses = (_address(ours), _address(theirs))
    rows.append(_compared("Adresse", *addresses, match_texts(*addresses)))
    for label, left, right in (
        ("Responsable", mine.adults, yours.adults),
        ("Enfant", mine.children, yours.children),
    ):
        rows += [
            _compared(label, _said(one), _said(other), match_people(one, other))
            for one, other in face_to_face(left, right)
        ]
    known = [frozenset(phone for adult in home.adults for phone in adult.phones) for home in (mine, yours)]
    written = (numbers[ours.key], numbers[theirs.key])
    rows.append(_compared("Téléphones", *written, match_phones(known[0], known[1])))
    return rows


def _compared(label: str, ours: str, theirs: str, match: Match) -> Compared:
    return Compared(label, ours, theirs, match, match.label)


def _address(family: Family) -> str:
    return " ".join(f"{family.address}, {family.postcode} {family.city}".split()).strip(", ")


def _said(person: Person | None) -> str:
    if person is None:
        return ""
    born = f", {wording.full_day(person.birth_date)}" if person.birth_date else ""
    return f"{person.first_name} {person.last_name}{born}"


def _numbers(db: Session, keys: list[int]) -> dict[int, str]:
    """Les téléphones de chaque foyer, tels qu'ils sont écrits."""
    found: dict[int, list[str]] = defaultdict(list)
    for adult in db.exec(select(Guardian).where(col(Guardian.family_id).in_(keys)).order_by(col(Guardian.id))):
        found[adult.family_id] += filter(None, (adult.phone, adult.home_phone, adult.work_phone, adult.other_phone))
    return {key: ", ".join(dict.fromkeys(found[key])) for key in keys}
