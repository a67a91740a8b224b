"""L'avoir : rendre une facture, quelques-unes de ses lignes ou un montant, avec un motif ; jamais deux fois.

Un montant se prend sur les lignes, de la dernière à la première : la séance rendue en partie n'est ni refacturée, ni
rendue deux fois si elle est annulée ensuite, et l'attestation fiscale sait de quel enfant il s'agit.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.invoices import InvoiceKind, InvoiceState, part_given_back
from portail.domain.money import euros, typed_cents
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

REASON_LIMIT = LABEL_LIMIT = 160
PARTLY = " (en partie)"
PARTS = ("meal_cents", "care_cents", "surcharge_cents")


class AlreadyCreditedError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Une de ces lignes a déjà été rendue.", "Rechargez la page : rien n’a été changé.")


class ChangedRoomError(RefusalError):
    """Le même envoi une seconde fois, ou un autre agent entre-temps."""

    def __init__(self) -> None:
        super().__init__(
            "Un avoir vient de changer ce qui peut être rendu : celui-ci n’a pas été émis.", "Relisez la facture."
        )


class OverRoomError(BadInputError):
    def __init__(self, room_cents: int) -> None:
        super().__init__(f"Il ne reste que {euros(room_cents)} à rendre sur cette facture.", "Diminuez le montant.")


@dataclass(frozen=True)
class Credit:
    """Ce que l'agent demande ; `lines` : « 12,15 » ; `is_whole` : tout ce qui peut encore être rendu.

    `amount` : en euros, tel que saisi ; `seen_cents` : ce que la page disait pouvoir encore rendre.
    """

    invoice_id: int
    lines: str
    reason: str
    is_whole: bool = False
    amount: str = ""
    seen_cents: int = 0


@dataclass(frozen=True)
class Part:
    """Une ligne de facture et ce qui en est encore à rendre, ou ce qu'un avoir en prend."""

    line: InvoiceLine
    cents: int
    given_cents: int = 0  # déjà rendus par d'autres avoirs


def credit(*, actor: Actor, wanted: Credit, now: datetime) -> str:
    """L'avoir solde d'abord sa facture ; ce qu'elle ne devait plus va au porte-monnaie de la famille."""
    check_audience(Audience.MONEY, actor)
    reason = clean_line(wanted.reason, label="Motif", limit=REASON_LIMIT)
    if not reason:
        raise BadInputError("Dites pourquoi : la famille lira ce motif sur l’avoir.")
    with transaction() as db:
        invoice = _locked(db, wanted.invoice_id)
        parts = _chosen(db, invoice, wanted)
        cents = sum(part.cents for part in parts)
        said = {"reason": reason, "corrects": invoice.content.get("number", "")}
        regie = db.get_one(Regie, invoice.regie_id)
        issued = _issue(db, Issue(regie, paris_day(now), now, actor.account_id, said), invoice, parts)
        detail = f"{issued.reference}, {euros(cents)} : {reason}"
        audit.record(
            db, "invoice.credited", at=now, actor_id=actor.account_id, subject_id=invoice.family_id, detail=detail
        )
    back = issued.draft.back_cents
    more = f", dont {euros(back)} rendus au porte-monnaie de la famille" if back else ""
    return f"Avoir {issued.reference} émis : {euros(cents)}{more}."


def creditable(db: Session, lines: list[InvoiceLine]) -> list[Part]:
    """Ce que ni un avoir, ni l'annulation de la séance n'a encore rendu de ces lignes."""
    keys = [line.key for line in lines]
    notes = select(InvoiceLine.corrects_id, func.sum(InvoiceLine.amount_cents))
    notes = notes.where(col(InvoiceLine.corrects_id).in_(keys)).group_by(col(InvoiceLine.corrects_id))
    given = {key: -int(cents) for key, cents in db.exec(notes)}
    bookings = {line.booking_id for line in lines if line.booking_id}
    query = select(InvoiceLine.booking_id, func.sum(InvoiceLine.amount_cents))
    net = dict(
        db.exec(query.where(col(InvoiceLine.booking_id).in_(bookings)).group_by(col(InvoiceLine.booking_id))).all()
    )
    left = [Part(line, line.amount_cents - given.get(line.key, 0), given.get(line.key, 0)) for line in lines]
    return [
        part
        for part in left
        if part.cents > 0 and (part.line.booking_id is None or net[part.line.booking_id] >= part.cents)
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


def _chosen(db: Session, invoice: Invoice, wanted: Credit) -> list[Part]:
    lines = lines_of(db, [invoice.key])[invoice.key]
    if wanted.amount.strip():
        return _of_amount(creditable(db, lines), wanted)
    keys = set() if wanted.is_whole else read_keys(wanted.lines)
    if not keys and not wanted.is_whole:
        raise BadInputError("Cochez au moins une ligne à rendre, ou indiquez un montant.")
    if not keys <= {line.key for line in lines}:
        raise NotOpenError
    possible = creditable(db, lines)
    if keys - {part.line.key for part in possible} or not possible:
        raise AlreadyCreditedError
    return [part for part in possible if part.line.key in keys or not keys]


def _of_amount(possible: list[Part], wanted: Credit) -> list[Part]:
    """Un seul choix à la fois, sur ce que l'agent a sous les yeux : le second de deux clics ne rend rien de plus."""
    if wanted.is_whole or wanted.lines:
        raise BadInputError("Choisissez : toute la facture, des lignes, ou un montant.")
    cents, room = typed_cents(wanted.amount), sum(part.cents for part in possible)
    if room != wanted.seen_cents:
        raise ChangedRoomError
    if cents > room:
        raise OverRoomError(room)
    taken: list[Part] = []
    for part in reversed(possible):
        share = min(part.cents, cents)
        cents -= share
        if share:
            taken.append(Part(part.line, share, part.given_cents))
    return taken[::-1]


def _issue(db: Session, order: Issue, invoice: Invoice, parts: list[Part]) -> Issued:
    cents = sum(part.cents for part in parts)
    known: dict[str, Any] = {"regie_id": invoice.regie_id, "family_id": invoice.family_id, "corrects_id": invoice.key}
    note = Invoice(kind=InvoiceKind.CREDIT_NOTE, month=invoice.month, due_on=order.due_on, **known)
    db.add(note)
    db.flush()
    db.add_all(_reversed(part, note.key) for part in parts)
    db.flush()
    back = settle_by_credit(db, invoice.key, cents)
    (issued,) = issue_all(db, order, [Draft(note.key, int(invoice.family_id or 0), -cents, back)])
    settled = update(Invoice).where(col(Invoice.id) == note.key).values(paid_cents=cents - back)
    db.exec(settled.execution_options(synchronize_session=False))
    letters.announce(db, order, invoice.month, [issued])
    return issued


def _reversed(part: Part, note_id: int) -> InvoiceLine:
    line = part.line
    same: dict[str, Any] = line.model_dump(exclude={"id", "invoice_id", "corrects_id", "formula"})
    shared = part_given_back([getattr(line, name) for name in PARTS], line.amount_cents, part.given_cents, part.cents)
    signed = {name: -cents for name, cents in zip(PARTS, shared, strict=True)} | {"amount_cents": -part.cents}
    if part.cents == line.amount_cents:
        signed["quantity"] = -line.quantity
    else:
        signed["quantity"] = -1
        same["label"] = line.label[: LABEL_LIMIT - len(PARTLY)] + PARTLY
    same |= signed | {"invoice_id": note_id, "corrects_id": line.key}
    return InvoiceLine(**same)
