"""Régler une activité : ses formulaires, relus et vérifiés, et les refus qui protègent les réservations."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any, TypeVar

from portail.domain.activities import ActivityKind, EnrolmentMode, WaitlistMode, WaitlistPriority
from portail.domain.families import Level
from portail.domain.forms import Reader
from portail.domain.refusals import BadInputError, RefusalError
from portail.domain.town_calendar import DayKind

NAME_LIMIT, PLACE_LIMIT, OFFERING_LIMIT, REASON_LIMIT = 80, 80, 60, 120
CAPACITIES, AGES, OFFER_HOURS = (0, 5000), (0, 25), (1, 168)
AHEAD = (0, 3, 6, 12)  # mois ouverts d'avance chaque nuit ; zéro : un agent ouvre lui-même
LONGEST_SPAN = 430  # jours
MORNING, EVENING = time(7), time(19)
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class ActivityTerms:
    """Une activité telle qu'un agent la règle ; un ensemble vide d'écoles ou de niveaux n'exclut personne."""

    name: str
    place: str
    summary: str
    kind: ActivityKind
    day_kinds: list[DayKind]
    school_ids: list[int]
    levels: list[Level]
    document_ids: list[int]
    is_prepaid: bool
    needs_health: bool
    needs_validation: bool
    enrolment_mode: EnrolmentMode
    waitlist_mode: WaitlistMode
    waitlist_priority: WaitlistPriority
    offer_hours: int
    months_ahead: int


@dataclass(frozen=True)
class OfferingTerms:
    """Une séance du jour ; sans jour de semaine, tous ceux de l'activité."""

    name: str
    starts_at: time
    ends_at: time
    min_age: int
    max_age: int
    capacity: int
    weekdays: list[int]
    tariff_id: int


def read_activity(form: dict[str, Any]) -> ActivityTerms:
    """Toutes les fautes se disent d'un coup."""
    reader = Reader(form)
    terms = ActivityTerms(
        name=reader.line("name", "Nom", limit=NAME_LIMIT, missing="Indiquez le nom de l’activité."),
        place=reader.line("place", "Lieu", limit=PLACE_LIMIT),
        summary=reader.note("summary", "Présentation"),
        kind=_choice(reader, "kind", ActivityKind, "Choisissez la sorte d’activité."),
        day_kinds=[kind for kind in DayKind if reader.flag(f"when-{kind}")],
        school_ids=_ticked(form, "school"),
        levels=[level for level in Level if reader.flag(f"level-{level}")],
        document_ids=_ticked(form, "document"),
        is_prepaid=reader.flag("is_prepaid"),
        needs_health=reader.flag("needs_health"),
        needs_validation=reader.flag("needs_validation"),
        enrolment_mode=_choice(reader, "enrolment_mode", EnrolmentMode, "Choisissez comment on s’inscrit."),
        waitlist_mode=_choice(reader, "waitlist_mode", WaitlistMode, "Choisissez ce que devient une place libérée."),
        waitlist_priority=_choice(reader, "waitlist_priority", WaitlistPriority, "Choisissez qui passe d’abord."),
        offer_hours=whole(reader, "offer_hours", "Délai de réponse, en heures", OFFER_HOURS),
        months_ahead=whole(reader, "months_ahead", "Séances ouvertes d’avance", (AHEAD[0], AHEAD[-1])),
    )
    if not terms.day_kinds:
        reader.errors.setdefault("day_kinds", "Cochez au moins une sorte de jours où l’activité ouvre.")
    if terms.kind.is_a_right and terms.waitlist_priority is not WaitlistPriority.ORDER:
        reader.errors.setdefault(
            "waitlist_priority",
            "La cantine est ouverte à tous les enfants : sa liste d’attente suit l’ordre des demandes, sans priorité.",
        )
    reader.check()
    return terms


def read_offering(form: dict[str, Any]) -> OfferingTerms:
    reader = Reader(form)
    terms = OfferingTerms(
        name=reader.line("name", "Nom", limit=OFFERING_LIMIT, missing="Indiquez le nom de la séance."),
        starts_at=hour(reader, "starts_at", "Indiquez l’heure de début, par exemple 11:45.", MORNING),
        ends_at=hour(reader, "ends_at", "Indiquez l’heure de fin, par exemple 13:30.", EVENING),
        min_age=whole(reader, "min_age", "Âge minimum", AGES),
        max_age=whole(reader, "max_age", "Âge maximum", AGES),
        capacity=whole(reader, "capacity", "Nombre de places", CAPACITIES),
        weekdays=ticked_weekdays(form),
        tariff_id=reader.number("tariff_id"),
    )
    if terms.ends_at <= terms.starts_at and not {"starts_at", "ends_at"} & set(reader.errors):
        reader.errors["ends_at"] = "L’heure de fin doit venir après l’heure de début."
    if terms.max_age < terms.min_age and not {"min_age", "max_age"} & set(reader.errors):
        reader.errors["max_age"] = "L’âge maximum ne peut pas être inférieur à l’âge minimum."
    if not terms.tariff_id:
        reader.errors.setdefault("tariff_id", "Choisissez le tarif de cette séance.")
    reader.check()
    return terms


@dataclass(frozen=True)
class DaySpan:
    """Les séances qu'une exception vise ; sans jour de semaine, tous ; formule zéro, toutes."""

    first: date
    last: date
    weekdays: list[int]
    offering_id: int

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last and (not self.weekdays or day.weekday() in self.weekdays)


def read_span(reader: Reader, form: dict[str, Any], today: date) -> DaySpan:
    """« du … au … » : à partir d'aujourd'hui, quatorze mois au plus."""
    first = reader.day("first", today, missing="Indiquez le premier jour.", check=lambda day: _check_coming(day, today))
    last = first
    if str(form.get("last") or "").strip():
        last = reader.day(
            "last", first, missing="Indiquez le dernier jour.", check=lambda day: _check_order(first, day)
        )
    return DaySpan(first, last, ticked_weekdays(form), reader.number("offering_id"))


def _check_coming(day: date, today: date) -> None:
    if day < today:
        raise BadInputError("Ce jour est passé : choisissez un jour à partir d’aujourd’hui.")
    if (day - today).days > LONGEST_SPAN:
        raise BadInputError("Ce jour est trop lointain : quatorze mois au plus.")


def _check_order(first: date, last: date) -> None:
    if last < first:
        raise BadInputError("Le dernier jour vient avant le premier.")
    if (last - first).days > LONGEST_SPAN:
        raise BadInputError("La période est trop longue : quatorze mois au plus.")


def ticked_weekdays(form: dict[str, Any]) -> list[int]:
    return [rank for rank in range(7) if form.get(f"day-{rank}")]


def whole(reader: Reader, name: str, label: str, bounds: tuple[int, int]) -> int:
    """Un nombre entier tapé, entre ces bornes comprises."""
    low, high = bounds

    def parse(value: str) -> int:
        typed = value.strip()
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else -1  # noqa: PLR2004
        if not low <= number <= high:
            raise BadInputError(f"{label} : un nombre de {low} à {high} est attendu.")
        return number

    return reader.take(name, low, parse)


def hour(reader: Reader, name: str, missing: str, fallback: time) -> time:
    """Une heure murale, à la minute."""

    def parse(value: str) -> time:
        try:
            found = time.fromisoformat(value.strip())
        except ValueError:
            raise BadInputError(missing) from None
        if found.tzinfo or found.second or found.microsecond:
            raise BadInputError(missing)
        return found

    return reader.take(name, fallback, parse)


def _choice(reader: Reader, name: str, kind: type[Choice], missing: str) -> Choice:
    values: Collection[str] = {one.value for one in kind}
    found = reader.choice(name, lambda value: value in values, missing)
    return kind(found) if found in values else next(iter(kind))


def _ticked(form: dict[str, Any], start: str) -> list[int]:
    """Les numéros des cases « school-12 » cochées."""
    ends = [name.removeprefix(f"{start}-") for name in form if name.startswith(f"{start}-") and form[name]]
    return sorted(int(end) for end in ends if end.isascii() and end.isdigit() and len(end) < 10)  # noqa: PLR2004


def count_of(bookings: int) -> str:
    return f"{bookings} réservation{'s' if bookings > 1 else ''}"


class ChangedMeanwhileError(RefusalError):
    """Deux agents règlent la même activité : le second l'apprend, rien de ce qu'il a tapé n'est perdu."""

    def __init__(self) -> None:
        super().__init__(
            "Un autre agent a changé cette activité pendant que vous l’aviez sous les yeux : rien n’est enregistré.",
            "La page montre maintenant ses réglages ; relisez ce que vous avez tapé, puis enregistrez de nouveau.",
        )


class BookedAboveError(RefusalError):
    """Une capacité ne descend pas sous ce qui est déjà réservé."""

    def __init__(self, capacity: int, taken: int, day: date, more: int = 0) -> None:
        said = f"Le {day:%d/%m/%Y}, {count_of(taken)} {'occupent' if taken > 1 else 'occupe'} déjà la séance"
        also = f" (et {more} autre{'s' if more > 1 else ''} jour{'s' if more > 1 else ''} de même)" if more else ""
        super().__init__(
            f"{said}{also} : le nombre de places ne peut pas descendre à {capacity}.",
            f"Gardez au moins {taken} places, ou annulez d’abord des réservations.",
        )
        self.taken = taken


class BookedSlotsError(RefusalError):
    """Des familles ont réservé : rien ne se ferme sous leurs pieds."""

    def __init__(self, bookings: int, days: int) -> None:
        on = "un jour" if days == 1 else f"{days} jours"
        are = "sont déjà faites" if bookings > 1 else "est déjà faite"
        super().__init__(
            f"Rien n’a été changé : {count_of(bookings)} {are}, sur {on}.",
            "Annulez d’abord ces réservations (onglet « Dates »), ou choisissez d’autres jours.",
        )
        self.bookings = bookings


class CalendarUnknownError(RefusalError):
    """Au-delà du calendrier publié, un jour d'école ne se distingue pas d'un jour de vacances."""

    def __init__(self, last: date) -> None:
        super().__init__(
            f"Le calendrier des vacances n’est publié que jusqu’au {last:%d/%m/%Y}.",
            "Ouvrez les séances jusqu’à cette date ; vous ouvrirez la suite quand il paraîtra.",
        )
