"""Le français des écrans : dates, heures, durées, pluriels."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

PARIS = ZoneInfo("Europe/Paris")
LOCALE = "fr_FR"


def full_day(day: date) -> str:
    """« vendredi 20 novembre 2026 »."""
    return str(format_date(day, "EEEE d MMMM y", LOCALE))


def day_without_year(day: date) -> str:
    return str(format_date(day, "EEEE d MMMM", LOCALE))


def badge_day(day: date) -> str:
    """« 18 nov. »."""
    return str(format_date(day, "d MMM", LOCALE))


def instant(at: datetime) -> str:
    """« 20 novembre à 9 h 05 », à Paris ; l'heure ne se coupe pas en bout de ligne."""
    local = at.astimezone(PARIS)
    return (
        f"{format_datetime(local, 'd MMMM', tzinfo=PARIS, locale=LOCALE)} à {local.hour}\u00a0h\u00a0{local.minute:02d}"
    )


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def count(number: int, one: str, many: str) -> str:
    """« 1 enfant », « 3 enfants » ; zéro se dit au singulier."""
    return f"{number} {one if number < 2 else many}"  # noqa: PLR2004


def age(years: int) -> str:
    return count(years, "an", "ans")


def iso_day(at: datetime) -> str:
    """« 2026-11-20 », à Paris : ce qu'attend un champ de date."""
    return at.astimezone(PARIS).date().isoformat()
