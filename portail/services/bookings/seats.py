"""Les places d'une séance : prises par une écriture conditionnelle, la base départage."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, func, select, update

from portail.domain.bookings import HOLDING
from portail.domain.waitlist import WaitState
from portail.models.activities import Slot
from portail.models.bookings import Booking, WaitlistEntry


def take(db: Session, slot_id: int, *, from_queue: bool = False) -> bool:
    """Une place, s'il en reste ; deux familles au même instant n'en prennent jamais plus qu'il n'y en a.

    Tant que quelqu'un attend, une place libre est pour la file : un nouveau venu ne passe pas devant.
    """
    is_free = (col(Slot.taken) < col(Slot.capacity), col(Slot.closed_why) == "")
    queue = () if from_queue else (col(Slot.waiting) == 0,)
    taken = db.exec(
        update(Slot)
        .where(col(Slot.id) == slot_id, *is_free, *queue)
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
    """Les comptes repris des lignes elles-mêmes, places proposées comprises : après une réunion, un effacement."""
    held = (
        select(func.count())
        .select_from(Booking)
        .where(col(Booking.slot_id) == col(Slot.id), col(Booking.state).in_(HOLDING))
        .scalar_subquery()
    )
    db.exec(
        update(Slot)
        .where(col(Slot.id).in_(list(slot_ids)))
        .values(taken=held + _queued(WaitState.OFFERED), waiting=_queued(WaitState.WAITING))
        .execution_options(synchronize_session=False)
    )


def _queued(state: WaitState) -> Any:
    """Combien sont dans cet état sur la liste d'attente de la séance."""
    return (
        select(func.count())
        .select_from(WaitlistEntry)
        .where(col(WaitlistEntry.slot_id) == col(Slot.id), col(WaitlistEntry.state) == state)
        .scalar_subquery()
    )
