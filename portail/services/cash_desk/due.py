"""Ce qu'une famille doit encore, la plus ancienne facture d'abord."""

from datetime import date

from sqlmodel import Session, col, select

from portail.domain.desk import Due
from portail.domain.invoices import InvoiceKind, InvoiceState, invoice_number
from portail.domain.money import euros
from portail.models.invoices import Invoice
from portail.models.regies import Regie
from portail.services.direct_debits import under_way
from portail.views import wording
from portail.views.cash_desk import DueLine

UNPAID = (
    Invoice.state == InvoiceState.ISSUED,
    Invoice.kind == InvoiceKind.INVOICE,
    col(Invoice.paid_cents) < col(Invoice.total_cents),
)


def dues_of(db: Session, family_id: int) -> list[Due]:
    query = select(Invoice).where(Invoice.family_id == family_id, *UNPAID)
    found = db.exec(query.order_by(col(Invoice.due_on), col(Invoice.id)))
    return [Due(one.key, one.regie_id, one.total_cents - one.paid_cents) for one in found]


def lines_of(db: Session, family_id: int, today: date) -> list[DueLine]:
    query = (
        select(Invoice, Regie)
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .where(Invoice.family_id == family_id, *UNPAID)
        .order_by(col(Invoice.due_on), col(Invoice.id))
    )
    found = list(db.exec(query))
    debits = under_way.of(db, [invoice.key for invoice, _ in found], today)
    said = {key: debit.said(today) for key, debit in debits.items()}
    return [_line(invoice, regie, today, said.get(invoice.key, "")) for invoice, regie in found]


def _line(invoice: Invoice, regie: Regie, today: date, debit: str) -> DueLine:
    return DueLine(
        id=invoice.key,
        number=number_of(invoice, regie),
        regie=regie.name,
        due=wording.short_date(invoice.due_on),
        is_late=invoice.due_on < today,
        left_cents=invoice.total_cents - invoice.paid_cents,
        left=euros(invoice.total_cents - invoice.paid_cents),
        total=euros(invoice.total_cents),
        debit=debit,
    )


def number_of(invoice: Invoice, regie: Regie) -> str:
    return invoice_number(regie.code, invoice.year or invoice.month.year, invoice.number or 0)
