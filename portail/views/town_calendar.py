"""Le calendrier de la commune, l'année d'un coup d'œil."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class DayMark:
    """`tone` : class, weekend, holiday, public, closure ; vide hors du mois."""

    number: str = ""
    tone: str = ""


@dataclass(frozen=True)
class MonthMarks:
    """`said` : les jours particuliers en toutes lettres, le dessin n'est jamais seul à parler."""

    name: str = ""
    days: list[DayMark] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PeriodLine:
    id: int = 0
    name: str = ""
    what: str = ""
    days: str = ""


@dataclass(frozen=True)
class CalendarYear:
    ready: bool = False
    year: str = ""
    years: list[Choice] = field(default_factory=list)
    zone: str = ""
    months: list[MonthMarks] = field(default_factory=list)
    periods: list[PeriodLine] = field(default_factory=list)
    activities: list[Choice] = field(default_factory=list)
    notice: str = ""  # le calendrier officiel n'est pas encore publié jusqu'au bout
