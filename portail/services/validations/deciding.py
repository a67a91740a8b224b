"""Écrire une réponse : accepter garde la place, refuser la rend avec l'argent et appelle la file."""

from collections import defaultdict
from datetime import datetime

from sqlmodel import Session, col, update

from portail.domain.bookings import BookingState
from portail.domain.refusals import RefusalError
from portail.ids import new_token
from portail.models.bookings import Booking, BookingBatch, BookingChange
from portail.services.bookings.cancelling import Withdrawal, withdraw
from portail.services.validations.days import Day
from portail.services.waitlist import promoting


class AlreadyAnsweredError(RefusalError):
    """Un autre agent, ou la famille, est passé entre l'affichage et le geste."""

    def __init__(self) -> None:
        super().__init__(
            "L’une de ces réservations a déjà reçu une réponse, ou la famille l’a retirée : rien n’a été changé.",
            "Relisez la liste avant de décider.",
        )


def accept(db: Session, days: list[Day], author_id: int, now: datetime) -> None:
    by_family: dict[int, list[Booking]] = defaultdict(list)
    for one in days:
        by_family[one.booking.family_id].append(one.booking)
    for family_id, bookings in sorted(by_family.items()):
        batch = BookingBatch(
            token=new_token(), digest="", source="town", author_id=author_id, family_id=family_id, at=now
        )
        db.add(batch)
        db.flush()
        _book(db, bookings, now)
        before, after = BookingState.PENDING, BookingState.BOOKED
        db.add_all(
            BookingChange(batch_id=batch.key, booking_id=one.key, before=before, after=after) for one in bookings
        )


def _book(db: Session, bookings: list[Booking], now: datetime) -> None:
    """`batch_id` reste celui de la famille : c'est sa validation que l'on confirme."""
    booked = db.exec(
        update(Booking)
        .where(col(Booking.id).in_([one.key for one in bookings]), col(Booking.state) == BookingState.PENDING)
        .values(state=BookingState.BOOKED, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    if booked.rowcount != len(bookings):
        raise AlreadyAnsweredError


def refuse(db: Session, days: list[Day], why: str, author_id: int, now: datetime) -> None:
    withdraw(
        db,
        [one.booking for one in days],
        Withdrawal(BookingState.REFUSED, "Réservation non acceptée", why, author_id, now),
    )
    promoting.promote(db, [one.slot.key for one in days], now)
