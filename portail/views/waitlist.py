"""Les listes d'attente d'une famille : sa place dans chacune, les places qui lui sont proposées."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class WaitLine:
    """Une demande de place ; `can_answer` : la place est proposée, on l'accepte ou on la refuse."""

    id: int = 0
    child: str = ""
    color: str = ""
    activity: str = ""
    day: str = ""
    word: str = ""  # « 2e sur la liste », « Place proposée »
    tone: str = ""
    detail: str = ""  # « Réponse attendue avant le … », « La liste ferme le … »
    href: str = ""
    can_answer: bool = False
    can_leave: bool = False


@dataclass(frozen=True)
class WaitPage:
    ready: bool = False
    offers: list[WaitLine] = field(default_factory=list)
    waiting: list[WaitLine] = field(default_factory=list)
    ended: list[WaitLine] = field(default_factory=list)
