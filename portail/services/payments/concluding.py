"""Le dénouement d'un remboursement : fait, ou refusé, même longtemps après ; chacun ne s'écrit qu'une fois."""

from datetime import datetime

from sqlmodel import Session, select

from portail.domain.money import euros
from portail.domain.payments import REFUND_STEPS, RefundSource, RefundState
from portail.integrations.payments import RefundAnswer
from portail.models.database import transaction
from portail.models.payments import Payment, PaymentAttempt, PaymentRefund
from portail.services import audit
from portail.services.payments import giving_back, letters, reviews


def conclude(refund_id: int, answer: RefundAnswer, now: datetime) -> PaymentRefund:
    with transaction() as db:
        query = select(Payment.attempt_id).join(PaymentRefund).where(PaymentRefund.id == refund_id)
        attempt = reviews.hold(db, db.exec(query).one() or 0)
        return note(db, attempt, refund_id, answer, now)


def note(db: Session, attempt: PaymentAttempt, refund_id: int, answer: RefundAnswer, now: datetime) -> PaymentRefund:
    """La tentative déjà verrouillée : de deux réponses au même instant, la seconde lit ce que la première a écrit."""
    query = select(PaymentRefund).where(PaymentRefund.id == refund_id)
    refund = db.exec(query.with_for_update().execution_options(populate_existing=True)).one()
    refund.checked_at = now
    refund.provider_ref = refund.provider_ref or answer.reference or None
    if answer.state in REFUND_STEPS[RefundState(refund.state)]:
        refund.state = answer.state
        payment = db.get_one(Payment, refund.payment_id)
        if answer.state is RefundState.DONE:
            letters.refunded(db, payment, refund, now)
        else:
            refund.failure = answer.failure
            giving_back.put_back(db, payment, refund, now)
            reviews.ask_agent(db, attempt, _refused(refund))
            detail = f"{euros(refund.cents)} : {refund.failure}"
            subject = payment.family_id
            audit.record(db, "payment.refund_failed", at=now, actor_id=None, subject_id=subject, detail=detail)
    db.flush()
    return refund


def _refused(refund: PaymentRefund) -> str:
    said = f"Remboursement de {euros(refund.cents)} refusé par la banque ({refund.failure})\u00a0: "
    if refund.source == RefundSource.OWED:
        return f"{said}la famille ne doit plus cette somme."
    return f"{said}la somme est revenue au porte-monnaie, convenez d’un virement avec la famille."
