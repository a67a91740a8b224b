"""Les séances d'une famille, lues pour elle seule : celles de l'autre foyer d'un enfant partagé n'y sont pas."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.bookings import BookingState
from portail.domain.planning import Mark, mark_of
from portail.domain.requests import RequestStatus
from portail.domain.waitlist import ACTIVE, WaitState
from portail.models.activities import Activity, Offering, Slot
from portail.models.bookings import Absence, Booking, WaitlistEntry
from portail.models.families import Child, Family, Guardian
from portail.models.requests import Request
from portail.services import access

SHOWN = (
    BookingState.BOOKED,
    BookingState.PENDING,
    BookingState.PRESENT,
    BookingState.ABSENT,
    BookingState.EXCUSED,
)
_OPEN = frozenset(status for status in RequestStatus if status.is_open)


@dataclass(frozen=True)
class Wanted:
    """Les jours, l'enfant (zéro : tous) et les états voulus."""

    first: date
    last: date
    child_id: int = 0
    states: Collection[BookingState] = SHOWN


@dataclass(frozen=True)
class Booked:
    booking: Booking
    slot: Slot
    offering: Offering
    activity: Activity
    child: Child
    absence: str | None  # où en est la démarche de l'absence déclarée

    @property
    def mark(self) -> Mark:
        is_declared = self.absence in _OPEN
        return mark_of(BookingState(self.booking.state), is_closed=bool(self.slot.closed_why), is_declared=is_declared)


@dataclass(frozen=True)
class Awaited:
    entry: WaitlistEntry
    slot: Slot
    offering: Offering
    activity: Activity
    child: Child

    @property
    def mark(self) -> Mark:
        return Mark.OFFERED if self.entry.state == WaitState.OFFERED else Mark.WAITING


def homes_of(account_id: int) -> Any:
    """Les foyers ouverts de ce compte : une question à glisser dans une autre."""
    return (
        select(Guardian.family_id)
        .join(Family, col(Family.id) == col(Guardian.family_id))
        .where(Guardian.account_id == account_id, col(Family.status).in_(access.OPEN))
    )


def bookings(db: Session, account_id: int, wanted: Wanted) -> list[Booked]:
    query: Any = (
        select(Booking, Slot, Offering, Activity, Child, Request.status)  # type: ignore[call-overload]
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .join(Child, col(Child.id) == col(Booking.child_id))
        .join(Absence, col(Absence.booking_id) == col(Booking.id), isouter=True)
        .join(Request, col(Request.id) == col(Absence.request_id), isouter=True)
        .where(
            col(Booking.family_id).in_(homes_of(account_id)),
            col(Booking.state).in_(wanted.states),
            *_about(Booking, wanted),
        )
        .order_by(col(Slot.day), col(Offering.starts_at), col(Child.birth_date), col(Booking.id))
    )
    return [Booked(*row) for row in db.exec(query)]


def waits(db: Session, account_id: int, wanted: Wanted) -> list[Awaited]:
    query: Any = (
        select(WaitlistEntry, Slot, Offering, Activity, Child)  # type: ignore[call-overload]
        .join(Slot, col(Slot.id) == col(WaitlistEntry.slot_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .join(Child, col(Child.id) == col(WaitlistEntry.child_id))
        .where(
            col(WaitlistEntry.family_id).in_(homes_of(account_id)),
            col(WaitlistEntry.state).in_(ACTIVE),
            *_about(WaitlistEntry, wanted),
        )
    )
    return [Awaited(*row) for row in db.exec(query)]


def _about(table: type[Booking] | type[WaitlistEntry], wanted: Wanted) -> list[Any]:
    days = [col(Slot.day) >= wanted.first, col(Slot.day) <= wanted.last]
    return [*days, col(table.child_id) == wanted.child_id] if wanted.child_id else days
