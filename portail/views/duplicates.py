"""Deux dossiers face à face, tels que l'agent les compare."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Compared:
    """Un champ des deux dossiers, face à face."""

    label: str = ""
    ours: str = ""
    theirs: str = ""
    mark: str = ""
    mark_label: str = ""


@dataclass(frozen=True)
class Candidate:
    """Un dossier mis en face d'un autre : à quel point il ressemble, pourquoi, champ à champ."""

    id: int = 0
    name: str = ""
    number: str = ""
    score: int = 0
    strength: str = ""
    tone: str = ""
    reasons: list[str] = field(default_factory=list)
    rows: list[Compared] = field(default_factory=list)
