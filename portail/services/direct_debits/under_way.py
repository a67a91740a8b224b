"""Ce qui sera prélevé : une facture annoncée ou remise à la banque n'est ni relancée, ni payée une seconde fois."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.direct_debits import AlreadyDebitedError, DebitState, RejectReason
from portail.models.direct_debits import Debit, DebitBatch
from portail.models.invoices import Invoice
from portail.views import wording


@dataclass(frozen=True)
class UnderWay:
    """Le jour du prélèvement ; `is_sent` : la banque l'a, plus rien ne l'arrête."""

    day: date
    is_sent: bool

    def said(self, today: date) -> str:
        day = wording.long_date(self.day)
        return f"Prélèvement prévu le {day}" if self.day >= today else f"Prélèvement du {day} en cours"


def of(db: Session, invoice_ids: Collection[int], today: date) -> dict[int, UnderWay]:
    """Le prélèvement en cours de chacune de ces factures, s'il y en a un."""
    if not invoice_ids:
        return {}
    query: Any = select(Debit.invoice_id, DebitBatch.collected_on, Debit.state)
    query = query.join(DebitBatch, col(DebitBatch.id) == col(Debit.batch_id))
    found = db.exec(query.where(col(Debit.invoice_id).in_(invoice_ids), _lasts(today)))
    return {invoice_id: UnderWay(day, state == DebitState.SENT) for invoice_id, day, state in found}


def said_rejected(db: Session, invoice_id: int) -> str:
    """Le dernier rejet de cette facture, tel qu'une famille le lit ; vide s'il n'y en a pas."""
    query: Any = select(DebitBatch.collected_on, Debit.reason)
    rejected = query.join(Debit, col(Debit.batch_id) == col(DebitBatch.id)).where(
        Debit.invoice_id == invoice_id, Debit.state == DebitState.REJECTED
    )
    found = db.exec(rejected.order_by(col(Debit.id).desc()).limit(1)).first()
    if found is None:
        return ""
    day, reason = found
    return f"Le prélèvement du {wording.long_date(day)} a été rejeté. Motif : {RejectReason(reason).told}."


def is_debited(today: date) -> Any:
    """La même question, posée de chaque facture d'une lecture."""
    query = select(Debit.id).join(DebitBatch, col(DebitBatch.id) == col(Debit.batch_id))
    return query.where(col(Debit.invoice_id) == col(Invoice.id), _lasts(today)).correlate(Invoice).exists()


def check_not_sent(db: Session, invoices: Collection[Invoice], today: date) -> None:
    """Annoncée seulement, la facture se paie encore : le fichier laissera de côté ce qui l'est."""
    sent = of(db, [one.key for one in invoices], today)
    for invoice in invoices:
        debit = sent.get(invoice.key)
        if debit and debit.is_sent:
            raise AlreadyDebitedError(invoice.content.get("number", ""), wording.long_date(debit.day))


def _lasts(today: date) -> Any:
    """Annoncée pour un jour passé, une remise n'a plus de fichier : elle ne prélèvera rien."""
    planned = (col(Debit.state) == DebitState.PLANNED) & (col(DebitBatch.collected_on) > today)
    return (col(Debit.state) == DebitState.SENT) | planned
