"""Ce qu'un encaissement solde : une facture n'avance que par une écriture conditionnelle, jamais au-delà de son total.

Rien ici n'écrit au grand livre : qui encaisse y pose le mouvement entier, dans la même transaction. Les factures se
prennent par numéro croissant, pour que deux paiements qui se croisent s'attendent au lieu de se bloquer.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select, update

from portail.domain.dates import paris_day
from portail.domain.invoices import AlreadyPaidError, InvoiceKind, InvoiceState
from portail.domain.money import euros
from portail.domain.refusals import BadInputError, RefusalError
from portail.models.invoices import Invoice
from portail.models.payments import Payment, PaymentAllocation
from portail.services import audit

Share = tuple[int, int]  # (facture, centimes)


class AlreadyReleasedError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Cet encaissement est déjà annulé.")


def allocate(db: Session, payment: Payment, shares: Sequence[Share], now: datetime) -> None:
    """Tout ou rien : une facture payée entre-temps, ou d'un autre foyer, refuse l'ensemble."""
    _check(payment, shares)
    for invoice_id, cents in sorted(shares):
        if not _advance(db, invoice_id, cents, _same_place(payment)):
            raise AlreadyPaidError(left_on(db, [invoice_id]).get(invoice_id, 0))
        db.add(PaymentAllocation(payment_id=payment.key, invoice_id=invoice_id, cents=cents))
    _told(db, "payment.allocated", payment, now)


def allocate_due(db: Session, payment: Payment, shares: Sequence[Share], now: datetime) -> int:
    """Ce qui est encore dû, pas plus ; rend ce qui n'a pas trouvé à qui servir (à verser au porte-monnaie)."""
    _check(payment, shares)
    given = 0
    for invoice_id, cents in sorted(shares):
        left = left_on(db, [invoice_id], lock=True).get(invoice_id, 0)
        taken = min(cents, left)
        if taken > 0 and _advance(db, invoice_id, taken, _same_place(payment)):
            db.add(PaymentAllocation(payment_id=payment.key, invoice_id=invoice_id, cents=taken))
            given += taken
    _told(db, "payment.allocated", payment, now)
    return sum(cents for _, cents in shares) - given


def release(db: Session, payment_id: int, now: datetime, why: str = "") -> list[Share]:
    """L'encaissement est annulé (rejet, chèque impayé), une seule fois : ses factures redeviennent dues d'autant."""
    cancelled = update(Payment).where(col(Payment.id) == payment_id, col(Payment.cancelled_at).is_(None))
    said = {"cancelled_at": now, "cancelled_on": paris_day(now), "cancelled_why": why}
    done = db.exec(cancelled.values(**said).execution_options(synchronize_session="fetch"))
    if not done.rowcount:
        raise AlreadyReleasedError
    query = select(PaymentAllocation.invoice_id, PaymentAllocation.cents)
    shares = sorted(db.exec(query.where(PaymentAllocation.payment_id == payment_id)))
    for invoice_id, cents in shares:
        _advance(db, invoice_id, -cents)
    _told(db, "payment.released", db.get_one(Payment, payment_id), now)
    return shares


def reopen(db: Session, payment: Payment, cents: int, now: datetime) -> str:
    """Une part est reprise par la banque : ce qu'elle soldait est de nouveau dû, la dernière facture d'abord.

    Rend ces factures, en toutes lettres ; rien ne bouge, ni ne se dit, si le paiement ne soldait pas autant.
    """
    query = select(PaymentAllocation).where(PaymentAllocation.payment_id == payment.key)
    shares = list(db.exec(query.order_by(col(PaymentAllocation.invoice_id)).with_for_update()))
    kept = sum(one.cents for one in shares) - cents
    if kept < 0:
        return ""
    due_again: list[Share] = []
    for one in shares:
        stays = min(one.cents, kept)
        kept -= stays
        if one.cents > stays:
            due_again.append((one.invoice_id, one.cents - stays))
        _advance(db, one.invoice_id, stays - one.cents)
        if stays:
            one.cents = stays
        else:
            db.delete(one)
    said = _said(db, due_again)
    _told(db, "payment.reopened", payment, now, said)
    return said


def _said(db: Session, shares: Sequence[Share]) -> str:
    """« ENF-2026-000012 (20,00 €), ENF-2026-000013 (5,00 €) »."""
    found = db.exec(select(Invoice).where(col(Invoice.id).in_([key for key, _ in shares])))
    numbers = {one.key: one.content.get("number", "") for one in found}
    return ", ".join(f"{numbers[key]} ({euros(cents)})" for key, cents in shares)


def left_on(db: Session, invoice_ids: Iterable[int], *, lock: bool = False) -> dict[int, int]:
    """Ce qui reste à payer sur chacune des factures émises ; `lock` : jusqu'à la fin de la transaction."""
    query = select(Invoice.id, Invoice.total_cents, Invoice.paid_cents).where(
        col(Invoice.id).in_(list(invoice_ids)), *_OPEN
    )
    query = query.order_by(col(Invoice.id))
    rows = db.exec(query.with_for_update(key_share=True) if lock else query)
    return {int(key or 0): total - paid for key, total, paid in rows}


def settle_by_credit(db: Session, invoice_id: int, cents: int) -> int:
    """Un avoir solde d'abord sa facture ; rend ce qu'elle ne devait plus (à rendre à la famille)."""
    taken = min(cents, left_on(db, [invoice_id], lock=True).get(invoice_id, 0))
    if taken:
        _advance(db, invoice_id, taken)
    return cents - taken


_OPEN: tuple[Any, ...] = (Invoice.state == InvoiceState.ISSUED, Invoice.kind == InvoiceKind.INVOICE)


def _same_place(payment: Payment) -> tuple[Any, ...]:
    """La facture du même foyer, dans la même régie."""
    return col(Invoice.family_id) == payment.family_id, col(Invoice.regie_id) == payment.regie_id


def _told(db: Session, action: str, payment: Payment, now: datetime, detail: str = "") -> None:
    audit.record(db, action, at=now, actor_id=payment.author_id, subject_id=payment.family_id, detail=detail)
    db.flush()


def _advance(db: Session, invoice_id: int, cents: int, more: tuple[Any, ...] = ()) -> bool:
    after = col(Invoice.paid_cents) + cents
    moved = (
        update(Invoice)
        .where(col(Invoice.id) == invoice_id, *_OPEN, *more, after <= col(Invoice.total_cents), after >= 0)
        .values(paid_cents=after)
        .execution_options(synchronize_session="fetch")
    )
    return bool(db.exec(moved).rowcount)


def _check(payment: Payment, shares: Sequence[Share]) -> None:
    """Une faute de programme ou un formulaire forgé : jamais un montant nul ou négatif, jamais plus que reçu."""
    amounts = [cents for _, cents in shares]
    if not amounts or min(amounts) <= 0 or sum(amounts) > payment.amount_cents:
        raise BadInputError("Ces montants ne vont pas avec l’encaissement.")
    if len({invoice_id for invoice_id, _ in shares}) != len(shares):
        raise BadInputError("Une facture est nommée deux fois.")
