"""La fusion de deux dossiers, telle que l'agent la prépare, la relit et la défait."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class MergeChoice:
    """Un dossier que l'on peut mettre en face."""

    id: int = 0
    name: str = ""
    number: str = ""
    detail: str = ""


@dataclass(frozen=True)
class MergeLine:
    """Une fusion faite, et jusqu'à quand elle peut se défaire."""

    id: int = 0
    sentence: str = ""
    when: str = ""
    other_id: int = 0
    other: str = ""
    outcome: str = ""
    undoable: bool = False


@dataclass(frozen=True)
class MergePage:
    ready: bool = False
    id: int = 0
    name: str = ""
    number: str = ""
    is_open: bool = False
    status: str = ""
    likely: list[MergeChoice] = field(default_factory=list)
    done: list[MergeLine] = field(default_factory=list)
