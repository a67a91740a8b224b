"""Ce qui ne doit pas se deviner : jetons, empreintes, références d'incident."""

import hashlib
import hmac
import secrets

from portail.settings import current

_READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # sans les lettres qui se confondent


def new_token() -> str:
    """256 bits, sûr dans une adresse."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """Ce que la base garde d'un jeton : son empreinte, jamais le jeton."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def keyed(purpose: str, value: str) -> str:
    """Empreinte avec clé : elle regroupe sans dire la valeur (adresse, identifiant saisi)."""
    key = hashlib.sha256(f"{purpose}\0{current().secret_key}".encode()).digest()
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def incident_reference() -> str:
    """Le numéro qu'un parent peut lire au téléphone."""
    return "".join(secrets.choice(_READABLE) for _ in range(8))


def readable_code(length: int = 10) -> str:
    return "".join(secrets.choice(_READABLE) for _ in range(length))
