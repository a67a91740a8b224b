"""Les règles de réservation d'une activité, datées, et où en est un jour à un instant donné."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from portail.domain.custody import WrongFieldError
from portail.domain.dates import wall_instant
from portail.domain.deadlines import Deadline, cutoff
from portail.domain.hashed_once import HashedOnce
from portail.domain.stored import (
    check_day,
    check_hour,
    check_range,
    plain,
    read_day,
    read_hour,
    read_number,
    read_object,
)
from portail.domain.town_calendar import TownCalendar

RANGES = {"opens_days_ahead": (0, 400), "absence_hours": (0, 720), "carence_days": (0, 30)}


@dataclass(frozen=True)
class BookingRule(HashedOnce):
    """Vaut pour les jours réservés à partir de `valid_from`.

    `late_until` : jusqu'à quand une réservation majorée est acceptée ; sans elle, hors délai veut dire refusé.
    `absence_hours` : pour joindre un justificatif. `carence_days` : premiers jours d'absence qui restent dus.
    """

    valid_from: date
    add: Deadline
    cancel: Deadline
    late_until: Deadline | None = None
    opens_days_ahead: int | None = None
    opens_on: date | None = None
    opens_hour: time = time(0)
    absence_hours: int = 48
    carence_days: int = 0
    __hash__ = HashedOnce.__hash__

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if value is not None:
                check_range(name, value, low, high)
        check_hour("opens_hour", self.opens_hour)
        check_day("valid_from", self.valid_from)
        if self.opens_on is not None:
            check_day("opens_on", self.opens_on)

    def dump(self) -> dict[str, Any]:
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: value.dump() if isinstance(value, Deadline) else plain(value)
            for name, value in kept.items()
            if value is not None
        }

    @classmethod
    def load(cls, value: object) -> "BookingRule":
        given = read_object("rule", value, frozenset(_READERS))
        for name, sentence in _NEEDED.items():
            if name not in given:
                raise WrongFieldError(name, sentence)
        return cls(**{name: _READERS[name](name, one) for name, one in given.items()})


def _read_deadline(field: str, value: object) -> Deadline:
    """La faute d'une date limite se dit dans son propre champ : « add.days »."""
    try:
        return Deadline.load(value)
    except WrongFieldError as refusal:
        raise WrongFieldError(f"{field}.{refusal.field}", refusal.sentence) from None


_READERS: dict[str, Callable[[str, object], Any]] = {
    **dict.fromkeys(("add", "cancel", "late_until"), _read_deadline),
    **dict.fromkeys(RANGES, read_number),
    **dict.fromkeys(("valid_from", "opens_on"), read_day),
    "opens_hour": read_hour,
}
_NEEDED = {
    "valid_from": "Indiquez à partir de quel jour la règle vaut.",
    "add": "Indiquez jusqu’à quand on réserve.",
    "cancel": "Indiquez jusqu’à quand on annule.",
}


def rule_on(rules: Iterable[BookingRule], day: date) -> BookingRule | None:
    """La règle la plus récente déjà en vigueur ce jour-là ; aucune : ce jour n'est pas encore proposé."""
    return max((one for one in rules if one.valid_from <= day), key=lambda one: one.valid_from, default=None)


class Stage(StrEnum):
    """Où en est un jour, pour qui voudrait le réserver."""

    TOO_EARLY = "too_early"
    FREE = "free"
    LATE = "late"
    LOCKED = "locked"
    PAST = "past"

    @property
    def label(self) -> str:
        return STAGE_LABELS[self]


STAGE_LABELS = {
    Stage.TOO_EARLY: "Pas encore ouvert",
    Stage.FREE: "Dans les délais",
    Stage.LATE: "Hors délai, avec majoration",
    Stage.LOCKED: "Clos",
    Stage.PAST: "Passé",
}


@dataclass(frozen=True)
class StageAnswer:
    """`since` : depuis quand ; `until` : le dernier instant de l'étape, ou l'ouverture quand elle est à venir."""

    stage: Stage
    until: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Window:
    """Les instants qui comptent pour un jour."""

    opens: datetime | None
    add_until: datetime
    late_until: datetime | None
    cancel_until: datetime
    begins: datetime


def window_of(rule: BookingRule, day: date, starts: time, calendar: TownCalendar) -> Window:
    return _window(rule, day, starts, calendar)


@lru_cache(maxsize=1 << 15)
def _window(rule: BookingRule, day: date, starts: time, calendar: TownCalendar) -> Window:
    add = cutoff(rule.add, day, starts, calendar)
    late = cutoff(rule.late_until, day, starts, calendar) if rule.late_until else None
    return Window(
        _opening(rule, day),
        add,
        late if late and late > add else None,
        cutoff(rule.cancel, day, starts, calendar),
        wall_instant(day, starts),
    )


def _opening(rule: BookingRule, day: date) -> datetime | None:
    """L'ouverture ; deux conditions : la plus tardive."""
    days = [rule.opens_on] if rule.opens_on else []
    if rule.opens_days_ahead is not None:
        days.append(day - timedelta(days=rule.opens_days_ahead))
    return wall_instant(max(days), rule.opens_hour) if days else None


def stage_of(rule: BookingRule, slot_day: date, starts: time, now: datetime, calendar: TownCalendar) -> StageAnswer:
    """L'instant d'une limite est encore à temps ; la seconde d'après ne l'est plus."""
    return stage_in(_window(rule, slot_day, starts, calendar), now)


def stage_in(window: Window, now: datetime) -> StageAnswer:
    if now > window.begins:
        return StageAnswer(Stage.PAST, since=window.begins)
    if window.opens and now < window.opens:
        return StageAnswer(Stage.TOO_EARLY, until=window.opens)
    if now <= window.add_until:
        return StageAnswer(Stage.FREE, until=window.add_until, since=window.opens)
    if window.late_until and now <= window.late_until:
        return StageAnswer(Stage.LATE, until=window.late_until, since=window.add_until)
    return StageAnswer(Stage.LOCKED, until=window.begins, since=window.late_until or window.add_until)


def can_cancel_until(rule: BookingRule, slot_day: date, starts: time, calendar: TownCalendar) -> datetime:
    """Le dernier instant où l'annulation est libre."""
    return _window(rule, slot_day, starts, calendar).cancel_until
