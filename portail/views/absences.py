"""Les absences : ce qu'un parent déclare et suit, ce qu'un agent annule pour toute une classe."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class BookedLine:
    """Un jour réservé ; `until` dit jusqu'à quand son absence se déclare."""

    day: str = ""
    what: str = ""
    until: str = ""


@dataclass(frozen=True)
class AbsenceLine:
    child: str = ""
    color: str = ""
    day: str = ""
    what: str = ""
    state: str = ""
    tone: str = ""
    href: str = ""


@dataclass(frozen=True)
class AbsencesView:
    ready: bool = False
    child: int = 0
    first_name: str = ""
    can_declare: bool = False
    days: list[BookedLine] = field(default_factory=list)
    activities: list[Choice] = field(default_factory=list)
    declared: list[AbsenceLine] = field(default_factory=list)
    accept: str = ""  # les fichiers que le choix propose
    today: str = ""
    carence: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class GroupLine:
    """Une activité de l'aperçu."""

    title: str = ""
    count: str = ""


@dataclass(frozen=True)
class GroupPreview:
    """Qui serait concerné ; `stamp` revient tel quel : si la liste change entre-temps, rien ne se fait."""

    ready: bool = False
    stamp: str = ""
    title: str = ""
    days: str = ""
    summary: str = ""
    refund: str = ""
    lines: list[GroupLine] = field(default_factory=list)
    is_empty: bool = False
    button: str = ""


@dataclass(frozen=True)
class GroupForm:
    """Ce que l'agent choisit."""

    ready: bool = False
    schools: list[Choice] = field(default_factory=list)
    classes: list[Choice] = field(default_factory=list)
    levels: list[Choice] = field(default_factory=list)
    activities: list[Choice] = field(default_factory=list)
    today: str = ""
    waiting: int = 0
