"""Rembourser un paiement par carte : compté d'abord, demandé ensuite ; le total ne dépasse jamais ce qui a été reçu.

L'argent d'un remboursement se prend au porte-monnaie de la famille : un versement y est, un avoir ou un trop-perçu
aussi. Une facture payée ne se rembourse pas sans avoir.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.forms import Reader
from portail.domain.money import euros, typed_cents
from portail.domain.payments import Means, Provider, RefundState
from portail.domain.refusals import NotOpenError, RefusalError
from portail.integrations.payments import ProviderDownError, ProviderRefusedError, RefundAnswer, RefundOrder
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.payments import Payment, PaymentAttempt, PaymentRefund
from portail.services import audit
from portail.services.payments import gateways, giving_back, reviews
from portail.services.payments.concluding import conclude
from portail.services.wallet.accounts import balance_of
from portail.services.wallet.posting import NotEnoughMoneyError
from portail.views import wording
from portail.views.payments import RefundPlan

log = logging.getLogger("portail.payments")
QUIET = timedelta(minutes=1)
YOUNG, SELDOM, LATE = timedelta(minutes=15), timedelta(minutes=10), timedelta(days=1)
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


class NotInWalletError(RefusalError):
    def __init__(self, balance_cents: int) -> None:
        super().__init__(
            f"Le porte-monnaie de la famille ne contient que {euros(balance_cents)}.",
            "Une réservation s’annule, une facture payée se corrige par un avoir, puis se rembourse.",
        )


def refund(*, actor: Actor, payment_id: int, form: dict[str, Any], now: datetime) -> str:
    """Rend la phrase à dire ; le même formulaire envoyé deux fois ne rembourse qu'une fois."""
    check_audience(Audience.MONEY, actor)
    wanted = _read(form)
    with transaction() as db:
        refund = _same_token(db, actor, payment_id, wanted)
        if refund is None:
            refund = _count(db, actor, payment_id, wanted, now)
    return perform(refund.key, now)


def preview(*, actor: Actor, payment_id: int, form: dict[str, Any]) -> RefundPlan:
    """Les chiffres à relire avant de rembourser ; rien ne bouge encore."""
    check_audience(Audience.MONEY, actor)
    wanted = _read(form)
    with reading() as db:
        payment = _refundable(db, payment_id)
        left, family = payment.amount_cents - payment.refunded_cents, payment.family_id
        balance = balance_of(db, family).cents if family else left
    if payment.cancelled_at is not None or wanted.cents > left:
        raise TooMuchRefundedError(0 if payment.cancelled_at else left)
    if wanted.cents > balance:
        raise NotInWalletError(balance)
    then = f" Le porte-monnaie de la famille passera de {euros(balance)} à {euros(balance - wanted.cents)}."
    said = f"{euros(wanted.cents)} reviendront sur la carte qui a payé.{then if family else ''} Cela ne se défait pas."
    return RefundPlan(True, str(form["amount"]), wanted.reason, wanted.token, said)


def _read(form: dict[str, Any]) -> Asked:
    reader = Reader(form)
    cents = reader.take("amount", 0, typed_cents)
    reason = reader.line("reason", "Motif", limit=160, missing="Dites pourquoi : le journal le garde.")
    token = reader.line("token", "Remboursement", limit=64, missing="Rechargez la page, puis recommencez.")
    reader.check()
    return Asked(cents, reason, token)


def _refundable(db: Session, payment_id: int) -> Payment:
    payment = db.get(Payment, payment_id) if is_key(payment_id) else None
    if payment is None or payment.means != Means.CARD or payment.attempt_id is None:
        raise NotOpenError
    return payment


def _same_token(db: Session, actor: Actor, payment_id: int, wanted: Asked) -> PaymentRefund | None:
    """Le même formulaire, déjà envoyé ; s'il dit autre chose, c'est une erreur."""
    mine = PaymentRefund.author_id == actor.account_id
    found = db.exec(select(PaymentRefund).where(mine, PaymentRefund.token == wanted.token)).first()
    if found is not None and (found.payment_id != payment_id or found.cents != wanted.cents):
        raise RefusalError("Ce formulaire a déjà servi pour un autre remboursement.", "Rechargez la page.")
    return found


def _count(db: Session, actor: Actor, payment_id: int, wanted: Asked, now: datetime) -> PaymentRefund:
    """Une écriture conditionnelle sur le paiement, le mouvement, la demande : ensemble."""
    payment = _refundable(db, payment_id)
    if not giving_back.count(db, payment_id, wanted.cents):
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
    _take(db, payment, refund, now)
    subject, detail = payment.family_id, f"{euros(refund.cents)} : {refund.reason}"
    audit.record(db, "payment.refunded", at=now, actor_id=actor.account_id, subject_id=subject, detail=detail)
    return refund


def _take(db: Session, payment: Payment, refund: PaymentRefund, now: datetime) -> None:
    try:
        giving_back.take(db, payment, refund, now)
    except NotEnoughMoneyError:
        raise NotInWalletError(balance_of(db, payment.family_id or 0).cents) from None


def perform(refund_id: int, now: datetime) -> str:
    """Demande au prestataire ; une panne laisse la demande notée."""
    try:
        return _pursue(refund_id, now)
    except ProviderDownError:
        return "Le service de paiement ne répond pas : le remboursement est noté, il partira tout seul."


def _pursue(refund_id: int, now: datetime) -> str:
    """Hors transaction, sous une clé qui ne change pas ; puis redemande où il en est."""
    with reading() as db:
        refund = db.get_one(PaymentRefund, refund_id)
        payment = db.get_one(Payment, refund.payment_id)
        attempt = db.get_one(PaymentAttempt, payment.attempt_id)
    if refund.state != RefundState.ASKED:
        return _said(refund)
    try:
        answer = _ask(refund, attempt)
    except ProviderRefusedError:
        answer = RefundAnswer(refund.provider_ref or "", RefundState.FAILED, "demande refusée")
    return _said(conclude(refund_id, answer, now))


def key_of(attempt: PaymentAttempt, refund_id: int) -> str:
    """Notre clé chez le prestataire : un remboursement qui la porte est le nôtre, son numéro fût-il encore inconnu."""
    return f"refund-{attempt.reference}-{refund_id}"


def _ask(refund: PaymentRefund, attempt: PaymentAttempt) -> RefundAnswer:
    if refund.provider_ref:
        return gateways.card_gateway().refund_state(refund.provider_ref)
    order = RefundOrder(attempt.provider_ref or "", refund.cents, key_of(attempt, refund.key))
    return gateways.gateway(Provider(attempt.provider)).refund(order)


def _said(refund: PaymentRefund) -> str:
    if refund.state == RefundState.FAILED:
        return "La banque refuse ce remboursement : la somme est revenue au porte-monnaie."
    if refund.state == RefundState.ASKED:
        return (
            f"{euros(refund.cents)} : la banque a reçu la demande. La famille sera prévenue quand elle l’aura acceptée."
        )
    return f"{euros(refund.cents)} remboursés. La famille en est prévenue."


def perform_waiting(now: datetime) -> int:
    """Ceux que la panne, une coupure ou la banque laissent en chemin ; un vieux se redemande moins souvent.

    Celui qui échoue n'arrête pas les autres ; une panne, si.
    """
    asked, is_young = col(PaymentRefund.checked_at), col(PaymentRefund.at) > now - YOUNG
    due = asked.is_(None) | (is_young & (asked <= now - QUIET)) | (asked <= now - SELDOM)
    query = select(PaymentRefund.id).where(
        PaymentRefund.state == RefundState.ASKED, PaymentRefund.at <= now - QUIET, due
    )
    with reading() as db:
        order = (asked.nulls_first(), col(PaymentRefund.id))
        found = [int(key or 0) for key in db.exec(query.order_by(*order).limit(AT_ONCE))]
    done = 0
    for key in found:
        try:
            _pursue(key, now)
        except ProviderDownError:
            break
        except Exception:
            log.exception("remboursement impossible", extra={"refund": key})
            with transaction() as db:
                db.get_one(PaymentRefund, key).checked_at = now
        else:
            done += 1
    _tell_late(now)
    return done


def _tell_late(now: datetime) -> None:
    """Un jour sans réponse : un agent le sait, une fois."""
    late = (PaymentRefund.state == RefundState.ASKED, PaymentRefund.at <= now - LATE)
    query = select(PaymentRefund, Payment.attempt_id).join(Payment).where(*late, col(PaymentRefund.late_at).is_(None))
    with transaction() as db:
        for refund, attempt_id in list(db.exec(query.order_by(col(PaymentRefund.id)).limit(AT_ONCE))):
            refund.late_at = now
            day = wording.instant(refund.at)
            said = f"Remboursement de {euros(refund.cents)} demandé le {day}, toujours sans réponse de la banque."
            reviews.ask_agent(db, reviews.hold(db, attempt_id or 0), said)
