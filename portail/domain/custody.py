"""« À qui est ce jour ? » : la garde d'un enfant partagée entre deux foyers."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from portail.domain.refusals import BadInputError, RefusalError
from portail.domain.school_calendar import ONE_DAY, Holiday

MOST_FAMILIES = 2
CYCLE = 14
SHORTEST_SHARED = 7  # en jours : un pont ne se coupe pas, il suit le rythme habituel
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
YEARS_AHEAD = 2
LONGEST_EXCEPTION = 62


class PatternKind(StrEnum):
    ALTERNATE_WEEKS = "alternate_weeks"
    TWO_TWO_THREE = "two_two_three"
    TWO_TWO_FIVE_FIVE = "two_two_five_five"
    WEEKENDS = "weekends"
    ALWAYS = "always"

    @property
    def label(self) -> str:
        return PATTERN_LABELS[self]

    @property
    def changes(self) -> bool:
        """Le jour de changement compte-t-il ? Un week-end est toujours un samedi et un dimanche."""
        return self not in {PatternKind.WEEKENDS, PatternKind.ALWAYS}


PATTERN_LABELS = {
    PatternKind.ALTERNATE_WEEKS: "Une semaine sur deux",
    PatternKind.TWO_TWO_THREE: "2-2-3 : deux jours, deux jours, trois jours",
    PatternKind.TWO_TWO_FIVE_FIVE: "2-2-5-5 : deux jours, deux jours, cinq jours, cinq jours",
    PatternKind.WEEKENDS: "Un week-end sur deux",
    PatternKind.ALWAYS: "Toujours dans le même foyer",
}
# Quatorze jours à partir du début de la semaine de référence ; « 1 » : le foyer où elle commence.
ROTATIONS = {
    PatternKind.ALTERNATE_WEEKS: "11111112222222",
    PatternKind.TWO_TWO_THREE: "11221112211222",
    PatternKind.TWO_TWO_FIVE_FIVE: "11221111122222",
    PatternKind.WEEKENDS: "11111221111111",
    PatternKind.ALWAYS: "11111111111111",
}


class HolidayRule(StrEnum):
    """La première moitié revient au premier foyer les années paires, ou les années impaires."""

    NONE = "none"
    FIRST_IN_EVEN_YEARS = "first_in_even_years"
    FIRST_IN_ODD_YEARS = "first_in_odd_years"

    @property
    def label(self) -> str:
        return HOLIDAY_LABELS[self]

    @property
    def reversed(self) -> "HolidayRule":
        return _REVERSED[self]


HOLIDAY_LABELS = {
    HolidayRule.NONE: "vacances comme le reste de l’année",
    HolidayRule.FIRST_IN_EVEN_YEARS: "vacances par moitiés",
    HolidayRule.FIRST_IN_ODD_YEARS: "vacances par moitiés",
}
_REVERSED = {
    HolidayRule.NONE: HolidayRule.NONE,
    HolidayRule.FIRST_IN_EVEN_YEARS: HolidayRule.FIRST_IN_ODD_YEARS,
    HolidayRule.FIRST_IN_ODD_YEARS: HolidayRule.FIRST_IN_EVEN_YEARS,
}


class Reason(StrEnum):
    """Ce qui décide d'un jour."""

    PATTERN = "pattern"
    HOLIDAY = "holiday"
    EXCEPTION = "exception"

    @property
    def label(self) -> str:
        return REASON_LABELS[self]


REASON_LABELS = {
    Reason.PATTERN: "rythme habituel",
    Reason.HOLIDAY: "moitié de vacances",
    Reason.EXCEPTION: "exception",
}


@dataclass(frozen=True)
class Pattern:
    """Un rythme, d'un jour à un autre ; sans dernier jour, il dure. `first` : le foyer de la semaine de référence."""

    kind: PatternKind
    first: int
    second: int
    anchor: date
    valid_from: date
    valid_to: date | None = None
    change_day: int = 0
    holidays: HolidayRule = HolidayRule.NONE

    @property
    def families(self) -> frozenset[int]:
        return frozenset({self.first, self.second})

    @property
    def cycle_start(self) -> date:
        """Le début de la semaine de référence : tout se compte de quatorze en quatorze jours à partir de lui,
        jamais d'après un numéro de semaine, qui saute de 53 à 1."""
        change_day = self.change_day if self.kind.changes else 0
        return self.anchor - timedelta(days=(self.anchor.weekday() - change_day) % 7)

    def is_in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: "Pattern") -> bool:
        return (self.valid_to is None or other.valid_from <= self.valid_to) and (
            other.valid_to is None or self.valid_from <= other.valid_to
        )


@dataclass(frozen=True)
class DatedException:
    """Quelques jours confiés à un foyer, quoi que dise le rythme."""

    family_id: int
    first: date
    last: date


@dataclass(frozen=True)
class Custody:
    """Tout ce qu'il faut pour répondre ; les exceptions vont de la plus ancienne à la plus récente."""

    patterns: tuple[Pattern, ...] = ()
    exceptions: tuple[DatedException, ...] = ()
    holidays: tuple[Holiday, ...] = ()


@dataclass(frozen=True)
class Decision:
    family_id: int
    reason: Reason


def decide(custody: Custody, day: date) -> Decision | None:
    """La dernière exception l'emporte, puis la moitié des vacances, puis le rythme."""
    for exception in reversed(custody.exceptions):
        if exception.first <= day <= exception.last:
            return Decision(exception.family_id, Reason.EXCEPTION)
    pattern = next((one for one in custody.patterns if one.is_in_force(day)), None)
    if pattern is None:
        return None
    if pattern.holidays is not HolidayRule.NONE:
        for holiday in custody.holidays:
            if holiday.first <= day <= holiday.last and holiday.days >= SHORTEST_SHARED:
                return Decision(_half_of(pattern, holiday, day), Reason.HOLIDAY)
    return Decision(_turn_of(pattern, day), Reason.PATTERN)


def whose_day(custody: Custody, day: date) -> int | None:
    """Le foyer de ce jour ; rien de réglé : l'enfant vit dans son foyer, ou les deux peuvent agir."""
    decision = decide(custody, day)
    return decision.family_id if decision else None


def days_of(custody: Custody, family_id: int, first: date, last: date) -> tuple[date, ...]:
    """Les jours de ce foyer, bornes comprises."""
    return tuple(day for day in every_day(first, last) if whose_day(custody, day) == family_id)


def every_day(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=rank) for rank in range((last - first).days + 1))


def _turn_of(pattern: Pattern, day: date) -> int:
    turn = ROTATIONS[pattern.kind][(day - pattern.cycle_start).days % CYCLE]
    return pattern.first if turn == "1" else pattern.second


def _half_of(pattern: Pattern, holiday: Holiday, day: date) -> int:
    """L'année est celle du premier jour ; un nombre impair de jours donne le jour de plus à la première moitié."""
    first_begins = (holiday.first.year % 2 == 0) == (pattern.holidays is HolidayRule.FIRST_IN_EVEN_YEARS)
    in_first_half = (day - holiday.first).days < (holiday.days + 1) // 2
    return pattern.first if in_first_half == first_begins else pattern.second


class WrongFieldError(BadInputError):
    """Ce qui manque ou ne va pas, et dans quel champ."""

    def __init__(self, field: str, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence, next_step)
        self.field = field


class SingleFamilyError(RefusalError):
    def __init__(self, first_name: str) -> None:
        super().__init__(
            f"{first_name} n’est dans qu’un seul dossier : il n’y a pas de garde à partager.",
            "L’autre parent doit avoir son dossier, et l’enfant y être rattaché : contactez le service enfance.",
        )


class ThirdFamilyError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Cet enfant est déjà dans deux dossiers : un troisième n’est pas possible.",
            "Retirez-le d’abord de l’un des deux.",
        )


class OverlapError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Un autre rythme est déjà réglé pour une partie de ces dates.",
            "Changez les dates, ou mettez d’abord fin à cet autre rythme.",
        )


def check_may_join(families: Collection[int], family_id: int) -> None:
    """Un enfant a deux foyers au plus."""
    if len({*families, family_id}) > MOST_FAMILIES:
        raise ThirdFamilyError


def succeed(patterns: Iterable[Pattern], new: Pattern) -> tuple[Pattern, ...]:
    """Les rythmes une fois le nouveau posé : celui qui durait sans fin s'arrête la veille ; tout autre
    chevauchement est refusé."""
    ended = [
        replace(old, valid_to=new.valid_from - ONE_DAY)
        if old.valid_to is None and new.valid_to is None and old.valid_from < new.valid_from
        else old
        for old in patterns
    ]
    if any(old.overlaps(new) for old in ended):
        raise OverlapError
    return (*ended, new)


def check_pattern_dates(pattern: Pattern, today: date, earliest: date) -> None:
    """`earliest` : jusqu'où l'on peut remonter, selon qui demande."""
    latest = today + timedelta(days=366 * YEARS_AHEAD)
    if pattern.valid_from < earliest:
        raise WrongFieldError("start", "La date de début est déjà passée.")
    if pattern.valid_from > latest:
        raise WrongFieldError("start", f"La date de début est trop lointaine : {YEARS_AHEAD} ans au plus.")
    if pattern.valid_to is not None and pattern.valid_to < pattern.valid_from:
        raise WrongFieldError("end", "La date de fin vient avant la date de début.")
    if pattern.valid_to is not None and pattern.valid_to > latest:
        raise WrongFieldError(
            "end", f"La date de fin est trop lointaine : {YEARS_AHEAD} ans au plus.", "Laissez-la vide si cela dure."
        )
    if abs((pattern.anchor - pattern.valid_from).days) > 366:  # noqa: PLR2004 — un an
        raise WrongFieldError("anchor", "La semaine de référence est à plus d’un an du début.")


def check_exception_dates(exception: DatedException, today: date, earliest: date) -> None:
    if exception.first < earliest:
        raise WrongFieldError("first", "Le premier jour est déjà passé.")
    if exception.first > today + timedelta(days=366 * YEARS_AHEAD):
        raise WrongFieldError("first", f"Le premier jour est trop lointain : {YEARS_AHEAD} ans au plus.")
    if exception.last < exception.first:
        raise WrongFieldError("last", "Le dernier jour vient avant le premier.")
    if (exception.last - exception.first).days >= LONGEST_EXCEPTION:
        raise WrongFieldError(
            "last", f"Une exception dure {LONGEST_EXCEPTION} jours au plus.", "Au-delà, proposez un nouveau rythme."
        )


def in_words(pattern: Pattern) -> str:
    """« Une semaine sur deux, changement le lundi ; vacances par moitiés »."""
    rhythm = pattern.kind.label.partition(" :")[0]
    if pattern.kind.changes:
        rhythm += f", changement le {WEEKDAYS[pattern.change_day]}"
    return f"{rhythm} ; {pattern.holidays.label}"
