"""Le contrôle de nuit des factures : les totaux, ce qui est payé, la suite des numéros. Une lecture, en phrases."""

from sqlmodel import Session, col, func, select

from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.models.database import reading
from portail.models.invoices import Invoice, InvoiceLine
from portail.models.payments import Payment, PaymentAllocation
from portail.models.regies import InvoiceCounter


def check_invoices() -> list[str]:
    """Ce qui ne va pas ; rien si tout est juste."""
    with reading() as db:
        return [*_wrong_totals(db), *_holes(db), *_wrong_payments(db)]


def _wrong_totals(db: Session) -> list[str]:
    query = (
        select(Invoice.id)
        .join(InvoiceLine, col(InvoiceLine.invoice_id) == col(Invoice.id), isouter=True)
        .where(Invoice.state == InvoiceState.ISSUED)
        .group_by(col(Invoice.id))
        .having(func.coalesce(func.sum(InvoiceLine.amount_cents), 0) != Invoice.total_cents)
    )
    return [f"Factures : le total de la facture {key} n’est pas la somme de ses lignes." for key in db.exec(query)]


def _holes(db: Session) -> list[str]:
    query = (
        select(InvoiceCounter.regie_id, InvoiceCounter.year, InvoiceCounter.last, func.count(col(Invoice.id)))
        .join(
            Invoice,
            (col(Invoice.regie_id) == InvoiceCounter.regie_id) & (col(Invoice.year) == InvoiceCounter.year),
            isouter=True,
        )
        .group_by(col(InvoiceCounter.id))
    )
    return [
        f"Factures : la régie {regie_id} a {last} numéros en {year}, et {count} factures."
        for regie_id, year, last, count in db.exec(query)
        if last != count
    ]


def _wrong_payments(db: Session) -> list[str]:
    """Payé : par les encaissements qui tiennent, et par les avoirs qui la corrigent."""
    paid = (
        select(func.coalesce(func.sum(PaymentAllocation.cents), 0))
        .join(Payment, col(Payment.id) == col(PaymentAllocation.payment_id))
        .where(PaymentAllocation.invoice_id == Invoice.id, col(Payment.cancelled_at).is_(None))
        .correlate(Invoice)
        .scalar_subquery()
    )
    note = Invoice.__table__.alias()  # type: ignore[attr-defined]
    credited = (
        select(func.coalesce(func.sum(note.c.paid_cents), 0))
        .where(note.c.corrects_id == Invoice.id)
        .correlate(Invoice)
        .scalar_subquery()
    )
    query = select(Invoice.id).where(
        Invoice.state == InvoiceState.ISSUED,
        Invoice.kind == InvoiceKind.INVOICE,
        Invoice.paid_cents != paid + credited,
    )
    return [f"Factures : ce qui est payé de la facture {key} n’est pas ce qui l’a soldée." for key in db.exec(query)]
