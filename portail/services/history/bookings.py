"""Les réservations qui ont changé : une ligne par validation, par enfant, par activité et par sorte de changement."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, cast
from sqlmodel import col, func, select

from portail.domain.accounts import Actor
from portail.domain.bookings import BookingState
from portail.domain.dates import said_date
from portail.domain.history import HistoryKind
from portail.models.activities import Activity, Slot
from portail.models.bookings import Booking, BookingBatch, BookingChange
from portail.services.history.shape import Common
from portail.services.planning.entries import homes_of
from portail.views import wording

TONES = {
    BookingState.BOOKED: "ok",
    BookingState.PENDING: "warn",
    BookingState.REFUSED: "err",
}


def changes(actor: Actor) -> Any:
    """`what` : l'état d'arrivée ; `detail` : l'activité, le nombre, le premier et le dernier jour, le titre."""
    said = (
        cast(Activity.id, String),
        cast(func.count(), String),
        cast(func.min(Slot.day), String),
        cast(func.max(Slot.day), String),
        col(Activity.name),
        col(Activity.place),
    )
    detail: Any = said[0]
    for part in said[1:]:
        detail = detail + "|" + part
    common = Common(
        at=col(BookingBatch.at),
        child=Booking.child_id,
        by=BookingBatch.author_id,
        what=BookingChange.after,
        detail=detail,
        ref=func.min(BookingChange.id),
    )
    return (
        select(*common.of(HistoryKind.BOOKING))
        .select_from(BookingChange)
        .join(Booking, col(Booking.id) == col(BookingChange.booking_id))
        .join(BookingBatch, col(BookingBatch.id) == col(BookingChange.batch_id))
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .where(col(Booking.family_id).in_(homes_of(actor.account_id)))
        .group_by(
            col(BookingBatch.id),
            col(BookingBatch.at),
            col(BookingBatch.author_id),
            col(Booking.child_id),
            col(BookingChange.after),
            col(Activity.id),
            col(Activity.name),
            col(Activity.place),
        )
    )


@dataclass(frozen=True)
class Change:
    """Un changement relu, prêt à se dire."""

    activity_id: int
    count: int
    first: date
    last: date
    title: str

    @property
    def days(self) -> str:
        """« 4 séances, du 3 décembre au 18 décembre », « le 3 décembre »."""
        if self.first == self.last:
            when = f"le {said_date(self.first)}"
        else:
            when = f"du {said_date(self.first)} au {said_date(self.last)}"
        return when if self.count == 1 else f"{wording.count(self.count, 'séance', 'séances')}, {when}"


def read(detail: str) -> Change:
    key, count, first, last, name, place = detail.split("|", 5)
    title = f"{name} · {place}" if place else name
    return Change(int(key), int(count), date.fromisoformat(first), date.fromisoformat(last), title)
