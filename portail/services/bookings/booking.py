"""Réserver une place déjà tenue, pour un enfant et son foyer."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from portail.domain.bookings import BookingState
from portail.models.bookings import Booking


@dataclass(frozen=True)
class Placing:
    """Ce qui est réservé, pour quel foyer, à la demande de qui."""

    slot_id: int
    child_id: int
    family_id: int
    author_id: int | None = None


def place(db: Session, wanted: Placing, now: datetime) -> Booking:
    query = select(Booking).where(Booking.slot_id == wanted.slot_id, Booking.child_id == wanted.child_id)
    booking = db.exec(query).first() or Booking(
        slot_id=wanted.slot_id, child_id=wanted.child_id, family_id=wanted.family_id, state="", changed_at=now
    )
    booking.family_id, booking.state, booking.changed_at = wanted.family_id, BookingState.BOOKED, now
    db.add(booking)
    db.flush()
    return booking
