"""« Annuler ma modification » : pendant une minute, tout revient comme avant, ou rien."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, insert, select, update

from portail.domain.accounts import Actor
from portail.domain.bookings import BookingState, Intent, holds_place
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.selection import Choice
from portail.domain.wallet import Charge
from portail.ids import new_token
from portail.models.activities import Slot
from portail.models.base import is_key
from portail.models.bookings import Booking, BookingBatch, BookingChange
from portail.models.database import reading, transaction
from portail.services import wallet
from portail.services.bookings import seats
from portail.services.bookings.confirming import UNDO, balance_of, cells_of
from portail.services.bookings.facts import Desk
from portail.services.bookings.selection import facts_for
from portail.services.bookings.writing import ChangedMeanwhileError, SeatsLostError
from portail.services.validations import following
from portail.services.waitlist import queue
from portail.services.waitlist.promoting import promote
from portail.views.bookings import Outcome

LABEL = "Modification annulée"
UNDONE = "Votre modification est annulée : tout est comme avant."
ADVANCED = "advanced"
UNDOABLE = frozenset({"calendar", "desk", ADVANCED})


class TooLateToUndoError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Cette modification ne peut plus s’annuler d’un geste.", "Touchez les jours à changer, puis « Valider »."
        )


class CannotUndoError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Une place a été prise ou un jour a changé entre-temps : rien n’a été changé.",
            "Touchez les jours à changer, puis « Valider ».",
        )


@dataclass(frozen=True)
class Line:
    """Un changement de la validation, et la réservation telle qu'elle est maintenant."""

    change: BookingChange
    booking: Booking

    @property
    def is_new(self) -> bool:
        return not self.change.before

    @property
    def before(self) -> BookingState:
        return BookingState(self.change.before or BookingState.CANCELLED)

    @property
    def frees(self) -> bool:
        return holds_place(BookingState(self.change.after)) and not holds_place(self.before)

    @property
    def takes(self) -> bool:
        return holds_place(self.before) and not holds_place(BookingState(self.change.after))

    def reversed(self, batch_id: int) -> dict[str, Any]:
        return {
            "batch_id": batch_id,
            "booking_id": self.booking.key,
            "before": self.change.after,
            "after": self.before,
            "amount_cents": -self.change.amount_cents,
            "why": LABEL,
        }


def undo(*, actor: Actor, batch_id: int, now: datetime, family_id: int = 0) -> Outcome:
    try:
        with transaction() as db:
            batch = _mine(db, actor, batch_id, now)
            lines = _lines(db, batch.key)
            _unqueue(db, batch, now)
            _put_back(db, batch, lines, now)
            following.settle_withdrawn(db, actor, batch.family_id, now)
        return _outcome(Desk(actor, family_id), batch, lines, now)
    except (SeatsLostError, ChangedMeanwhileError, IntegrityError, wallet.NotEnoughMoneyError):
        raise CannotUndoError from None


def _mine(db: Session, actor: Actor, batch_id: int, now: datetime) -> BookingBatch:
    """Une seule fois, dans la minute ; la base départage deux clics."""
    batch = db.get(BookingBatch, batch_id) if is_key(batch_id) else None
    if batch is None or batch.author_id != actor.account_id or batch.source not in UNDOABLE:
        raise NotOpenError
    claimed = db.exec(
        update(BookingBatch)
        .where(col(BookingBatch.id) == batch_id, col(BookingBatch.undone_at).is_(None))
        .where(col(BookingBatch.at) >= now - UNDO)
        .values(undone_at=now)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:
        raise TooLateToUndoError
    return batch


def _lines(db: Session, batch_id: int) -> list[Line]:
    query: Any = (
        select(BookingChange, Booking)
        .join(Booking, col(Booking.id) == col(BookingChange.booking_id))
        .where(BookingChange.batch_id == batch_id)
        .order_by(col(BookingChange.id))
    )
    return [Line(change, booking) for change, booking in db.exec(query)]


def _put_back(db: Session, batch: BookingBatch, lines: list[Line], now: datetime) -> None:
    """Chaque réservation reprend son état, si personne n'y a touché depuis."""
    back = BookingBatch(
        token=new_token(), digest="", source="undo", author_id=batch.author_id, family_id=batch.family_id, at=now
    )
    db.add(back)
    db.flush()
    _put_rows_back(db, lines, batch, back)
    kept = [line.reversed(back.key) for line in lines if not line.is_new]
    if kept:
        db.connection().execute(insert(BookingChange.__table__), kept)  # type: ignore[attr-defined]
    _pay_back(db, back, sum(line.change.amount_cents for line in lines), now)
    freed = [line.booking.slot_id for line in lines if line.frees]
    lost = seats.move(db, freed, [line.booking.slot_id for line in lines if line.takes])
    if lost:
        raise SeatsLostError(lost)
    promote(db, freed, now)


def _put_rows_back(db: Session, lines: list[Line], batch: BookingBatch, back: BookingBatch) -> None:
    """Une réservation toute neuve disparaît ; une autre reprend l'état qu'elle avait."""
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for line in lines:
        alike[line.change.before, line.change.after].append(line.booking.key)
    for (before, after), ids in alike.items():
        mine = (col(Booking.id).in_(ids), col(Booking.state) == after, col(Booking.batch_id) == batch.key)
        gesture = update(Booking).values(state=before, batch_id=back.key) if before else delete(Booking)
        moved = db.exec(gesture.where(*mine).execution_options(synchronize_session=False))
        if moved.rowcount != len(ids):
            raise ChangedMeanwhileError


def _pay_back(db: Session, back: BookingBatch, cents: int, now: datetime) -> None:
    """Positif : ce qui avait été débité revient ; négatif : ce qui avait été rendu repart."""
    charge = Charge(back.family_id, abs(cents), LABEL, back.key)
    if cents > 0:
        wallet.refund_for_booking(db, charge, author_id=back.author_id, now=now)
    elif cents < 0:
        wallet.debit_for_booking(db, charge, author_id=back.author_id, now=now)


def _unqueue(db: Session, batch: BookingBatch, now: datetime) -> None:
    for slot_id, child_id, _ in batch.content.get("waits", []):
        if queue.leave(db, slot_id, child_id):
            promote(db, [slot_id], now)


def _outcome(desk: Desk, batch: BookingBatch, lines: list[Line], now: datetime) -> Outcome:
    if batch.source == ADVANCED:  # plusieurs activités, des mois entiers : aucun calendrier n'est à l'écran
        return Outcome(message=UNDONE)
    waits = [(slot_id, child_id) for slot_id, child_id, _ in batch.content.get("waits", [])]
    keys = [(line.booking.slot_id, line.booking.child_id) for line in lines] + waits
    chosen = tuple(Choice(slot_id, child_id, Intent.ADD) for slot_id, child_id in keys)
    with reading() as db:
        activity_id = db.exec(select(Slot.activity_id).where(Slot.id == keys[0][0])).one()
        facts = facts_for(db, desk, activity_id, chosen, now)
        return Outcome(
            message=UNDONE,
            balance_cents=balance_of(facts),
            changed=cells_of(facts, chosen, now),
        )
