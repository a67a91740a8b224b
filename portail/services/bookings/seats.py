"""Les places d'une séance : prises par une écriture conditionnelle, la base départage."""

from collections.abc import Iterable

from sqlmodel import Session, col, func, select, update

from portail.domain.bookings import HOLDING
from portail.models.activities import Slot
from portail.models.bookings import Booking


def take(db: Session, slot_id: int) -> bool:
    """Une place, s'il en reste ; deux familles au même instant n'en prennent jamais plus qu'il n'y en a."""
    taken = db.exec(
        update(Slot)
        .where(col(Slot.id) == slot_id, col(Slot.taken) < col(Slot.capacity), col(Slot.closed_why) == "")
        .values(taken=col(Slot.taken) + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount == 1)


def release(db: Session, slot_id: int) -> None:
    db.exec(
        update(Slot)
        .where(col(Slot.id) == slot_id)
        .values(taken=col(Slot.taken) - 1)
        .execution_options(synchronize_session=False)
    )


def recount(db: Session, slot_ids: Iterable[int]) -> None:
    """Le compte repris des réservations elles-mêmes : après la réunion de deux fiches d'un même enfant."""
    held = (
        select(func.count())
        .select_from(Booking)
        .where(col(Booking.slot_id) == col(Slot.id), col(Booking.state).in_(HOLDING))
        .scalar_subquery()
    )
    db.exec(
        update(Slot)
        .where(col(Slot.id).in_(list(slot_ids)))
        .values(taken=held)
        .execution_options(synchronize_session=False)
    )
