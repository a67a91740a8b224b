"""Sceller ce qui doit revenir en clair (secret du second facteur, corps d'un courriel) : AES-GCM."""

import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portail.settings import current

_NONCE = 12


@lru_cache(maxsize=16)
def _cipher(purpose: str, secret: str) -> AESGCM:
    key = HKDF(SHA256(), length=32, salt=None, info=f"portail/{purpose}".encode()).derive(secret.encode())
    return AESGCM(key)


def seal(purpose: str, text: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(purpose, current().secret_key).encrypt(nonce, text.encode(), purpose.encode())


def unseal(purpose: str, sealed: bytes) -> str:
    """Lève InvalidTag si la clé a changé ou si l'octet a été touché."""
    cipher = _cipher(purpose, current().secret_key)
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode()).decode()
