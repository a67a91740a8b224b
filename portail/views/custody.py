"""La garde d'un enfant telle que les écrans la montrent ; à un parent, rien de l'autre foyer que ses jours."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CustodyDay:
    """Un jour du mois ; `home` : « a » ou « b », vide quand rien n'est réglé ; `number` est vide hors du mois."""

    date: str = ""
    number: str = ""
    home: str = ""
    mark: str = ""
    sentence: str = ""
    reason: str = ""
    today: bool = False


@dataclass(frozen=True)
class CustodyWeek:
    number: str = ""
    days: list[CustodyDay] = field(default_factory=list)


@dataclass(frozen=True)
class Home:
    """Un des deux foyers, tel que la personne qui regarde le nomme."""

    label: str = ""
    at: str = ""  # « chez vous »
    mark: str = ""


@dataclass(frozen=True)
class PatternLine:
    id: int = 0
    words: str = ""
    period: str = ""
    reference: str = ""
    halves: str = ""
    state: str = ""
    tone: str = ""
    can_end: bool = False


@dataclass(frozen=True)
class ExceptionLine:
    id: int = 0
    when: str = ""
    at: str = ""


@dataclass(frozen=True)
class ProposalLine:
    number: str = ""
    who: str = ""
    words: str = ""
    at: str = ""
    status_label: str = ""
    tone: str = ""


@dataclass(frozen=True)
class CustodyView:
    ready: bool = False
    child_id: int = 0
    first_name: str = ""
    shared: bool = False
    can_propose: bool = False
    month: str = ""  # « 2026-11 »
    month_label: str = ""
    previous: str = ""  # vide : pas plus loin
    following: str = ""
    today: str = ""
    home_a: Home = Home()
    home_b: Home = Home()
    weeks: list[CustodyWeek] = field(default_factory=list)
    has_unset: bool = False
    has_exception: bool = False
    counts: str = ""
    holidays: list[str] = field(default_factory=list)
    unpublished: bool = False
    patterns: list[PatternLine] = field(default_factory=list)
    exceptions: list[ExceptionLine] = field(default_factory=list)
    proposals: list[ProposalLine] = field(default_factory=list)
