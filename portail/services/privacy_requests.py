"""Les droits de chacun sur ses données : demander une rectification ou une suppression, puis l'appliquer."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.privacy import AlreadyAskedError, AlreadyErasedError, NothingToCorrectError
from portail.domain.requests import RequestKind, RequestStatus
from portail.domain.text import clean_text
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.families import Family, Guardian
from portail.models.requests import Request, RequestEvent
from portail.services import audit, erasure, outbox
from portail.services.letters import Message
from portail.settings import current
from portail.views import wording

LONGEST = 1_500
_OPEN = tuple(status for status in RequestStatus if status.is_open)
_TRIES = 5


def ask_correction(*, actor: Actor, text: str, now: datetime) -> str:
    """Rend le numéro de la demande."""
    wanted = clean_text(text, label="Ce qu’il faut corriger", limit=LONGEST)
    if not wanted:
        raise NothingToCorrectError
    return _ask(actor, RequestKind.CORRECTION, {"text": wanted}, now)


def ask_deletion(*, actor: Actor, text: str, now: datetime) -> str:
    """Le motif est libre : personne n'a à se justifier."""
    return _ask(actor, RequestKind.DELETION, {"text": clean_text(text, label="Votre message", limit=LONGEST)}, now)


def _ask(actor: Actor, kind: RequestKind, content: dict[str, Any], now: datetime) -> str:
    check_audience(Audience.PARENT, actor)
    with transaction() as db:
        db.exec(select(Account.id).where(Account.id == actor.account_id).with_for_update()).one()
        if (pending := waiting(db, actor).get(kind)) is not None:
            raise AlreadyAskedError(pending.number)
        request = _open_request(db, kind, actor, content, now)
        audit.record(db, f"request.{kind}", at=now, actor_id=actor.account_id, subject_id=request.key)
        return request.number


def _open_request(db: Session, kind: RequestKind, actor: Actor, content: dict[str, Any], now: datetime) -> Request:
    """Le numéro suivant de l'année ; deux demandes au même instant n'ont pas le même."""
    year = now.astimezone(wording.PARIS).year
    for left in reversed(range(_TRIES)):
        rank = (db.exec(select(func.max(Request.rank)).where(Request.year == year)).one() or 0) + 1
        request = Request(
            year=year, rank=rank, kind=kind, author_id=actor.account_id, content=content, created_at=now, updated_at=now
        )
        try:
            with db.begin_nested():
                db.add(request)
        except IntegrityError:
            if not left:
                raise
            continue
        db.add(RequestEvent(request_id=request.key, at=now, actor_id=actor.account_id, step=RequestStatus.SENT))
        return request
    raise RuntimeError("aucun numéro de démarche")


def waiting(db: Session, actor: Actor) -> dict[RequestKind, Request]:
    """Les demandes de cette personne qui attendent encore une décision, par sorte."""
    query = select(Request).where(
        Request.author_id == actor.account_id,
        col(Request.kind).in_((RequestKind.CORRECTION, RequestKind.DELETION)),
        col(Request.status).in_(_OPEN),
    )
    return {RequestKind(request.kind): request for request in db.exec(query)}


def describe_request(db: Session, request: Request) -> list[tuple[str, str, str]]:
    """Ce que l'agent lit avant de décider : quoi, avant, après."""
    text = str(request.content.get("text", ""))
    if request.kind == RequestKind.CORRECTION:
        return [("Ce qu’il faut corriger", "", text)]
    account = db.get(Account, request.author_id) if request.author_id else None
    lines = [("Compte", f"{account.full_name}, {account.email}" if account else "", "effacé et fermé")]
    if account is not None:
        alone = {family.key for family in erasure.held_alone(db, account.key)}
        for family in _held(db, account.key):
            after = "archivé, sans adresse" if family.key in alone else "gardé : d’autres responsables le tiennent"
            lines.append((f"Dossier {family.number}", f"{family.name}, tenu par cette personne", after))
        lines.append(("Coordonnées dans ces dossiers", "téléphones, e-mail, numéro CAF", "effacées"))
    return [*lines, ("Message", "", text)] if text else lines


def _held(db: Session, account_id: int) -> list[Family]:
    query = select(Family).join(Guardian, col(Guardian.family_id) == col(Family.id)).order_by(col(Family.id))
    return list(db.exec(query.where(Guardian.account_id == account_id)))


def apply_request(db: Session, request: Request, actor: Actor, now: datetime) -> None:
    """La suppression acceptée : le courriel de réponse d'abord, l'effacement ensuite, dans la même transaction."""
    check_audience(Audience.FILES, actor)
    account = db.get(Account, request.author_id) if request.author_id else None
    if account is None or account.closed_at is not None:
        raise AlreadyErasedError
    outbox.add(db, account.email, _erased(account, request), now)
    _withdraw_others(db, account.key, request.key, now)
    alone = erasure.held_alone(db, account.key)
    erasure.forget_contacts(db, account.key)
    erasure.archive(db, alone, now)
    erasure.erase_account(db, account, now)
    audit.record(db, "account.erased", at=now, actor_id=actor.account_id, subject_id=account.key, detail=request.number)


def _withdraw_others(db: Session, account_id: int, kept: int, now: datetime) -> None:
    """Ce que cette personne demandait encore n'a plus personne à qui répondre."""
    others = select(Request).where(
        Request.author_id == account_id, col(Request.status).in_(_OPEN), col(Request.id) != kept
    )
    for other in db.exec(others).all():
        other.status, other.decided_at, other.updated_at = RequestStatus.WITHDRAWN, now, now
        other.version += 1
        db.add(RequestEvent(request_id=other.key, at=now, step=RequestStatus.WITHDRAWN, text="Compte supprimé."))


def _erased(account: Account, request: Request) -> Message:
    return Message(
        subject="Vos données ont été supprimées",
        paragraphs=(
            f"Bonjour {account.first_name},",
            f"Votre demande {request.number} est acceptée : votre compte est fermé et vos coordonnées sont effacées.",
            "La page « Protection des données » dit ce que la loi nous fait garder, et jusqu’à quand.",
        ),
        action="Lire « Protection des données »",
        url=f"{current().site_url}/protection-des-donnees",
    )
