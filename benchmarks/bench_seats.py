"""Cinquante foyers, dix places, au même instant : combien de fois une place de trop est-elle donnée ? Jamais, sinon c'est faux.

`make bench-seats` fait 40 tours par base ; `RUNS=1000 make bench-seats` en fait mille.
"""

import os
import time
from pathlib import Path

from bases import opened, postgresql
from common import lasted, machine, main, median, number, scratch, table
from school import canteen, homes, reserve
from sqlalchemy import text

from portail import clock
from portail.models import database
from portail.services.bookings.retrying import TooBusyError
from portail.views.bookings import Outcome
from tests.factories.crowds import together

RUNS = int(os.environ.get("RUNS", "40"))
FAMILIES, PLACES = 50, 10
NOW = clock.now()
HELD = "SELECT count(*) FROM booking WHERE slot_id = :slot"
TAKEN = "SELECT taken FROM slot WHERE id = :slot"


def once(activity: int, slot: int) -> tuple[int, int, int, float]:
    """Places données, places comptées, foyers priés de recommencer, durée."""
    started = time.perf_counter()
    found = together(*(lambda home=home: reserve(home, activity, [slot], NOW) for home in range(1, FAMILIES + 1)))
    lasted_for = time.perf_counter() - started
    unexpected = [one for one in found if not isinstance(one, Outcome | TooBusyError)]
    if unexpected:
        raise unexpected[0]
    with database.reading() as db:
        held, taken = (
            int(db.connection().execute(text(query), {"slot": slot}).scalar_one()) for query in (HELD, TAKEN)
        )
    told = sum(1 for one in found if isinstance(one, Outcome) and one.batch)
    if told != held:
        raise RuntimeError(f"{told} foyers ont lu « réservé », {held} le sont")
    return held, taken, sum(isinstance(one, TooBusyError) for one in found), lasted_for


def tour(name: str) -> list[str]:
    homes(FAMILIES, NOW)
    first = NOW.date().replace(year=NOW.year + 1, month=1, day=4)
    place = canteen(first, first.replace(year=first.year + 1 + RUNS // 250), capacity=PLACES)
    runs = [once(place.key, slot) for slot in place.slots[:RUNS]]
    over = sum(held > PLACES or taken > PLACES for held, taken, *_ in runs)
    short = sum(held < PLACES for held, *_ in runs)
    wrong = sum(held != taken for held, taken, *_ in runs)
    return [
        name,
        number(len(runs)),
        number(over),
        number(short),
        number(wrong),
        number(sum(busy for *_, busy, _ in runs)),
        lasted(median([took for *_, took in runs])),
        "tenu" if not over + wrong else "**non tenu**",
    ]


def on(name: str, folder: Path) -> list[str]:
    if name == "SQLite":
        with opened(f"sqlite:///{folder / 'portail.sqlite'}"):
            return tour(name)
    with postgresql(folder) as base, opened(base):
        return tour(name)


def measure() -> None:
    line = f"{machine()} ; {FAMILIES} foyers, {PLACES} places, un tour par séance."
    rows = []
    for name in ("SQLite", "PostgreSQL"):
        with scratch() as folder:
            rows.append(on(name, folder))
    heads = ("Base", "Tours", "Places de trop (but : 0)", "Tours non remplis", "Comptes faux", "Priés de recommencer")
    table("Places", line, (*heads, "Durée d'un tour", ""), rows)


if __name__ == "__main__":
    main(measure)
