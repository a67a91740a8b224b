"""Quel prestataire encaisse : celui que la régie a choisi, s'il est réglé sur cette machine."""

from collections.abc import Callable
from typing import cast

from portail.domain.money import euros
from portail.domain.payments import Provider
from portail.domain.refusals import RefusalError
from portail.integrations import payfip, stripe_gateway
from portail.integrations.payments import CardGateway, Gateway
from portail.models.regies import Regie

_makers: dict[Provider, Callable[[], Gateway]] = {
    Provider.STRIPE: stripe_gateway.StripeGateway,
    Provider.PAYFIP: payfip.payfip_gateway,
}
_ready: dict[Provider, Callable[[], bool]] = {
    Provider.STRIPE: stripe_gateway.is_available,
    Provider.PAYFIP: payfip.is_available,
}
LEAST_CENTS = {Provider.STRIPE: stripe_gateway.LEAST_CENTS, Provider.PAYFIP: payfip.LEAST_CENTS}


class NoOnlinePaymentError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Le paiement en ligne n’est pas ouvert.", "Vous pouvez payer à la régie de la mairie.")


class TooLittleError(RefusalError):
    def __init__(self, provider: Provider) -> None:
        super().__init__(too_little(provider), "Choisissez un autre moyen, ou payez plusieurs factures ensemble.")


def too_little(provider: Provider) -> str:
    who = "La carte bancaire" if provider is Provider.STRIPE else provider.label
    return f"{who} ne prend pas de paiement de moins de {euros(LEAST_CENTS[provider])}."


class ProviderDownRefusalError(RefusalError):
    """La phrase d'une panne du prestataire : rien n'est perdu, rien n'est débité."""

    def __init__(self) -> None:
        super().__init__(
            "Le service de paiement ne répond pas. Rien n’a été débité.",
            "Votre demande est gardée : réessayez dans quelques minutes.",
        )


def gateway(provider: Provider) -> Gateway:
    return _makers[provider]()


def card_gateway() -> CardGateway:
    """Celui des cartes, qui sait aussi dire les remboursements et les contestations."""
    return cast("CardGateway", gateway(Provider.STRIPE))


def offered(regie: Regie) -> list[Provider]:
    """Par quoi l'on peut payer cette régie en ligne, aujourd'hui."""
    return [one for one in Provider if one in regie.providers and _ready[one]()]


def check_offered(regie: Regie, provider: Provider, cents: int) -> None:
    """Ce prestataire, pour ce montant."""
    if provider not in offered(regie):
        raise NoOnlinePaymentError
    if cents < LEAST_CENTS[provider]:
        raise TooLittleError(provider)
