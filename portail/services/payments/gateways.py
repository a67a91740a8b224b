"""Quel prestataire encaisse : celui que la régie a choisi, s'il est réglé sur cette machine."""

from collections.abc import Callable

from portail.domain.payments import Provider
from portail.domain.refusals import RefusalError
from portail.integrations import stripe_gateway
from portail.integrations.payments import Gateway
from portail.models.regies import Regie

_makers: dict[Provider, Callable[[], Gateway]] = {Provider.STRIPE: stripe_gateway.StripeGateway}
_ready: dict[Provider, Callable[[], bool]] = {Provider.STRIPE: stripe_gateway.is_available}


class NoOnlinePaymentError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Le paiement en ligne n’est pas ouvert.", "Vous pouvez payer à la régie de la mairie.")


class ProviderDownRefusalError(RefusalError):
    """La phrase d'une panne du prestataire : rien n'est perdu, rien n'est débité."""

    def __init__(self) -> None:
        super().__init__(
            "Le service de paiement ne répond pas. Rien n’a été débité.",
            "Votre demande est gardée : réessayez dans quelques minutes.",
        )


def gateway(provider: Provider) -> Gateway:
    return _makers[provider]()


def offered(regie: Regie) -> list[Provider]:
    """Par quoi l'on peut payer cette régie en ligne, aujourd'hui."""
    return [one for one in Provider if one in regie.providers and one in _ready and _ready[one]()]


def check_offered(regie: Regie, provider: Provider) -> None:
    if provider not in offered(regie):
        raise NoOnlinePaymentError
