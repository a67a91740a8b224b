"""Des réservations écrites directement, avec leur place comptée."""

from typing import Any

from sqlmodel import select

from portail.domain.bookings import BookingState
from portail.models.activities import Slot
from portail.models.bookings import Booking, BookingBatch, BookingChange
from portail.models.database import reading, transaction
from portail.services.bookings import seats
from tests.conftest import NOW


def book(slot: int, child: int, family: int, state: BookingState = BookingState.BOOKED, **options: Any) -> int:
    """`meal_cents`, `is_paid`… : les autres colonnes."""
    with transaction() as db:
        names = {"slot_id": slot, "child_id": child, "family_id": family, "state": state}
        booking = Booking(**names, **({"changed_at": NOW} | options))
        db.add(booking)
        db.flush()
        seats.recount(db, [slot])
        return booking.key


def change(booking: int, family: int, after: BookingState = BookingState.BOOKED) -> None:
    """L'histoire d'une réservation : une validation, un changement."""
    with transaction() as db:
        batch = BookingBatch(token=f"{booking}-{after}", digest="", source="calendar", family_id=family, at=NOW)
        db.add(batch)
        db.flush()
        db.add(BookingChange(batch_id=batch.key, booking_id=booking, after=after))


def state_of(booking: int) -> str:
    with reading() as db:
        return db.get_one(Booking, booking).state


def taken(slot: int) -> int:
    with reading() as db:
        return db.exec(select(Slot.taken).where(Slot.id == slot)).one()
