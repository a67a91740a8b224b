"""Chaque minute : les places proposées sans réponse passent au suivant, les listes trop tardives se ferment."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.waitlist import WaitState
from portail.models.activities import Slot
from portail.models.bookings import WaitlistEntry
from portail.models.database import reading, transaction
from portail.services.bookings import seats
from portail.services.waitlist import desk
from portail.services.waitlist.promoting import close_late, expire_offer, promote


def tend(now: datetime) -> int:
    """Une transaction par séance : un arrêt au milieu ne défait rien. Rend le nombre de séances touchées."""
    expired, late, idle, miscounted = _due(now)
    for slot_id in miscounted:
        with transaction() as db:
            desk.hold(db, slot_id)
            seats.recount(db, [slot_id])
            promote(db, [slot_id], now)
    for slot_id in expired:
        with transaction() as db:
            desk.hold(db, slot_id)
            for entry in db.exec(_offers_over(now).where(WaitlistEntry.slot_id == slot_id)).all():
                expire_offer(db, entry, now)
    for slot_id in late:
        with transaction() as db:
            close_late(db, slot_id, now)
    for slot_id in idle:
        with transaction() as db:
            promote(db, [slot_id], now)
    return len({*expired, *late, *idle, *miscounted})


def _due(now: datetime) -> tuple[list[int], list[int], list[int], list[int]]:
    late = select(WaitlistEntry.slot_id).where(WaitlistEntry.state == WaitState.WAITING, col(WaitlistEntry.until) < now)
    idle = select(Slot.id).where(col(Slot.waiting) > 0, col(Slot.taken) < col(Slot.capacity), Slot.closed_why == "")
    closed = select(Slot.id).where(col(Slot.waiting) > 0, Slot.closed_why != "")
    with reading() as db:
        expired = {entry.slot_id for entry in db.exec(_offers_over(now))}
        return (
            sorted(expired),
            sorted({*db.exec(late.distinct()), *_keys(db, closed)}),
            sorted(_keys(db, idle)),
            sorted(_keys(db, _miscounted())),
        )


def _offers_over(now: datetime) -> Any:
    return select(WaitlistEntry).where(WaitlistEntry.state == WaitState.OFFERED, col(WaitlistEntry.offered_until) < now)


def _miscounted() -> Any:
    """Un enfant effacé emporte ses demandes ; la séance ne doit pas attendre un absent."""
    held = (
        select(func.count())
        .select_from(WaitlistEntry)
        .where(col(WaitlistEntry.slot_id) == col(Slot.id), WaitlistEntry.state == WaitState.WAITING)
        .correlate(Slot)
        .scalar_subquery()
    )
    return select(Slot.id).where(col(Slot.waiting) > 0, col(Slot.waiting) != held)


def _keys(db: Session, query: Any) -> set[int]:
    return {int(key) for key in db.exec(query)}
