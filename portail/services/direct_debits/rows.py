"""Mandats et prélèvements, tels que les deux écrans les montrent."""

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from portail.domain.dates import paris_day
from portail.domain.direct_debits import (
    BatchState,
    DebitSequence,
    DebitState,
    MandateEnd,
    MandateState,
    RejectReason,
    batch_state,
)
from portail.domain.iban import shown
from portail.domain.invoices import invoice_number
from portail.domain.money import euros
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.models.families import Family
from portail.models.invoices import Invoice
from portail.models.regies import Regie
from portail.settings import current
from portail.views import wording
from portail.views.direct_debits import BatchRow, DebitRow, MandateRow


def mandates() -> Any:
    query: Any = select(Mandate, Regie, Family.name, Family.number)  # type: ignore[call-overload]
    query = query.join(Regie, col(Regie.id) == col(Mandate.regie_id))
    return query.join(Family, col(Family.id) == col(Mandate.family_id), isouter=True)


def creditor_of(regie: Regie) -> str:
    """Le créancier, tel que la banque et la famille le lisent : la commune, puis sa régie."""
    return f"{current().town_name} {regie.name}"


def active_mandates_of(family_id: int) -> Any:
    """Ceux d'un dossier qui sont en cours : un au plus par régie."""
    query = mandates().where(Mandate.family_id == family_id, Mandate.state == MandateState.ACTIVE)
    return query.order_by(col(Mandate.id))


def mandate_row(found: Any) -> MandateRow:
    mandate, regie, family, number = found
    signed = f"signé le {wording.long_date(paris_day(mandate.signed_at))}"
    over = mandate.ended_at and f", terminé le {wording.long_date(paris_day(mandate.ended_at))} "
    return MandateRow(
        id=mandate.key,
        regie=regie.name,
        creditor=creditor_of(regie),
        creditor_id=regie.creditor_id,
        rum=mandate.rum,
        holder=mandate.holder or "titulaire effacé",
        iban=shown(mandate.iban_end) if mandate.iban_end else "",
        dates=signed + (f"{over}{MandateEnd(mandate.end_reason).label}" if over else ""),
        state=MandateState(mandate.state).label,
        tone="ok" if mandate.state == MandateState.ACTIVE else "",
        is_active=mandate.state == MandateState.ACTIVE,
        family=f"{family}, {number}" if family else "dossier effacé",
    )


def debits() -> Any:
    """Le prélèvement, sa date, son mandat, sa facture et son dossier."""
    columns: tuple[Any, ...] = (
        *(Debit, DebitBatch.collected_on, Mandate.rum),
        *(Regie.code, Invoice.year, Invoice.number, Family),
    )
    return (
        select(*columns)
        .join(DebitBatch, col(DebitBatch.id) == col(Debit.batch_id))
        .join(Mandate, col(Mandate.id) == col(Debit.mandate_id))
        .join(Invoice, col(Invoice.id) == col(Debit.invoice_id))
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .join(Family, col(Family.id) == col(Invoice.family_id), isouter=True)
    )


def debit_row(found: Any, *, to_family: bool = False) -> DebitRow:
    debit, day, rum, code, year, number, family = found
    state = DebitState(debit.state)
    reason = RejectReason(debit.reason) if debit.reason else None
    said = (reason.told if to_family else reason.label) if reason else ""
    return DebitRow(
        id=debit.key,
        day=wording.long_date(day),
        amount=euros(debit.cents),
        invoice=invoice_number(code, year, number),
        state=state.label,
        tone=state.tone,
        reason=said,
        family=family.name if family else "dossier effacé",
        family_id=family.key if family else 0,
        rum=rum,
        sequence=DebitSequence(debit.sequence).label,
        may_reject=state in {DebitState.SENT, DebitState.PAID},
        review=debit.review if debit.reviewed_at is None and not to_family else "",
    )


def batch_row(batch: DebitBatch, regie: str, count: int, cents: int) -> BatchRow:
    state: BatchState = batch_state(batch.sent_at, batch.collected_at)
    return BatchRow(
        id=batch.key,
        name=batch.message_id,
        day=wording.long_date(batch.collected_on),
        regie=regie,
        count=wording.count(count, "prélèvement", "prélèvements"),
        amount=euros(int(cents)),  # PostgreSQL additionne en décimaux
        state=state.label,
        tone=state.tone,
    )
