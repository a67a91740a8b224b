"""Stripe : la carte bancaire, par Checkout. La bibliothèque `stripe` parle ; rien d'elle ne sort d'ici."""

from portail.integrations.stripe_gateway.access import (
    DEMO_KEY,
    STAND_IN,
    is_available,
    server_address,
    signing_secret,
    uses_stand_in,
)
from portail.integrations.stripe_gateway.events import (
    DISPUTE_EVENTS,
    EVENTS,
    PAGE_EVENTS,
    REFUND_EVENTS,
    ForgedEventError,
    StripeEvent,
    read_event,
)
from portail.integrations.stripe_gateway.gateway import LEAST_CENTS, StripeGateway

__all__ = [
    "DEMO_KEY",
    "DISPUTE_EVENTS",
    "EVENTS",
    "LEAST_CENTS",
    "PAGE_EVENTS",
    "REFUND_EVENTS",
    "STAND_IN",
    "ForgedEventError",
    "StripeEvent",
    "StripeGateway",
    "is_available",
    "read_event",
    "server_address",
    "signing_secret",
    "uses_stand_in",
]
