"""L'année scolaire d'un coup d'œil : vacances de la zone, jours fériés, fermetures, et ce que la commune a corrigé."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import groupby

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.activities import PeriodKind
from portail.domain.dates import months_away, said_date, said_rank
from portail.domain.school_calendar import ONE_DAY, Zone, last_published
from portail.domain.schools import school_years
from portail.domain.town_calendar import TownCalendar
from portail.models.activities import Activity, CalendarPeriod
from portail.models.database import reading
from portail.services.town import calendar as town_calendar
from portail.settings import current
from portail.views import wording
from portail.views.requests import Choice
from portail.views.town_calendar import CalendarYear, DayMark, MonthMarks, PeriodLine

SEPTEMBER = 9
MONTHS = 12


def show(*, actor: Actor, year: str, now: datetime) -> CalendarYear:
    """Deux lectures ; une année inconnue montre celle en cours."""
    check_audience(Audience.TOWN, actor)
    years = school_years(now.astimezone(wording.PARIS).date())
    wanted = year if year in years else years[1]
    start = date(int(wanted[:4]), SEPTEMBER, 1)
    end = months_away(start, MONTHS) - ONE_DAY
    with reading() as db:
        found = list(db.exec(select(CalendarPeriod).order_by(col(CalendarPeriod.first_day), col(CalendarPeriod.id))))
        activities = _activities(db)
    shared = sorted((one for one in found if one.activity_id is None), key=lambda one: one.key)
    calendar, closures = town_calendar.calendar_of(shared), town_calendar.closures_of(shared)
    known = last_published(Zone(current().school_zone))
    return CalendarYear(
        ready=True,
        year=wanted,
        years=[Choice(one, one) for one in reversed(years)],
        zone=_zone(),
        months=[_month(months_away(start, rank), calendar, closures) for rank in range(MONTHS)],
        periods=[_period(one, activities) for one in found if one.last_day >= start and one.first_day <= end],
        activities=[Choice(str(key), title) for key, title in activities.items()],
        notice=""
        if known >= months_away(start, 10)
        else f"Les vacances ne sont publiées que jusqu’au {wording.long_date(known)}.",
    )


def _zone() -> str:
    """Ce que règle l'environnement."""
    local = ", jours fériés d’Alsace-Moselle" if current().alsace_moselle else ""
    return f"{Zone(current().school_zone).label}{local}"


def _activities(db: Session) -> dict[int, str]:
    query = select(Activity).order_by(col(Activity.position), col(Activity.id))
    return {one.key: one.title for one in db.exec(query)}


def _month(first: date, calendar: TownCalendar, closures: dict[date, str]) -> MonthMarks:
    last = months_away(first, 1) - ONE_DAY
    days = [first + rank * ONE_DAY for rank in range((last - first).days + 1)]
    blank = [DayMark() for _ in range(first.weekday())]
    return MonthMarks(
        name=wording.capitalised(wording.month(first)),
        days=[*blank, *(DayMark(str(day.day), _tone(day, calendar, closures)) for day in days)],
        said=[
            *_runs(days, calendar.school_holiday),
            *_runs(days, calendar.public_holiday),
            *_runs(days, lambda day: f"Fermé : {closures[day]}" if day in closures else ""),
        ],
    )


def _tone(day: date, calendar: TownCalendar, closures: dict[date, str]) -> str:
    if day in closures:
        return "closure"
    if calendar.public_holiday(day):
        return "public"
    if calendar.is_weekend(day):
        return "weekend"
    return "holiday" if calendar.school_holiday(day) else "class"


def _runs(days: list[date], name_of: Callable[[date], str]) -> Iterator[str]:
    """« Vacances de Noël : du 19 au 31 »."""
    for name, group in groupby(days, name_of):
        if name:
            run = list(group)
            first, last = said_rank(run[0].day), said_rank(run[-1].day)
            yield f"{name} : le {first}" if first == last else f"{name} : du {first} au {last}"


def _period(one: CalendarPeriod, activities: dict[int, str]) -> PeriodLine:
    if one.kind == PeriodKind.CLOSURE:
        what = f"Fermeture de {activities[one.activity_id]}" if one.activity_id in activities else "Tout est fermé"
    else:
        what = "Vacances scolaires en plus" if one.name else "École malgré les vacances"
    days = f"le {said_date(one.first_day)} {one.first_day.year}"
    if one.last_day != one.first_day:
        days = f"du {said_date(one.first_day)} au {said_date(one.last_day)} {one.last_day.year}"
    return PeriodLine(one.key, one.name or "École maintenue", what, days)
