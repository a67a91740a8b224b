"""À quel Stripe parler : le vrai quand il y a une clé ; sans elle, une démonstration a le prestataire d'essai."""

from portail.settings import DEMO_STRIPE_SECRET, current

DEMO_KEY = "sk_test_demonstration"
STAND_IN = "/demonstration/stripe"
LIVE = ("sk_live_", "rk_live_")
_EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 — une comparaison


def uses_stand_in() -> bool:
    """La production ne le fait jamais : sans clé, elle ne prend pas la carte."""
    settings = current()
    return not settings.stripe_secret_key and not settings.stripe_api_base and not settings.is_production


def is_available() -> bool:
    return bool(current().stripe_secret_key) or not current().is_production


def secret_key() -> str:
    return current().stripe_secret_key or DEMO_KEY


def is_live() -> bool:
    """Une vraie clé encaisse de vrais euros ; le mode d'un événement doit être le sien."""
    return secret_key().startswith(LIVE)


def server_address() -> str:
    """Le portail, vu de sa propre machine."""
    settings = current()
    host = "127.0.0.1" if settings.host in _EVERY_ADDRESS else settings.host
    return f"http://{host}:{settings.port}"


def api_base() -> str:
    """Vide : le vrai Stripe."""
    return f"{server_address()}{STAND_IN}" if uses_stand_in() else current().stripe_api_base


def signing_secret() -> str:
    return current().stripe_webhook_secret or ("" if current().is_production else DEMO_STRIPE_SECRET)
