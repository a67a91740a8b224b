"""Les jours que la ville de démonstration connaît : depuis deux mois, jusqu'à la fin d'une année scolaire."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portail.domain.dates import paris_day
from portail.domain.school_calendar import ONE_DAY, Zone
from portail.domain.town_calendar import TownCalendar
from portail.settings import current

PAST = timedelta(days=61)
AHEAD = timedelta(days=75)  # en juillet, la rentrée se réserve déjà
_BACK_TO_SCHOOL = (9, 1)


@dataclass(frozen=True)
class Season:
    today: date
    first: date
    last: date
    since: date  # la rentrée d'avant le premier jour : règles, grilles et quotients valent depuis
    calendar: TownCalendar

    def days(self) -> Iterator[date]:
        return (self.first + rank * ONE_DAY for rank in range((self.last - self.first).days + 1))


def season_of(now: datetime) -> Season:
    today = paris_day(now)
    first = today - PAST
    ahead = today + AHEAD
    last = date(ahead.year + (ahead >= date(ahead.year, *_BACK_TO_SCHOOL)), 8, 31)
    since = date(first.year - (first < date(first.year, *_BACK_TO_SCHOOL)), *_BACK_TO_SCHOOL)
    return Season(today, first, last, since, TownCalendar(Zone(current().school_zone)))
