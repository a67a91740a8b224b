"""Les courbes du tableau de bord : réservations par mois et par semaine, remplissage des activités."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Integer, cast, null, union_all
from sqlmodel import Session, col, func, select

from portail.domain.dates import monday_of, months_away
from portail.models.activities import Activity, Slot
from portail.views import wording
from portail.views.cash_desk import MonthBar

MONTHS, WEEKS_BEFORE, WEEKS_AHEAD, MOST_ACTIVITIES = 6, 4, 3, 12
Places = tuple[int, int]  # prises, offertes
SUMS: Any = (func.sum(Slot.taken).label("taken"), func.sum(Slot.capacity).label("places"))


@dataclass(frozen=True)
class Charts:
    """Les six derniers mois, un mois de semaines autour d'aujourd'hui, et les activités les plus remplies."""

    months: list[MonthBar]
    weeks: list[MonthBar]
    occupancy: list[MonthBar]


def draw(db: Session, today: date) -> Charts:
    """Une lecture pour les trois."""
    this_month, this_week = today.replace(day=1), monday_of(today)
    months = [months_away(this_month, -rank) for rank in range(MONTHS)]
    weeks = [this_week + timedelta(weeks=rank) for rank in range(WEEKS_AHEAD, -WEEKS_BEFORE - 1, -1)]
    last = max(weeks[0] + timedelta(days=6), months_away(this_month, 1) - timedelta(days=1))
    found, filled = _read(db, (months[-1], last), (this_week, this_week + timedelta(weeks=WEEKS_AHEAD + 1, days=-1)))
    by_month = {wording.capitalised(wording.month(one)): _sum(found, one, months_away(one, 1)) for one in months}
    by_week = {_week(one, this_week): _sum(found, one, one + timedelta(weeks=1)) for one in weeks}
    return Charts(_bars(by_month), _bars(by_week), _occupancy(filled))


def _read(
    db: Session, whole: tuple[date, date], soon: tuple[date, date]
) -> tuple[dict[date, Places], list[tuple[str, Places]]]:
    """Par jour, et par activité ces quatre semaines. Une séance qui n'a pas lieu n'offre rien."""
    by_day: Any = select(Slot.day, cast(null(), Integer).label("activity_id"), *SUMS)
    by_activity: Any = select(cast(null(), Date).label("day"), Slot.activity_id, *SUMS)
    held = union_all(
        by_day.where(col(Slot.day).between(*whole), Slot.closed_why == "").group_by(col(Slot.day)),
        by_activity.where(col(Slot.day).between(*soon), Slot.closed_why == "", Slot.capacity > 0).group_by(
            col(Slot.activity_id)
        ),
    ).subquery()
    query: Any = select(held.c.day, Activity, held.c.taken, held.c.places)
    rows = list(db.exec(query.join(Activity, held.c.activity_id == col(Activity.id), isouter=True)))
    days = {day: (int(taken), int(places)) for day, _, taken, places in rows if day is not None}
    return days, [(one.title, (int(taken), int(places))) for _, one, taken, places in rows if one is not None]


def _sum(found: dict[date, Places], first: date, after: date) -> Places:
    inside = [places for day, places in found.items() if first <= day < after]
    return sum(taken for taken, _ in inside), sum(places for _, places in inside)


def _week(monday: date, this_week: date) -> str:
    said = f"Semaine du {wording.badge_day(monday)}"
    return f"{said} (celle-ci)" if monday == this_week else said


def _bars(rows: dict[str, Places]) -> list[MonthBar]:
    largest = max((taken for taken, _ in rows.values()), default=0) or 1
    return [
        MonthBar(label, str(taken), _filling(taken, places), 100 * taken // largest)
        for label, (taken, places) in rows.items()
    ]


def _filling(taken: int, places: int) -> str:
    return f"{100 * taken // places}\u00a0% des {places} places" if places else "aucune séance"


def _occupancy(filled: list[tuple[str, Places]]) -> list[MonthBar]:
    """La plus remplie d'abord."""
    fullest = sorted(filled, key=lambda one: (-one[1][0] / one[1][1], one[0]))[:MOST_ACTIVITIES]
    return [
        MonthBar(
            title,
            f"{100 * taken // places}\u00a0%",
            f"{taken} sur {wording.count(places, 'place', 'places')}",
            100 * taken // places,
        )
        for title, (taken, places) in fullest
    ]
