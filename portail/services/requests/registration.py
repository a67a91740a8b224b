"""L'inscription d'une famille dans la file : la dire, l'accepter, la refuser."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.families import FamilyStatus
from portail.domain.refusals import RefusalError
from portail.domain.requests import RequestKind
from portail.models.accounts import Account
from portail.models.families import Family
from portail.models.requests import Request
from portail.services.mails import outbox
from portail.services.registration import letters
from portail.services.requests.opening import OPEN
from portail.views.requests import ChangeLine


def describe(db: Session, request: Request) -> list[ChangeLine]:  # noqa: ARG001
    """Ce que le parent a saisi, tel qu'il l'a envoyé."""
    return [ChangeLine(label, "", text) for label, text in request.content.get("lines", [])]


def accept(db: Session, request: Request, actor: Actor, now: datetime) -> None:  # noqa: ARG001
    """Le dossier s'ouvre pour de bon, et un dernier courriel le dit."""
    family = _family(db, request)
    if family is None or not family.is_open:
        raise RefusalError("Le dossier de cette inscription est fermé : elle ne peut pas être validée.", "Refusez-la.")
    family.status = FamilyStatus.ACTIVE
    tell_complete(db, request, family, now)


def close(db: Session, request: Request, reason: str, now: datetime) -> None:
    """Refusée par un agent ou retirée par le parent : le dossier à valider est rangé, s'il n'attend rien d'autre."""
    family = _family(db, request)
    if family is not None and family.status == FamilyStatus.PENDING and not _awaited_otherwise(db, request):
        family.status = FamilyStatus.ARCHIVED
    author = _author(db, request)
    if author is not None and reason:
        outbox.add(db, author.email, letters.refused(author, reason), now)


def _family(db: Session, request: Request) -> Family | None:
    return db.get(Family, request.family_id, with_for_update=True) if request.family_id else None


def _awaited_otherwise(db: Session, request: Request) -> bool:
    """Deux inscriptions réunies en un dossier : en refuser une ne ferme pas l'autre."""
    query = select(Request.id).where(
        Request.family_id == request.family_id,
        Request.kind == RequestKind.REGISTRATION,
        Request.id != request.id,
        col(Request.status).in_(OPEN),
    )
    return db.exec(query).first() is not None


def tell_complete(db: Session, request: Request, family: Family, now: datetime) -> None:
    author = _author(db, request)
    if author is not None:
        outbox.add(db, author.email, letters.complete(author, family), now)


def _author(db: Session, request: Request) -> Account | None:
    return db.get(Account, request.author_id) if request.author_id else None
