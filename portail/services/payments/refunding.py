"""Rembourser un paiement par carte : compté d'abord, demandé ensuite ; le total ne dépasse jamais ce qui a été reçu.

L'argent d'un remboursement se prend au porte-monnaie de la famille : un versement y est, un avoir ou un trop-perçu
aussi. Une facture payée ne se rembourse pas sans avoir.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.forms import Reader
from portail.domain.money import euros, typed_cents
from portail.domain.payments import Means, Provider, RefundState
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.integrations.payments import ProviderDownError, ProviderRefusedError, RefundOrder
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.payments import Payment, PaymentAttempt, PaymentRefund
from portail.services import audit
from portail.services.payments import gateways, letters
from portail.services.wallet.accounts import common, wallet_of
from portail.services.wallet.posting import Line, Movement, NotEnoughMoneyError, post

log = logging.getLogger("portail.payments")
QUIET = timedelta(minutes=1)
AT_ONCE = 20


@dataclass(frozen=True)
class Asked:
    """Ce que l'agent demande de rembourser."""

    cents: int
    reason: str
    token: str


class TooMuchRefundedError(RefusalError):
    def __init__(self, left_cents: int) -> None:
        super().__init__(
            f"Il ne reste que {euros(left_cents)} à rembourser sur ce paiement."
            if left_cents
            else "Ce paiement est déjà entièrement remboursé."
        )


def refund(*, actor: Actor, payment_id: int, form: dict[str, Any], now: datetime) -> str:
    """Rend la phrase à dire ; le même formulaire envoyé deux fois ne rembourse qu'une fois."""
    check_audience(Audience.MONEY, actor)
    reader = Reader(form)
    cents = reader.take("amount", 0, typed_cents)
    reason = reader.line("reason", "Motif", limit=160, missing="Dites pourquoi : le journal le garde.")
    token = reader.line("token", "Remboursement", limit=64, missing="Rechargez la page, puis recommencez.")
    reader.check()
    with transaction() as db:
        refund = _same_token(db, actor, token)
        if refund is None:
            refund = _count(db, actor, payment_id, Asked(cents, reason, token), now)
    return perform(refund.key, now)


def _same_token(db: Session, actor: Actor, token: str) -> PaymentRefund | None:
    query = select(PaymentRefund).where(PaymentRefund.author_id == actor.account_id, PaymentRefund.token == token)
    return db.exec(query).first()


def _count(db: Session, actor: Actor, payment_id: int, wanted: Asked, now: datetime) -> PaymentRefund:
    """Une écriture conditionnelle sur le paiement, le mouvement, la demande : ensemble."""
    payment = db.get(Payment, payment_id) if is_key(payment_id) else None
    if payment is None or payment.means != Means.CARD or payment.attempt_id is None:
        raise NotOpenError
    total = col(Payment.refunded_cents) + wanted.cents
    counted = update(Payment).where(
        col(Payment.id) == payment_id, total <= col(Payment.amount_cents), col(Payment.cancelled_at).is_(None)
    )
    done = db.exec(counted.values(refunded_cents=total).execution_options(synchronize_session=False))
    if not done.rowcount:
        db.refresh(payment)
        raise TooMuchRefundedError(payment.amount_cents - payment.refunded_cents)
    refund = PaymentRefund(
        payment_id=payment_id,
        cents=wanted.cents,
        reason=wanted.reason,
        token=wanted.token,
        author_id=actor.account_id,
        at=now,
    )
    db.add(refund)
    db.flush()
    _move(db, payment, refund, now)
    subject, detail = payment.family_id, f"{euros(refund.cents)} : {refund.reason}"
    audit.record(db, "payment.refunded", at=now, actor_id=actor.account_id, subject_id=subject, detail=detail)
    return refund


def _move(db: Session, payment: Payment, refund: PaymentRefund, now: datetime, *, back: bool = False) -> None:
    """Du porte-monnaie à la carte ; `back` : la banque a dit non, l'argent revient."""
    card = common(db, LedgerAccountKind.CARD, now)
    if payment.family_id is None:  # le dossier n'existe plus : la commune le devait
        giver = common(db, LedgerAccountKind.RECEIVABLE, now)
    else:
        giver = wallet_of(db, payment.family_id, now)
    cents = -refund.cents if back else refund.cents
    label = f"Remboursement {'refusé par la banque' if back else 'sur votre carte'}"
    reference = f"refund{'_back' if back else ''}:{refund.key}"
    lines = (Line(giver, -cents), Line(card, cents))
    try:
        post(db, Movement(MovementKind.REFUND, label, lines, now, refund.author_id, reference=reference))
    except NotEnoughMoneyError:
        raise RefusalError(
            f"Le porte-monnaie de la famille ne contient que {euros(giver.balance_cents)}.",
            "Une réservation s’annule, une facture payée se corrige par un avoir, puis se rembourse.",
        ) from None


def perform(refund_id: int, now: datetime) -> str:
    """Demande au prestataire, hors transaction, sous une clé qui ne change pas."""
    with reading() as db:
        refund = db.get_one(PaymentRefund, refund_id)
        payment = db.get_one(Payment, refund.payment_id)
        attempt = db.get_one(PaymentAttempt, payment.attempt_id)
    if refund.state != RefundState.ASKED:
        return _said(refund)
    order = RefundOrder(attempt.provider_ref or "", refund.cents, f"refund-{attempt.reference}-{refund.key}")
    try:
        reference = gateways.gateway(Provider(attempt.provider)).refund(order)
    except ProviderDownError:
        return "Le service de paiement ne répond pas : le remboursement est noté, il partira tout seul."
    except ProviderRefusedError:
        return _said(_close(refund_id, RefundState.FAILED, None, now))
    return _said(_close(refund_id, RefundState.DONE, reference, now))


def _close(refund_id: int, state: RefundState, reference: str | None, now: datetime) -> PaymentRefund:
    """Une fois : deux réponses au même instant n'écrivent qu'un dénouement."""
    with transaction() as db:
        query = select(PaymentRefund).where(PaymentRefund.id == refund_id)
        refund = db.exec(query.with_for_update()).one()
        if refund.state != RefundState.ASKED:
            return refund
        refund.state, refund.provider_ref = state, reference
        payment = db.get_one(Payment, refund.payment_id, with_for_update=True)
        if state is RefundState.DONE:
            letters.refunded(db, payment, refund.cents, now)
        else:
            payment.refunded_cents -= refund.cents
            db.flush()
            _move(db, payment, refund, now, back=True)
        return refund


def _said(refund: PaymentRefund) -> str:
    if refund.state == RefundState.FAILED:
        return "La banque refuse ce remboursement : la somme est revenue au porte-monnaie."
    return f"{euros(refund.cents)} remboursés. La famille en est prévenue."


def perform_waiting(now: datetime) -> int:
    """Ceux que la panne ou une coupure a laissés en chemin."""
    query = select(PaymentRefund.id).where(PaymentRefund.state == RefundState.ASKED, PaymentRefund.at <= now - QUIET)
    with reading() as db:
        found = [int(key or 0) for key in db.exec(query.order_by(col(PaymentRefund.id)).limit(AT_ONCE))]
    for key in found:
        perform(key, now)
    return len(found)
