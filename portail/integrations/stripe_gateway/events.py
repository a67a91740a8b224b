"""Les notifications de Stripe : la signature d'abord, sur les octets reçus ; on n'en croit que le numéro de l'objet."""

import json
from dataclasses import dataclass

import stripe

from portail.integrations.stripe_gateway.access import is_live, signing_secret

PAGE_EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
)
REFUND_EVENTS = ("charge.refunded", "refund.created", "refund.updated", "refund.failed")
DISPUTE_EVENTS = ("charge.dispute.created", "charge.dispute.closed")
EVENTS = (*PAGE_EVENTS, *REFUND_EVENTS, *DISPUTE_EVENTS)  # à cocher chez Stripe ; la documentation les recopie
LONGEST_ID = 255


class ForgedEventError(Exception):
    """Sans signature, mal signée, trop vieille, ou d'un autre mode que notre clé."""


@dataclass(frozen=True)
class StripeEvent:
    """`object_id` : la page, le débit, le remboursement ou la contestation ; vide : l'événement n'est pas pour nous."""

    id: str
    kind: str
    object_id: str
    reference: str


def read_event(body: bytes, signature: str) -> StripeEvent:
    secret = signing_secret()
    if not secret:
        raise ForgedEventError
    try:
        payload = body.decode()
        stripe.WebhookSignature.verify_header(payload, signature, secret, tolerance=300)
        return _event(json.loads(payload))
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ForgedEventError from error


def _event(sent: dict[str, object]) -> StripeEvent:
    if bool(sent["livemode"]) is not is_live():
        raise ForgedEventError
    kind, inside = str(sent["type"]), sent["data"]
    if not isinstance(inside, dict) or not isinstance(inside["object"], dict):
        raise ForgedEventError
    found = inside["object"]
    is_ours = kind in EVENTS
    return StripeEvent(
        str(sent["id"])[:LONGEST_ID],
        kind[:80],
        str(found["id"])[:LONGEST_ID] if is_ours else "",
        str(found.get("client_reference_id") or "") if is_ours else "",
    )
