"""Ce que la commune ajoute au calendrier officiel : une fermeture, des vacances, ou des jours rendus à l'école."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from portail.domain.forms import Reader
from portail.domain.refusals import BadInputError

LONGEST, NAME_LIMIT = 130, 80


class PeriodWish(StrEnum):
    TOWN_CLOSURE = "town_closure"
    ACTIVITY_CLOSURE = "activity_closure"
    HOLIDAY = "holiday"
    SCHOOL = "school"

    @property
    def label(self) -> str:
        return WISH_LABELS[self]

    @property
    def is_closure(self) -> bool:
        return self in {PeriodWish.TOWN_CLOSURE, PeriodWish.ACTIVITY_CLOSURE}


WISH_LABELS = {
    PeriodWish.TOWN_CLOSURE: "Tout est fermé",
    PeriodWish.ACTIVITY_CLOSURE: "Une activité est fermée",
    PeriodWish.HOLIDAY: "Vacances scolaires en plus",
    PeriodWish.SCHOOL: "École malgré les vacances",
}


@dataclass(frozen=True)
class PeriodTerms:
    """Sans nom : les jours rendus à l'école."""

    what: PeriodWish
    first: date
    last: date
    name: str
    activity_id: int


def read_period(form: dict[str, Any], today: date) -> PeriodTerms:
    reader = Reader(form)
    values = {wish.value for wish in PeriodWish}
    typed = reader.choice("what", lambda value: value in values, "Choisissez ce que vous ajoutez.")
    what = PeriodWish(typed) if typed in values else PeriodWish.TOWN_CLOSURE
    first = reader.day("first", today, missing="Indiquez le premier jour.", check=lambda day: _check_near(day, today))
    last = first
    if str(form.get("last") or "").strip():
        missing = "Indiquez le dernier jour."
        last = reader.day("last", first, missing=missing, check=lambda day: _check_order(first, day))
    name = ""
    if what is not PeriodWish.SCHOOL:
        name = reader.line("name", "Nom", limit=NAME_LIMIT, missing="Indiquez un nom : les familles le liront.")
    activity_id = reader.number("activity_id") if what is PeriodWish.ACTIVITY_CLOSURE else 0
    if what is PeriodWish.ACTIVITY_CLOSURE and not activity_id:
        reader.errors.setdefault("activity_id", "Choisissez l’activité.")
    reader.check()
    return PeriodTerms(what, first, last, name, activity_id)


def _check_near(day: date, today: date) -> None:
    if abs(day.year - today.year) > 2:  # noqa: PLR2004
        raise BadInputError("Cette date est trop lointaine.")


def _check_order(first: date, last: date) -> None:
    if last < first:
        raise BadInputError("Le dernier jour vient avant le premier.")
    if (last - first).days > LONGEST:
        raise BadInputError("La période est trop longue : quatre mois au plus.")
