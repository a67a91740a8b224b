"""L'avoir : rendre une facture, ou quelques-unes de ses lignes, avec un motif ; jamais deux fois la même ligne."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.money import euros
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.text import clean_line
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.invoices import Invoice, InvoiceLine
from portail.models.regies import Regie
from portail.services import audit
from portail.services.invoices import letters
from portail.services.invoices.allocating import settle_by_credit
from portail.services.invoices.detail import lines_of
from portail.services.invoices.issuing import Draft, Issue, Issued, issue_all
from portail.services.invoices.paying import read_keys

REASON_LIMIT = 160


class AlreadyCreditedError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Une de ces lignes a déjà été rendue.", "Rechargez la page : rien n’a été changé.")


@dataclass(frozen=True)
class Credit:
    """Ce que l'agent demande ; `lines` : « 12,15 » ; `is_whole` : tout ce qui peut encore être rendu."""

    invoice_id: int
    lines: str
    reason: str
    is_whole: bool = False


def credit(*, actor: Actor, wanted: Credit, now: datetime) -> str:
    """L'avoir solde d'abord sa facture ; ce qu'elle ne devait plus va au porte-monnaie de la famille."""
    check_audience(Audience.MONEY, actor)
    reason = clean_line(wanted.reason, label="Motif", limit=REASON_LIMIT)
    if not reason:
        raise BadInputError("Dites pourquoi : la famille lira ce motif sur l’avoir.")
    with transaction() as db:
        invoice = _locked(db, wanted.invoice_id)
        lines = _chosen(db, invoice, wanted)
        cents = sum(line.amount_cents for line in lines)
        if cents <= 0:
            raise BadInputError("Le montant à rendre doit être supérieur à zéro.", "Choisissez d’autres lignes.")
        said = {"reason": reason, "corrects": invoice.content.get("number", "")}
        regie = db.get_one(Regie, invoice.regie_id)
        issued = _issue(db, Issue(regie, paris_day(now), now, actor.account_id, said), invoice, lines)
        detail = f"{issued.reference}, {euros(cents)} : {reason}"
        audit.record(
            db, "invoice.credited", at=now, actor_id=actor.account_id, subject_id=invoice.family_id, detail=detail
        )
    back = issued.draft.back_cents
    more = f", dont {euros(back)} rendus au porte-monnaie de la famille" if back else ""
    return f"Avoir {issued.reference} émis : {euros(cents)}{more}."


def creditable(db: Session, lines: list[InvoiceLine]) -> list[InvoiceLine]:
    """Les lignes que rien n'a encore rendues : ni un avoir, ni l'annulation de la séance."""
    keys = [line.key for line in lines]
    credited = set(db.exec(select(InvoiceLine.corrects_id).where(col(InvoiceLine.corrects_id).in_(keys))))
    bookings = {line.booking_id for line in lines if line.booking_id}
    query = select(InvoiceLine.booking_id, func.sum(InvoiceLine.amount_cents))
    net = dict(
        db.exec(query.where(col(InvoiceLine.booking_id).in_(bookings)).group_by(col(InvoiceLine.booking_id))).all()
    )
    return [
        line
        for line in lines
        if line.key not in credited
        and line.amount_cents > 0
        and (line.booking_id is None or net[line.booking_id] >= line.amount_cents)
    ]


def _locked(db: Session, invoice_id: int) -> Invoice:
    query = select(Invoice).where(
        Invoice.id == invoice_id, Invoice.state == InvoiceState.ISSUED, Invoice.kind == InvoiceKind.INVOICE
    )
    invoice = db.exec(query.with_for_update(key_share=True)).first() if is_key(invoice_id) else None
    if invoice is None:
        raise NotOpenError
    if invoice.family_id is None:
        raise RefusalError("Ce dossier a été effacé : sa facture ne se corrige plus.")
    return invoice


def _chosen(db: Session, invoice: Invoice, wanted: Credit) -> list[InvoiceLine]:
    keys = set() if wanted.is_whole else read_keys(wanted.lines)
    if not keys and not wanted.is_whole:
        raise BadInputError("Cochez au moins une ligne à rendre.")
    lines = lines_of(db, [invoice.key])[invoice.key]
    if not keys <= {line.key for line in lines}:
        raise NotOpenError
    possible = creditable(db, lines)
    if keys - {line.key for line in possible} or not possible:
        raise AlreadyCreditedError
    return [line for line in possible if line.key in keys or not keys]


def _issue(db: Session, order: Issue, invoice: Invoice, lines: list[InvoiceLine]) -> Issued:
    cents = sum(line.amount_cents for line in lines)
    known: dict[str, Any] = {"regie_id": invoice.regie_id, "family_id": invoice.family_id, "corrects_id": invoice.key}
    note = Invoice(kind=InvoiceKind.CREDIT_NOTE, month=invoice.month, due_on=order.due_on, **known)
    db.add(note)
    db.flush()
    db.add_all(_reversed(line, note.key) for line in lines)
    db.flush()
    back = settle_by_credit(db, invoice.key, cents)
    (issued,) = issue_all(db, order, [Draft(note.key, int(invoice.family_id or 0), -cents, back)])
    settled = update(Invoice).where(col(Invoice.id) == note.key).values(paid_cents=cents - back)
    db.exec(settled.execution_options(synchronize_session=False))
    letters.announce(db, order, invoice.month, [issued])
    return issued


def _reversed(line: InvoiceLine, note_id: int) -> InvoiceLine:
    same: dict[str, Any] = line.model_dump(exclude={"id", "invoice_id", "corrects_id", "formula"})
    signed = {name: -same[name] for name in ("quantity", "meal_cents", "care_cents", "surcharge_cents", "amount_cents")}
    return InvoiceLine(**{**same, **signed, "invoice_id": note_id, "corrects_id": line.key})
