"""Quel prestataire encaisse : celui que la régie a choisi, s'il est réglé sur cette machine."""

from collections.abc import Callable

from portail.domain.money import euros
from portail.domain.payments import Provider
from portail.domain.refusals import RefusalError
from portail.integrations import payfip, stripe_gateway
from portail.integrations.payments import Gateway
from portail.models.regies import Regie

_makers: dict[Provider, Callable[[], Gateway]] = {
    Provider.STRIPE: stripe_gateway.StripeGateway,
    Provider.PAYFIP: payfip.payfip_gateway,
}
_ready: dict[Provider, Callable[[], bool]] = {
    Provider.STRIPE: stripe_gateway.is_available,
    Provider.PAYFIP: payfip.is_available,
}
_LEAST_CENTS = {Provider.PAYFIP: payfip.LEAST_CENTS}


class NoOnlinePaymentError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Le paiement en ligne n’est pas ouvert.", "Vous pouvez payer à la régie de la mairie.")


class TooLittleError(RefusalError):
    def __init__(self, provider: Provider, least_cents: int) -> None:
        super().__init__(
            f"{provider.label} ne prend pas de paiement de moins de {euros(least_cents)}.",
            "Choisissez un autre moyen, ou payez plusieurs factures ensemble.",
        )


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
    return [one for one in Provider if one in regie.providers and _ready[one]()]


def check_offered(regie: Regie, provider: Provider, cents: int) -> None:
    """Ce prestataire, pour ce montant."""
    if provider not in offered(regie):
        raise NoOnlinePaymentError
    if cents < _LEAST_CENTS.get(provider, 0):
        raise TooLittleError(provider, _LEAST_CENTS[provider])
