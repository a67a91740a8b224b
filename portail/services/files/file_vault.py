"""Le coffre des fichiers : AES-GCM, sous les clés de santé ; un fichier ne s'ouvre que sous son propre nom."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portail.services.health.vault import VaultError, current_key_id
from portail.settings import current

_MARK = b"PF1"
_NONCE = 12


def seal(name: str, body: bytes) -> bytes:
    """Une marque, le nom de la clé, puis le scellé : de quoi l'ouvrir sans rien demander à la base."""
    key_id, nonce = current_key_id(), secrets.token_bytes(_NONCE)
    head = _MARK + bytes([len(key_id)]) + key_id.encode()
    return head + nonce + _cipher(name, key_id).encrypt(nonce, body, head + name.encode())


def unseal(name: str, sealed: bytes) -> bytes:
    key_id = key_of(name, sealed)
    start = len(_MARK) + 1 + len(key_id)
    nonce = sealed[start : start + _NONCE]
    try:
        return _cipher(name, key_id).decrypt(nonce, sealed[start + _NONCE :], sealed[:start] + name.encode())
    except (InvalidTag, ValueError):  # ValueError : des octets trop courts pour un scellé
        raise VaultError(f"fichier {name} : ce scellé n'est pas d'ici, ou il est abîmé") from None


def key_of(name: str, sealed: bytes) -> str:
    start = len(_MARK) + 1
    if not sealed.startswith(_MARK) or len(sealed) < start:
        raise VaultError(f"fichier {name} : ce n'est pas un scellé")
    return sealed[start : start + sealed[len(_MARK)]].decode("ascii", "replace")


def _cipher(name: str, key_id: str) -> AESGCM:
    key = current().health_key_ring.get(key_id)
    if key is None:
        raise VaultError(f"fichier {name} : la clé « {key_id} » n'est plus dans PORTAIL_HEALTH_KEYS")
    return AESGCM(key)
