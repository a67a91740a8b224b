"""Les réservations à valider, vues par un agent : jour par jour, avec ce qu'il reste de places."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class PendingRow:
    """Une réservation qui attend ; `full` : « 10 places sur 12 », la sienne comprise."""

    id: int = 0
    day: str = ""
    activity: str = ""
    part: str = ""
    child: str = ""
    family: str = ""
    family_id: int = 0
    number: str = ""  # de la démarche
    request_id: int = 0
    asked: str = ""
    full: str = ""
    price: str = ""


@dataclass(frozen=True)
class PendingPage:
    ready: bool = False
    rows: list[PendingRow] = field(default_factory=list)
    total: int = 0
    summary: str = ""
    activities: list[Choice] = field(default_factory=list)
    activity: str = ""
