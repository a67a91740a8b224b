"""À quel PayFiP parler : le vrai quand son adresse est réglée ; sans elle, une démonstration a le service d'essai."""

from portail.integrations.payfip.gateway import PRODUCTION, PayfipGateway
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
    return PayfipGateway(
        wsdl=f"{settings.site_url}{STAND_IN}/tpa/services/securite?wsdl" if uses_stand_in() else settings.payfip_wsdl,
        client_number=settings.payfip_client_id or (DEMO_CLIENT if uses_stand_in() else ""),
        entry=settings.payfip_entry or (PRODUCTION if settings.is_production else TEST),
        notify_url=f"{settings.site_url}{NOTICES}",
    )
