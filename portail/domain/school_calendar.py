"""Les vacances scolaires par zone : des périodes datées, du premier au dernier jour sans classe."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

ONE_DAY = timedelta(days=1)


class Zone(StrEnum):
    A = "A"
    B = "B"
    C = "C"

    @property
    def label(self) -> str:
        return f"Zone {self.value}"


@dataclass(frozen=True, order=True)
class Holiday:
    """Une période sans classe, premier et dernier jours compris."""

    first: date
    last: date
    name: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


BRIDGE = "Pont de l’Ascension"
# La bibliothèque oublie ce pont certaines années, ou l'arrête un jour trop tôt ou trop tard. Il est le même dans les
# trois zones : du jeudi de l'Ascension au dimanche. Ces périodes remplacent les siennes.
BRIDGES = tuple(
    Holiday(thursday, thursday + 3 * ONE_DAY, BRIDGE)
    for thursday in (
        date(2016, 5, 5),
        date(2017, 5, 25),
        date(2018, 5, 10),
        date(2019, 5, 30),
        date(2020, 5, 21),
        date(2021, 5, 13),
        date(2022, 5, 26),
        date(2023, 5, 18),
        date(2024, 5, 9),
        date(2025, 5, 29),
        date(2026, 5, 14),
        date(2027, 5, 6),
    )
)


def holidays_between(zone: Zone, first: date, last: date) -> tuple[Holiday, ...]:
    """Les vacances qui touchent cette période, entières, dans l'ordre."""
    return tuple(one for one in _holidays(zone) if one.first <= last and one.last >= first)


def is_published(day: date) -> bool:
    """Le calendrier officiel est-il connu jusqu'à ce jour ?"""
    return all(day <= _holidays(zone)[-1].last for zone in Zone)


def last_published(zone: Zone) -> date:
    """Le dernier jour dont le calendrier officiel de cette zone dit quelque chose."""
    return _holidays(zone)[-1].last


@cache
def _holidays(zone: Zone) -> tuple[Holiday, ...]:
    # la bibliothèque lit un gros fichier à sa création : une fois, et seulement si l'on s'en sert
    from vacances_scolaires_france import SchoolHolidayDates  # noqa: PLC0415

    column = f"vacances_zone_{zone.value.lower()}"
    rows = SchoolHolidayDates().data.items()
    named = ((day, row["nom_vacances"].replace("'", "’")) for day, row in rows if row[column])
    return tuple(sorted([*(one for one in _periods(named) if one.name != BRIDGE), *BRIDGES]))


def _periods(named: Iterable[tuple[date, str]]) -> list[Holiday]:
    """Les jours qui se suivent sous un même nom, réunis."""
    found: list[Holiday] = []
    for day, name in sorted(named):
        if found and found[-1].name == name and found[-1].last + ONE_DAY == day:
            found[-1] = Holiday(found[-1].first, day, name)
        else:
            found.append(Holiday(day, day, name))
    return found
