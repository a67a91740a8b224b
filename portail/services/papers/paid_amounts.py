"""Les sommes payées dans une année : factures au prorata de ce qui en est payé, réservations payées d'avance."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlmodel import Session, col, extract, func, select, union

from portail.domain.bookings import HOLDING, BookingState
from portail.domain.dates import paris_day, wall_instant
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.paid import Parts, share_payments
from portail.models.bookings import Booking, BookingBatch, BookingChange
from portail.models.families import Child, FamilyChild
from portail.models.invoices import Invoice, InvoiceLine
from portail.models.payments import Payment, PaymentAllocation

ChildKey = int | str  # le numéro de l'enfant ; son prénom imprimé, s'il a quitté la base
# une absence acceptée est rendue, elle n'est plus payée
PAID = tuple(state for state in HOLDING if state is not BookingState.EXCUSED)


@dataclass(frozen=True)
class Known:
    full_name: str
    birth_date: date


def children_of(db: Session, family_id: int) -> dict[ChildKey, Known]:
    """Les enfants du dossier, et ceux que ses factures et ses réservations nomment."""
    inside = select(FamilyChild.child_id).where(FamilyChild.family_id == family_id)
    booked = select(Booking.child_id).where(Booking.family_id == family_id)
    billed = (
        select(InvoiceLine.child_id)
        .join(Invoice, col(Invoice.id) == col(InvoiceLine.invoice_id))
        .where(Invoice.family_id == family_id, col(InvoiceLine.child_id).is_not(None))
    )
    known = col(Child.id).in_(inside) | col(Child.id).in_(booked) | col(Child.id).in_(billed)
    return {
        child.key: Known(f"{child.first_name} {child.last_name}", child.birth_date)
        for child in db.exec(select(Child).where(known).order_by(col(Child.birth_date), col(Child.id)))
    }


def births_of(db: Session, family_ids: list[int]) -> dict[int, set[date]]:
    """Les dates de naissance des enfants que chaque foyer a, a réservés ou a payés ; une lecture."""
    inside = select(FamilyChild.family_id, FamilyChild.child_id).where(col(FamilyChild.family_id).in_(family_ids))
    booked = select(Booking.family_id, Booking.child_id).where(col(Booking.family_id).in_(family_ids))
    billed = (
        select(Invoice.family_id, InvoiceLine.child_id)
        .join(InvoiceLine, col(InvoiceLine.invoice_id) == col(Invoice.id))
        .where(col(Invoice.family_id).in_(family_ids), col(InvoiceLine.child_id).is_not(None))
    )
    named = union(inside, booked, billed).subquery()
    query: Any = select(named.c.family_id, col(Child.birth_date)).join(Child, col(Child.id) == named.c.child_id)
    found: dict[int, set[date]] = defaultdict(set)
    for family_id, birth in db.exec(query):
        found[family_id].add(birth)
    return found


def paid_in(db: Session, family_id: int, year: int) -> dict[ChildKey, Parts]:
    """Quatre lectures, quelle que soit l'année."""
    found: dict[ChildKey, Parts] = defaultdict(Parts)
    sources = (_prepaid, _invoiced, _given_back)
    for child, parts in (part for find in sources for part in find(db, family_id, year)):
        found[child] += parts
    return dict(found)


def _paid_at() -> Any:
    """L'instant du débit : le dernier changement qui a pris de l'argent."""
    paid = select(func.max(BookingBatch.at)).join(BookingChange, col(BookingChange.batch_id) == col(BookingBatch.id))
    mine = paid.where(BookingChange.booking_id == Booking.id, col(BookingChange.amount_cents) > 0)
    return func.coalesce(mine.correlate(Booking).scalar_subquery(), Booking.changed_at)


def _prepaid(db: Session, family_id: int, year: int) -> Iterator[tuple[ChildKey, Parts]]:
    start, end = (wall_instant(date(one, 1, 1), time(0)) for one in (year, year + 1))
    paid_at = _paid_at()
    query: Any = (
        select(
            Booking.child_id,
            func.sum(Booking.meal_cents),
            func.sum(Booking.care_cents),
            func.sum(Booking.surcharge_cents),
        )
        .where(
            Booking.family_id == family_id,
            col(Booking.is_paid),
            col(Booking.state).in_(PAID),
            paid_at >= start,
            paid_at < end,
        )
        .group_by(col(Booking.child_id))
        .order_by(col(Booking.child_id))
    )
    for child_id, meal, care, surcharge in db.exec(query):
        yield child_id, Parts(int(meal), int(care), int(surcharge))


def _invoiced(db: Session, family_id: int, year: int) -> Iterator[tuple[ChildKey, Parts]]:
    payments = _payments(db, family_id)
    weights = _weights(db, list(payments))
    for invoice_id, received in payments.items():
        lines = weights.get(invoice_id, {})
        names = list(lines)
        flat = [cents for parts in lines.values() for cents in (parts.meal_cents, parts.care_cents, parts.other_cents)]
        shared = share_payments([cents for _, cents in received], flat)
        for (day, _), parts in zip(received, shared, strict=True):
            if day.year == year:
                yield from ((name, Parts(*parts[3 * rank : 3 * rank + 3])) for rank, name in enumerate(names))


def _payments(db: Session, family_id: int) -> dict[int, list[tuple[date, int]]]:
    """Ce qui a payé chaque facture du foyer, dans l'ordre. Un remboursement sort du porte-monnaie, pas d'ici."""
    query = (
        select(PaymentAllocation.invoice_id, Payment.received_on, PaymentAllocation.cents)  # type: ignore[call-overload]
        .join(Payment, col(Payment.id) == col(PaymentAllocation.payment_id))
        .join(Invoice, col(Invoice.id) == col(PaymentAllocation.invoice_id))
        .where(
            Invoice.family_id == family_id, Invoice.state == InvoiceState.ISSUED, col(Payment.cancelled_at).is_(None)
        )
        .order_by(col(Payment.received_on), col(Payment.id), col(PaymentAllocation.id))
    )
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for invoice_id, day, cents in db.exec(query):
        found[invoice_id].append((day, cents))
    return found


def _given_back(db: Session, family_id: int, year: int) -> Iterator[tuple[ChildKey, Parts]]:
    """Un avoir qui ne corrige aucune facture est revenu au porte-monnaie le jour où il a été émis."""
    query: Any = (
        select(Invoice.issued_at, InvoiceLine)
        .join(InvoiceLine, col(InvoiceLine.invoice_id) == col(Invoice.id))
        .where(
            Invoice.family_id == family_id,
            Invoice.state == InvoiceState.ISSUED,
            Invoice.kind == InvoiceKind.CREDIT_NOTE,
            col(Invoice.corrects_id).is_(None),
        )
        .order_by(col(InvoiceLine.id))
    )
    for issued_at, line in db.exec(query):
        if paris_day(issued_at).year == year:
            yield _child(line), _parts(line)


def _child(line: InvoiceLine) -> ChildKey:
    return line.child_id or line.child_name or "Famille"


def _weights(db: Session, invoice_ids: list[int]) -> dict[int, dict[ChildKey, Parts]]:
    """Ce que chaque enfant doit sur chaque facture, avoirs retirés."""
    whole = func.coalesce(Invoice.corrects_id, Invoice.id)
    query = (
        select(whole, InvoiceLine)
        .join(InvoiceLine, col(InvoiceLine.invoice_id) == col(Invoice.id))
        .where(whole.in_(invoice_ids), Invoice.state == InvoiceState.ISSUED)
        .order_by(col(InvoiceLine.id))
    )
    found: dict[int, dict[ChildKey, Parts]] = defaultdict(lambda: defaultdict(Parts))
    for invoice_id, line in db.exec(query):
        found[invoice_id][_child(line)] += _parts(line)
    return found


def _parts(line: InvoiceLine) -> Parts:
    """Une ligne négative (annulation, avoir) retire ses parts ; ce qui n'est ni repas ni garde est le reste."""
    sign = -1 if line.amount_cents < 0 else 1
    meal, care = sign * abs(line.meal_cents), sign * abs(line.care_cents)
    return Parts(meal, care, line.amount_cents - meal - care)


def paid_years(db: Session, family_ids: list[int]) -> Iterator[tuple[int, int]]:
    """(foyer, année) ; une année de trop n'est pas une faute : le papier dit alors qu'il n'y a rien."""
    invoiced: Any = (
        select(Invoice.family_id, Payment.received_on)  # type: ignore[call-overload]
        .join(PaymentAllocation, col(PaymentAllocation.invoice_id) == col(Invoice.id))
        .join(Payment, col(Payment.id) == col(PaymentAllocation.payment_id))
        .where(col(Invoice.family_id).in_(family_ids), col(Payment.cancelled_at).is_(None))
        .distinct()
    )
    for family_id, day in db.exec(invoiced):
        if family_id is not None:
            yield family_id, day.year
    paid = (col(Booking.family_id).in_(family_ids), col(Booking.is_paid), col(Booking.state).in_(PAID))
    prepaid: Any = select(Booking.family_id, extract("year", _paid_at())).where(*paid).distinct()
    for family_id, year in db.exec(prepaid):
        yield family_id, int(year)
