"""La file d'une séance : y entrer, en sortir, y voir sa place. L'ordre est celui des validations."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from portail.domain import waitlist
from portail.domain.activities import WaitlistMode, WaitlistPriority
from portail.domain.bookings import HOLDING
from portail.domain.refusals import NotOpenError
from portail.domain.waitlist import ACTIVE, WaitState
from portail.models.activities import Slot
from portail.models.bookings import Booking, WaitlistEntry
from portail.models.families import Family, FamilyChild
from portail.services import tariffs
from portail.services.bookings import seats
from portail.services.waitlist import desk
from portail.services.waitlist.desk import Desk


@dataclass(frozen=True)
class Asked:
    """Une place demandée ; `until` est la date limite dite à la famille : au-delà, la demande est close."""

    slot_id: int
    child_id: int
    family_id: int
    author_id: int | None
    until: datetime


@dataclass(frozen=True)
class Place:
    """`position` : 1 est la prochaine servie ; une place déjà proposée n'attend plus, 0."""

    entry_id: int
    position: int
    state: WaitState
    offered_until: datetime | None


def join(db: Session, asked: Asked, now: datetime) -> int:
    """Entre dans la file, et rend sa place. Le verrou de la séance fait de l'ordre des places celui des validations."""
    held = desk.hold(db, asked.slot_id)
    _check(db, held, asked, now)
    known = _entry(db, asked.slot_id, asked.child_id)
    if known is not None and known.state in ACTIVE:
        raise waitlist.AlreadyWaitingError
    entry = known or WaitlistEntry(
        slot_id=asked.slot_id, child_id=asked.child_id, family_id=0, joined_at=now, until=now
    )
    if known is not None:
        waitlist.check_transition(WaitState(known.state), WaitState.WAITING)
    last = select(func.coalesce(func.max(WaitlistEntry.place), 0)).where(WaitlistEntry.slot_id == asked.slot_id)
    entry.place = db.exec(last).one() + 1
    entry.rank = _rank(db, held, asked)
    entry.family_id, entry.author_id, entry.until = asked.family_id, asked.author_id, asked.until
    entry.state, entry.joined_at, entry.offered_until, entry.why = WaitState.WAITING, now, None, ""
    db.add(entry)
    desk.count_waiting(db, asked.slot_id, 1)
    db.flush()
    return positions(db, [asked.slot_id], [asked.child_id])[asked.slot_id, asked.child_id].position


def _check(db: Session, held: Desk, asked: Asked, now: datetime) -> None:
    if held.is_closed or held.mode is WaitlistMode.NONE:
        raise waitlist.NoWaitlistError
    if now > asked.until:
        raise waitlist.TooLateToWaitError
    booked = select(Booking.id).where(
        Booking.slot_id == asked.slot_id, Booking.child_id == asked.child_id, col(Booking.state).in_(HOLDING)
    )
    if db.exec(booked).first() is not None:
        raise waitlist.HasPlaceError
    if held.has_free and not held.waiting:
        raise waitlist.PlacesLeftError


def _rank(db: Session, held: Desk, asked: Asked) -> int:
    """Lu à l'entrée dans la file : ce qui change ensuite n'y déplace personne."""
    wants = held.priority
    return waitlist.rank_of(
        wants,
        is_resident=wants is WaitlistPriority.RESIDENTS and tariffs.is_resident(db.get_one(Family, asked.family_id)),
        has_sibling=wants is WaitlistPriority.SIBLINGS and _has_sibling(db, held, asked),
    )


def _has_sibling(db: Session, held: Desk, asked: Asked) -> bool:
    """Un autre enfant du foyer a sa place dans cette activité, ce jour-là."""
    query = (
        select(Booking.id)
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(FamilyChild, col(FamilyChild.child_id) == col(Booking.child_id))
        .where(
            FamilyChild.family_id == asked.family_id,
            Booking.child_id != asked.child_id,
            Slot.activity_id == held.activity_id,
            Slot.day == held.day,
            col(Booking.state).in_(HOLDING),
        )
    )
    return db.exec(query.limit(1)).first() is not None


def leave(db: Session, slot_id: int, child_id: int) -> bool:
    """Sort de la file ; vrai si une place proposée est ainsi rendue : qui appelle la redonne par `promote`."""
    desk.hold(db, slot_id)
    entry = _entry(db, slot_id, child_id)
    if entry is None or entry.state not in ACTIVE:
        raise NotOpenError
    return close(db, entry, WaitState.LEFT)


def close(db: Session, entry: WaitlistEntry, after: WaitState, why: str = "") -> bool:
    """Termine une demande, la séance étant tenue ; vrai si elle gardait une place, rendue ici."""
    before = WaitState(entry.state)
    waitlist.check_transition(before, after)
    entry.state, entry.offered_until, entry.why = after, None, why
    db.flush()
    if before is WaitState.WAITING:
        desk.count_waiting(db, entry.slot_id, -1)
        return False
    if after is not WaitState.PROMOTED:
        seats.release(db, entry.slot_id)
    return after is not WaitState.PROMOTED


def _entry(db: Session, slot_id: int, child_id: int) -> WaitlistEntry | None:
    query = select(WaitlistEntry).where(WaitlistEntry.slot_id == slot_id, WaitlistEntry.child_id == child_id)
    return db.exec(query.execution_options(populate_existing=True)).first()


def positions(db: Session, slot_ids: Collection[int], child_ids: Collection[int]) -> dict[tuple[int, int], Place]:
    """La place de ces enfants dans la file de chacune de ces séances : une seule lecture."""
    found: dict[tuple[int, int], Place] = {}
    for entry, count in db.exec(_positions(), params={"slots": list(slot_ids), "children": list(child_ids)}):
        state = WaitState(entry.state)
        position = count + 1 if state is WaitState.WAITING else 0
        found[entry.slot_id, entry.child_id] = Place(entry.key, position, state, entry.offered_until)
    return found


@lru_cache
def _positions() -> Any:
    """Bâtie une fois : un jour d'ouverture, chaque validation la pose."""
    ahead = aliased(WaitlistEntry)
    before = (
        select(func.count())
        .select_from(ahead)
        .where(
            col(ahead.slot_id) == col(WaitlistEntry.slot_id),
            col(ahead.state) == WaitState.WAITING,
            (col(ahead.rank) < col(WaitlistEntry.rank))
            | ((col(ahead.rank) == col(WaitlistEntry.rank)) & (col(ahead.place) < col(WaitlistEntry.place))),
        )
        .correlate(WaitlistEntry)
        .scalar_subquery()
    )
    return select(WaitlistEntry, before).where(
        col(WaitlistEntry.slot_id).in_(bindparam("slots", expanding=True)),
        col(WaitlistEntry.child_id).in_(bindparam("children", expanding=True)),
        col(WaitlistEntry.state).in_(ACTIVE),
    )
