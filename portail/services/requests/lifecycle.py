"""Faire passer une démarche d'un état à l'autre : la tenir, comparer sa version, écrire, prévenir."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.refusals import NotOpenError
from portail.domain.requests import ChangedMeanwhileError, RequestStatus, Step, check_open, check_transition
from portail.models.accounts import Account
from portail.models.base import is_key
from portail.models.requests import Request, RequestEvent
from portail.services import audit
from portail.services.files.stored_files import Received
from portail.services.mails import outbox, readers
from portail.services.mails.letters import Message
from portail.services.requests.opening import Said, write
from portail.settings import current


@dataclass(frozen=True)
class Move:
    """Un geste : qui, vers quel état, et la ligne d'histoire qu'il laisse."""

    actor_id: int
    to: RequestStatus
    step: Step
    text: str = ""
    files: tuple[Received, ...] = ()


def hold(db: Session, request_id: int) -> Request:
    """La démarche, tenue jusqu'à la fin de la transaction."""
    query = select(Request).where(Request.id == request_id).with_for_update()
    request = db.exec(query).first() if is_key(request_id) else None
    if request is None:
        raise NotOpenError
    return request


def check_version(db: Session, request: Request, version: int) -> None:
    """Ce que l'agent a sous les yeux est-il encore vrai ?"""
    if request.version != version:
        raise ChangedMeanwhileError(_last_hand(db, request))


def _last_hand(db: Session, request: Request) -> str:
    query = (
        select(Account)
        .join(RequestEvent, col(RequestEvent.actor_id) == col(Account.id))
        .where(RequestEvent.request_id == request.key)
        .order_by(col(RequestEvent.id).desc())
    )
    account = db.exec(query.limit(1)).first()
    return account.full_name if account else ""


def move(db: Session, request: Request, wanted: Move, now: datetime) -> None:
    check_transition(RequestStatus(request.status), wanted.to)
    request.status, request.version, request.updated_at = wanted.to, request.version + 1, now
    if not wanted.to.is_open:
        request.decided_at = now
    write(db, request, wanted.step, now, actor_id=wanted.actor_id, said=Said(wanted.text, files=wanted.files))
    audit.record(
        db,
        f"request.{wanted.step}",
        at=now,
        actor_id=wanted.actor_id,
        subject_id=request.key,
        detail=request.number,
    )


def add(  # noqa: PLR0913 — une ligne d'histoire dit tout cela
    db: Session, request: Request, step: Step, now: datetime, *, actor_id: int, said: Said
) -> None:
    """Une ligne d'histoire qui ne change pas l'état ; l'ancienneté court toujours, un agent doit relire."""
    check_open(RequestStatus(request.status))
    request.version += 1
    write(db, request, step, now, actor_id=actor_id, said=said)


def tell(db: Session, request: Request, subject: str, paragraphs: tuple[str, ...], now: datetime) -> None:
    """Un courriel à qui l'a faite, s'il a encore un compte et s'il veut être prévenu."""
    for reader in readers.of_request(db, request):
        if reader.notify_requests:
            outbox.add(db, reader.email, about_request(request, reader, subject, paragraphs), now)


def about_request(request: Request, reader: Account, subject: str, paragraphs: tuple[str, ...]) -> Message:
    return Message(
        subject=f"{subject} (démarche n° {request.number})",
        paragraphs=(f"Bonjour {reader.first_name},", *paragraphs),
        action="Voir ma démarche",
        url=f"{current().site_url}/demarches/{request.key}",
    )
