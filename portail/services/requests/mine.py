"""« Mes démarches » : suivre, répondre, retirer. Tous les adultes d'un foyer suivent les siennes."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select

from portail.domain.accounts import Actor
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.requests import RequestKind, RequestStatus, Step
from portail.domain.text import clean_text
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.requests import Request
from portail.services.requests import lifecycle, shown
from portail.services.requests.kinds import HANDLING
from portail.services.requests.lifecycle import Move
from portail.views import wording
from portail.views.requests import RequestPage, RequestView

MOST_SHOWN = 100
ANSWER_LIMIT = 1_000


def show_list(*, actor: Actor, now: datetime) -> RequestPage:
    with reading() as db:
        query = shown.ROWS.where(_mine(actor)).order_by(col(Request.updated_at).desc()).limit(MOST_SHOWN)
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
    return select(func.count()).select_from(Request).where(_mine(actor), col(Request.status).in_(statuses))


def answer(*, actor: Actor, request_id: int, text: str, now: datetime) -> None:
    """La réponse à une question du service remet la démarche dans la file."""
    said = clean_text(text, label="Réponse", limit=ANSWER_LIMIT)
    if not said:
        raise BadInputError("Écrivez votre réponse.")
    with transaction() as db:
        _check_mine(db, actor, request_id)
        request = lifecycle.hold(db, request_id)
        if request.status != RequestStatus.ASKED:
            raise BadInputError("Le service n’attend pas de réponse de votre part.", "Votre texte n’a pas été envoyé.")
        back = RequestStatus.TAKEN if request.assignee_id else RequestStatus.SENT
        lifecycle.move(db, request, Move(actor.account_id, back, Step.ANSWERED, said), now)


def withdraw(*, actor: Actor, request_id: int, now: datetime) -> None:
    with transaction() as db:
        _check_mine(db, actor, request_id)
        request = lifecycle.hold(db, request_id)
        lifecycle.move(db, request, Move(actor.account_id, RequestStatus.WITHDRAWN, Step.WITHDRAWN), now)
        handling = HANDLING.get(RequestKind(request.kind))
        if handling and handling.close:
            handling.close(db, request, "", now)


def _mine(actor: Actor) -> Any:
    held = select(Guardian.family_id).where(Guardian.account_id == actor.account_id)
    return or_(col(Request.author_id) == actor.account_id, col(Request.family_id).in_(held))


def _check_mine(db: Session, actor: Actor, request_id: int) -> None:
    if (
        not is_key(request_id)
        or db.exec(select(Request.id).where(Request.id == request_id, _mine(actor))).first() is None
    ):
        raise NotOpenError
