"""Écrire une validation : réservations, changements, argent (`record`), et les places en dernier (`take_seats`)."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel, col, insert, select, update
from sqlmodel.sql.expression import SelectOfScalar

from portail.domain.bookings import BookingState, Intent
from portail.domain.money import euros
from portail.domain.wallet import Charge
from portail.models.bookings import Booking, BookingBatch
from portail.services import wallet
from portail.services.bookings import seats
from portail.services.bookings.judging import Judged
from portail.services.bookings.plan import Plan
from portail.services.waitlist import queue

_BOOKINGS, _CHANGES = (SQLModel.metadata.tables[name] for name in ("booking", "booking_change"))
# Bâties une fois, chacune pour toutes les lignes d'une validation.
_BOOK = insert(_BOOKINGS).returning(_BOOKINGS.c.id, sort_by_parameter_order=True)
_NOTE = insert(_CHANGES).returning(_CHANGES.c.id)


class SeatsLostError(Exception):
    """Des places parties entre la lecture et l'écriture : tout est défait, et l'on rejuge sans elles."""

    def __init__(self, slot_ids: frozenset[int]) -> None:
        super().__init__(slot_ids)
        self.slot_ids = slot_ids


class ChangedMeanwhileError(Exception):
    """Un autre onglet, un autre adulte, un agent : l'état lu n'est plus le bon, on relit."""


@dataclass(frozen=True)
class Writing:
    """Ce qui s'écrit, par qui, dans quelle validation."""

    plan: Plan
    batch: BookingBatch
    author_id: int | None
    now: datetime
    reason: str = ""  # le motif d'un agent qui passe outre

    @property
    def added_state(self) -> BookingState:
        needs_validation = self.plan.facts.sheet.activity.needs_validation and not self.reason
        return BookingState.PENDING if needs_validation else BookingState.BOOKED


def take_seats(db: Session, *writings: Writing) -> None:
    """En dernier, le reste écrit : d'autres attendent ces séances. Une place manquante lève, et tout se défait."""
    db.flush()
    for writing in writings:
        _queue(db, writing)
    plans = [writing.plan for writing in writings]
    given_back = [one.slot.key for plan in plans for one in plan.done[Intent.REMOVE]]
    added = [(one, one.key in plan.enlarged) for plan in plans for one in plan.done[Intent.ADD]]
    lost = seats.move(db, given_back, [one.slot.key for one, is_enlarged in added if not is_enlarged])
    if lost:
        raise SeatsLostError(lost)
    for one, is_enlarged in added:
        if is_enlarged:
            seats.enlarge(db, one.slot.key)
    for writing in writings:
        _remember(writing)


def record(db: Session, *writings: Writing) -> None:
    """Les réservations, leurs changements et l'argent, d'une ou de plusieurs activités."""
    changes = [change for writing in writings for change in (*_remove(db, writing), *_add(db, writing))]
    if changes:
        db.connection().execute(_NOTE, changes)
    for writing in writings:
        _refund(db, writing)
    for writing in writings:
        _debit(db, writing)


def _remove(db: Session, writing: Writing) -> list[dict[str, Any]]:
    judged = [one for one in writing.plan.done[Intent.REMOVE] if one.booking is not None]
    held = [one.booking for one in judged if one.booking is not None]
    if not held:
        return []
    gone = db.exec(
        update(Booking)
        .where(col(Booking.id).in_([one.key for one in held]), col(Booking.state).in_({one.state for one in held}))
        .values(state=BookingState.CANCELLED, batch_id=writing.batch.key, changed_at=writing.now)
        .execution_options(synchronize_session=False)
    )
    if gone.rowcount != len(held):
        raise ChangedMeanwhileError
    return [
        _change(writing, one.key, one.state, BookingState.CANCELLED, -one.price_cents if one.is_paid else 0)
        for one in held
    ]


def _add(db: Session, writing: Writing) -> list[dict[str, Any]]:
    """Une ligne par séance et par enfant : un jour annulé puis repris garde la sienne."""
    judged = writing.plan.done[Intent.ADD]
    fresh = [one for one in judged if one.booking is None]
    ids = {one.key: one.booking.key for one in judged if one.booking is not None}
    for one in judged:
        if one.booking is not None:
            _again(db, one.booking, _values(writing, one))
    if fresh:
        created = db.connection().execute(_BOOK, [_values(writing, one) for one in fresh]).scalars()
        ids |= {one.key: number for one, number in zip(fresh, created, strict=True)}
    return [
        _change(
            writing,
            ids[one.key],
            one.booking.state if one.booking else "",
            writing.added_state,
            one.price.cents if writing.plan.is_prepaid else 0,
        )
        for one in judged
    ]


def _again(db: Session, booking: Booking, values: dict[str, Any]) -> None:
    taken_up = db.exec(
        update(Booking)
        .where(col(Booking.id) == booking.key, col(Booking.state) == booking.state)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if taken_up.rowcount != 1:
        raise ChangedMeanwhileError


def _values(writing: Writing, judged: Judged) -> dict[str, Any]:
    price = judged.price
    return {
        "slot_id": judged.slot.key,
        "child_id": judged.guest.child.key,
        "family_id": judged.guest.family.key,
        "batch_id": writing.batch.key,
        "state": writing.added_state,
        "meal_cents": price.meal_cents,
        "care_cents": price.care_cents,
        "surcharge_cents": price.surcharge_cents,
        "surcharge_kind": price.surcharge_kind,
        "is_paid": writing.plan.is_prepaid,
        "formula": price.formula,
        "changed_at": writing.now,
    }


def _change(writing: Writing, booking_id: int, before: str, after: str, cents: int) -> dict[str, Any]:
    return {
        "batch_id": writing.batch.key,
        "booking_id": booking_id,
        "before": before,
        "after": after,
        "amount_cents": cents,
        "why": writing.reason,
    }


def _refund(db: Session, writing: Writing) -> None:
    """Rendu avant tout débit : annuler un jour peut en payer un autre."""
    plan = writing.plan
    if plan.refund_cents:
        charge = _charge(writing, plan.refund_cents, "Annulation")
        wallet.refund_for_booking(db, charge, author_id=writing.author_id, now=writing.now)


def _debit(db: Session, writing: Writing) -> None:
    plan = writing.plan
    if plan.debit_cents:
        charge = _charge(writing, plan.debit_cents, "Réservation")
        wallet.debit_for_booking(db, charge, author_id=writing.author_id, now=writing.now)


def _charge(writing: Writing, cents: int, label: str) -> Charge:
    title = writing.plan.facts.sheet.activity.title
    return Charge(writing.batch.family_id, cents, f"{label}, {title}", writing.batch.key)


def _queue(db: Session, writing: Writing) -> None:
    facts = writing.plan.facts
    for one in writing.plan.done[Intent.WAIT]:
        child_id, until = one.guest.child.key, one.verdict.add_until or writing.now
        asked = queue.Asked(one.slot.key, child_id, one.guest.family.key, writing.author_id, until)
        facts.waits[one.slot.key, child_id] = queue.join(db, asked, writing.now)
    for one in writing.plan.done[Intent.LEAVE]:
        queue.leave(db, one.slot.key, one.guest.child.key)
        facts.waits.pop((one.slot.key, one.guest.child.key), None)


def _remember(writing: Writing) -> None:
    """Les faits suivent ce qui vient d'être écrit : les cases montrées ensuite n'ont pas à être relues."""
    facts = writing.plan.facts
    for one in writing.plan.done[Intent.REMOVE]:
        one.slot.taken -= 1
        facts.bookings[one.slot.key, one.guest.child.key] = _as_booking(writing, one, BookingState.CANCELLED)
    for one in writing.plan.done[Intent.ADD]:
        one.slot.taken += 1
        facts.bookings[one.slot.key, one.guest.child.key] = _as_booking(writing, one, writing.added_state)


def _as_booking(writing: Writing, judged: Judged, state: BookingState) -> Booking:
    return Booking(**{**_values(writing, judged), "state": state})


def summary(plan: Plan) -> str:
    """Pour le journal : des nombres et un montant, jamais un nom."""
    counts = ", ".join(f"{intent} {len(judged)}" for intent, judged in plan.done.items() if judged)
    return f"{counts} ; {euros(plan.debit_cents - plan.refund_cents)}"


def batch_of(db: Session, author_id: int, token: str) -> BookingBatch | None:
    return db.exec(_batch_query(), params={"author_id": author_id, "token": token}).first()


@lru_cache
def _batch_query() -> SelectOfScalar[BookingBatch]:
    mine = BookingBatch.author_id == bindparam("author_id")
    return select(BookingBatch).where(mine, BookingBatch.token == bindparam("token"))
