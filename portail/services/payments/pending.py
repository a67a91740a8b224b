"""Un paiement en ligne est peut-être en train d'aboutir pour ces factures : le dire avant de les payer encore."""

from collections.abc import Iterable

from sqlmodel import Session, col, or_, select

from portail.domain.money import euros
from portail.domain.payments import AttemptState, Provider
from portail.models.payments import AttemptInvoice, PaymentAttempt
from portail.views import wording

BY = {Provider.STRIPE: "par carte bancaire", Provider.PAYFIP: "par PayFiP"}
AFTER = "S’il aboutit, ce qui serait payé deux fois ira au porte-monnaie."


def sentences(db: Session, invoice_ids: Iterable[int]) -> list[str]:
    """Une page jamais ouverte, ou un doute déjà regardé par un agent, n'est pas un paiement en cours."""
    wanted = select(AttemptInvoice.attempt_id).where(col(AttemptInvoice.invoice_id).in_(list(invoice_ids)))
    query = select(PaymentAttempt).where(
        col(PaymentAttempt.id).in_(wanted),
        PaymentAttempt.state == AttemptState.PENDING,
        or_(PaymentAttempt.review == "", col(PaymentAttempt.reviewed_at).is_(None)),
    )
    return [_said(one) for one in db.exec(query.order_by(col(PaymentAttempt.id)))]


def _said(attempt: PaymentAttempt) -> str:
    amount, how = euros(attempt.amount_cents), BY[Provider(attempt.provider)]
    return f"Un paiement de {amount} {how} est en cours depuis le {wording.instant(attempt.created_at)}. {AFTER}"
