"""Les jours et les heures : l'horloge murale de Paris, et la façon de les dire en français."""

import calendar
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from portail.domain.custody import WEEKDAYS

PARIS = ZoneInfo("Europe/Paris")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
NUMBERS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
_ZERO = timedelta(0)
_CHANGE_TO_SUMMER = time(1)  # en UTC, dans toute l'Europe


@lru_cache(maxsize=1 << 14)
def _instant(day: date, hour: time) -> datetime:
    local = datetime.combine(day, hour, PARIS)
    offset, later_offset = local.utcoffset() or _ZERO, local.replace(fold=1).utcoffset() or _ZERO
    if offset < later_offset:
        return datetime.combine(day, _CHANGE_TO_SUMMER, UTC)
    return datetime.combine(day, hour, UTC) - offset


def wall_instant(day: date, hour: time) -> datetime:
    """L'instant où une horloge de Paris marque cette heure : la première fois si elle y passe deux fois, et si elle n'y
    passe pas, le premier instant après."""
    return _instant(day, hour.replace(fold=0) if hour.fold else hour)


def paris_day(at: datetime) -> date:
    return at.astimezone(PARIS).date()


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def months_away(day: date, months: int, *, on: int = 0) -> date:
    """Le même jour, des mois plus loin ou plus tôt (ou le jour `on`) ; au plus le dernier du mois."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(on or day.day, last))


def said_hour(hour: time) -> str:
    """« 12 h », « 9 h 05 » ; l'heure ne se coupe pas en bout de ligne."""
    minutes = f"\u00a0{hour.minute:02d}" if hour.minute else ""
    return f"{hour.hour}\u00a0h{minutes}"


def said_date(day: date) -> str:
    """« 3 décembre », « 1er janvier »."""
    return f"{said_rank(day.day)} {MONTHS[day.month - 1]}"


def said_day(day: date) -> str:
    """« jeudi 3 décembre »."""
    return f"{WEEKDAYS[day.weekday()]} {said_date(day)}"


def said_rank(number: int) -> str:
    """« 1er », « 20 » : le rang d'un jour dans son mois."""
    return "1er" if number == 1 else str(number)


def said_instant(at: datetime) -> str:
    """« le mardi 8 décembre à 12 h », à Paris."""
    local = at.astimezone(PARIS)
    return f"le {said_day(local.date())} à {said_hour(local.time())}"


def said_number(number: int) -> str:
    """« deux », « onze » s'écrit 11."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def said_list(words: Sequence[str]) -> str:
    """« lundi », « lundi et mardi », « lundi, mardi et jeudi »."""
    return " et ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def full_stop(text: str) -> str:
    """Une phrase se termine par un point."""
    text = text.strip()
    return text if text.endswith((".", "?", "!")) or not text else f"{text}."
