"""Préparer les brouillons d'une tranche de foyers : quelques ordres SQL, quel que soit le nombre de lignes.

Une séance doit ce qu'elle vaut aujourd'hui, moins ce que des lignes en ont déjà facturé : une annulation devient une
ligne négative, et repasser ne facture rien deux fois. Ce qu'un agent a rendu par un avoir n'est jamais refacturé.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import JSON, case, delete, exists, func, insert, literal, or_, select, update
from sqlmodel import Session, SQLModel

from portail.domain.adjustments import Timing
from portail.domain.bookings import BookingState
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.services.rows import replan

BILLABLE = (BookingState.BOOKED, BookingState.PRESENT, BookingState.ABSENT)
PARTS = ("meal_cents", "care_cents", "surcharge_cents")
NAME_LIMIT = 160
_T = SQLModel.metadata.tables


@dataclass(frozen=True)
class Batch:
    """Une tranche de foyers d'un traitement : ceux d'après `after`, jusqu'à `last` compris."""

    run_id: int
    regie_id: int
    is_default: bool  # cette régie vend aussi les activités qui n'en disent pas
    month: date
    last_day: date
    due_on: date
    after: int
    last: int


def prepare(db: Session, batch: Batch) -> None:
    """Les brouillons vides, leurs lignes, leurs totaux ; un foyer sans rien à facturer n'en a pas."""
    connection = db.connection()
    connection.execute(_drafts(batch))
    if not batch.after:
        replan(db, "invoice")
    connection.execute(_lines(batch))
    if not batch.after:
        replan(db, "invoice_line")
    invoice, line = _T["invoice"], _T["invoice_line"]
    mine = _mine(batch)
    total = select(func.coalesce(func.sum(line.c.amount_cents), 0)).where(line.c.invoice_id == invoice.c.id)
    cents = total.scalar_subquery()
    kind = case((cents < 0, InvoiceKind.CREDIT_NOTE.value), else_=InvoiceKind.INVOICE.value)
    connection.execute(delete(invoice).where(*mine, ~exists().where(line.c.invoice_id == invoice.c.id)))
    connection.execute(update(invoice).where(*mine).values(total_cents=cents, kind=kind))


def _mine(batch: Batch) -> tuple[Any, ...]:
    invoice = _T["invoice"].c
    return (
        invoice.run_id == batch.run_id,
        invoice.state == InvoiceState.DRAFT,
        invoice.family_id > batch.after,
        invoice.family_id <= batch.last,
    )


def _drafts(batch: Batch) -> Any:
    family, booking, invoice = _T["family"], _T["booking"], _T["invoice"]
    values = {
        "regie_id": literal(batch.regie_id),
        "run_id": literal(batch.run_id),
        "family_id": family.c.id,
        "kind": literal(InvoiceKind.INVOICE.value),
        "state": literal(InvoiceState.DRAFT.value),
        "month": literal(batch.month),
        "due_on": literal(batch.due_on),
        "total_cents": literal(0),
        "paid_cents": literal(0),
        "content": literal({}, JSON),
    }
    concerned = select(*values.values()).where(
        family.c.id > batch.after, family.c.id <= batch.last, exists().where(booking.c.family_id == family.c.id)
    )
    concerned = concerned.order_by(family.c.id)
    return insert(invoice).from_select(list(values), concerned)


def _lines(batch: Batch) -> Any:
    """Une ligne par séance dont le montant n'est pas celui déjà facturé.

    Une séance dans le brouillon d'une autre régie (son activité en a changé) attend qu'il soit émis ou effacé.
    """
    booking, slot, activity, child = _T["booking"], _T["slot"], _T["activity"], _T["child"]
    invoice, offering, billed = _T["invoice"], _T["offering"], _billed(batch)
    values = _values(billed)
    of_regie = activity.c.regie_id == batch.regie_id
    found = (
        select(*[value.label(name) for name, value in values.items()])
        .select_from(booking)
        .join(invoice, (invoice.c.family_id == booking.c.family_id) & (invoice.c.run_id == batch.run_id))
        .join(slot, slot.c.id == booking.c.slot_id)
        .join(activity, activity.c.id == slot.c.activity_id)
        .join(offering, offering.c.id == slot.c.offering_id)
        .join(child, child.c.id == booking.c.child_id)
        .outerjoin(billed, billed.c.booking_id == booking.c.id)
        .where(
            *_mine(batch),
            booking.c.family_id > batch.after,
            booking.c.family_id <= batch.last,
            slot.c.day <= batch.last_day,
            or_(of_regie, activity.c.regie_id.is_(None)) if batch.is_default else of_regie,
            values["amount_cents"] != 0,
            func.coalesce(billed.c.drafted, 0) != 1,  # « = 0 » semblerait rare à PostgreSQL : il irait ligne à ligne
        )
        .order_by(booking.c.family_id, child.c.id, activity.c.position, activity.c.id, slot.c.day, booking.c.id)
    )
    return insert(_T["invoice_line"]).from_select(list(values), found)


def _values(billed: Any) -> dict[str, Any]:
    """Les colonnes d'une ligne : ce qui est dû moins ce qui a été facturé, et les mots qui le disent."""
    booking, activity, child = _T["booking"].c, _T["activity"].c, _T["child"].c
    due = {part: _due(booking[part], billed.c[f"waived_{part}"]) for part in PARTS}
    delta = {part: due[part] - func.coalesce(billed.c[part], 0) for part in PARTS}
    amount = sum(delta.values(), start=literal(0))
    title = case((activity.place == "", activity.name), else_=activity.name + " · " + activity.place)
    is_first = billed.c.booking_id.is_(None)
    suffix = case(
        (is_first & (delta["surcharge_cents"] > 0), _surcharged(booking.surcharge_kind)),
        (is_first, ""),
        (sum(due.values(), start=literal(0)) == 0, " : annulation"),
        else_=" : correction",
    )
    return {
        "invoice_id": _T["invoice"].c.id,
        "booking_id": booking.id,
        "child_id": child.id,
        "child_name": child.first_name,
        "activity": func.substr(title, 1, NAME_LIMIT),
        "label": _T["offering"].c.name + suffix,
        "day": _T["slot"].c.day,
        "quantity": case((amount < 0, -1), else_=1),
        **delta,
        "amount_cents": amount,
        "formula": case((is_first, booking.formula), else_=""),
    }


def _surcharged(kind: Any) -> Any:
    return case((kind == Timing.UNPLANNED, f" ({Timing.UNPLANNED.label})"), else_=f" ({Timing.LATE.label})")


def _due(price: Any, waived: Any) -> Any:
    """Ce qu'une part doit aujourd'hui ; débitée du porte-monnaie ou annulée, rien."""
    booking = _T["booking"].c
    owed = case((booking.is_paid, 0), (booking.state.in_(BILLABLE), price), else_=0)
    given = func.coalesce(waived, 0)
    return case((owed > given, owed - given), else_=0)


def _billed(batch: Batch) -> Any:
    """Ce que des lignes ont déjà facturé de chaque séance de ces foyers, et ce qu'un agent en a rendu."""
    line, booking, invoice = _T["invoice_line"], _T["booking"], _T["invoice"]
    by_credit = line.c.corrects_id.is_not(None)
    sums = {part: func.sum(line.c[part]).label(part) for part in PARTS}
    waived = {part: func.sum(case((by_credit, -line.c[part]), else_=0)).label(f"waived_{part}") for part in PARTS}
    drafted = func.max(case((invoice.c.state == InvoiceState.DRAFT, 1), else_=0)).label("drafted")
    return (
        select(line.c.booking_id, drafted, *sums.values(), *waived.values())
        .join(booking, booking.c.id == line.c.booking_id)
        .join(invoice, invoice.c.id == line.c.invoice_id)
        .where(booking.c.family_id > batch.after, booking.c.family_id <= batch.last)
        .group_by(line.c.booking_id)
        .subquery()
    )
