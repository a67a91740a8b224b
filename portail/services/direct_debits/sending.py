"""Le fichier pain.008 d'une remise : créé une fois, gardé scellé tel que remis, téléchargé par la régie."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import PARIS, paris_day
from portail.domain.direct_debits import DebitState, MandateState, WrongStepError, check_step
from portail.domain.invoices import invoice_number
from portail.domain.refusals import NotOpenError, RefusalError
from portail.integrations.sepa import Address, Collected, Creditor, DebitFile, write
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.models.families import Family
from portail.models.invoices import Invoice
from portail.models.regies import Regie
from portail.services import audit
from portail.services.direct_debits.preparing import locked
from portail.services.direct_debits.rows import creditor_of
from portail.services.health import vault
from portail.services.invoices import allocating
from portail.views.downloads import Download

MEDIA = "application/xml"


def make_file(*, actor: Actor, batch_id: int, now: datetime) -> str:
    """Ce qui a été payé depuis l'annonce n'y est plus ; ce qui l'a été en partie y est pour le reste."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        batch = locked(db, batch_id)
        if batch.sent_at is not None:
            raise WrongStepError("Le fichier de cette remise est déjà créé.")
        if batch.collected_on <= paris_day(now):
            raise RefusalError("La date de ce prélèvement est passée.", "Annulez la remise et préparez-en une autre.")
        regie = db.get_one(Regie, batch.regie_id)
        lines = _lines(db, batch, regie)
        if not lines:
            raise RefusalError("Il n’y a plus rien à prélever : tout a été payé.", "Annulez cette remise.")
        creditor = Creditor(creditor_of(regie), regie.creditor_id, regie.iban, regie.bic)
        made = DebitFile(batch.message_id, now.astimezone(PARIS), batch.collected_on, creditor, lines)
        vault.write(batch, {"sealed_file": write(made).decode()})
        batch.sent_at = now
        detail = f"{batch.message_id} : {len(lines)}"
        audit.record(db, "debit.file_made", at=now, actor_id=actor.account_id, subject_id=batch_id, detail=detail)
    return "Le fichier est créé : téléchargez-le, puis déposez-le à la banque."


def _lines(db: Session, batch: DebitBatch, regie: Regie) -> list[Collected]:
    query = (
        select(Debit, Mandate, Invoice, Family)
        .join(Mandate, col(Mandate.id) == col(Debit.mandate_id))
        .join(Invoice, col(Invoice.id) == col(Debit.invoice_id))
        .join(Family, col(Family.id) == col(Invoice.family_id), isouter=True)
        .where(Debit.batch_id == batch.key)
        .order_by(col(Debit.id))
    )
    found = list(db.exec(query))
    left = allocating.left_on(db, [invoice.key for _, _, invoice, _ in found], lock=True)
    lines = []
    for debit, mandate, invoice, family in found:
        cents = min(debit.cents, left.get(invoice.key, 0))
        if cents <= 0 or mandate.state != MandateState.ACTIVE or mandate.sealed_iban is None:
            db.delete(debit)
            continue
        check_step(DebitState(debit.state), DebitState.SENT)
        debit.state, debit.cents = DebitState.SENT, cents
        lines.append(_line(debit, mandate, invoice_number(regie.code, invoice.year or 0, invoice.number or 0), family))
    db.flush()
    return lines


def _line(debit: Debit, mandate: Mandate, reference: str, family: Family | None) -> Collected:
    return Collected(
        key=f"{reference}-{debit.key}",
        sequence=debit.sequence,
        cents=debit.cents,
        rum=mandate.rum,
        signed_on=paris_day(mandate.signed_at),
        holder=mandate.holder,
        iban=vault.read(mandate)["sealed_iban"],
        bic=mandate.bic,
        label=f"Facture {reference}",
        address=Address(family.address, family.postcode, family.city) if family else Address(),
    )


def download(actor: Actor, batch_id: int, now: datetime) -> Download:
    """Le même fichier, aussi souvent qu'il faut ; chaque téléchargement est inscrit : il a des IBAN."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        batch: Any = db.get(DebitBatch, batch_id) if is_key(batch_id) else None
        if batch is None or batch.sealed_file is None:
            raise NotOpenError
        body = vault.read(batch)["sealed_file"].encode()
        name = batch.message_id
        audit.record(db, "debit.file_read", at=now, actor_id=actor.account_id, subject_id=batch_id, detail=name)
    return Download(f"{name}.xml", body, MEDIA)
