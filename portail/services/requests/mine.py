"""« Mes démarches » : suivre, répondre, retirer les siennes, et celles des foyers que l'on peut modifier."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, func, or_, select

from portail.domain.accounts import Actor
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.requests import AlreadyTakenError, RequestKind, RequestStatus, Step, can_take_back
from portail.domain.text import clean_text
from portail.domain.uploads import NoFileError, Upload
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.files import Attachment
from portail.models.requests import Request, RequestEvent
from portail.services.attachments.attaching import detach, is_sent_again
from portail.services.files import stored_files
from portail.services.files.stored_files import Received
from portail.services.requests import lifecycle, shown
from portail.services.requests.kinds import HANDLING
from portail.services.requests.lifecycle import Move
from portail.services.requests.opening import Said
from portail.views import wording
from portail.views.requests import RequestPage, RequestView

MOST_SHOWN = 100
ANSWER_LIMIT = 1_000


def show_list(*, actor: Actor, now: datetime) -> RequestPage:
    with reading() as db:
        query = shown.ROWS.where(belongs_to(actor)).order_by(col(Request.updated_at).desc()).limit(MOST_SHOWN)
        rows = [shown.row(found, now) for found in db.exec(query)]
    return RequestPage(
        ready=True, rows=rows, total=len(rows), summary=wording.count(len(rows), "démarche", "démarches")
    )


def show_one(*, actor: Actor, request_id: int) -> RequestView:
    with reading() as db:
        _check_mine(db, actor, request_id)
        return shown.whole(db, request_id, shown.Reader(actor.account_id))


def count(actor: Actor, *statuses: RequestStatus) -> Any:
    """Compter les miennes dans ces états."""
    return select(func.count()).select_from(Request).where(belongs_to(actor), col(Request.status).in_(statuses))


def check_may_send(actor: Actor, request_id: int) -> None:
    """Avant de lire un seul octet de ce qui est envoyé."""
    with reading() as db:
        _check_mine(db, actor, request_id)


def answer(*, actor: Actor, request_id: int, text: str, now: datetime, files: Sequence[Upload] = ()) -> None:
    """La réponse à une question remet la démarche dans la file ; sans question, des pièces s'y ajoutent."""
    said = clean_text(text, label="Réponse", limit=ANSWER_LIMIT)
    check_may_send(actor, request_id)
    with stored_files.received(files, now) as kept, transaction() as db:
        _check_mine(db, actor, request_id)
        request = lifecycle.hold(db, request_id)
        if is_sent_again(db, request.key, actor.account_id, said, kept):
            stored_files.release(kept)
            return
        if request.status == RequestStatus.ASKED:
            if not said and not kept:
                raise BadInputError("Écrivez votre réponse.")
            back = RequestStatus.TAKEN if request.assignee_id else RequestStatus.SENT
            lifecycle.move(db, request, Move(actor.account_id, back, Step.ANSWERED, said, kept), now)
        else:
            _check_files(said, kept)
            lifecycle.add(db, request, Step.ADDED, now, actor_id=actor.account_id, said=Said(said, files=kept))


def _check_files(said: str, kept: Sequence[Received]) -> None:
    if not kept and said:
        raise BadInputError("Le service n’attend pas de réponse de votre part.", "Votre texte n’a pas été envoyé.")
    if not kept:
        raise NoFileError


def take_back(*, actor: Actor, attachment_id: int, now: datetime) -> None:
    """Retirer une pièce que l'on a soi-même envoyée, avant qu'un agent s'en saisisse."""
    with transaction() as db:
        query = select(Attachment).where(Attachment.id == attachment_id, Attachment.owner_id == actor.account_id)
        attachment = db.exec(query).first() if is_key(attachment_id) else None
        if attachment is None or attachment.request_id is None:
            raise NotOpenError
        _check_mine(db, actor, attachment.request_id)
        request = lifecycle.hold(db, attachment.request_id)
        steps = db.exec(select(RequestEvent.step).where(RequestEvent.request_id == request.key)).all()
        if not can_take_back(RequestStatus(request.status), steps):
            raise AlreadyTakenError
        lifecycle.add(db, request, Step.REMOVED, now, actor_id=actor.account_id, said=Said(attachment.name))
        detach(db, attachment)


def withdraw(*, actor: Actor, request_id: int, now: datetime) -> None:
    with transaction() as db:
        _check_mine(db, actor, request_id)
        request = lifecycle.hold(db, request_id)
        lifecycle.move(db, request, Move(actor.account_id, RequestStatus.WITHDRAWN, Step.WITHDRAWN), now)
        handling = HANDLING.get(RequestKind(request.kind))
        if handling and handling.close:
            handling.close(db, request, "", now)


def belongs_to(actor: Actor) -> Any:
    """Les miennes, et celles des foyers que je tiens ; un quotient ne se montre qu'à qui voit l'argent du foyer."""
    held = select(Guardian.family_id).where(Guardian.account_id == actor.account_id, col(Guardian.can_edit))
    seen = held.where(col(Guardian.can_see_money))
    shown = or_(Request.kind != RequestKind.QUOTIENT, col(Request.family_id).in_(seen))
    return or_(col(Request.author_id) == actor.account_id, and_(col(Request.family_id).in_(held), shown))


def _check_mine(db: Session, actor: Actor, request_id: int) -> None:
    if (
        not is_key(request_id)
        or db.exec(select(Request.id).where(Request.id == request_id, belongs_to(actor))).first() is None
    ):
        raise NotOpenError
