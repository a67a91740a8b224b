"""Les dates limites : jusqu'à quand on réserve ou on annule, calculées sur l'horloge de Paris."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import Any

from portail.domain import deadline_words
from portail.domain.custody import WrongFieldError
from portail.domain.dates import monday_of, months_away, wall_instant
from portail.domain.deadline_kinds import DeadlineKind, Excluded, Shift, WeekdayGroup, shifted
from portail.domain.hashed_once import HashedOnce
from portail.domain.school_calendar import ONE_DAY
from portail.domain.stored import (
    check_day,
    check_hour,
    check_range,
    plain,
    read_choice,
    read_day,
    read_hour,
    read_list,
    read_number,
    read_object,
)
from portail.domain.town_calendar import LONGEST_SEARCH, TownCalendar

__all__ = ["Deadline", "DeadlineKind", "Excluded", "Shift", "WeekdayGroup", "cutoff"]

WEEK = 7
NOON = time(12)
RANGES = {
    "days": (0, 60),
    "weeks": (1, 8),
    "weekday": (0, 6),
    "after": (1, 10),
    "day_of_month": (1, 31),
    "months": (1, 12),
}
_ONE_FALLBACK = "La date limite des autres jours doit se suffire à elle-même."
Moment = tuple[date, time] | None


@dataclass(frozen=True)
class Deadline(HashedOnce):
    """Une forme, et les champs dont elle se sert.

    `days` : jours avant, ouvrés ou non. `weekday`, `weeks` : le jour d'une semaine précédente. `groups` : par jour de
    la semaine. `after` : combien de jours après les vacances comptent comme la rentrée. `day_of_month`, `months` : le
    jour d'un mois précédent. `on` : une date fixe. `fallback` : pour les jours que la forme ne dit pas.
    """

    kind: DeadlineKind
    hour: time = NOON
    days: int = 0
    weekday: int = 0
    weeks: int = 1
    groups: tuple[WeekdayGroup, ...] = ()
    after: int = 1
    day_of_month: int = 1
    months: int = 1
    on: date | None = None
    fallback: "Deadline | None" = None
    excluded: frozenset[Excluded] = frozenset()
    shift: Shift = Shift.NONE
    __hash__ = HashedOnce.__hash__

    def __post_init__(self) -> None:
        """Une date limite qui existe se calcule toujours."""
        check_hour("hour", self.hour)
        for name, (low, high) in RANGES.items():
            check_range(name, getattr(self, name), low, high)
        if self.on is not None:
            check_day("on", self.on)
        elif self.kind is DeadlineKind.FIXED:
            raise WrongFieldError("on", "Indiquez la date limite.")
        _check_groups(self)
        _check_fallback(self)

    @property
    def sentence(self) -> str:
        """« deux jours ouvrés avant, à 12 h »."""
        return deadline_words.in_words(self)

    def dump(self) -> dict[str, Any]:
        """De quoi l'écrire en JSON : ce qui n'est pas dit a sa valeur ordinaire."""
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        return {one.name: _plain(kept[one.name]) for one in fields(self) if kept[one.name] != one.default}

    @classmethod
    def load(cls, value: object) -> "Deadline":
        given = read_object("deadline", value, frozenset(_READERS))
        if "kind" not in given:
            raise WrongFieldError("kind", "Choisissez la forme de la date limite.")
        return cls(**{name: _READERS[name](name, one) for name, one in given.items()})


def _check_groups(deadline: Deadline) -> None:
    if deadline.kind is DeadlineKind.WEEKDAY_GROUPS and not deadline.groups:
        raise WrongFieldError("groups", "Indiquez au moins un jour de la semaine et sa date limite.")
    seen: set[int] = set()
    for group in deadline.groups:
        check_hour("groups", group.hour)
        for weekday in (group.weekday, *group.targets):
            check_range("groups", weekday, *RANGES["weekday"])
        if not group.targets:
            raise WrongFieldError("groups", "Un groupe ne dit pas pour quels jours il vaut.")
        if seen & group.targets:
            raise WrongFieldError("groups", "Un même jour de la semaine a deux dates limites.")
        seen |= group.targets


def _check_fallback(deadline: Deadline) -> None:
    takes_one = deadline.kind in {DeadlineKind.LAST_CLASS_DAY, DeadlineKind.WEEKDAY_GROUPS}
    if deadline.kind is DeadlineKind.LAST_CLASS_DAY and deadline.fallback is None:
        raise WrongFieldError("fallback", "Indiquez la date limite des jours qui ne suivent pas des vacances.")
    if deadline.fallback is not None and not takes_one:
        raise WrongFieldError("fallback", "Cette forme de date limite n’en demande pas de seconde.")
    if deadline.fallback is not None and deadline.fallback.fallback is not None:
        raise WrongFieldError("fallback", _ONE_FALLBACK)


def _plain(value: object) -> object:
    if isinstance(value, Deadline):
        return value.dump()
    if isinstance(value, WeekdayGroup):
        return {"targets": sorted(value.targets), "weekday": value.weekday, "hour": _plain(value.hour)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return sorted(str(one) for one in value) if isinstance(value, frozenset) else plain(value)


def _read_groups(field: str, value: object) -> tuple[WeekdayGroup, ...]:
    return tuple(_read_group(field, one) for one in read_list(field, value))


def _read_group(field: str, value: object) -> WeekdayGroup:
    given = read_object(field, value, frozenset({"targets", "weekday", "hour"}))
    targets = frozenset(read_number(field, one) for one in read_list(field, given.get("targets")))
    return WeekdayGroup(targets, read_number(field, given.get("weekday")), read_hour(field, given.get("hour")))


def _read_excluded(field: str, value: object) -> frozenset[Excluded]:
    return frozenset(read_choice(field, one, Excluded) for one in read_list(field, value))


def _read_fallback(field: str, value: object) -> Deadline:
    # relue à part : un repli de repli est refusé avant d'être lu, aussi profond qu'il soit
    if isinstance(value, Mapping) and value.get("fallback") is not None:
        raise WrongFieldError(field, _ONE_FALLBACK)
    return Deadline.load(value)


_READERS: dict[str, Callable[[str, object], Any]] = {
    **dict.fromkeys(RANGES, read_number),
    "kind": partial(read_choice, kind=DeadlineKind),
    "hour": read_hour,
    "on": read_day,
    "groups": _read_groups,
    "fallback": _read_fallback,
    "excluded": _read_excluded,
    "shift": partial(read_choice, kind=Shift),
}


def cutoff(deadline: Deadline, day: date, starts: time, calendar: TownCalendar) -> datetime:
    """Le dernier instant à temps pour ce jour, jamais après le début de l'activité."""
    return _cutoff(deadline, day, starts, calendar)


@lru_cache(maxsize=1 << 16)
def _cutoff(deadline: Deadline, day: date, starts: time, calendar: TownCalendar) -> datetime:
    begins = wall_instant(day, starts)
    moment = _MOMENTS[deadline.kind](deadline, day, calendar)
    if moment is None:
        return begins if deadline.fallback is None else _cutoff(deadline.fallback, day, starts, calendar)
    cut_day, hour = moment
    return min(wall_instant(shifted(cut_day, deadline.excluded, deadline.shift, calendar), hour), begins)


def _working_days_before(deadline: Deadline, day: date, calendar: TownCalendar) -> Moment:
    for _ in range(deadline.days):
        day = calendar.previous_working_day(day)
    return day, deadline.hour


def _days_before(deadline: Deadline, day: date, _calendar: TownCalendar) -> Moment:
    return day - timedelta(days=deadline.days), deadline.hour


def _weekday_of_previous_week(deadline: Deadline, day: date, _calendar: TownCalendar) -> Moment:
    return monday_of(day) + timedelta(days=deadline.weekday - WEEK * deadline.weeks), deadline.hour


def _weekday_groups(deadline: Deadline, day: date, _calendar: TownCalendar) -> Moment:
    for group in deadline.groups:
        if day.weekday() in group.targets:
            back = (day.weekday() - group.weekday - 1) % WEEK + 1  # de un à sept jours : jamais le jour même
            return day - timedelta(days=back), group.hour
    return None


def _last_class_day(deadline: Deadline, day: date, calendar: TownCalendar) -> Moment:
    """Pour les premiers jours après des vacances seulement, week-ends et jours fériés non comptés."""
    count = 0
    for rank in range(LONGEST_SEARCH):
        before = day - rank * ONE_DAY
        if calendar.school_holiday(before):
            break
        count += not calendar.is_weekend(before) and not calendar.public_holiday(before)
        if count > deadline.after:
            return None
    else:
        return None
    candidates = (before - rank * ONE_DAY for rank in range(LONGEST_SEARCH))
    last = next((one for one in candidates if calendar.is_class_day(one)), None)
    return (last, deadline.hour) if last and before != day else None


def _nth_of_previous_month(deadline: Deadline, day: date, _calendar: TownCalendar) -> Moment:
    return months_away(day, -deadline.months, on=deadline.day_of_month), deadline.hour


def _fixed(deadline: Deadline, _day: date, _calendar: TownCalendar) -> Moment:
    return (deadline.on, deadline.hour) if deadline.on else None


def _until_start(_deadline: Deadline, _day: date, _calendar: TownCalendar) -> Moment:
    return None


_MOMENTS: dict[DeadlineKind, Callable[[Deadline, date, TownCalendar], Moment]] = {
    DeadlineKind.WORKING_DAYS_BEFORE: _working_days_before,
    DeadlineKind.DAYS_BEFORE: _days_before,
    DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK: _weekday_of_previous_week,
    DeadlineKind.WEEKDAY_GROUPS: _weekday_groups,
    DeadlineKind.LAST_CLASS_DAY: _last_class_day,
    DeadlineKind.NTH_OF_PREVIOUS_MONTH: _nth_of_previous_month,
    DeadlineKind.FIXED: _fixed,
    DeadlineKind.NONE: _until_start,
}
