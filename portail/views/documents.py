"""Les documents d'une famille, tels qu'un agent les tient."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class DocumentRow:
    id: int = 0
    name: str = ""
    whose: str = ""  # le prénom de l'enfant, ou « la famille »
    state: str = ""
    word: str = ""
    tone: str = ""
    when: str = ""
    until: str = ""
    why: str = ""


@dataclass(frozen=True)
class DocumentDesk:
    ready: bool = False
    family_id: int = 0
    rows: list[DocumentRow] = field(default_factory=list)
    types: list[Choice] = field(default_factory=list)
    people: list[Choice] = field(default_factory=list)
    is_open: bool = False  # un dossier fermé ne reçoit plus rien
