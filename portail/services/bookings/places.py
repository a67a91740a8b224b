"""Les places qui restent dans les séances que montrent des calendriers ouverts : une seule lecture pour tous."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, or_, select
from sqlmodel import SQLModel

from portail.models.database import reading

CLOSED = -1
_SLOT = SQLModel.metadata.tables["slot"].c


@dataclass(frozen=True)
class Period:
    """Ce que montre un calendrier : une activité, du premier au dernier jour compris."""

    activity_id: int
    first: date
    last: date


def left(periods: frozenset[Period]) -> dict[Period, dict[int, int]]:
    """Par période, séance → places ; aucune quand quelqu'un attend déjà, `CLOSED` quand la séance n'a plus lieu."""
    found: dict[Period, dict[int, int]] = {period: {} for period in periods}
    of_activity: dict[int, list[Period]] = defaultdict(list)
    for period in periods:
        of_activity[period.activity_id].append(period)
    with reading() as db:
        rows: Any = db.connection().execute(_query(periods)).all() if periods else []
    for key, activity_id, day, capacity, taken, waiting, closed_why in rows:
        places = places_left(capacity - taken, is_awaited=bool(waiting), is_closed=bool(closed_why))
        for period in of_activity[activity_id]:
            if period.first <= day <= period.last:
                found[period][key] = places
    return found


def places_left(free: int, *, is_awaited: bool, is_closed: bool) -> int:
    """Une place qu'une liste d'attente réclame n'est plus à prendre."""
    if is_closed:
        return CLOSED
    return 0 if is_awaited else max(0, free)


@lru_cache(maxsize=1)
def _query(periods: frozenset[Period]) -> Select[tuple[int, int, date, int, int, int, str]]:
    """Gardée tant que les mêmes périodes sont à l'écran : la bâtir coûte plus que la lire."""
    shown = [(_SLOT.activity_id == one.activity_id) & _SLOT.day.between(one.first, one.last) for one in periods]
    return select(
        _SLOT.id, _SLOT.activity_id, _SLOT.day, _SLOT.capacity, _SLOT.taken, _SLOT.waiting, _SLOT.closed_why
    ).where(or_(*shown))
