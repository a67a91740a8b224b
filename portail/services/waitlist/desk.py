"""Une séance tenue jusqu'à la fin de la transaction : ses comptes, et ce que son activité a réglé."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlmodel import Session, col, select, update

from portail.domain.activities import WaitlistMode, WaitlistPriority
from portail.domain.refusals import NotOpenError
from portail.models.activities import Activity, Offering, Slot
from portail.models.base import is_key


@dataclass(frozen=True)
class Desk:
    """Les comptes sont ceux d'après le verrou : personne ne les change avant la fin."""

    slot_id: int
    activity_id: int
    day: date
    starts_at: time
    capacity: int
    taken: int
    waiting: int
    is_closed: bool
    mode: WaitlistMode
    priority: WaitlistPriority
    offer_hours: int
    activity: str
    part: str

    @property
    def has_free(self) -> bool:
        return self.taken < self.capacity


def hold(db: Session, slot_id: int) -> Desk:
    """Tient la ligne de la séance ; chacun passe à son tour."""
    held: Any = select(Slot.id).where(Slot.id == slot_id).with_for_update(key_share=True)
    if not is_key(slot_id) or db.exec(held).first() is None:
        raise NotOpenError
    return read(db, slot_id)


def read(db: Session, slot_id: int) -> Desk:
    query: Any = (
        select(  # type: ignore[call-overload]
            Slot.day, Slot.capacity, Slot.taken, Slot.waiting, Slot.closed_why, Activity, Offering
        )
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .where(Slot.id == slot_id)
    )
    day, capacity, taken, waiting, closed_why, activity, offering = db.exec(query).one()
    return Desk(
        slot_id=slot_id,
        activity_id=activity.key,
        day=day,
        starts_at=offering.starts_at,
        capacity=capacity,
        taken=taken,
        waiting=waiting,
        is_closed=bool(closed_why or activity.closed_at or offering.closed_at),
        mode=WaitlistMode(activity.waitlist_mode),
        priority=WaitlistPriority(activity.waitlist_priority),
        offer_hours=activity.offer_hours,
        activity=activity.title,
        part=offering.name,
    )


def count_waiting(db: Session, slot_id: int, change: int) -> None:
    db.exec(
        update(Slot)
        .where(col(Slot.id) == slot_id)
        .values(waiting=col(Slot.waiting) + change)
        .execution_options(synchronize_session=False)
    )


def awaited(db: Session, slot_ids: Iterable[int]) -> list[int]:
    """Parmi ces séances, celles que quelqu'un attend, dans l'ordre où elles se tiennent."""
    query = select(Slot.id).where(col(Slot.id).in_(set(slot_ids)), col(Slot.waiting) > 0).order_by(col(Slot.id))
    return [key for key in db.exec(query) if key is not None]
