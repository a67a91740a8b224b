"""Répondre à une absence : excusée, elle est rendue ou n'est pas facturée ; les jours de carence restent dus."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from portail.domain.absences import DECLARABLE, Day, NoLongerBookedError, due_days
from portail.domain.accounts import Actor
from portail.domain.bookings import HOLDING, BookingState
from portail.domain.dates import said_day, said_list
from portail.domain.money import euros
from portail.models.activities import Slot
from portail.models.bookings import Absence, Booking
from portail.models.families import Child
from portail.models.requests import Request
from portail.services.absences.days import BookedDay, booked_days
from portail.services.bookings.cancelling import Withdrawal, withdraw
from portail.services.bookings.writing import ChangedMeanwhileError
from portail.services.requests import lifecycle
from portail.views import wording
from portail.views.requests import ChangeLine

_DECLARED = frozenset(DECLARABLE)
_AWAY = frozenset({BookingState.ABSENT, BookingState.EXCUSED})
LABEL = "Absence acceptée"


def describe(db: Session, request: Request) -> list[ChangeLine]:
    """Chaque jour, et ce qu'il devient ou deviendra ; le motif est la première ligne de l'histoire."""
    days = _days(db, request)
    due = _due(db, request, days)
    return [ChangeLine(wording.full_day(one.slot.day), one.what, _fate(one, one.booking.key in due)) for one in days]


def _fate(one: BookedDay, is_due: bool) -> str:
    state = BookingState(one.booking.state)
    if state not in _DECLARED and state is not BookingState.EXCUSED:
        return state.label
    if is_due:
        return "Reste dû : jour de carence"
    return "Remboursé si l’absence est acceptée" if one.booking.is_paid else "Non facturé si l’absence est acceptée"


def accept(db: Session, request: Request, actor: Actor, now: datetime) -> None:
    """Dans la transaction de l'acceptation : l'état, l'argent, le courriel ; tout, ou rien."""
    days = [one for one in _days(db, request) if BookingState(one.booking.state) in _DECLARED]
    if not days:
        raise NoLongerBookedError
    due = _due(db, request, days)
    excused = [one for one in days if one.booking.key not in due]
    kept = [one for one in days if one.booking.key in due]
    _tell(db, request, excused, kept, now)
    late = [one.booking for one in kept if one.booking.state != BookingState.ABSENT]
    held = Withdrawal(BookingState.ABSENT, LABEL, "Jour de carence", actor.account_id, now, is_refunded=False)
    given_back = Withdrawal(BookingState.EXCUSED, LABEL, LABEL, actor.account_id, now)
    try:
        withdraw(db, late, held)
        withdraw(db, [one.booking for one in excused], given_back)
    except ChangedMeanwhileError:
        raise NoLongerBookedError from None


def close(db: Session, request: Request, reason: str, now: datetime) -> None:
    """Refusée : le jour reste dû et ne se déclare plus. Retirée par la famille : il peut se déclarer de nouveau."""
    if not reason:
        db.exec(delete(Absence).where(col(Absence.request_id) == request.key))
        return
    lifecycle.tell(
        db,
        request,
        f"L’absence {wording.of(_name(db, request))} n’est pas acceptée",
        ("Les jours déclarés restent dus.", f"Motif : {reason}"),
        now,
    )


def _tell(db: Session, request: Request, excused: list[BookedDay], kept: list[BookedDay], now: datetime) -> None:
    cents = sum(one.booking.price_cents for one in excused if one.booking.is_paid)
    paragraphs = []
    if excused:
        paragraphs.append(f"Ces jours ne vous sont pas comptés : {_said(excused)}.")
    if cents:
        paragraphs.append(f"{euros(cents)} reviennent sur votre porte-monnaie.")
    if kept:
        paragraphs.append(f"Le règlement prévoit des jours de carence : {_said(kept)} restent dus.")
    lifecycle.tell(db, request, f"L’absence {wording.of(_name(db, request))} est acceptée", tuple(paragraphs), now)


def _said(days: Iterable[BookedDay]) -> str:
    return said_list([f"{said_day(one.slot.day)} ({one.what})" for one in days])


def _name(db: Session, request: Request) -> str:
    child = db.get(Child, request.child_id) if request.child_id else None
    return child.first_name if child else "votre enfant"


def _days(db: Session, request: Request) -> list[BookedDay]:
    return booked_days(db, Absence.request_id == request.key)


def _due(db: Session, request: Request, days: list[BookedDay]) -> set[int]:
    """Les réservations qui restent dues, activité par activité."""
    found: set[int] = set()
    for activity_id in {one.activity.key for one in days if one.carence}:
        mine = [one for one in days if one.activity.key == activity_id]
        carence = max(one.carence for one in mine)
        due = due_days(_history(db, request, activity_id, mine), carence, {one.slot.day for one in mine})
        found |= {one.booking.key for one in mine if one.slot.day in due}
    return found


def _history(db: Session, request: Request, activity_id: int, mine: list[BookedDay]) -> list[Day]:
    """Les jours réservés de l'enfant dans cette activité ; une absence déclarée compte comme une absence."""
    query: Any = (
        select(Slot.day, Booking.state, Absence.id)  # type: ignore[call-overload]
        .join(Booking, col(Booking.slot_id) == col(Slot.id))
        .join(Absence, col(Absence.booking_id) == col(Booking.id), isouter=True)
        .where(
            Slot.activity_id == activity_id,
            Booking.child_id == request.child_id,
            Booking.family_id == request.family_id,
            col(Booking.state).in_(HOLDING),
            col(Slot.day) <= max(one.slot.day for one in mine),
        )
    )
    away: dict[Any, bool] = {}
    for day, state, absence in db.exec(query):
        away[day] = away.get(day, True) and (BookingState(state) in _AWAY or absence is not None)
    return [Day(day, is_absent) for day, is_absent in away.items()]
