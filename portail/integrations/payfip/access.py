"""À quel PayFiP parler : le vrai quand son adresse est réglée ; sans elle, une démonstration a le service d'essai."""

from urllib.parse import urlsplit

from portail.integrations.payfip.gateway import PRODUCTION, PayfipGateway
from portail.integrations.stripe_gateway import server_address
from portail.settings import current

STAND_IN = "/demonstration/payfip"
NOTICES = "/webhooks/payfip"
DEMO_CLIENT, TEST = "999999", "T"


def uses_stand_in() -> bool:
    """La production ne le fait jamais : sans adresse, elle ne propose pas PayFiP."""
    return not current().payfip_wsdl and not current().is_production


def is_available() -> bool:
    return bool(current().payfip_wsdl) or uses_stand_in()


def payfip_gateway() -> PayfipGateway:
    settings = current()
    wsdl, pages = _trial() if uses_stand_in() else (settings.payfip_wsdl, _pages(settings.payfip_wsdl))
    return PayfipGateway(
        wsdl=wsdl,
        pages=pages,
        client_number=settings.payfip_client_id or (DEMO_CLIENT if uses_stand_in() else ""),
        entry=settings.payfip_entry or (PRODUCTION if settings.is_production else TEST),
        notify_url=f"{settings.site_url}{NOTICES}",
    )


def _trial() -> tuple[str, str]:
    """Le portail appelle sa propre machine ; la famille, l'adresse publique."""
    return f"{server_address()}{STAND_IN}/tpa/services/securite?wsdl", f"{current().site_url}{STAND_IN}/tpa"


def _pages(wsdl: str) -> str:
    """« https://…/tpa » : les pages de paiement sont à côté du service, sur la même machine."""
    parts = urlsplit(wsdl)
    return f"{parts.scheme}://{parts.netloc}{parts.path.partition('/services/')[0]}"
