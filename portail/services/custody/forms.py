"""Une proposition de garde : du formulaire à la règle, et de la règle à ce que garde une démarche."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portail.domain.custody import WEEKDAYS, DatedException, HolidayRule, Pattern, PatternKind, WrongFieldError
from portail.domain.refusals import BadInputError

Proposal = Pattern | DatedException
Slots = tuple[int, int]  # les deux foyers : « a », celui de qui remplit le formulaire, puis « b »
YEARS = range(2000, 2101)


@dataclass(frozen=True)
class PatternForm:
    """Un rythme tel qu'il est tapé. `home` : « a » ou « b », où commence la semaine de référence ; `holidays` : les
    années, paires ou impaires, où la première moitié revient à « a »."""

    kind: str = ""
    home: str = ""
    anchor: str = ""
    change_day: str = ""
    holidays: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class ExceptionForm:
    home: str = ""
    first: str = ""
    last: str = ""


Form = PatternForm | ExceptionForm
_EVEN, _ODD = HolidayRule.FIRST_IN_EVEN_YEARS, HolidayRule.FIRST_IN_ODD_YEARS
_RULES = {"none": HolidayRule.NONE, "even": _EVEN, "odd": _ODD}


def read(form: Form, slots: Slots) -> Proposal:
    """La règle demandée ; le premier champ qui ne va pas est nommé."""
    return _pattern(form, slots) if isinstance(form, PatternForm) else _exception(form, slots)


def _pattern(form: PatternForm, slots: Slots) -> Pattern:
    if form.kind not in set(PatternKind):
        raise WrongFieldError("kind", "Choisissez un rythme.")
    change_day = _weekday(form.change_day or "0")
    first = _home(form.home, slots)
    if form.holidays not in _RULES:
        raise WrongFieldError("holidays", "Choisissez ce qui vaut pour les vacances.")
    rule = _RULES[form.holidays]
    start = day_of(form.start, "start", "Date de début")
    return Pattern(
        kind=PatternKind(form.kind),
        first=first,
        second=slots[1] if first == slots[0] else slots[0],
        anchor=day_of(form.anchor, "anchor", "Semaine de référence") if form.anchor else start,
        valid_from=start,
        valid_to=day_of(form.end, "end", "Date de fin") if form.end else None,
        change_day=change_day,
        holidays=rule if first == slots[0] else rule.reversed,
    )


def _exception(form: ExceptionForm, slots: Slots) -> DatedException:
    family_id = _home(form.home, slots)
    first = day_of(form.first, "first", "Premier jour")
    return DatedException(family_id, first, day_of(form.last, "last", "Dernier jour"))


def _home(value: str, slots: Slots) -> int:
    if value not in {"a", "b"}:
        raise WrongFieldError("home", "Choisissez un foyer.")
    return slots["ab".index(value)]


def _weekday(value: str) -> int:
    if value not in {str(rank) for rank in range(len(WEEKDAYS))}:
        raise WrongFieldError("change_day", "Choisissez un jour de changement.")
    return int(value)


def day_of(value: str, field: str, label: str) -> date:
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        raise WrongFieldError(field, f"{label} : indiquez une date.") from None
    if day.year not in YEARS:
        raise WrongFieldError(field, f"{label} : cette date n’est pas possible.")
    return day


def to_content(proposal: Proposal) -> dict[str, Any]:
    if isinstance(proposal, DatedException):
        return {
            "what": "exception",
            "family": proposal.family_id,
            "first_day": proposal.first.isoformat(),
            "last_day": proposal.last.isoformat(),
        }
    return {
        "what": "pattern",
        "kind": proposal.kind.value,
        "first": proposal.first,
        "second": proposal.second,
        "anchor": proposal.anchor.isoformat(),
        "change_day": proposal.change_day,
        "holidays": proposal.holidays.value,
        "valid_from": proposal.valid_from.isoformat(),
        "valid_to": proposal.valid_to.isoformat() if proposal.valid_to else "",
    }


def from_content(content: dict[str, Any]) -> Proposal:
    """Ce que `to_content` a écrit ; autre chose est refusé."""
    try:
        if content["what"] == "exception":
            first, last = date.fromisoformat(content["first_day"]), date.fromisoformat(content["last_day"])
            return DatedException(int(content["family"]), first, last)
        return Pattern(
            kind=PatternKind(content["kind"]),
            first=int(content["first"]),
            second=int(content["second"]),
            anchor=date.fromisoformat(content["anchor"]),
            valid_from=date.fromisoformat(content["valid_from"]),
            valid_to=date.fromisoformat(content["valid_to"]) if content["valid_to"] else None,
            change_day=int(content["change_day"]),
            holidays=HolidayRule(content["holidays"]),
        )
    except (KeyError, TypeError, ValueError):
        raise BadInputError from None
