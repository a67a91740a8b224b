"""Reprendre un encaissement : annulé le jour même, corrigé un autre jour, ou rejeté par la banque ou l'émetteur.

Toujours le mouvement inverse, jamais un effacement ; la caisse du jour de la reprise le porte, aucun autre ne change.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.forms import Reader
from portail.domain.money import euros
from portail.domain.payments import AT_THE_DESK, REFUSABLE, Means
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

UNDONE, CORRECTED, BOUNCED = "desk_undone:", "desk_corrected:", "desk_bounced:"  # le début des références


class NotUndoableError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Cet encaissement ne peut plus être annulé.", "Rechargez la page.")


class AlreadySpentError(RefusalError):
    """La reprise attend que la famille ait rendu la somme : le guichet la reçoit, puis recommence."""

    def __init__(self, missing_cents: int) -> None:
        missing = euros(missing_cents)
        super().__init__(
            f"Cette somme était allée au porte-monnaie, et la famille en a déjà dépensé {missing}.",
            f"Encaissez d’abord {missing} avec « Tout au porte-monnaie », puis recommencez.",
        )


@dataclass(frozen=True)
class Reversal:
    """De quelle sorte est la reprise, par qui, quand et pourquoi."""

    kind: MovementKind
    start: str  # le début du libellé du mouvement
    reference: str
    author_id: int
    now: datetime
    why: str = ""


def undoable(today: date) -> tuple[Any, ...]:
    """Encaissé aujourd'hui au guichet, pas encore remis ni annulé, la journée encore ouverte."""
    return (
        col(Payment.means).in_(AT_THE_DESK),
        Payment.received_on == today,
        col(Payment.cancelled_at).is_(None),
        col(Payment.slip_id).is_(None),
        ~days.is_closed(col(Payment.regie_id), col(Payment.received_on)),
    )


def is_correctable(payment: Payment, today: date) -> bool:
    """D'un autre jour. Remis, un chèque ou un titre se rejette ; des espèces remises se corrigent encore."""
    is_ours = payment.means in AT_THE_DESK and payment.cancelled_at is None and payment.received_on < today
    return is_ours and (payment.slip_id is None or payment.means == Means.CASH)


def is_bounceable(payment: Payment) -> bool:
    return payment.means in REFUSABLE and payment.slip_id is not None and payment.cancelled_at is None


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
        reverse(db, payment, Reversal(MovementKind.PAYMENT, "Annulé", UNDONE, actor.account_id, now))
        audit.record(db, "wallet.credit_undone", at=now, actor_id=actor.account_id, subject_id=payment.family_id)
    return "L’encaissement est annulé."


def correct(*, actor: Actor, payment_id: int, reason: str, now: datetime) -> str:
    """Une erreur vue un autre jour : la caisse d'aujourd'hui rend la somme, la famille lit pourquoi."""
    check_audience(Audience.MONEY, actor)
    reader = Reader({"reason": reason})
    why = reader.line("reason", "Motif", limit=160, missing="Dites pourquoi : la famille le lira, le journal le garde.")
    reader.check()
    today = paris_day(now)
    with transaction() as db:
        payment = _taken(db, payment_id)
        days.check_open(db, payment.regie_id, today)
        if not is_correctable(payment, today):
            raise RefusalError(
                "Cet encaissement ne se corrige pas ici.",
                "Du jour même, il s’annule ; remis en banque, il se rejette. Rechargez la page.",
            )
        reverse(db, payment, Reversal(MovementKind.PAYMENT, "Corrigé", CORRECTED, actor.account_id, now, why))
        detail = f"{euros(payment.amount_cents)} : {why}"
        audit.record(
            db, "payment.corrected", at=now, actor_id=actor.account_id, subject_id=payment.family_id, detail=detail
        )
        receipts.tell_corrected(db, payment, now)
    return "L’encaissement est corrigé : la caisse d’aujourd’hui le reprend, la famille en est prévenue."


def bounce(*, actor: Actor, payment_id: int, now: datetime) -> str:
    """La banque ou l'émetteur a refusé : ce que cela payait redevient dû, la famille est prévenue."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        payment = _taken(db, payment_id)
        days.check_open(db, payment.regie_id, paris_day(now))
        if not is_bounceable(payment):
            raise RefusalError("Seul un chèque ou un titre remis en banque peut être rejeté.", "Rechargez la page.")
        reverse(db, payment, Reversal(MovementKind.REJECTION, "Rejeté", BOUNCED, actor.account_id, now))
        audit.record(db, "payment.bounced", at=now, actor_id=actor.account_id, subject_id=payment.family_id)
        receipts.tell_bounced(db, payment, now)
    what = "chèque" if payment.means == Means.CHEQUE else "titre"
    return f"Le {what} est noté rejeté : la famille en est prévenue."


def _taken(db: Session, payment_id: int) -> Payment:
    """Verrouillé : une remise ou une autre annulation attend."""
    query = select(Payment).where(Payment.id == payment_id).with_for_update()
    payment = db.exec(query).first() if is_key(payment_id) else None
    if payment is None or payment.means not in AT_THE_DESK:
        raise NotOpenError
    return payment


def reverse(db: Session, payment: Payment, reversal: Reversal) -> None:
    """Le mouvement inverse, ligne à ligne ; les factures redeviennent dues."""
    if payment.movement_id is None:
        raise NotUndoableError
    done = db.get_one(LedgerTransaction, payment.movement_id)
    query = select(LedgerAccount, LedgerEntry.amount_cents).join(
        LedgerEntry, col(LedgerEntry.account_id) == col(LedgerAccount.id)
    )
    written = list(db.exec(query.where(LedgerEntry.transaction_id == payment.movement_id)))
    lines = tuple(Line(account, -cents) for account, cents in written)
    allocating.release(db, payment.key, reversal.now, reversal.why)
    payment.cheque = None
    db.add(payment)
    kind = reversal.kind
    only_wallet = all(account.kind != LedgerAccountKind.RECEIVABLE for account, _ in written)
    if kind is MovementKind.PAYMENT and only_wallet:
        kind = MovementKind.TOP_UP
    label, reference = f"{reversal.start} : {done.label}", f"{reversal.reference}{payment.key}"
    try:
        post(db, Movement(kind, label, lines, reversal.now, reversal.author_id, reference=reference))
    except NotEnoughMoneyError as refusal:
        raise AlreadySpentError(refusal.missing_cents) from None
