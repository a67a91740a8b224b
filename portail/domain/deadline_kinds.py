"""Les formes qu'une date limite peut prendre, et ce qui la déplace."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from portail.domain.school_calendar import ONE_DAY
from portail.domain.town_calendar import LONGEST_SEARCH, TownCalendar


class DeadlineKind(StrEnum):
    WORKING_DAYS_BEFORE = "working_days_before"
    DAYS_BEFORE = "days_before"
    WEEKDAY_OF_PREVIOUS_WEEK = "weekday_of_previous_week"
    WEEKDAY_GROUPS = "weekday_groups"
    LAST_CLASS_DAY = "last_class_day"
    NTH_OF_PREVIOUS_MONTH = "nth_of_previous_month"
    FIXED = "fixed"
    NONE = "none"

    @property
    def label(self) -> str:
        return DEADLINE_LABELS[self]


DEADLINE_LABELS = {
    DeadlineKind.WORKING_DAYS_BEFORE: "Un nombre de jours ouvrés avant",
    DeadlineKind.DAYS_BEFORE: "Un nombre de jours avant",
    DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK: "Un jour d’une semaine précédente",
    DeadlineKind.WEEKDAY_GROUPS: "Selon le jour de la semaine",
    DeadlineKind.LAST_CLASS_DAY: "Le dernier jour d’école avant les vacances, pour la rentrée",
    DeadlineKind.NTH_OF_PREVIOUS_MONTH: "Un jour d’un mois précédent",
    DeadlineKind.FIXED: "Une date fixe",
    DeadlineKind.NONE: "Jusqu’au début de l’activité",
}


class Excluded(StrEnum):
    """Les jours où une date limite ne peut pas tomber."""

    WEEKENDS = "weekends"
    PUBLIC_HOLIDAYS = "public_holidays"
    SCHOOL_HOLIDAYS = "school_holidays"
    CLOSURES = "closures"

    @property
    def label(self) -> str:
        return EXCLUDED_LABELS[self]


EXCLUDED_LABELS = {
    Excluded.WEEKENDS: "un week-end",
    Excluded.PUBLIC_HOLIDAYS: "un jour férié",
    Excluded.SCHOOL_HOLIDAYS: "des vacances scolaires",
    Excluded.CLOSURES: "un jour de fermeture",
}


class Shift(StrEnum):
    """Où va une date limite qui tombe un jour exclu."""

    NONE = "none"
    BEFORE = "before"
    AFTER = "after"

    @property
    def label(self) -> str:
        return SHIFT_LABELS[self]


SHIFT_LABELS = {Shift.NONE: "maintenue", Shift.BEFORE: "avancée", Shift.AFTER: "reportée"}


@dataclass(frozen=True)
class WeekdayGroup:
    """« Le vendredi à 9 h pour lundi et mardi » : `targets` sont les jours réservés."""

    targets: frozenset[int]
    weekday: int
    hour: time


def shifted(day: date, excluded: Collection[Excluded], shift: Shift, calendar: TownCalendar) -> date:
    """Le jour le plus proche, dans ce sens, qui ne soit pas exclu."""
    if shift is Shift.NONE or not excluded:
        return day
    step = -ONE_DAY if shift is Shift.BEFORE else ONE_DAY
    moved = day
    for _ in range(LONGEST_SEARCH):
        if not is_excluded(moved, excluded, calendar):
            return moved
        moved += step
    return day


def is_excluded(day: date, excluded: Collection[Excluded], calendar: TownCalendar) -> bool:
    return bool(
        (Excluded.WEEKENDS in excluded and calendar.is_weekend(day))
        or (Excluded.PUBLIC_HOLIDAYS in excluded and calendar.public_holiday(day))
        or (Excluded.SCHOOL_HOLIDAYS in excluded and calendar.school_holiday(day))
        or (Excluded.CLOSURES in excluded and calendar.is_closure(day))
    )
