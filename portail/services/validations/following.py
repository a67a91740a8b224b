"""La démarche d'une validation : ouverte avec elle, close quand plus rien n'y attend."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.bookings import BookingState
from portail.domain.requests import RequestKind, RequestStatus, Step
from portail.models.bookings import BookingBatch
from portail.models.requests import Request, RequestEvent
from portail.services.bookings.cancelling import Withdrawal, withdraw
from portail.services.requests import lifecycle
from portail.services.requests.lifecycle import Move
from portail.services.requests.opening import OPEN, NewRequest, open_request
from portail.services.validations import deciding, letters
from portail.services.validations.days import Day, of_batch, pending_of_batch
from portail.services.waitlist import promoting


def follow(db: Session, actor: Actor, batch: BookingBatch, now: datetime) -> None:
    """Après une validation de la famille : ce qu'elle soumet ouvre une démarche, ce qu'elle retire en ferme."""
    submitted = pending_of_batch(db, batch.key)
    settle_withdrawn(db, actor, batch.family_id, now)
    if not submitted:
        return
    children = {one.booking.child_id for one in submitted}
    child_id = children.pop() if len(children) == 1 else None
    open_request(db, NewRequest(RequestKind.BOOKING, actor, batch.family_id, child_id, {"batch": batch.key}), now)


def settle_withdrawn(db: Session, actor: Actor, family_id: int, now: datetime) -> None:
    """La famille a retiré elle-même tout ce qui attendait : sa démarche n'a plus d'objet."""
    query = select(Request).where(
        Request.kind == RequestKind.BOOKING, Request.family_id == family_id, col(Request.status).in_(OPEN)
    )
    for request in db.exec(query.order_by(col(Request.id)).with_for_update()).all():
        if not pending_of_batch(db, batch_of(request)):
            withdrawn = Move(actor.account_id, RequestStatus.WITHDRAWN, Step.WITHDRAWN, "Jours retirés au calendrier.")
            lifecycle.move(db, request, withdrawn, now)


def batch_of(request: Request) -> int:
    return int(request.content["batch"])


def describe(db: Session, request: Request) -> list[tuple[str, str, str]]:
    """Chaque jour demandé, et où il en est."""
    return [(one.activity, one.label, BookingState(one.booking.state).label) for one in of_batch(db, batch_of(request))]


def accept(db: Session, request: Request, actor: Actor, now: datetime) -> None:
    """La démarche entière : tout ce qui attend encore est accepté."""
    days = pending_of_batch(db, batch_of(request))
    deciding.accept(db, days, actor.account_id, now)
    letters.tell_accepted(db, request, days, now)


def close(db: Session, request: Request, said: str, now: datetime) -> None:
    """Refusée par un agent avec son motif, ou retirée par la famille : les places et l'argent sont rendus."""
    days, author = pending_of_batch(db, batch_of(request)), _last_hand(db, request)
    if said:
        deciding.refuse(db, days, said, author, now)
        letters.tell_refused(db, request, days, said, now)
        return
    _take_back(db, days, author, now)


def _take_back(db: Session, days: list[Day], author: int, now: datetime) -> None:
    withdraw(
        db,
        [one.booking for one in days],
        Withdrawal(BookingState.CANCELLED, "Demande de réservation retirée", "", author, now),
    )
    promoting.promote(db, [one.slot.key for one in days], now)


def _last_hand(db: Session, request: Request) -> int:
    """Qui vient de décider : la dernière ligne de l'histoire."""
    query = select(RequestEvent.actor_id).where(RequestEvent.request_id == request.key)
    return db.exec(query.order_by(col(RequestEvent.id).desc()).limit(1)).one() or 0
