"""Des réservations écrites directement, avec leur place comptée."""

from typing import Any

from sqlmodel import select

from portail.domain.bookings import BookingState
from portail.models.activities import Slot
from portail.models.bookings import Booking
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


def state_of(booking: int) -> str:
    with reading() as db:
        return db.get_one(Booking, booking).state


def taken(slot: int) -> int:
    with reading() as db:
        return db.exec(select(Slot.taken).where(Slot.id == slot)).one()
