"""Annuler un encaissement du jour, ou constater un chèque rejeté : le mouvement inverse, jamais un effacement."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.payments import AT_THE_DESK, Means
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.payments import Payment
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction
from portail.services import audit
from portail.services.cash_desk import days, receipts
from portail.services.invoices import allocating
from portail.services.wallet.posting import Line, Movement, NotEnoughMoneyError, post

UNDONE, BOUNCED = "desk_undone:", "desk_bounced:"  # le début des références


class NotUndoableError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Cet encaissement ne peut plus être annulé.", "Rechargez la page.")


def undoable(today: date) -> tuple[Any, ...]:
    """Encaissé aujourd'hui au guichet, pas encore remis ni annulé, la journée encore ouverte."""
    return (
        col(Payment.means).in_(AT_THE_DESK),
        Payment.received_on == today,
        col(Payment.cancelled_at).is_(None),
        col(Payment.slip_id).is_(None),
        ~days.is_closed(col(Payment.regie_id), col(Payment.received_on)),
    )


def undo(*, actor: Actor, payment_id: int, now: datetime) -> str:
    """Une faute de frappe se répare le jour même."""
    check_audience(Audience.MONEY, actor)
    today = paris_day(now)
    with transaction() as db:
        payment = _taken(db, payment_id)
        days.check_open(db, payment.regie_id, payment.received_on)
        query = select(Payment.id).where(Payment.id == payment.key, *undoable(today))
        if db.exec(query).first() is None:
            raise NotUndoableError
        reverse(db, payment, MovementKind.PAYMENT, f"{UNDONE}{payment.key}", (actor.account_id, now))
        audit.record(db, "wallet.credit_undone", at=now, actor_id=actor.account_id, subject_id=payment.family_id)
    return "L’encaissement est annulé."


def bounce(*, actor: Actor, payment_id: int, now: datetime) -> str:
    """La banque a rejeté le chèque : ce qu'il payait redevient dû, la famille est prévenue."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        payment = _taken(db, payment_id)
        if payment.means != Means.CHEQUE or payment.slip_id is None or payment.cancelled_at is not None:
            raise RefusalError("Seul un chèque remis en banque peut être rejeté.", "Rechargez la page.")
        reverse(db, payment, MovementKind.REJECTION, f"{BOUNCED}{payment.key}", (actor.account_id, now))
        audit.record(db, "payment.bounced", at=now, actor_id=actor.account_id, subject_id=payment.family_id)
        receipts.tell_bounced(db, payment, now)
    return "Le chèque est noté rejeté : la famille en est prévenue."


def _taken(db: Session, payment_id: int) -> Payment:
    """Verrouillé : une remise ou une autre annulation attend."""
    query = select(Payment).where(Payment.id == payment_id).with_for_update()
    payment = db.exec(query).first() if is_key(payment_id) else None
    if payment is None or payment.means not in AT_THE_DESK:
        raise NotOpenError
    return payment


def reverse(db: Session, payment: Payment, kind: MovementKind, reference: str, by: tuple[int, datetime]) -> None:
    """Le mouvement inverse, ligne à ligne ; les factures redeviennent dues."""
    author_id, now = by
    if payment.movement_id is None:
        raise NotUndoableError
    done = db.get_one(LedgerTransaction, payment.movement_id)
    query = select(LedgerAccount, LedgerEntry.amount_cents).join(
        LedgerEntry, col(LedgerEntry.account_id) == col(LedgerAccount.id)
    )
    written = list(db.exec(query.where(LedgerEntry.transaction_id == payment.movement_id)))
    lines = tuple(Line(account, -cents) for account, cents in written)
    allocating.release(db, payment.key, now)
    payment.cheque = None
    db.add(payment)
    only_wallet = all(account.kind != LedgerAccountKind.RECEIVABLE for account, _ in written)
    if kind is MovementKind.PAYMENT and only_wallet:
        kind = MovementKind.TOP_UP
    start = "Annulé" if kind is not MovementKind.REJECTION else "Rejeté"
    try:
        post(db, Movement(kind, f"{start} : {done.label}", lines, now, author_id, reference=reference))
    except NotEnoughMoneyError:
        raise RefusalError("La famille a déjà dépensé cette somme : elle ne peut plus être reprise.") from None
