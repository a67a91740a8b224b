"""« Modification avancée » : une semaine type, répétée sur une période, devient des jours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portail.domain.custody import WEEKDAYS, WrongFieldError
from portail.domain.dates import monday_of, months_away

WEEK = 7
LONGEST_MONTHS = 18
MOST_WEEKS = 8


class Parity(StrEnum):
    """Une semaine sur deux, dite par le numéro de la première."""

    ALL = "all"
    EVEN = "even"
    ODD = "odd"

    @property
    def label(self) -> str:
        return PARITY_LABELS[self]


PARITY_LABELS = {Parity.ALL: "Toutes les semaines", Parity.EVEN: "Semaines paires", Parity.ODD: "Semaines impaires"}


@dataclass(frozen=True)
class Template:
    """`every` : toutes les n semaines, à partir de celle du premier jour.

    `anchor` : le jour dont la semaine est paire ou impaire d'après son numéro (sans lui, le premier) ; l'alternance se
    compte ensuite de deux en deux, comme la garde : une semaine 53 ne la retourne pas.
    """

    first: date
    last: date
    weekdays: frozenset[int]
    every: int = 1
    parity: Parity = Parity.ALL
    anchor: date | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise WrongFieldError("last", "La date de fin vient avant la date de début.")
        if self.last > months_away(self.first, LONGEST_MONTHS):
            raise WrongFieldError(
                "last", f"La période est trop longue : {LONGEST_MONTHS} mois au plus.", "Rapprochez la date de fin."
            )
        if not self.weekdays:
            raise WrongFieldError("weekdays", "Choisissez au moins un jour de la semaine.")
        if not self.weekdays <= set(range(len(WEEKDAYS))):
            raise WrongFieldError("weekdays", "Choisissez des jours du lundi au dimanche.")
        if not 1 <= self.every <= MOST_WEEKS:
            raise WrongFieldError("every", f"La répétition va de 1 à {MOST_WEEKS} semaines.")
        if self.every > 1 and self.parity is not Parity.ALL:
            raise WrongFieldError(
                "every", "Choisissez soit les semaines paires ou impaires, soit toutes les n semaines, pas les deux."
            )


def days(template: Template) -> Iterator[date]:
    """Les jours de la semaine type, dans l'ordre, bornes comprises."""
    monday, step = _first_monday(template), template.every if template.parity is Parity.ALL else 2
    while monday <= template.last:
        for weekday in sorted(template.weekdays):
            day = monday + timedelta(days=weekday)
            if template.first <= day <= template.last:
                yield day
        monday += timedelta(days=WEEK * step)


def _first_monday(template: Template) -> date:
    """Le lundi de la première semaine retenue."""
    monday = monday_of(template.first)
    if template.parity is Parity.ALL:
        return monday
    anchor = template.anchor or template.first
    weeks = (monday - monday_of(anchor)).days // WEEK
    is_even = (anchor.isocalendar().week + weeks) % 2 == 0
    return monday if is_even == (template.parity is Parity.EVEN) else monday + timedelta(days=WEEK)
