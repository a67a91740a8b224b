"""Le coffre des fiches sanitaires : AES-GCM, clés des réglages, chaque valeur liée à sa table, sa ligne, sa colonne."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portail.models.sealed import SealedRow
from portail.settings import current

_NONCE = 12
_BLOCK = 64  # la longueur d'une réponse ne doit pas la trahir : « oui » pèse autant que « non »
_FILLER = "\0"  # aucun texte reçu n'en contient


class VaultError(RuntimeError):
    """Une valeur ne s'ouvre pas : clé inconnue, ou octets déplacés. Le message n'en montre rien."""


def current_key_id() -> str:
    return next(iter(current().health_key_ring))


def read(row: SealedRow) -> dict[str, str]:
    """Les colonnes scellées, en clair ; ce qui n'a jamais été rempli n'y est pas."""
    sealed = {column: getattr(row, column) for column in row.SEALED}
    return {column: _open(row, column, value) for column, value in sealed.items() if value is not None}


def write(row: SealedRow, values: dict[str, str]) -> None:
    """Pose ces valeurs ; toute la ligne passe sous la première clé. La ligne est déjà numérotée."""
    kept = read(row) | values
    row.key_id = current_key_id()
    for column, text in kept.items():
        setattr(row, column, _seal(row, column, text))


def _seal(row: SealedRow, column: str, text: str) -> bytes:
    if column not in row.SEALED:
        raise VaultError(f"{row.place} : la colonne {column} ne se scelle pas")
    nonce = secrets.token_bytes(_NONCE)
    body = text.encode()
    padded = body + _FILLER.encode() * (-(len(body) + 1) % _BLOCK + 1)
    return nonce + _cipher(row).encrypt(nonce, padded, _bond(row, column))


def _open(row: SealedRow, column: str, sealed: bytes) -> str:
    try:
        text = _cipher(row).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bond(row, column)).decode()
    except (InvalidTag, ValueError):  # ValueError : des octets trop courts pour un scellé
        raise VaultError(f"{_bond(row, column).decode()} : ce scellé n'est pas d'ici, ou il est abîmé") from None
    return text.rstrip(_FILLER)


def _bond(row: SealedRow, column: str) -> bytes:
    return f"{row.place}/{column}".encode()


def _cipher(row: SealedRow) -> AESGCM:
    key = current().health_key_ring.get(row.key_id)
    if key is None:
        raise VaultError(f"{row.place} : la clé « {row.key_id} » n'est plus dans PORTAIL_HEALTH_KEYS")
    return AESGCM(key)
