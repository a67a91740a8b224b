"""Les exceptions par date : d'autres places, une séance fermée avec sa raison, une séance rouverte."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.activity_settings import (
    CAPACITIES,
    REASON_LIMIT,
    BookedAboveError,
    DaySpan,
    read_span,
    whole,
)
from portail.domain.bookings import BookingState
from portail.domain.forms import Reader
from portail.domain.refusals import RefusalError
from portail.models.activities import Activity, Slot
from portail.models.bookings import Booking
from portail.models.database import transaction
from portail.models.families import Child
from portail.services import audit
from portail.services.activities import editing, letters, slots
from portail.services.bookings import cancelling
from portail.services.bookings.cancelling import Withdrawal
from portail.services.bookings.writing import ChangedMeanwhileError
from portail.services.waitlist.promoting import promote_now
from portail.views import wording


def set_capacity(*, actor: Actor, activity_id: int, form: dict[str, Any], now: datetime) -> int:
    """D'autres places pour ces jours ; jamais moins que ce qui est réservé. Rend combien de séances changent."""
    check_audience(Audience.TOWN, actor)
    reader = Reader(form)
    span = _span(reader, form, now)
    capacity = whole(reader, "capacity", "Nombre de places", CAPACITIES)
    reader.check()
    with transaction() as db:
        activity = editing.held(db, actor, activity_id)
        keys = _aimed(db, activity, span)
        changed = db.exec(
            update(Slot)
            .where(col(Slot.id).in_(keys), col(Slot.taken) <= capacity)
            .values(capacity=capacity)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != len(keys):
            raise _above(db, keys, capacity)
        _record(db, actor, activity, ("activity.capacity_set", span, f"{capacity} places"), now)
    promote_now(keys, now)
    return len(keys)


def close(*, actor: Actor, activity_id: int, form: dict[str, Any], now: datetime) -> int:
    """La raison se lit sur le jour. Ce qui est réservé ne se ferme pas, à moins de choisir de l'annuler."""
    check_audience(Audience.TOWN, actor)
    reader = Reader(form)
    span = _span(reader, form, now)
    why = reader.line("why", "Raison", limit=REASON_LIMIT, missing="Indiquez la raison : les familles la liront.")
    reader.check()
    with transaction() as db:
        activity = editing.held(db, actor, activity_id)
        cancels = reader.flag("cancel_bookings")
        keys = _aimed(db, activity, span, lock=not cancels)  # qui annule tient les séances en dernier
        if cancels:
            _cancel(db, actor, activity, (keys, why), now)
        slots.close(db, keys, why)
        _record(db, actor, activity, ("activity.slots_closed", span, why), now)
    promote_now(keys, now)  # une file sans séance se clôt, et ceux qui attendaient l'apprennent
    return len(keys)


def _cancel(db: Session, actor: Actor, activity: Activity, closing: tuple[list[int], str], now: datetime) -> None:
    """Les réservations de ces séances, annulées et remboursées d'un coup ; chaque famille l'apprend."""
    keys, why = closing
    query = (
        select(Booking, Slot, Child)
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Child, col(Child.id) == col(Booking.child_id))
        .where(col(Booking.slot_id).in_(keys), col(Booking.state).in_((BookingState.BOOKED, BookingState.PENDING)))
        .order_by(col(Slot.day), col(Booking.id))
    )
    lost = list(db.exec(query))
    bookings = [booking for booking, _, _ in lost]
    label = f"{activity.title} : annulé par la mairie"
    try:
        cancelling.withdraw(db, bookings, Withdrawal(BookingState.CANCELLED, label, why, actor.account_id, now))
    except ChangedMeanwhileError:
        raise slots.JustMovedError from None
    letters.tell_cancelled(db, activity, lost, why, now)


def reopen(*, actor: Actor, activity_id: int, form: dict[str, Any], now: datetime) -> int:
    check_audience(Audience.TOWN, actor)
    reader = Reader(form)
    span = _span(reader, form, now)
    reader.check()
    with transaction() as db:
        activity = editing.held(db, actor, activity_id)
        keys = _aimed(db, activity, span)
        slots.reopen(db, keys)
        _record(db, actor, activity, ("activity.slots_reopened", span, ""), now)
        return len(keys)


def _span(reader: Reader, form: dict[str, Any], now: datetime) -> DaySpan:
    return read_span(reader, form, now.astimezone(wording.PARIS).date())


def _aimed(db: Session, activity: Activity, span: DaySpan, *, lock: bool = True) -> list[int]:
    """Les séances ouvertes de ces jours ; aucune, c'est sans doute une faute de frappe."""
    query = select(Slot).where(Slot.activity_id == activity.key, Slot.day >= span.first, Slot.day <= span.last)
    if span.offering_id:
        query = query.where(Slot.offering_id == span.offering_id)
    query = query.order_by(col(Slot.id))
    held = query.with_for_update() if lock else query  # tenues, le compte annoncé dans un refus reste exact
    keys = [slot.key for slot in db.exec(held) if span.has(slot.day)]
    if not keys:
        raise RefusalError("Aucune séance ouverte ces jours-là.", "Vérifiez les dates, ou ouvrez d’abord les séances.")
    return keys


def _above(db: Session, keys: list[int], capacity: int) -> BookedAboveError:
    query = select(Slot).where(col(Slot.id).in_(keys), Slot.taken > capacity)
    over = list(
        db.exec(query.order_by(col(Slot.taken).desc(), col(Slot.day)).execution_options(populate_existing=True))
    )
    return BookedAboveError(capacity, over[0].taken, over[0].day, len(over) - 1)


def _record(db: Session, actor: Actor, activity: Activity, what: tuple[str, DaySpan, str], now: datetime) -> None:
    action, span, said = what
    days = f"le {span.first:%d/%m/%Y}"
    if span.last != span.first:
        days = f"du {span.first:%d/%m/%Y} au {span.last:%d/%m/%Y}"
    detail = ", ".join(part for part in (activity.title, days, said) if part)
    audit.record(db, action, at=now, actor_id=actor.account_id, subject_id=activity.key, detail=detail)
