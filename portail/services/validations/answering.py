"""La liste des agents : les réservations à valider, une réponse pour une ou pour plusieurs à la fois."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.bookings import BookingState
from portail.domain.money import euros
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.requests import RequestKind, RequestStatus, Step
from portail.domain.text import clean_text
from portail.models.activities import Activity, Offering, Slot
from portail.models.base import is_key
from portail.models.bookings import Booking
from portail.models.database import reading, transaction
from portail.models.families import Child, Family
from portail.models.requests import Request
from portail.services import audit
from portail.services.requests import lifecycle
from portail.services.requests.lifecycle import Move
from portail.services.requests.opening import OPEN, Said, write
from portail.services.validations import days, deciding, letters
from portail.services.validations.days import Day
from portail.services.validations.deciding import AlreadyAnsweredError
from portail.services.validations.following import batch_of
from portail.views import wording
from portail.views.requests import Choice
from portail.views.validations import PendingPage, PendingRow

MOST_SHOWN = 30  # ce qu'un formulaire peut cocher d'un coup
WHY_LIMIT = 300


@dataclass(frozen=True)
class Answer:
    """Ce qu'un agent répond à une ou plusieurs réservations."""

    booking_ids: frozenset[int]
    accepted: bool
    why: str = ""


def show(*, actor: Actor, activity_id: int = 0) -> PendingPage:
    """Le jour le plus proche d'abord ; zéro : toutes les activités."""
    check_audience(Audience.FILES, actor)
    waits = col(Booking.state) == BookingState.PENDING
    shown = [waits, Slot.activity_id == activity_id] if is_key(activity_id) else [waits]
    with reading() as db:
        total = db.exec(
            select(func.count()).select_from(Booking).join(Slot, col(Slot.id) == col(Booking.slot_id)).where(*shown)
        ).one()
        asked = _open_requests(db)
        rows = [_row(found, asked) for found in db.exec(_rows(shown))]
        names = db.exec(
            select(Activity)
            .where(col(Activity.id).in_(select(Slot.activity_id).join(Booking).where(waits)))
            .order_by(Activity.name)
        )
        choices = [Choice(str(one.key), one.title) for one in names]
    summary = wording.count(total, "réservation à valider", "réservations à valider")
    return PendingPage(True, rows, total, summary, choices, str(activity_id) if is_key(activity_id) else "")


def _rows(conditions: list[Any]) -> Any:
    return (
        select(Booking, Slot, Activity, Offering.name, Child.first_name, Family)  # type: ignore[call-overload]
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Child, col(Child.id) == col(Booking.child_id))
        .join(Family, col(Family.id) == col(Booking.family_id))
        .where(*conditions)
        .order_by(col(Slot.day), col(Booking.changed_at), col(Booking.id))
        .limit(MOST_SHOWN)
    )


def _open_requests(db: Session) -> dict[int, Request]:
    """La démarche ouverte de chaque validation."""
    query = select(Request).where(Request.kind == RequestKind.BOOKING, col(Request.status).in_(OPEN))
    return {batch_of(request): request for request in db.exec(query)}


def _row(found: tuple[Booking, Slot, Activity, str, str, Family], asked: dict[int, Request]) -> PendingRow:
    booking, slot, activity, part, child, family = found
    request = asked.get(booking.batch_id or 0)
    return PendingRow(
        id=booking.key,
        day=wording.full_day(slot.day),
        activity=activity.title,
        part=part,
        child=child,
        family=family.name,
        family_id=family.key,
        number=request.number if request else "",
        request_id=request.key if request else 0,
        asked=wording.instant(booking.changed_at),
        full=f"{wording.count(slot.taken, 'place prise', 'places prises')} sur {slot.capacity}",
        price=euros(booking.price_cents),
    )


def answer(*, actor: Actor, given: Answer, now: datetime) -> int:
    """Tout ce qui est coché, ou rien ; les démarches qui n'attendent plus rien se terminent d'elles-mêmes."""
    check_audience(Audience.FILES, actor)
    why = clean_text(given.why, label="Motif", limit=WHY_LIMIT)
    if not given.booking_ids:
        raise BadInputError("Cochez au moins une réservation.")
    if len(given.booking_ids) > MOST_SHOWN or not all(is_key(one) for one in given.booking_ids):
        raise NotOpenError
    if not given.accepted and not why:
        raise BadInputError("Indiquez le motif du refus : la famille le lira.")
    with transaction() as db:
        requests = _concerned(db, given.booking_ids)
        chosen = days.numbered(db, given.booking_ids)
        if len(chosen) != len(given.booking_ids) or any(one.booking.state != BookingState.PENDING for one in chosen):
            raise AlreadyAnsweredError
        batches = {one.booking.key: one.booking.batch_id for one in chosen}
        if given.accepted:
            deciding.accept(db, chosen, actor.account_id, now)
        else:
            deciding.refuse(db, chosen, why, actor.account_id, now)
        for request in requests:
            mine = [one for one in chosen if batches[one.booking.key] == batch_of(request)]
            _tell(db, request, mine, given, now)
            _settle(db, request, len(mine), Answered(actor, given.accepted, why, now))
    return len(chosen)


def _concerned(db: Session, booking_ids: frozenset[int]) -> list[Request]:
    """Les démarches de ces réservations, tenues avant elles : le même ordre que sur la page d'une démarche."""
    batches = set(db.exec(select(Booking.batch_id).where(col(Booking.id).in_(booking_ids))))
    found = sorted(request.key for batch, request in _open_requests(db).items() if batch in batches)
    return [lifecycle.hold(db, key) for key in found]


def _tell(db: Session, request: Request, mine: list[Day], given: Answer, now: datetime) -> None:
    if given.accepted:
        letters.tell_accepted(db, request, mine, now)
    else:
        letters.tell_refused(db, request, mine, given.why.strip(), now)


@dataclass(frozen=True)
class Answered:
    """La réponse qui vient d'être écrite, pour l'histoire des démarches."""

    actor: Actor
    accepted: bool
    why: str
    now: datetime


def _settle(db: Session, request: Request, count: int, answered: Answered) -> None:
    actor_id, now = answered.actor.account_id, answered.now
    applied = f"request.applied.{RequestKind.BOOKING}"
    audit.record(db, applied, at=now, actor_id=actor_id, subject_id=request.family_id)
    states = [one.booking.state for one in days.of_batch(db, batch_of(request))]
    if BookingState.PENDING in states:
        word = "accepté" if answered.accepted else "refusé"
        said = Said(wording.count(count, f"jour {word}", f"jours {word}s"), internal=True)
        write(db, request, Step.NOTE, now, actor_id=actor_id, said=said)
        request.version, request.updated_at = request.version + 1, now
        return
    is_kept = BookingState.BOOKED in states
    status, step = (RequestStatus.ACCEPTED, Step.ACCEPTED) if is_kept else (RequestStatus.REFUSED, Step.REFUSED)
    lifecycle.move(db, request, Move(actor_id, status, step, answered.why), now)
