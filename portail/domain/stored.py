"""Relire un réglage gardé en JSON : chaque valeur vérifiée, le champ fautif nommé."""

from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

from portail.domain.custody import WrongFieldError

Choice = TypeVar("Choice", bound=StrEnum)
FIRST_YEAR, LAST_YEAR = 2000, 2100
_LABELS = {
    "deadline": "Date limite",
    "rule": "Règle de réservation",
    "kind": "Forme",
    "hour": "Heure",
    "days": "Nombre de jours",
    "weekday": "Jour de la semaine",
    "weeks": "Nombre de semaines",
    "groups": "Jours de la semaine",
    "after": "Jours après les vacances",
    "day_of_month": "Jour du mois",
    "months": "Nombre de mois",
    "on": "Date limite",
    "fallback": "Date limite des autres jours",
    "excluded": "Jours exclus",
    "shift": "Déplacement",
    "valid_from": "Date d’effet",
    "opens_days_ahead": "Ouverture, en jours avant",
    "opens_on": "Date d’ouverture",
    "opens_hour": "Heure d’ouverture",
    "absence_hours": "Délai du justificatif, en heures",
    "carence_days": "Jours de carence",
}


def plain(value: object) -> object:
    """Une valeur telle que JSON l'écrit."""
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def wrong(field: str, expected: str) -> WrongFieldError:
    return WrongFieldError(field, f"{_LABELS[field]} : {expected}.")


def read_object(field: str, value: object, known: frozenset[str]) -> Mapping[str, object]:
    """Un objet dont tous les champs sont connus ; un champ nul est un champ absent."""
    if not isinstance(value, Mapping):
        raise wrong(field, "un réglage complet est attendu")
    for name in value:
        if name not in known:
            raise WrongFieldError(field, f"Le champ « {str(name)[:40]} » n’existe pas dans ce réglage.")
    return {name: one for name, one in value.items() if one is not None}


def read_number(field: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong(field, "un nombre entier est attendu")
    return value


def read_hour(field: str, value: object) -> time:
    """« 12:00 »."""
    try:
        return time.fromisoformat(_text(value))
    except ValueError:
        raise wrong(field, "une heure comme 12:00 est attendue") from None


def read_day(field: str, value: object) -> date:
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        raise wrong(field, "une date comme 2026-12-03 est attendue") from None


def read_choice(field: str, value: object, kind: type[Choice]) -> Choice:
    try:
        return kind(_text(value))
    except ValueError:
        raise wrong(field, "ce choix n’existe pas") from None


def read_list(field: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise wrong(field, "une liste est attendue")
    return value


def check_range(field: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise wrong(field, f"un nombre de {low} à {high} est attendu")


def check_hour(field: str, hour: time) -> None:
    """Une heure murale de Paris, à la minute."""
    if hour.tzinfo is not None or hour.second or hour.microsecond:
        raise wrong(field, "une heure à la minute près, sans fuseau, est attendue")


def check_day(field: str, day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise wrong(field, f"une année de {FIRST_YEAR} à {LAST_YEAR} est attendue")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 — les appelants disent la même phrase qu'à un texte mal formé
    return value
