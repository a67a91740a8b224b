"""Les doublons probables d'un dossier et la recherche d'une famille, parmi vingt mille personnes, sur les deux bases."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from common import machine, main, median, milliseconds, number, p95, scratch, table, verdict
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from portail.models import database, migrations
from portail.services import duplicates, person_keys
from tests.factories import townsfolk
from tests.tools import postgres

PEOPLE = 20_000
ROUNDS = 300
AIM = 0.05


@contextmanager
def bases(folder: Path) -> Iterator[dict[str, str]]:
    server = postgres.start(folder / "postgres")
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE mesure"))
    admin.dispose()
    try:
        yield {"SQLite": f"sqlite:///{folder / 'mesure.sqlite'}", "PostgreSQL": postgres.named(server, "mesure")}
    finally:
        postgres.stop(folder / "postgres")


def timed(work: Callable[[int], object]) -> list[float]:
    """La première moitié des foyers a chauffé les caches ; seule la suite compte."""
    found = []
    for rank in range(ROUNDS + 20):
        started = time.perf_counter()
        work(rank)
        found.append(time.perf_counter() - started)
    return found[20:]


def measure_one(name: str, url: str) -> list[list[str]]:
    engine = database.open_engine(url)
    database.use(engine)
    migrations.upgrade(engine)
    started = time.perf_counter()
    townsfolk.settle(PEOPLE)
    filled = time.perf_counter() - started
    with database.reading() as db:
        homes = person_keys.households(db, range(townsfolk.FIRST_ID, townsfolk.FIRST_ID + PEOPLE // 4))

    def compare(rank: int) -> None:
        with database.reading() as db:
            duplicates.likely_duplicates(db, townsfolk.FIRST_ID + rank * 13 % len(homes))

    def search(rank: int) -> None:
        child = homes[townsfolk.FIRST_ID + rank * 17 % len(homes)].children[0]
        with database.reading() as db:
            duplicates.search_people(db, f"{child.last_name[:3]}{child.last_name[4:]} {child.first_name}")

    rows = []
    for label, work in (("Doublons d'un dossier", compare), ("Recherche, une lettre manque", search)):
        took = timed(work)
        limit, value = ("≤ 50 ms", p95(took))
        rows.append([f"{label}, {name}", milliseconds(median(took)), milliseconds(value), limit, verdict(value, AIM)])
    rows.append([f"Ville et clés écrites, {name}", f"{number(filled, 1)} s", "—", "—", ""])
    database.use(None)
    engine.dispose()
    return rows


def measure() -> None:
    line = f"{machine()} ; {number(PEOPLE)} personnes, {ROUNDS} recherches par ligne."
    with scratch() as folder, bases(folder) as urls:
        rows = [row for name, url in urls.items() for row in measure_one(name, url)]
    table("Doublons", line, ("Mesure", "p50", "p95", "But (p95)", ""), rows)


if __name__ == "__main__":
    main(measure)
