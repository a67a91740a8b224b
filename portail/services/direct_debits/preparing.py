"""Préparer une remise : les factures dues des familles qui ont un mandat, annoncées à chacune dans le délai promis."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.direct_debits import (
    DebitSequence,
    DebitState,
    MandateState,
    check_collection_day,
    earliest_day,
)
from portail.domain.forms import Reader
from portail.domain.invoices import InvoiceKind, InvoiceState, invoice_number
from portail.domain.money import euros
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.ids import readable_code
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.models.families import Family
from portail.models.invoices import Invoice
from portail.models.regies import Regie
from portail.services import audit
from portail.services.direct_debits import letters, mandates
from portail.views import wording
from portail.views.direct_debits import DebitRow, Preview


class NobodyToTellError(RefusalError):
    """Sans annonce reçue, pas de prélèvement."""

    def __init__(self) -> None:
        super().__init__(
            "Aucune des familles à prélever ne peut être prévenue : leurs adultes n’ont pas de compte actif.",
            "Ouvrez-leur un compte dans « Comptes », ou convenez d’un autre paiement.",
        )


class NothingToCollectError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Aucune facture à prélever : pas de mandat, ou tout est payé ou déjà annoncé.", "Vérifiez la régie."
        )


@dataclass(frozen=True)
class Candidate:
    """Une facture qui peut être prélevée, et ce qui en reste dû ; `is_told` : un adulte recevra l'annonce."""

    invoice: Invoice
    mandate: Mandate
    family: Family
    is_told: bool
    cents: int


@dataclass(frozen=True)
class Order:
    """Ce qu'un agent demande : une régie, un jour ; `code` distingue deux remises du même jour."""

    regie: Regie
    day: date
    author_id: int
    now: datetime
    code: str = field(default_factory=lambda: readable_code(6))


def preview(*, actor: Actor, form: dict[str, Any], now: datetime) -> Preview:
    """Rien n'est écrit, personne n'est prévenu."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        regie, day = _wanted(db, form, now)
        every = eligible(db, regie)
    found = _told(every)
    return Preview(
        ready=True,
        regie_id=regie.key,
        regie=regie.name,
        day=day.isoformat(),
        spoken_day=wording.full_day(day),
        count=wording.count(len(found), "facture", "factures"),
        amount=euros(sum(one.cents for one in found)),
        stamp=_stamp(found),
        rows=[_row(regie, one) for one in found],
        left_out=[_row(regie, one) for one in every if not one.is_told],
    )


def prepare(*, actor: Actor, form: dict[str, Any], now: datetime) -> int:
    """Rend le numéro de la remise. La régie est prise : deux agents passent l'un après l'autre."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        regie, day = _wanted(db, form, now)
        db.get_one(Regie, regie.key, with_for_update={"key_share": True})
        found = _told(eligible(db, regie))
        if str(form.get("stamp") or "") != _stamp(found):
            raise RefusalError("La liste a changé depuis que vous l’avez lue.", "Relisez-la, puis recommencez.")
        return plan(db, Order(regie, day, actor.account_id, now), found)


def plan(db: Session, order: Order, found: list[Candidate]) -> int:
    """La remise, ses prélèvements et leurs annonces : ensemble ou pas du tout."""
    regie, day, now = order.regie, order.day, order.now
    batch = DebitBatch(
        regie_id=regie.key,
        message_id=f"{regie.code}-PRLV-{day:%Y%m%d}-{order.code}",
        collected_on=day,
        author_id=order.author_id,
        created_at=now,
    )
    db.add(batch)
    db.flush()
    used = _used(db, {one.mandate.key for one in found})
    for one in found:
        sequence = DebitSequence.RECURRENT if one.mandate.key in used else DebitSequence.FIRST
        used.add(one.mandate.key)
        db.add(
            Debit(
                batch_id=batch.key,
                mandate_id=one.mandate.key,
                invoice_id=one.invoice.key,
                cents=one.cents,
                sequence=sequence,
                announced_at=now,
            )
        )
    _announce(db, regie, batch, found, now)
    detail = f"{batch.message_id} : {euros(sum(one.cents for one in found))}"
    audit.record(db, "debit.announced", at=now, actor_id=order.author_id, subject_id=batch.key, detail=detail)
    return batch.key


def locked(db: Session, batch_id: int) -> DebitBatch:
    """Cette remise, pour soi seul jusqu'à la fin de la transaction."""
    query = select(DebitBatch).where(DebitBatch.id == batch_id).with_for_update()
    found = db.exec(query.execution_options(populate_existing=True)).first() if is_key(batch_id) else None
    if found is None:
        raise NotOpenError
    return found


def _wanted(db: Session, form: dict[str, Any], now: datetime) -> tuple[Regie, date]:
    reader, today = Reader(form), paris_day(now)
    missing = "Indiquez la date du prélèvement."
    day = reader.day("day", today, missing=missing, check=lambda chosen: check_collection_day(chosen, today))
    regie_id = reader.number("regie")
    regie = next((one for one in mandates.collecting(db) if one.key == regie_id), None)
    if regie is None:
        reader.errors.setdefault("regie", "Choisissez une régie qui prélève.")
    reader.check()
    if regie is None:
        raise BadInputError
    return regie, day


def eligible(db: Session, regie: Regie) -> list[Candidate]:
    """Une facture déjà annoncée ou remise n'y est pas : elle ne peut pas être prélevée deux fois."""
    under_way = select(Debit.invoice_id).where(col(Debit.state).in_((DebitState.PLANNED, DebitState.SENT)))
    query = (
        select(Invoice, Mandate, Family, letters.can_be_told())
        .join(Family, col(Family.id) == col(Invoice.family_id))
        .join(Mandate, col(Mandate.family_id) == col(Family.id))
        .where(
            Invoice.regie_id == regie.key,
            Mandate.regie_id == regie.key,
            Mandate.state == MandateState.ACTIVE,
            Invoice.state == InvoiceState.ISSUED,
            Invoice.kind == InvoiceKind.INVOICE,
            col(Invoice.paid_cents) < col(Invoice.total_cents),
            col(Invoice.id).not_in(under_way),
        )
        .order_by(col(Family.name), col(Mandate.id), col(Invoice.id))
    )
    return [Candidate(*row, row[0].total_cents - row[0].paid_cents) for row in db.exec(query)]


def _told(every: list[Candidate]) -> list[Candidate]:
    """Seules les familles qui peuvent être prévenues sont prélevées : le préavis est dû à chacune."""
    if not every:
        raise NothingToCollectError
    told = [one for one in every if one.is_told]
    if not told:
        raise NobodyToTellError
    return told


def _stamp(found: list[Candidate]) -> str:
    """Ce que l'agent a lu : les mêmes factures, pour les mêmes montants."""
    read = ",".join(f"{one.invoice.key}:{one.cents}" for one in found)
    return hashlib.sha256(read.encode()).hexdigest()[:32]


def _used(db: Session, mandate_ids: set[int]) -> set[int]:
    """Les mandats qui ont déjà servi."""
    return set(db.exec(select(Debit.mandate_id).where(col(Debit.mandate_id).in_(mandate_ids)).distinct()))


def _announce(db: Session, regie: Regie, batch: DebitBatch, found: list[Candidate], now: datetime) -> None:
    """Un courriel par famille, dans la transaction qui l'engage."""
    for _, group in groupby(found, key=lambda one: one.mandate.key):
        bills = list(group)
        said = [letters.Announced(_reference(regie, one.invoice), one.cents) for one in bills]
        letters.announced(db, bills[0].mandate, batch.collected_on, said, now)


def _reference(regie: Regie, invoice: Invoice) -> str:
    return invoice_number(regie.code, invoice.year or 0, invoice.number or 0)


def _row(regie: Regie, one: Candidate) -> DebitRow:
    return DebitRow(
        id=one.invoice.key,
        amount=euros(one.cents),
        invoice=_reference(regie, one.invoice),
        family=one.family.name,
        family_id=one.family.key,
        rum=one.mandate.rum,
    )


def earliest(now: datetime) -> str:
    return earliest_day(paris_day(now)).isoformat()
