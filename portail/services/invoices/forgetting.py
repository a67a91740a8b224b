"""Quand un dossier s'efface : les noms et les PDF de ses factures partent, les montants restent pour la régie."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, col, delete, select, update

from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.models.families import Family
from portail.models.invoices import Invoice, InvoiceLine


def forget_names(db: Session, family_ids: Collection[int]) -> None:
    """Avant d'effacer les foyers ; les fichiers, que plus rien ne désigne, partent au ménage."""
    mine = col(Invoice.family_id).in_(family_ids)
    db.exec(delete(Invoice).where(mine, col(Invoice.state) == InvoiceState.DRAFT))
    issued = select(Invoice.id).where(mine)
    named = update(InvoiceLine).where(col(InvoiceLine.invoice_id).in_(issued)).values(child_name="")
    db.exec(named.execution_options(synchronize_session=False))
    said = update(Invoice).where(mine).values(content={}, file_id=None)
    db.exec(said.execution_options(synchronize_session=False))


def owes_money() -> Any:
    """Ce foyer a encore une facture à payer : il attend, comme celui dont le porte-monnaie n'est pas vide."""
    return (
        select(Invoice.id)
        .where(
            col(Invoice.family_id) == col(Family.id),
            Invoice.state == InvoiceState.ISSUED,
            Invoice.kind == InvoiceKind.INVOICE,
            col(Invoice.paid_cents) < col(Invoice.total_cents),
        )
        .exists()
    )
