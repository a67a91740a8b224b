"""Le français des écrans : dates, heures, durées, pluriels."""

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date

PARIS = ZoneInfo("Europe/Paris")
LOCALE = "fr_FR"


def full_day(day: date) -> str:
    """« vendredi 20 novembre 2026 »."""
    return _spoken(day, "EEEE d MMMM y")


def day_without_year(day: date) -> str:
    return _spoken(day, "EEEE d MMMM")


def today(now: datetime) -> str:
    """« Vendredi 20 novembre »."""
    return capitalised(day_without_year(now.astimezone(PARIS).date()))


def long_date(day: date) -> str:
    """« 20 novembre 2026 », « 1er décembre 2026 »."""
    return _spoken(day, "d MMMM y")


def short_date(day: date) -> str:
    """« 20/11/2026 »."""
    return f"{day:%d/%m/%Y}"


def badge_day(day: date) -> str:
    """« 18 nov. »."""
    return _spoken(day, "d MMM")


@lru_cache(maxsize=4096)
def _spoken(day: date, pattern: str) -> str:
    """Les mêmes jours reviennent sans cesse : mis en forme une fois."""
    return _first(format_date(day, pattern, LOCALE))


def _first(spoken: str) -> str:
    """« 1er décembre » : seul le premier jour du mois se dit ainsi."""
    return re.sub(r"\b1 (?=\D)", "1er ", spoken, count=1)


def instant(at: datetime) -> str:
    """« 20 novembre à 9 h 05 », à Paris."""
    return f"{_spoken(at.astimezone(PARIS).date(), 'd MMMM')} à {hour(at)}"


def hour(at: datetime) -> str:
    """« 9 h 05 », à Paris ; l'heure ne se coupe pas en bout de ligne."""
    local = at.astimezone(PARIS)
    return f"{local.hour}\u00a0h\u00a0{local.minute:02d}"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def of(name: str) -> str:
    """« de Léa », « d’Élodie » ; devant un h, l’usage hésite : « de Hugo »."""
    first = unicodedata.normalize("NFD", name[:1]).casefold()[:1]
    return f"d’{name}" if first and first in "aeiouœæ" else f"de {name}"


def uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]


def month(day: date) -> str:
    """« novembre 2026 »."""
    return str(format_date(day, "LLLL y", LOCALE))


def count(number: int, one: str, many: str) -> str:
    """« 1 enfant », « 3 enfants » ; zéro se dit au singulier."""
    return f"{number} {one if number < 2 else many}"  # noqa: PLR2004


def agreed(cents: int, one: str, many: str) -> str:
    """« 1,99 € sera prélevé », « 2,00 € seront prélevés » : en dessous de deux euros, le singulier."""
    return one if cents < 200 else many  # noqa: PLR2004


def age(years: int) -> str:
    return count(years, "an", "ans")


def iso_day(at: datetime) -> str:
    """« 2026-11-20 », à Paris : ce qu'attend un champ de date."""
    return at.astimezone(PARIS).date().isoformat()


def weight(size: int) -> str:
    """« 340 Ko », « 1,2 Mo » ; le nombre ne se sépare pas de son unité."""
    if size < 1_000_000:  # noqa: PLR2004
        return f"{max(1, round(size / 1000))}\u00a0Ko"
    return f"{size / 1_000_000:.1f}\u00a0Mo".replace(".", ",")
