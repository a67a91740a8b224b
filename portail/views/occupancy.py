"""L'occupation des séances, et la liste d'une séance, telles que les agents les lisent."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class SlotLine:
    """`share` : la part des places prises, de 0 à 100."""

    id: int = 0
    day: str = ""
    part: str = ""
    words: str = ""  # « 8 sur 10 places »
    waiting: str = ""
    share: int = 0
    tone: str = ""
    closed: str = ""


@dataclass(frozen=True)
class Occupancy:
    ready: bool = False
    activity: str = ""
    first: str = ""
    last: str = ""
    title: str = ""
    summary: str = ""
    activities: list[Choice] = field(default_factory=list)
    rows: list[SlotLine] = field(default_factory=list)


@dataclass(frozen=True)
class ChildLine:
    child: int = 0
    name: str = ""
    group: str = ""  # « CM2 · École Jean-Macé »
    family: int = 0
    number: str = ""
    state: str = ""
    tone: str = ""
    phones: str = ""


@dataclass(frozen=True)
class SlotList:
    """Une séance : qui vient, qui attend."""

    ready: bool = False
    id: int = 0
    activity: int = 0
    title: str = ""
    day: str = ""
    words: str = ""
    closed: str = ""
    rows: list[ChildLine] = field(default_factory=list)
    waiting: list[ChildLine] = field(default_factory=list)
    opens_files: bool = False  # cet agent tient les dossiers
    opens_health: bool = False  # cet agent lit les fiches sanitaires
