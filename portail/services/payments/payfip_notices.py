"""Une notification de PayFiP : un numéro d'opération sans signature. Elle ne prouve rien, le résultat est redemandé."""

from datetime import datetime

from sqlmodel import select

from portail.domain.payments import AttemptState, Provider
from portail.integrations.payments import ProviderDownError, ProviderRefusedError
from portail.models.database import reading, transaction
from portail.models.payments import PaymentAttempt
from portail.services.payments import gateways
from portail.services.payments.notified import FORGED, LATER, TAKEN
from portail.services.payments.settling import settle

LONGEST = 255


def take(operation: str, now: datetime) -> int:
    """Le statut à répondre ; une opération déjà réglée ne dérange plus le service."""
    attempt = _attempt_of(operation) if 0 < len(operation) <= LONGEST and "\0" not in operation else None
    if attempt is None:
        return FORGED
    if attempt.state == AttemptState.SUCCEEDED:
        return TAKEN
    try:
        answer = gateways.gateway(Provider.PAYFIP).ask(operation)
    except ProviderDownError:
        return LATER
    except ProviderRefusedError:
        return FORGED
    with transaction() as db:
        settle(db, attempt.key, answer, None, now)
    return TAKEN


def _attempt_of(operation: str) -> PaymentAttempt | None:
    query = select(PaymentAttempt).where(
        PaymentAttempt.provider == Provider.PAYFIP, PaymentAttempt.provider_ref == operation
    )
    with reading() as db:
        return db.exec(query).first()
