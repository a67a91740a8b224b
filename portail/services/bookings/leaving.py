"""Un dossier qui se ferme : ses jours à venir sont annulés et rendus, ses places reviennent aux autres."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.bookings import BookingState
from portail.domain.dates import paris_day
from portail.domain.waitlist import ACTIVE
from portail.models.activities import Slot
from portail.models.bookings import Booking, WaitlistEntry
from portail.models.database import after_commit
from portail.services.bookings.cancelling import Withdrawal, withdraw
from portail.services.waitlist import queue
from portail.services.waitlist.promoting import promote_now

LABEL = "Dossier archivé"


def leave_all(db: Session, family_ids: Collection[int], *, author_id: int, now: datetime) -> None:
    """À appeler en fin de transaction ; ce qui a déjà eu lieu reste, pour la facture et pour la loi."""
    to_come = col(Slot.day) > paris_day(now)
    waits = (
        select(WaitlistEntry.slot_id, WaitlistEntry.child_id)
        .join(Slot, col(Slot.id) == col(WaitlistEntry.slot_id))
        .where(col(WaitlistEntry.family_id).in_(family_ids), col(WaitlistEntry.state).in_(ACTIVE))
        .order_by(col(WaitlistEntry.slot_id))
    )
    freed = {slot_id for slot_id, child_id in db.exec(waits).all() if queue.leave(db, slot_id, child_id)}
    booked = (
        select(Booking)
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .where(
            col(Booking.family_id).in_(family_ids),
            col(Booking.state).in_((BookingState.BOOKED, BookingState.PENDING)),
            to_come,
        )
        .order_by(col(Booking.id))
    )
    found = db.exec(booked).all()
    withdraw(db, found, Withdrawal(BookingState.CANCELLED, LABEL, LABEL, author_id, now))
    slots = sorted(freed | {one.slot_id for one in found})
    after_commit(db, lambda: promote_now(slots, now))
