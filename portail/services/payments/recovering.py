"""Une somme que la famille doit après un remboursement venu d'ailleurs : reprise à son porte-monnaie, une fois."""

from datetime import datetime

from sqlmodel import select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.money import euros
from portail.domain.payments import RefundSource, RefundState
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.payments import Payment, PaymentRefund
from portail.services import audit
from portail.services.payments import giving_back
from portail.services.wallet.accounts import balance_of
from portail.services.wallet.posting import NotEnoughMoneyError


def recover(*, actor: Actor, refund_id: int, now: datetime) -> str:
    """Rend la phrase à dire ; rien ne bouge tant que le porte-monnaie n'a pas toute la somme."""
    check_audience(Audience.MONEY, actor)
    owed = (PaymentRefund.source == RefundSource.OWED, PaymentRefund.state != RefundState.FAILED)
    query = select(PaymentRefund).where(PaymentRefund.id == refund_id, *owed).with_for_update()
    with transaction() as db:
        refund = db.exec(query).first() if is_key(refund_id) else None
        payment = db.get_one(Payment, refund.payment_id) if refund else None
        if refund is None or payment is None or payment.family_id is None:
            raise NotOpenError
        try:
            giving_back.recover(db, payment, refund, actor.account_id, now)
        except NotEnoughMoneyError:
            raise RefusalError(
                f"Le porte-monnaie de la famille ne contient que {euros(balance_of(db, payment.family_id).cents)}.",
                "Encaissez d’abord ce qui manque au guichet.",
            ) from None
        subject, detail = payment.family_id, euros(refund.cents)
        audit.record(db, "payment.recovered", at=now, actor_id=actor.account_id, subject_id=subject, detail=detail)
    return f"{euros(refund.cents)} repris au porte-monnaie de la famille."
