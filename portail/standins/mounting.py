"""Monter les prestataires d'essai à côté du portail : en démonstration, et sans clé d'un vrai prestataire."""

from starlette.routing import Mount

from portail import clock
from portail.integrations import payfip as payfip_gateway
from portail.integrations import stripe_gateway
from portail.settings import current
from portail.standins import payfip, stripe


def routes() -> list[Mount]:
    found = []
    if stripe_gateway.uses_stand_in():
        found.append(Mount(stripe_gateway.STAND_IN, app=stripe.create(card_bank())))
    if payfip_gateway.uses_stand_in():
        treasury = payfip.Treasury(current().data_path / "payfip-essai", clock.now)
        found.append(Mount(payfip_gateway.STAND_IN, app=payfip.create(treasury)))
    return found


def card_bank() -> stripe.Bank:
    settings = current()
    return stripe.Bank(
        stripe.Config(
            path=settings.data_path / "prestataire-essai.sqlite",
            page_base=f"{settings.site_url}{stripe_gateway.STAND_IN}",
            webhook_url=f"{stripe_gateway.server_address()}/webhooks/stripe",
            key=stripe_gateway.DEMO_KEY,
            signing_secret=stripe_gateway.signing_secret(),
            now=clock.now,
        )
    )
