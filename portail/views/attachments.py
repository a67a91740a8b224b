"""Une pièce jointe telle qu'on la lit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AttachmentLine:
    id: int = 0
    name: str = ""
    detail: str = ""  # « PDF, 1,2 Mo · Vous, 20 novembre à 9 h 05 »
    href: str = ""
    internal: bool = False
    can_remove: bool = False
