"""Relire une inscription : la comparer aux dossiers qui lui ressemblent, la rattacher, revenir en arrière."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.families import FamilyStatus
from portail.domain.merging import CAN_UNDO_FOR
from portail.domain.refusals import NotOpenError
from portail.domain.requests import RequestKind, RequestStatus, Step
from portail.models.accounts import Account
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.requests import Request
from portail.services import merging
from portail.services.merging import duplicates, side_by_side
from portail.services.requests import lifecycle, registration, shown
from portail.services.requests.desk import Decision
from portail.services.requests.lifecycle import Move
from portail.services.requests.opening import OPEN
from portail.views import wording
from portail.views.registration import Review


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
            candidates=side_by_side.candidates(db, family, duplicates.likely_duplicates(db, family.key))
            if family and status.is_open
            else [],
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
