"""Le calendrier de la commune tel que la base le complète : fermetures, vacances corrigées, jours ouverts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from portail.domain.activities import PeriodKind
from portail.domain.school_calendar import ONE_DAY, Holiday, Zone
from portail.domain.town_calendar import DayKind, TownCalendar, why_closed
from portail.models.activities import CalendarPeriod
from portail.settings import current


def calendar_for(db: Session, activity_id: int | None = None) -> TownCalendar:
    """Le calendrier de la commune, avec les fermetures de cette activité si on la nomme."""
    return calendar_of(periods(db, activity_id))


def periods(db: Session, activity_id: int | None = None) -> list[CalendarPeriod]:
    """Toutes les périodes de la commune, et celles de l'activité nommée : quelques-unes par an.

    Une date limite se calcule parfois un an avant le jour : ce qui fermait alors compte aussi.
    """
    whose = or_(col(CalendarPeriod.activity_id).is_(None), col(CalendarPeriod.activity_id) == activity_id)
    return list(db.exec(select(CalendarPeriod).where(whose).order_by(col(CalendarPeriod.id))))


def calendar_of(found: Iterable[CalendarPeriod]) -> TownCalendar:
    found = list(found)
    return TownCalendar(
        zone=Zone(current().school_zone),
        alsace_moselle=current().alsace_moselle,
        closures=frozenset(closures_of(found)),
        holiday_overrides=tuple(
            Holiday(one.first_day, one.last_day, one.name) for one in found if one.kind == PeriodKind.HOLIDAY
        ),
    )


def closures_of(found: Iterable[CalendarPeriod]) -> dict[date, str]:
    """Chaque jour fermé, et le nom de ce qui le ferme."""
    return {day: one.name for one in found if one.kind == PeriodKind.CLOSURE for day in days_between(one)}


def days_between(period: CalendarPeriod) -> list[date]:
    return [period.first_day + rank * ONE_DAY for rank in range((period.last_day - period.first_day).days + 1)]


@dataclass(frozen=True)
class OpenDays:
    """Les jours où une activité ouvre, et pourquoi elle n'ouvre pas les autres."""

    calendar: TownCalendar
    closures: Mapping[date, str]
    kinds: tuple[DayKind, ...]

    def why_not(self, weekdays: Iterable[int], day: date) -> str:
        """Vide : ce jour ouvre."""
        if name := self.closures.get(day):
            return f"Fermé : {name}."
        return why_closed(self.calendar, self.kinds, tuple(weekdays), day)


def open_days(found: Iterable[CalendarPeriod], kinds: Iterable[str]) -> OpenDays:
    found = list(found)
    return OpenDays(calendar_of(found), closures_of(found), tuple(DayKind(kind) for kind in kinds))
