"""Ouvrir une démarche, et y écrire une ligne d'histoire."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.requests import AlreadySentError, RequestKind, RequestStatus, Step
from portail.models.requests import Request, RequestEvent
from portail.services import audit, numbering
from portail.services.attachments.attaching import Place, attach
from portail.services.files.stored_files import Received
from portail.views import wording

OPEN = tuple(status for status in RequestStatus if status.is_open)


@dataclass(frozen=True)
class Said:
    """Ce qu'une ligne d'histoire dit ; `internal` : entre agents."""

    text: str = ""
    internal: bool = False
    files: tuple[Received, ...] = ()


@dataclass(frozen=True)
class NewRequest:
    """Ce qui est demandé, par qui, pour quel foyer et quel enfant ; `said` : le motif et les pièces, s'il y en a."""

    kind: RequestKind
    actor: Actor
    family_id: int | None = None
    child_id: int | None = None
    content: dict[str, Any] = field(default_factory=dict)
    said: Said = field(default_factory=Said)


def open_request(db: Session, new: NewRequest, now: datetime) -> Request:
    """La même demande encore ouverte n'en fait pas deux : un double clic, deux onglets."""
    year = now.astimezone(wording.PARIS).year
    rank = numbering.next_number(db, f"request/{year}")  # tient la suite : les envois du même instant se suivent
    _check_not_sent_yet(db, new)
    request = Request(
        year=year,
        rank=rank,
        kind=new.kind,
        family_id=new.family_id,
        child_id=new.child_id,
        author_id=new.actor.account_id,
        content=new.content,
        created_at=now,
        updated_at=now,
    )
    db.add(request)
    db.flush()
    write(db, request, Step.SENT, now, actor_id=new.actor.account_id, said=new.said)
    audit.record(
        db, f"request.{new.kind}", at=now, actor_id=new.actor.account_id, subject_id=request.key, detail=request.number
    )
    return request


def _check_not_sent_yet(db: Session, new: NewRequest) -> None:
    query = select(Request).where(
        Request.kind == new.kind,
        Request.family_id == new.family_id,
        Request.child_id == new.child_id,
        Request.author_id == new.actor.account_id,
        col(Request.status).in_(OPEN),
    )
    for other in db.exec(query):
        if other.content == new.content:
            raise AlreadySentError(other.number)


def write(  # noqa: PLR0913 — une ligne d'histoire dit tout cela
    db: Session, request: Request, step: Step, now: datetime, *, actor_id: int | None, said: Said | None = None
) -> None:
    words = said or Said()
    event = RequestEvent(
        request_id=request.key, at=now, actor_id=actor_id, step=step, text=words.text, internal=words.internal
    )
    db.add(event)
    if words.files:
        db.flush()
        attach(db, Place(request_id=request.key, event_id=event.key), words.files, actor_id, now)
