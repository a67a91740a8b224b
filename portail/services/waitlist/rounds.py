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
from portail.services.waitlist.promoting import end_overdue, promote_now


def tend(now: datetime) -> int:
    """Une transaction par séance : un arrêt au milieu ne défait rien. Rend le nombre de séances touchées."""
    with reading() as db:
        overdue, idle, wrong = _overdue(db, now), _keys(db, _idle()), _keys(db, _miscounted())
    for slot_id in sorted(wrong):
        with transaction() as db:
            desk.hold(db, slot_id)
            seats.recount(db, [slot_id])
    for slot_id in sorted(overdue):
        with transaction() as db:
            end_overdue(db, slot_id, now)
    touched = overdue | idle | wrong
    promote_now(touched, now)
    return len(touched)


def _overdue(db: Session, now: datetime) -> set[int]:
    unanswered = (col(WaitlistEntry.state) == WaitState.OFFERED) & (col(WaitlistEntry.offered_until) < now)
    late = (col(WaitlistEntry.state) == WaitState.WAITING) & (col(WaitlistEntry.until) < now)
    closed = select(Slot.id).where(col(Slot.waiting) > 0, Slot.closed_why != "")
    return _keys(db, select(WaitlistEntry.slot_id).where(unanswered | late)) | _keys(db, closed)


def _idle() -> Any:
    """Quelqu'un attend alors qu'il reste une place : l'appel d'après la transaction n'a pas eu lieu."""
    return select(Slot.id).where(col(Slot.waiting) > 0, col(Slot.taken) < col(Slot.capacity), Slot.closed_why == "")


def _miscounted() -> Any:
    """Un enfant effacé emporte ses demandes ; la séance ne doit pas attendre un absent."""
    waiting = (
        select(func.count())
        .select_from(WaitlistEntry)
        .where(col(WaitlistEntry.slot_id) == col(Slot.id), WaitlistEntry.state == WaitState.WAITING)
        .correlate(Slot)
        .scalar_subquery()
    )
    return select(Slot.id).where(col(Slot.waiting) > 0, col(Slot.waiting) != waiting)


def _keys(db: Session, query: Any) -> set[int]:
    return {int(key) for key in db.exec(query)}
