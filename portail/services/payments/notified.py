"""Une notification de Stripe : vérifiée, l'objet redemandé, puis réglé. Répondre « non » fait réessayer Stripe."""

import logging
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.payments import Provider
from portail.integrations.payments import ProviderDownError, ProviderRefusedError
from portail.integrations.stripe_gateway import PAGE_EVENTS, ForgedEventError, StripeEvent, read_event
from portail.models.database import reading, transaction
from portail.models.payments import PaymentAttempt
from portail.services.payments import gateways, outside
from portail.services.payments.settling import settle

log = logging.getLogger("portail.payments")
TAKEN, FORGED, LATER = 200, 400, 503


def take_stripe(body: bytes, signature: str, now: datetime) -> int:
    """Le statut à répondre."""
    try:
        event = read_event(body, signature)
    except ForgedEventError:
        log.warning("notification refusée")
        return FORGED
    try:
        return TAKEN if _take(event, now) else LATER
    except ProviderDownError:
        return LATER
    except ProviderRefusedError:
        return FORGED


def _take(event: StripeEvent, now: datetime) -> bool:
    """Faux : à redire plus tard."""
    if event.object_id and event.kind not in PAGE_EVENTS:
        return outside.take(event, now)
    attempt = _attempt_of(event) if event.object_id else None
    if attempt is None:  # un événement d'une autre sorte, ou d'un autre usage du même compte Stripe
        return True
    answer = gateways.gateway(Provider.STRIPE).ask(event.object_id)
    with transaction() as db:
        _remember(db, attempt.key, event.object_id)
        settle(db, attempt.key, answer, event.id, now)
    return True


def _attempt_of(event: StripeEvent) -> PaymentAttempt | None:
    """Par le numéro de la page ; par notre référence, si la coupure est venue avant qu'il soit noté."""
    mine = PaymentAttempt.provider == Provider.STRIPE
    with reading() as db:
        query = select(PaymentAttempt).where(mine, PaymentAttempt.provider_ref == event.object_id)
        unnoted = select(PaymentAttempt).where(
            mine, PaymentAttempt.reference == event.reference, col(PaymentAttempt.provider_ref).is_(None)
        )
        return db.exec(query).first() or db.exec(unnoted).first()


def _remember(db: Session, attempt_id: int, provider_ref: str) -> None:
    attempt = db.get_one(PaymentAttempt, attempt_id)
    attempt.provider_ref = attempt.provider_ref or provider_ref
    db.flush()
