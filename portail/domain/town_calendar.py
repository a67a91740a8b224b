"""Le calendrier de la commune : vacances, jours fériés, fermetures, et pourquoi un jour n'ouvre pas."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, cached_property

from portail.domain.custody import WEEKDAYS
from portail.domain.hashed_once import HashedOnce
from portail.domain.school_calendar import ONE_DAY, Holiday, Zone, holidays_between

CLASS_WEEKDAYS = frozenset({0, 1, 3, 4})
WEDNESDAY, SATURDAY = 2, 5
LONGEST_SEARCH = 400  # en jours : aucune commune ne ferme plus d'un an


@dataclass(frozen=True)
class TownCalendar(HashedOnce):
    """`holiday_overrides` l'emporte jour par jour sur le calendrier officiel, la dernière période d'abord ; une période
    sans nom rend ses jours à l'école."""

    zone: Zone
    alsace_moselle: bool = False
    closures: frozenset[date] = frozenset()
    holiday_overrides: tuple[Holiday, ...] = ()
    __hash__ = HashedOnce.__hash__

    def public_holiday(self, day: date) -> str:
        """« Noël », ou rien."""
        return _public_holidays(day.year, alsace_moselle=self.alsace_moselle).get(day, "")

    def school_holiday(self, day: date) -> str:
        """« Vacances de Noël », ou rien."""
        return self._school_holidays.get(day, "")

    def is_weekend(self, day: date) -> bool:
        return day.weekday() >= SATURDAY

    def is_closure(self, day: date) -> bool:
        return day in self.closures

    def is_class_day(self, day: date) -> bool:
        """Lundi, mardi, jeudi ou vendredi, hors vacances et jours fériés."""
        return day.weekday() in CLASS_WEEKDAYS and not self.school_holiday(day) and not self.public_holiday(day)

    def is_open(self, day: date) -> bool:
        """Ni férié ni fermé par la mairie."""
        return not self.is_closure(day) and not self.public_holiday(day)

    def is_open_weekday(self, day: date, weekdays: Collection[int]) -> bool:
        """Ouvert, et l'un de ces jours de la semaine ; aucun : tous conviennent."""
        return (not weekdays or day.weekday() in weekdays) and self.is_open(day)

    def is_working_day(self, day: date) -> bool:
        """Du lundi au vendredi, ni férié ni fermé."""
        return not self.is_weekend(day) and self.is_open(day)

    def next_working_day(self, day: date) -> date:
        """Le premier jour ouvré après celui-ci."""
        return self._working_day(day, ONE_DAY)

    def previous_working_day(self, day: date) -> date:
        """Le dernier jour ouvré avant celui-ci."""
        return self._working_day(day, -ONE_DAY)

    def _working_day(self, day: date, step: timedelta) -> date:
        one = day
        for _ in range(LONGEST_SEARCH):
            one += step
            if self.is_working_day(one):
                return one
        return day + step

    @cached_property
    def _school_holidays(self) -> Mapping[date, str]:
        overrides = {day: one.name for one in self.holiday_overrides for day in _days(one)}
        return {**_official_holidays(self.zone), **overrides}


def _days(holiday: Holiday) -> list[date]:
    return [holiday.first + rank * ONE_DAY for rank in range(holiday.days)]


@cache
def _official_holidays(zone: Zone) -> Mapping[date, str]:
    return {day: one.name for one in holidays_between(zone, date.min, date.max) for day in _days(one)}


@cache
def _public_holidays(year: int, *, alsace_moselle: bool) -> Mapping[date, str]:
    # la bibliothèque est grosse : chargée une fois, et seulement si l'on s'en sert
    from holidays import country_holidays  # noqa: PLC0415

    subdivision = "57" if alsace_moselle else None  # la Moselle ; les mêmes jours qu’en Alsace
    found = country_holidays("FR", subdiv=subdivision, years=year, language="fr")
    return {day: name.replace("; ", " et ").replace("'", "’") for day, name in found.items()}


class DayKind(StrEnum):
    """Les jours où une activité ouvre ; jamais un jour férié ni un jour fermé par la mairie."""

    CLASS = "class"
    WEDNESDAY = "wednesday"
    HOLIDAY = "holiday"
    ANY = "any"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]

    @property
    def when(self) -> str:
        """Dans une phrase : « ouvert seulement les jours d'école »."""
        return KIND_TIMES[self]


KIND_LABELS = {
    DayKind.CLASS: "Jours d’école",
    DayKind.WEDNESDAY: "Mercredis hors vacances",
    DayKind.HOLIDAY: "Vacances scolaires, du lundi au vendredi",
    DayKind.ANY: "Tous les jours",
}
KIND_TIMES = {
    DayKind.CLASS: "les jours d’école",
    DayKind.WEDNESDAY: "les mercredis hors vacances",
    DayKind.HOLIDAY: "du lundi au vendredi pendant les vacances",
    DayKind.ANY: "tous les jours",
}


def kind_matches(calendar: TownCalendar, kind: DayKind, day: date) -> bool:
    if not calendar.is_open(day):
        return False
    if kind is DayKind.CLASS:
        return calendar.is_class_day(day)
    if kind is DayKind.WEDNESDAY:
        return day.weekday() == WEDNESDAY and not calendar.school_holiday(day)
    if kind is DayKind.HOLIDAY:
        return not calendar.is_weekend(day) and bool(calendar.school_holiday(day))
    return True


def why_closed(calendar: TownCalendar, kinds: Collection[DayKind], weekdays: Collection[int], day: date) -> str:
    """La phrase qui dit pourquoi ce jour n'ouvre pas ; rien s'il ouvre. Sans jour de semaine, tous conviennent."""
    if name := calendar.public_holiday(day):
        return f"Fermé, jour férié : {name}."
    if calendar.is_closure(day):
        return "Fermé ce jour-là par la mairie."
    holiday = calendar.school_holiday(day)
    matches = any(kind_matches(calendar, kind, day) for kind in kinds)
    if matches and calendar.is_open_weekday(day, weekdays):
        return ""
    if not matches and holiday and not {DayKind.HOLIDAY, DayKind.ANY} & set(kinds):
        return f"Fermé : {holiday[:1].lower()}{holiday[1:]}."
    if calendar.is_weekend(day) or matches:
        return f"Fermé le {WEEKDAYS[day.weekday()]}."
    times = " et ".join(kind.when for kind in DayKind if kind in kinds)
    return f"Ouvert seulement {times}." if times else "Fermé ce jour-là."
