"""Une absence : jusqu'à quand elle se déclare, et quels jours restent dus malgré tout."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portail.domain.bookings import BookingState
from portail.domain.dates import said_day, said_instant
from portail.domain.refusals import BadInputError, RefusalError

DEFAULT_HOURS = 48
MOST_DAYS = 31  # une déclaration couvre au plus un mois
AHEAD, BEHIND = timedelta(days=60), timedelta(days=31)  # les jours qu'une déclaration peut nommer
REASON_LIMIT = 500
DECLARABLE = (BookingState.BOOKED, BookingState.ABSENT)


class NothingBookedError(RefusalError):
    def __init__(self, first_name: str) -> None:
        super().__init__(
            f"{first_name} n’a aucun jour réservé à ces dates.", "Vérifiez les jours, ou l’activité choisie."
        )


class AlreadyDeclaredError(RefusalError):
    def __init__(self, day: date) -> None:
        super().__init__(f"L’absence du {said_day(day)} est déjà déclarée.", "Suivez-la dans « Mes démarches ».")


class TooLateToDeclareError(RefusalError):
    def __init__(self, day: date, until: datetime) -> None:
        super().__init__(
            f"L’absence du {said_day(day)} ne peut plus être déclarée : c’était possible jusqu’{_at(until)}.",
            "Appelez le service enfance si un empêchement sérieux vous en a empêché.",
        )


class NoLongerBookedError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Ces jours ne sont plus réservés : il n’y a rien à excuser.", "Refusez la démarche.")


def _at(until: datetime) -> str:
    """« au mardi 8 décembre à 12 h »."""
    return f"au {said_instant(until).removeprefix('le ')}"


def declared_until(begins: datetime, hours: int) -> datetime:
    """Le dernier instant où ce jour se déclare : des heures écoulées, pas des heures d'horloge."""
    return begins + timedelta(hours=hours)


def check_range(first: date, last: date, today: date) -> None:
    if last < first:
        raise BadInputError("Le dernier jour vient avant le premier.")
    if (last - first).days >= MOST_DAYS:
        raise BadInputError(f"Une déclaration couvre {MOST_DAYS} jours au plus.", "Faites-en une seconde.")
    if first < today - BEHIND or last > today + AHEAD:
        raise BadInputError("Ces jours sont trop loin : un mois en arrière, deux mois en avant.")


@dataclass(frozen=True)
class Day:
    """Un jour réservé dans une activité ; `is_absent` : l'enfant n'y est pas venu, ou n'y viendra pas."""

    day: date
    is_absent: bool


def due_days(days: Iterable[Day], carence: int, asked: Collection[date]) -> frozenset[date]:
    """Les jours demandés qui restent dus : les premiers de chaque suite d'absences, comptés en jours réservés."""
    found, streak = set(), 0
    for one in sorted(set(days), key=lambda one: one.day):
        streak = streak + 1 if one.is_absent else 0
        if one.day in asked and 0 < streak <= carence:
            found.add(one.day)
    return frozenset(found)
