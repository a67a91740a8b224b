"""Les réservations à valider, avec de quoi les nommer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.bookings import BookingState
from portail.models.activities import Activity, Offering, Slot
from portail.models.bookings import Booking, BookingChange
from portail.models.families import Child
from portail.views import wording


@dataclass(frozen=True)
class Day:
    booking: Booking
    slot: Slot
    activity: str
    part: str
    child: str

    @property
    def day(self) -> date:
        return self.slot.day

    @property
    def label(self) -> str:
        return f"{wording.full_day(self.day)} · {self.child} · {self.part}"


def of_batch(db: Session, batch_id: int) -> list[Day]:
    """Ce que cette validation a soumis, quel qu'en soit l'état aujourd'hui."""
    submitted = select(BookingChange.booking_id).where(
        BookingChange.batch_id == batch_id, BookingChange.after == BookingState.PENDING
    )
    return _days(db, _rows().where(col(Booking.id).in_(submitted)))


def pending_of_batch(db: Session, batch_id: int) -> list[Day]:
    return [one for one in of_batch(db, batch_id) if one.booking.state == BookingState.PENDING]


def numbered(db: Session, booking_ids: Collection[int]) -> list[Day]:
    """Ces réservations, tenues jusqu'à la fin de la transaction."""
    return _days(db, _rows().where(col(Booking.id).in_(booking_ids)).with_for_update(of=Booking))


def _rows() -> Any:
    return (
        select(Booking, Slot, Activity, Offering.name, Child.first_name)  # type: ignore[call-overload]
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Child, col(Child.id) == col(Booking.child_id))
        .order_by(col(Booking.id))
    )


def _days(db: Session, query: Any) -> list[Day]:
    fresh = db.exec(query.execution_options(populate_existing=True))
    found = [Day(booking, slot, activity.title, part, child) for booking, slot, activity, part, child in fresh]
    return sorted(found, key=lambda one: (one.day, one.child, one.booking.key))
