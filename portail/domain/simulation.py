"""Estimer ce que coûteront des enfants : tant de jours par semaine, sur une année scolaire, mois par mois."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from portail.domain.dates import monday_of, months_away
from portail.domain.school_calendar import ONE_DAY
from portail.domain.tariffs import Grid, Payer, Price, grid_on, price
from portail.domain.town_calendar import DayKind, TownCalendar, why_closed

SEPTEMBER = 9
MOST_CHILDREN = 6
MONTHS = 12


@dataclass(frozen=True)
class Asked:
    """Des enfants au foyer, à cette activité, tant de jours par semaine."""

    quotient: int | None
    is_resident: bool
    children: int
    days_per_week: int

    def payers(self) -> list[Payer]:
        return [Payer(self.quotient, self.is_resident, rank) for rank in range(1, self.children + 1)]


@dataclass(frozen=True)
class MonthCost:
    month: date
    days: int
    cents: int


@dataclass(frozen=True)
class Estimate:
    """Les douze mois, et le prix d'une séance de chaque enfant le jour demandé."""

    months: tuple[MonthCost, ...]
    prices: tuple[Price, ...]

    @property
    def year_cents(self) -> int:
        return sum(month.cents for month in self.months)

    @property
    def days(self) -> int:
        return sum(month.days for month in self.months)

    @property
    def month_cents(self) -> int:
        """En moyenne, sur les mois où l'activité ouvre : au centime, la moitié au-dessus."""
        opened = sum(month.days > 0 for month in self.months)
        return (2 * self.year_cents + opened) // (2 * opened) if opened else 0


def first_of_year(day: date) -> date:
    """Le 1er septembre de l'année scolaire en cours."""
    return date(day.year - (day.month < SEPTEMBER), SEPTEMBER, 1)


@lru_cache(maxsize=256)
def days_of_year(
    calendar: TownCalendar, kinds: tuple[DayKind, ...], weekdays: tuple[int, ...], first: date, per_week: int
) -> tuple[date, ...]:
    """Les premiers jours ouverts de chaque semaine, de septembre à août : au plus `per_week` par semaine."""
    taken: Counter[date] = Counter()
    found = []
    day, end = first, date(first.year + 1, SEPTEMBER, 1)
    while day < end:
        week = monday_of(day)
        if taken[week] < per_week and not why_closed(calendar, kinds, weekdays, day):
            taken[week] += 1
            found.append(day)
        day += ONE_DAY
    return tuple(found)


def estimate(grids: Sequence[Grid], days: Sequence[date], today: date, asked: Asked) -> Estimate:
    """Chaque jour au prix de la grille de ce jour ; avant la première grille connue, au prix de celle-ci."""
    oldest = min(grid.valid_from for grid in grids)
    payers = asked.payers()
    cost: dict[date, int] = {}
    months = dict.fromkeys(months_of(first_of_year(today)), (0, 0))
    for day in days:
        since = grid_on(grids, max(day, oldest)).valid_from
        if since not in cost:
            cost[since] = sum(price(grids, since, payer).cents for payer in payers)
        number, cents = months[day.replace(day=1)]
        months[day.replace(day=1)] = (number + 1, cents + cost[since])
    prices = tuple(price(grids, max(today, oldest), payer) for payer in payers)
    return Estimate(tuple(MonthCost(month, *known) for month, known in months.items()), prices)


def months_of(first: date) -> list[date]:
    """De septembre à août."""
    return [months_away(first, rank) for rank in range(MONTHS)]
