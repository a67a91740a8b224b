"""Annuler des réservations déjà faites, à la place de la famille : grève, absence acceptée, refus d'un agent."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, insert, update

from portail.domain.bookings import BookingState, check_transition, holds_place
from portail.domain.wallet import Charge
from portail.ids import new_token
from portail.models.bookings import Booking, BookingBatch, BookingChange
from portail.services import wallet
from portail.services.bookings import seats
from portail.services.bookings.writing import ChangedMeanwhileError


@dataclass(frozen=True)
class Withdrawal:
    """Ce que deviennent ces réservations, pourquoi, et sous quel nom au porte-monnaie."""

    after: BookingState
    label: str
    why: str
    author_id: int
    now: datetime
    is_refunded: bool = True


def withdraw(db: Session, bookings: Collection[Booking], withdrawal: Withdrawal) -> int:
    """Les places se rendent, l'argent revient ; rend les centimes remboursés. À appeler en fin de transaction."""
    total, freed = 0, []
    families: dict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        check_transition(BookingState(booking.state), withdrawal.after)
        families[booking.family_id].append(booking)
    for family_id, mine in sorted(families.items()):
        total += _one_family(db, family_id, mine, withdrawal)
        if not holds_place(withdrawal.after):
            freed += [one.slot_id for one in mine]
    seats.move(db, freed, ())
    return total


def _one_family(db: Session, family_id: int, bookings: list[Booking], withdrawal: Withdrawal) -> int:
    batch = BookingBatch(
        token=new_token(),
        digest="",
        source="town",
        author_id=withdrawal.author_id,
        family_id=family_id,
        at=withdrawal.now,
        content={"message": withdrawal.label},
    )
    db.add(batch)
    db.flush()
    refunds = {one.key: one.price_cents if one.is_paid and withdrawal.is_refunded else 0 for one in bookings}
    moved = db.exec(
        update(Booking)
        .where(col(Booking.id).in_(refunds), col(Booking.state).in_({one.state for one in bookings}))
        .values(state=withdrawal.after, batch_id=batch.key, changed_at=withdrawal.now)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != len(bookings):
        raise ChangedMeanwhileError
    rows = [
        {
            "batch_id": batch.key,
            "booking_id": one.key,
            "before": one.state,
            "after": withdrawal.after,
            "amount_cents": -refunds[one.key],
            "why": withdrawal.why,
        }
        for one in bookings
    ]
    db.connection().execute(insert(BookingChange.__table__), rows)  # type: ignore[attr-defined]
    total = sum(refunds.values())
    if total:
        charge = Charge(family_id, total, withdrawal.label, batch.key)
        wallet.refund_for_booking(db, charge, author_id=withdrawal.author_id, now=withdrawal.now)
    return total
