"""« Mon tableau de bord » et le choix d'un enfant, tels que les écrans les montrent."""

from dataclasses import dataclass, field

from portail.views.home import ChildChip


@dataclass(frozen=True)
class Chooser:
    """Les enfants entre lesquels choisir ; `chosen` : zéro pour « Tous »."""

    children: list[ChildChip] = field(default_factory=list)
    chosen: int = 0


@dataclass(frozen=True)
class HistoryLine:
    icon: str = ""
    kind: str = ""
    title: str = ""
    about: str = ""  # l'enfant, ou l'adulte
    color: str = ""
    when: str = ""
    who: str = ""
    state: str = ""
    tone: str = ""
    href: str = ""


@dataclass(frozen=True)
class HistoryView:
    ready: bool = False
    rows: list[HistoryLine] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    summary: str = ""
    kind: str = ""
    period: str = ""
