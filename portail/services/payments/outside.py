"""Ce qui arrive à l'argent d'une carte hors du portail : remboursé dans le tableau de bord de Stripe, contesté.

De la notification on ne retient que le numéro de l'objet, qui est redemandé. La tentative se retrouve par le paiement
de Stripe, qui porte notre référence ; elle est verrouillée, l'événement, unique, s'inscrit avec son effet. Un
remboursement que le portail a demandé porte notre clé : il n'est pas compté une seconde fois.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.dates import paris_day
from portail.domain.money import euros
from portail.domain.payments import AttemptState, Provider, RefundOrigin, RefundSource, RefundState
from portail.integrations.payments import Answer, CardDispute, CardRefund, DisputeState, RefundAnswer
from portail.integrations.stripe_gateway import DISPUTE_EVENTS, StripeEvent
from portail.models.database import reading, transaction
from portail.models.payments import Payment, PaymentAttempt, PaymentRefund
from portail.services import audit
from portail.services.payments import gateways, giving_back, reviews
from portail.services.payments.concluding import note
from portail.services.payments.refunding import key_of
from portail.services.payments.settling import CURRENCY, settle
from portail.services.rows import insert_once
from portail.views import wording

log = logging.getLogger("portail.payments")
THEN = {
    RefundSource.WALLET: "la somme est prise au porte-monnaie de la famille.",
    RefundSource.INVOICES: "les factures que ce paiement réglait sont de nouveau dues.",
    RefundSource.OWED: "le porte-monnaie ne la contient pas, elle est à reprendre à la famille.",
}


class _NotYetError(Exception):
    """Une demande de remboursement est en route : son dénouement dira si celui-ci tient encore dans le paiement."""


@dataclass(frozen=True)
class _Heard:
    """Ce que dit le prestataire, redemandé ; `answer` : le paiement lui-même, si sa notification n'est pas venue."""

    event: StripeEvent
    intent: str
    refunds: Sequence[CardRefund] = ()
    dispute: CardDispute | None = None
    answer: Answer | None = None


@dataclass(frozen=True)
class _Gone:
    """De l'argent parti sans que le portail l'ait demandé."""

    origin: RefundOrigin
    cents: int
    answer: RefundAnswer
    reason: str = ""


@dataclass(frozen=True)
class _Paid:
    """Le paiement dont il est question, sa tentative verrouillée."""

    attempt: PaymentAttempt
    payment: Payment


def take(event: StripeEvent, now: datetime) -> bool:
    """Faux : à redire plus tard."""
    card = gateways.card_gateway()
    dispute = card.dispute(event.object_id) if event.kind in DISPUTE_EVENTS else None
    refunds = () if dispute else tuple(reversed(card.refunds_of(event.object_id)))
    intent = dispute.intent if dispute else next((one.intent for one in refunds), "")
    attempt = _attempt_of(intent) if intent else None
    if attempt is None:  # un autre usage du même compte Stripe
        return True
    answer = None
    if attempt.state != AttemptState.SUCCEEDED:  # arrivé avant la notification du paiement : on la devance
        if attempt.provider_ref is None:
            return False
        answer = card.ask(attempt.provider_ref)
    try:
        _write(attempt.key, _Heard(event, intent, refunds, dispute, answer), now)
    except _NotYetError:
        return False
    return True


def _attempt_of(number: str) -> PaymentAttempt | None:
    """Par la référence que porte le paiement de Stripe, s'il est bien du même montant et du même mode."""
    found = gateways.card_gateway().intent(number)
    mine = PaymentAttempt.provider == Provider.STRIPE
    with reading() as db:
        attempt = db.exec(select(PaymentAttempt).where(mine, PaymentAttempt.reference == found.reference)).first()
    if attempt is None:
        return None
    if (found.amount_cents, found.currency, found.is_live) != (attempt.amount_cents, CURRENCY, attempt.is_live):
        log.error("paiement d'un autre montant ou d'un autre mode", extra={"attempt": attempt.key})
        return None
    return attempt


def _write(attempt_id: int, heard: _Heard, now: datetime) -> None:
    with transaction() as db:
        attempt = reviews.hold(db, attempt_id)
        if not _is_new(db, heard.event, attempt_id, now):
            return
        if heard.answer is not None:
            settle(db, attempt_id, heard.answer, None, now)
        payment = db.exec(select(Payment).where(Payment.attempt_id == attempt_id)).first()
        if payment is None:  # jamais crédité : rien n'est à défaire dans les comptes
            reviews.ask_agent(db, attempt, "Remboursé ou contesté chez Stripe, sans avoir été crédité ici.")
            return
        paid = _Paid(attempt, payment)
        for one in heard.refunds:
            _take_refund(db, paid, one, now)
        if heard.dispute is not None:
            _take_dispute(db, paid, heard.dispute, now)


def _is_new(db: Session, event: StripeEvent, attempt_id: int, now: datetime) -> bool:
    values = {"event_id": event.id, "kind": event.kind, "attempt_id": attempt_id, "received_at": now}
    return insert_once(db, "provider_event", {"provider": Provider.STRIPE, **values}) is not None


def _take_refund(db: Session, paid: _Paid, one: CardRefund, now: datetime) -> None:
    known = _known(db, paid, one.answer.reference, one.key)
    if known is not None:
        note(db, paid.attempt, known, one.answer, now)
    elif one.answer.state is not RefundState.FAILED:
        _count(db, paid, _Gone(RefundOrigin.DASHBOARD, one.cents, one.answer), now)


def _known(db: Session, paid: _Paid, reference: str, key: str = "") -> int | None:
    query = select(PaymentRefund).where(PaymentRefund.payment_id == paid.payment.key)
    for refund in db.exec(query.order_by(col(PaymentRefund.id))):
        if refund.provider_ref == reference or key_of(paid.attempt, refund.key) == key:
            return refund.key
    return None


def _count(db: Session, paid: _Paid, gone: _Gone, now: datetime) -> None:
    """Compté sur le paiement, pris à la famille, écrit au grand livre : ensemble."""
    said = f"{gone.origin.label}\u00a0: {euros(gone.cents)}"
    if not giving_back.count(db, paid.payment.key, gone.cents):
        _wait_for_ours(db, paid.payment)
        reviews.ask_agent(db, paid.attempt, f"{said}, plus que ce qui restait de ce paiement. À vérifier.")
        return
    refund = PaymentRefund(
        payment_id=paid.payment.key,
        cents=gone.cents,
        origin=gone.origin,
        reason=gone.reason,
        token=gone.answer.reference[:64],
        at=now,
    )
    db.add(refund)
    db.flush()
    giving_back.take_anyhow(db, paid.payment, refund, now)
    subject = paid.payment.family_id
    audit.record(db, "payment.refunded_outside", at=now, actor_id=None, subject_id=subject, detail=said)
    if gone.origin is RefundOrigin.DISPUTE or refund.source != RefundSource.WALLET:
        reviews.ask_agent(db, paid.attempt, f"{said}, {THEN[RefundSource(refund.source)]}")
    note(db, paid.attempt, refund.key, gone.answer, now)


def _wait_for_ours(db: Session, payment: Payment) -> None:
    """Le nôtre, encore en route, sera refusé s'il ne tient plus : ce qu'il comptait sera alors libre."""
    ours = (PaymentRefund.origin == RefundOrigin.PORTAL, PaymentRefund.state == RefundState.ASKED)
    if db.exec(select(PaymentRefund.id).where(PaymentRefund.payment_id == payment.key, *ours)).first():
        raise _NotYetError


def _take_dispute(db: Session, paid: _Paid, dispute: CardDispute, now: datetime) -> None:
    asked = _to_answer(dispute)
    if dispute.state is DisputeState.OPEN:
        reviews.ask_agent(db, paid.attempt, asked)
    else:
        reviews.withdraw(db, paid.attempt, asked)
    if dispute.state is DisputeState.WON:
        won = f"Contestation de {euros(dispute.cents)} close en faveur de la mairie\u00a0: il n’y a rien à faire."
        reviews.ask_agent(db, paid.attempt, won)
    elif dispute.state is DisputeState.LOST and _known(db, paid, dispute.reference) is None:
        answer = RefundAnswer(dispute.reference, RefundState.DONE)
        _count(db, paid, _Gone(RefundOrigin.DISPUTE, dispute.cents, answer, dispute.reason), now)
    action = "payment.disputed" if dispute.state is DisputeState.OPEN else "payment.dispute_closed"
    detail = f"{euros(dispute.cents)}, {dispute.reason}\u00a0: {dispute.state.label.lower()}"
    audit.record(db, action, at=now, actor_id=None, subject_id=paid.payment.family_id, detail=detail)


def _to_answer(dispute: CardDispute) -> str:
    by = f" avant le {wording.long_date(paris_day(dispute.answer_by))}" if dispute.answer_by else ""
    return f"Contestation de {euros(dispute.cents)} par la famille ({dispute.reason})\u00a0: répondez dans Stripe{by}."
