"""PayFiP, le paiement en ligne du Trésor public : le client, et le service d'essai qui parle comme lui."""

from portail.integrations.payfip.access import STAND_IN, is_available, payfip_gateway, uses_stand_in
from portail.integrations.payfip.gateway import LEAST_CENTS, PayfipGateway

__all__ = ["LEAST_CENTS", "STAND_IN", "PayfipGateway", "is_available", "payfip_gateway", "uses_stand_in"]
