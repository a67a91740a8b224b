"""Régler une tentative : le seul endroit où un paiement en ligne devient de l'argent, une fois, quoi qu'on reçoive.

La tentative est verrouillée d'abord : de deux notifications au même instant, la seconde lit ce que la première a écrit.
"""

import logging
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.money import euros
from portail.domain.payments import ONLINE, UNDECIDED, AttemptState, Provider, Purpose
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.integrations.payments import Answer, AnswerState
from portail.models.payments import AttemptInvoice, Payment, PaymentAttempt
from portail.services import audit
from portail.services.invoices import allocating
from portail.services.payments import letters
from portail.services.rows import insert_once
from portail.services.wallet.accounts import common, wallet_of
from portail.services.wallet.posting import Line, Movement, post
from portail.views import wording

log = logging.getLogger("portail.payments")
CURRENCY = "eur"


def settle(db: Session, attempt_id: int, answer: Answer, event_id: str | None, now: datetime) -> None:
    """`event_id` : la notification qui l'apprend ; elle s'inscrit avec son effet et ne compte qu'une fois."""
    attempt = _locked(db, attempt_id)
    if event_id is not None and not _is_new(db, attempt, event_id, answer, now):
        return
    attempt.checked_at = now
    if attempt.state == AttemptState.SUCCEEDED:
        return
    if difference := _difference(attempt, answer):
        _distrust(db, attempt, difference, now)
    elif answer.state is AnswerState.PAID:
        _receive(db, attempt, now)
    elif attempt.state in UNDECIDED:
        attempt.state = _UNPAID[answer.state]
        attempt.failure = answer.failure or attempt.failure
    db.flush()


_UNPAID = {
    AnswerState.WAITING: AttemptState.PENDING,
    AnswerState.REFUSED: AttemptState.FAILED,
    AnswerState.EXPIRED: AttemptState.EXPIRED,
}


def _locked(db: Session, attempt_id: int) -> PaymentAttempt:
    query = select(PaymentAttempt).where(PaymentAttempt.id == attempt_id)
    return db.exec(query.with_for_update().execution_options(populate_existing=True)).one()


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
    """Rien n'est crédité : un agent regarde."""
    if not attempt.review:
        log.error("paiement douteux", extra={"attempt": attempt.key, "difference": difference})
        audit.record(db, "payment.doubtful", at=now, actor_id=None, subject_id=attempt.family_id, detail=difference)
    attempt.review, attempt.reviewed_at = f"Paiement non crédité : {difference}.", None


def _receive(db: Session, attempt: PaymentAttempt, now: datetime) -> None:
    payment = Payment(
        regie_id=attempt.regie_id,
        family_id=attempt.family_id,
        means=ONLINE[Provider(attempt.provider)],
        amount_cents=attempt.amount_cents,
        received_on=now.astimezone(wording.PARIS).date(),
        at=now,
        token=attempt.reference,
        author_id=attempt.account_id,
        attempt_id=attempt.key,
    )
    db.add(payment)
    db.flush()
    allocated = _allocate(db, payment, attempt, now)
    payment.movement_id = _post(db, payment, attempt, allocated, now)
    attempt.state, attempt.settled_at, attempt.failure = AttemptState.SUCCEEDED, now, ""
    left = payment.amount_cents - allocated
    if left and attempt.purpose == Purpose.INVOICES:
        attempt.review = f"Une facture était déjà réglée : {euros(left)} versés au porte-monnaie."
    if attempt.family_id is None:
        attempt.review = f"Le dossier n’existe plus : {euros(left)} à rembourser."
    audit.record(db, "payment.received", at=now, actor_id=attempt.account_id, subject_id=attempt.family_id)
    letters.receipt(db, attempt, allocated, now)


def _allocate(db: Session, payment: Payment, attempt: PaymentAttempt, now: datetime) -> int:
    """Ce que ce paiement solde ; une facture payée entre-temps n'empêche pas les autres."""
    query = select(AttemptInvoice.invoice_id, AttemptInvoice.cents).where(AttemptInvoice.attempt_id == attempt.key)
    shares = list(db.exec(query.order_by(col(AttemptInvoice.invoice_id))))
    if not shares:
        return 0
    return sum(cents for _, cents in shares) - allocating.allocate_due(db, payment, shares, now)


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
