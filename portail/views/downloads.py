"""Ce qui se télécharge : un papier, une archive, une pièce."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Download:
    """Un fichier prêt à partir."""

    name: str = ""
    body: bytes = b""
    media_type: str = "application/pdf"
