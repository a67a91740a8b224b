"""Hacher et vérifier. Toujours hors transaction, toujours dans un fil lent : un hachage dure un quart de seconde."""

import base64
import hashlib
import unicodedata
from functools import lru_cache

import bcrypt

COST = 12


def _digest(password: str) -> bytes:
    """bcrypt s'arrête à 72 octets : on lui donne une empreinte, pour que toute la phrase compte.

    Un « é » composé ou décomposé selon le clavier est le même « é ».
    """
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hashlib.sha256(typed).digest())


def hash_password(password: str) -> str:
    return bcrypt.hashpw(_digest(password), bcrypt.gensalt(COST)).decode()


def verify_password(password: str, password_hash: str | None) -> bool:
    """Un compte inconnu coûte le même temps qu'un compte connu."""
    if password_hash is None:
        bcrypt.checkpw(_digest(password), _decoy(COST))
        return False
    return bcrypt.checkpw(_digest(password), password_hash.encode())


@lru_cache(maxsize=4)
def _decoy(cost: int) -> bytes:
    return bcrypt.hashpw(b"personne", bcrypt.gensalt(cost))
