"""Les factures d'un parent : celles des dossiers dont il voit l'argent, et elles seules."""

import re
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.families import FamilyRight
from portail.domain.invoices import InvoiceKind, InvoiceState, Standing, invoice_number, standing
from portail.domain.money import euros
from portail.domain.payments import Means, undone
from portail.domain.refusals import NotOpenError
from portail.models.base import is_key
from portail.models.database import reading
from portail.models.families import Family, Guardian
from portail.models.invoices import Invoice
from portail.models.payments import Payment, PaymentAllocation
from portail.models.regies import Regie
from portail.services import access
from portail.services.direct_debits import under_way
from portail.services.direct_debits.mandates import is_collecting
from portail.services.direct_debits.under_way import UnderWay
from portail.services.invoices.detail import parts_of, printed_lines
from portail.views import wording
from portail.views.invoices import InvoiceFile, InvoiceList, InvoiceRow, PaidPart

MOST = 36  # trois ans de factures mensuelles
_REFERENCE = re.compile(r"([A-Z]{1,6})-([0-9]{4})-([0-9]{1,9})", re.IGNORECASE)


def show_all(*, actor: Actor, now: datetime) -> InvoiceList:
    """Deux lectures : les dernières, et tout ce qui reste dû même plus ancien ; puis ce qui sera prélevé."""
    check_audience(Audience.PARENT, actor)
    today = paris_day(now)
    due_first = (col(Invoice.kind) == InvoiceKind.INVOICE) & (col(Invoice.paid_cents) < col(Invoice.total_cents))
    query = visible(actor).order_by(due_first.desc(), col(Invoice.issued_at).desc(), col(Invoice.id).desc())
    with reading() as db:
        found = list(db.exec(query.limit(MOST)))
        debits = under_way.of(db, [invoice.key for invoice, _, _ in found], today)
    found.sort(key=lambda one: (one[0].issued_at, one[0].key), reverse=True)
    rows = [row_of(invoice, family, regie, today, debits.get(invoice.key)) for invoice, family, regie in found]
    left = sum(row.left_cents for row in rows)
    homes = {family.key for _, family, _ in found}
    return InvoiceList(
        ready=True,
        rows=rows,
        due=euros(left),
        is_due=left > 0,
        is_payable=any(row.is_payable for row in rows),
        has_homes=len(homes) > 1,
        can_debit=any(is_collecting(regie) for _, _, regie in found),
    )


def show(*, actor: Actor, invoice_id: int, now: datetime) -> InvoiceFile:
    """Celle d'un autre dossier répond comme si elle n'existait pas."""
    check_audience(Audience.PARENT, actor)
    if not is_key(invoice_id):
        raise NotOpenError
    with reading() as db:
        found = db.exec(visible(actor).where(Invoice.id == invoice_id)).first()
        if found is None:
            raise NotOpenError
        invoice, family, regie = found
        return file_of(db, invoice, family, regie, paris_day(now))


def number_of(*, actor: Actor, reference: str) -> int:
    """« ENF-2026-000123 », l'adresse écrite à la main : le numéro interne de cette facture, si elle est à soi."""
    check_audience(Audience.PARENT, actor)
    found = _REFERENCE.fullmatch(reference)
    if found is None or not is_key(int(found[3])):
        raise NotOpenError
    same = Invoice.year == int(found[2]), Invoice.number == int(found[3]), Regie.code == found[1].upper()
    with reading() as db:
        key = db.scalar(visible(actor).where(*same).with_only_columns(Invoice.id))
    if key is None:
        raise NotOpenError
    return int(key)


def visible(actor: Actor) -> Any:
    """Les factures émises des dossiers ouverts dont cet adulte voit l'argent."""
    mine = (
        select(Guardian.family_id)
        .join(Family, col(Family.id) == col(Guardian.family_id))
        .where(Guardian.account_id == actor.account_id, getattr(Guardian, FamilyRight.MONEY))
        .where(col(Family.status).in_(access.OPEN))
    )
    return rows().where(col(Invoice.family_id).in_(mine))


def rows() -> Any:
    """Les factures émises, leur foyer et leur régie."""
    return (
        select(Invoice, Family, Regie)
        .join(Family, col(Family.id) == col(Invoice.family_id))
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .where(Invoice.state == InvoiceState.ISSUED)
    )


def due_cents(actor: Actor, today: date) -> Any:
    """Ce qui reste à payer soi-même, pour les accueils : une question à glisser dans une autre."""
    left = col(Invoice.total_cents) - col(Invoice.paid_cents)
    found = visible(actor).with_only_columns(func.coalesce(func.sum(left), 0))
    return found.where(Invoice.kind == InvoiceKind.INVOICE, ~under_way.is_debited(today))


def row_of(
    invoice: Invoice, family: Family | None, regie: Regie, today: date, debit: UnderWay | None = None
) -> InvoiceRow:
    kind, is_draft = InvoiceKind(invoice.kind), invoice.state == InvoiceState.DRAFT
    how = standing(kind, invoice.total_cents, invoice.paid_cents, invoice.due_on, today)
    left = invoice.total_cents - invoice.paid_cents if kind is InvoiceKind.INVOICE else 0
    return InvoiceRow(
        id=invoice.key,
        number="" if is_draft else invoice_number(regie.code, invoice.year or 0, invoice.number or 0),
        month=wording.month(invoice.month),
        kind=f"Brouillon {wording.of(kind.label.lower())}" if is_draft else kind.label,
        family=family.name if family else "dossier effacé",
        total=euros(invoice.total_cents),
        left=euros(left),
        left_cents=left,
        due=wording.long_date(invoice.due_on),
        standing="Brouillon" if is_draft else how.label,
        tone="warn" if is_draft else how.tone,
        regie=regie.name,
        debit=debit.said(today) if debit and left > 0 else "",
        is_payable=left > 0 and not (debit and debit.is_sent),
        is_credit=how is Standing.CREDIT,
        has_pdf=bool(invoice.content),
        is_pdf_failed=bool(invoice.content) and invoice.print_failed_at is not None,
    )


def file_of(db: Session, invoice: Invoice, family: Family | None, regie: Regie, today: date) -> InvoiceFile:
    """Six lectures, quel que soit le nombre de lignes."""
    row = row_of(invoice, family, regie, today, under_way.of(db, [invoice.key], today).get(invoice.key))
    corrected = db.get(Invoice, invoice.corrects_id) if invoice.corrects_id else None
    return InvoiceFile(
        ready=True,
        row=row,
        rejected=under_way.said_rejected(db, invoice.key) if row.left_cents > 0 and not row.debit else "",
        issued=wording.long_date(paris_day(invoice.issued_at)) if invoice.issued_at else "",
        period=wording.month(invoice.month),
        paid=euros(invoice.paid_cents),
        holder=invoice.content.get("family", {}).get("adults", ""),
        family_id=invoice.family_id or 0,
        run_id=invoice.run_id or 0,
        is_draft=invoice.state == InvoiceState.DRAFT,
        corrects_id=invoice.corrects_id or 0,
        corrects=corrected.content.get("number", "") if corrected else "",
        reason=invoice.content.get("reason", ""),
        children=parts_of(printed_lines(db, [invoice.key])[invoice.key]),
        paid_by=[*_payments(db, invoice), *_credits(db, invoice)],
    )


def _payments(db: Session, invoice: Invoice) -> list[PaidPart]:
    query = (
        select(Payment, PaymentAllocation.cents)
        .join(PaymentAllocation, col(PaymentAllocation.payment_id) == col(Payment.id))
        .where(PaymentAllocation.invoice_id == invoice.key)
        .order_by(col(Payment.id))
    )
    return [
        PaidPart(
            wording.short_date(payment.received_on),
            Means(payment.means).label + _undone(payment),
            euros(0 if payment.cancelled_at else cents),
            receipt="" if payment.cancelled_at or payment.family_id is None else f"/telechargements/recu-{payment.key}",
        )
        for payment, cents in db.exec(query)
    ]


def _undone(payment: Payment) -> str:
    how = undone(Means(payment.means), is_banked=payment.slip_id is not None)
    return f" : {how}" if payment.cancelled_at else ""


def _credits(db: Session, invoice: Invoice) -> list[PaidPart]:
    query = select(Invoice).where(Invoice.corrects_id == invoice.key).order_by(col(Invoice.id))
    return [
        PaidPart(
            wording.short_date(paris_day(one.issued_at)) if one.issued_at else "",
            f"Avoir {one.content.get('number', '')}".strip(),
            euros(-one.total_cents),
            str(one.key),
            one.content.get("reason", ""),
        )
        for one in db.exec(query)
    ]
