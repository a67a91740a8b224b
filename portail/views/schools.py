"""Les écoles et leurs classes, telles que la direction les règle."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class LevelTick:
    name: str = ""
    label: str = ""
    ticked: bool = False


@dataclass(frozen=True)
class ClassLine:
    id: int = 0
    name: str = ""
    names: list[str] = field(default_factory=list)
    levels: str = ""
    closed: bool = False
    children: str = ""
    ticks: list[LevelTick] = field(default_factory=list)


@dataclass(frozen=True)
class SchoolLine:
    id: int = 0
    name: str = ""
    closed: bool = False
    children: str = ""
    removable: bool = False
    levels: str = ""
    classes: list[ClassLine] = field(default_factory=list)


@dataclass(frozen=True)
class SchoolList:
    ready: bool = False
    year: str = ""
    years: list[Choice] = field(default_factory=list)
    rows: list[SchoolLine] = field(default_factory=list)
    ticks: list[LevelTick] = field(default_factory=list)  # les niveaux d'une classe à ajouter
