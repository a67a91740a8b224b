"""Réserver une place déjà tenue : celle que la liste d'attente donne, aux conditions du moment."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from portail.domain.bookings import Intent
from portail.domain.refusals import NotOpenError
from portail.domain.selection import Choice
from portail.domain.why_not import NotBookableError
from portail.ids import new_token
from portail.models.activities import Slot
from portail.models.bookings import Booking, BookingBatch
from portail.services.bookings.facts import Desk
from portail.services.bookings.plan import make_plan
from portail.services.bookings.recap import blocked_by
from portail.services.bookings.selection import facts_for
from portail.services.bookings.writing import Writing, record


@dataclass(frozen=True)
class Placing:
    """Ce qui est réservé, pour quel foyer, à la demande de qui."""

    slot_id: int
    child_id: int
    family_id: int
    author_id: int | None = None


def place(db: Session, wanted: Placing, now: datetime) -> Booking:
    """Jugée comme toute autre, au prix du moment, débitée si l'activité l'est ; un refus est une exception."""
    slot = db.get(Slot, wanted.slot_id)
    if slot is None:
        raise NotOpenError
    choice = Choice(wanted.slot_id, wanted.child_id, Intent.ADD)
    facts = facts_for(db, Desk(None, wanted.family_id), slot.activity_id, (choice,), now)
    facts.waits.clear()
    for one in facts.slots.values():  # la place tenue est la sienne : elle ne compte pas contre lui
        one.taken, one.waiting = one.taken - 1, 0
    plan = make_plan(facts, [choice], now)
    why = plan.refused[0].why if plan.refused else blocked_by(plan)
    if why is not None:
        raise NotBookableError(why)
    batch = BookingBatch(
        token=new_token(),
        digest="",
        source="queue",
        author_id=wanted.author_id,
        family_id=wanted.family_id,
        at=now,
        content={"message": "Place obtenue"},
    )
    db.add(batch)
    db.flush()
    record(db, Writing(plan, batch, wanted.author_id, now))
    query = select(Booking).where(Booking.slot_id == wanted.slot_id, Booking.child_id == wanted.child_id)
    return db.exec(query.execution_options(populate_existing=True)).one()
