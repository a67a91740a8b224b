"""Une pièce jointe telle qu'on la lit, et un fichier prêt à partir."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AttachmentLine:
    id: int = 0
    name: str = ""
    detail: str = ""  # « PDF, 1,2 Mo · Vous, 20 novembre à 9 h 05 »
    href: str = ""
    internal: bool = False
    can_remove: bool = False


@dataclass(frozen=True)
class Download:
    """Un fichier prêt à partir."""

    name: str = ""
    body: bytes = b""
    media_type: str = "application/pdf"
