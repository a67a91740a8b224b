"""Régler une tentative : le seul endroit où un paiement en ligne devient de l'argent, une fois, quoi qu'on reçoive.

La tentative est verrouillée d'abord : de deux notifications au même instant, la seconde lit ce que la première a écrit.
"""

import logging
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from portail.domain.money import euros
from portail.domain.payments import ONLINE, UNDECIDED, AttemptState, Provider, Purpose
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.integrations.payments import Answer, AnswerState
from portail.models.database import after_commit
from portail.models.payments import AttemptInvoice, Payment, PaymentAttempt
from portail.services import audit
from portail.services.invoices import allocating
from portail.services.payments import letters, places, reviews
from portail.services.rows import insert_once
from portail.services.wallet.accounts import common, wallet_of
from portail.services.wallet.posting import Line, Movement, post
from portail.views import wording

log = logging.getLogger("portail.payments")
CURRENCY = "eur"
DOUBT = "Paiement non crédité : "


def settle(db: Session, attempt_id: int, answer: Answer, event_id: str | None, now: datetime) -> None:
    """`event_id` : la notification qui l'apprend ; elle s'inscrit avec son effet et ne compte qu'une fois."""
    attempt = reviews.hold(db, attempt_id)
    if event_id is not None and not _is_new(db, attempt, event_id, answer, now):
        return
    attempt.checked_at = now
    if attempt.state == AttemptState.SUCCEEDED:
        return
    if difference := _difference(attempt, answer):
        _distrust(db, attempt, difference, now)
    elif answer.state is AnswerState.PAID:
        shares = _shares(db, attempt)
        payment = receive(db, attempt, attempt.amount_cents, shares, now)
        letters.receipt(db, attempt, payment, now)
        if attempt.resume:
            after_commit(db, partial(places.look, attempt.key, now))
    elif attempt.state in UNDECIDED:
        attempt.state = _UNPAID[answer.state]
        attempt.failure = answer.failure or attempt.failure
    db.flush()


_UNPAID = {
    AnswerState.WAITING: AttemptState.PENDING,
    AnswerState.REFUSED: AttemptState.FAILED,
    AnswerState.EXPIRED: AttemptState.EXPIRED,
}


def _is_new(db: Session, attempt: PaymentAttempt, event_id: str, answer: Answer, now: datetime) -> bool:
    values = {
        "provider": attempt.provider,
        "event_id": event_id,
        "kind": answer.state.value,
        "attempt_id": attempt.key,
        "received_at": now,
    }
    return insert_once(db, "provider_event", values) is not None


def _difference(attempt: PaymentAttempt, answer: Answer) -> str:
    """Ce qui ne correspond pas à ce que nous avions demandé ; le montant ne vaut que s'il est payé.

    Avant la fin, PayFiP ne rend pas la référence : rien à comparer, et rien n'est crédité.
    """
    is_paid = answer.state is AnswerState.PAID
    if not is_paid and not answer.reference:
        return ""
    paid = f"{euros(answer.amount_cents)} payés au lieu de {euros(attempt.amount_cents)}"
    checks = (
        (answer.reference != attempt.reference, "la référence n’est pas la nôtre"),
        (answer.is_live is not attempt.is_live, "le mode (essai ou réel) n’est pas le bon"),
        (is_paid and answer.currency != CURRENCY, "la monnaie n’est pas l’euro"),
        (is_paid and answer.amount_cents != attempt.amount_cents, paid),
    )
    return next((said for wrong, said in checks if wrong), "")


def _distrust(db: Session, attempt: PaymentAttempt, difference: str, now: datetime) -> None:
    """Rien n'est crédité : un agent regarde, une fois ; la même réponse redite ne le rappelle pas."""
    said = f"{DOUBT}{difference}."
    if said in attempt.review:
        return
    log.error("paiement douteux", extra={"attempt": attempt.key, "difference": difference})
    audit.record(db, "payment.doubtful", at=now, actor_id=None, subject_id=attempt.family_id, detail=difference)
    reviews.ask_agent(db, attempt, said)


def _shares(db: Session, attempt: PaymentAttempt) -> list[allocating.Share]:
    query = select(AttemptInvoice.invoice_id, AttemptInvoice.cents).where(AttemptInvoice.attempt_id == attempt.key)
    return list(db.exec(query.order_by(col(AttemptInvoice.invoice_id))))


def receive(db: Session, attempt: PaymentAttempt, cents: int, shares: list[allocating.Share], now: datetime) -> Payment:
    """L'argent est là : ce qu'il solde, le reste au porte-monnaie. La tentative est verrouillée par l'appelant."""
    payment = Payment(
        regie_id=attempt.regie_id,
        family_id=attempt.family_id,
        means=ONLINE[Provider(attempt.provider)],
        amount_cents=cents,
        received_on=now.astimezone(wording.PARIS).date(),
        at=now,
        token=attempt.reference,
        author_id=attempt.account_id,
        attempt_id=attempt.key,
    )
    db.add(payment)
    db.flush()
    allocated = sum(part for _, part in shares) - allocating.allocate_due(db, payment, shares, now) if shares else 0
    payment.movement_id = _post(db, payment, attempt, allocated, now)
    attempt.state, attempt.settled_at, attempt.failure = AttemptState.SUCCEEDED, now, ""
    reviews.withdraw_about(db, attempt, DOUBT)
    left = payment.amount_cents - allocated
    if left and attempt.purpose == Purpose.INVOICES:
        reviews.ask_agent(db, attempt, f"Une facture était déjà réglée : {euros(left)} versés au porte-monnaie.")
    if attempt.family_id is None:
        reviews.ask_agent(db, attempt, f"Le dossier n’existe plus : {euros(left)} à rembourser.")
    audit.record(db, "payment.received", at=now, actor_id=attempt.account_id, subject_id=attempt.family_id)
    return payment


def _post(db: Session, payment: Payment, attempt: PaymentAttempt, allocated: int, now: datetime) -> int:
    """Ce qui solde des factures, et le reste au porte-monnaie ; sans dossier, la commune le doit."""
    source = common(db, LedgerAccountKind(payment.means), now)
    owed = payment.amount_cents if payment.family_id is None else allocated
    lines = [Line(source, -payment.amount_cents)]
    if owed:
        lines.append(Line(common(db, LedgerAccountKind.RECEIVABLE, now), owed))
    if payment.family_id is not None and owed < payment.amount_cents:
        lines.append(Line(wallet_of(db, payment.family_id, now), payment.amount_cents - owed))
    is_top_up = attempt.purpose == Purpose.TOP_UP
    kind = MovementKind.TOP_UP if is_top_up else MovementKind.PAYMENT
    label = f"{'Versement' if is_top_up else 'Factures payées'} en ligne, référence {attempt.reference}"
    reference = f"attempt:{attempt.reference}"
    return post(db, Movement(kind, label, tuple(lines), now, attempt.account_id, reference=reference))
