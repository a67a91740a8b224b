"""Les doublons probables d'un dossier et la recherche d'une famille, parmi vingt mille personnes, sur les deux bases."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from common import machine, main, median, milliseconds, number, p95, scratch, table, verdict
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from portail.domain.accounts import Actor, Role
from portail.models import database, migrations
from portail.services.families import files
from portail.services.merging import duplicates, person_keys
from tests.factories import misspellings, townsfolk
from tests.tools import postgres

PEOPLE = 20_000
ROUNDS = 300
AIM = 0.05
RECALL, STRANGERS = 0.95, 3
AGENT = Actor(1, Role.RECEPTION, 1, "")
Work = Callable[[int], object]


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


def timed(work: Work) -> list[float]:
    """Les vingt premiers foyers ont chauffé les caches ; seule la suite compte."""
    found = []
    for rank in range(ROUNDS + 20):
        started = time.perf_counter()
        work(rank)
        found.append(time.perf_counter() - started)
    return found[20:]


def filled() -> float:
    """La ville et ses clés ; puis ce que PostgreSQL fait de lui-même dans les minutes qui suivent."""
    started = time.perf_counter()
    townsfolk.settle(PEOPLE)
    took = time.perf_counter() - started
    with database.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return took


def works() -> dict[str, Work]:
    with database.reading() as db:
        homes = person_keys.households(db, range(townsfolk.FIRST_ID, townsfolk.FIRST_ID + PEOPLE // 4))

    def compare(rank: int) -> None:
        with database.reading() as db:
            duplicates.likely_duplicates(db, townsfolk.FIRST_ID + rank * 13 % len(homes))

    def words(rank: int) -> str:
        child = homes[townsfolk.FIRST_ID + rank * 17 % len(homes)].children[0]
        return f"{child.last_name[:3]}{child.last_name[4:]} {child.first_name}"

    def search(rank: int) -> None:
        with database.reading() as db:
            duplicates.search_people(db, words(rank))

    def page(rank: int) -> None:
        files.find(actor=AGENT, words=words(rank).partition(" ")[0], page=1)

    return {
        "Doublons d'un dossier": compare,
        "Recherche, une lettre manque": search,
        f"Page des familles, {files.MOST_FOUND} trouvées": page,
    }


def measure_one(name: str, url: str) -> tuple[list[list[str]], list[list[str]]]:
    engine = database.open_engine(url)
    database.use(engine)
    migrations.upgrade(engine)
    took = filled()
    rows = []
    for label, work in works().items():
        times = timed(work)
        value = p95(times)
        rows.append(
            [f"{label}, {name}", milliseconds(median(times)), milliseconds(value), "≤ 50 ms", verdict(value, AIM)]
        )
    checked = min(timed_once(person_keys.index_everything) for _ in range(3))
    rows.append([f"Ville et clés écrites, {name}", f"{number(took, 1)} s", "—", "—", ""])
    rows.append([f"Clés toutes vérifiées, {name}", milliseconds(checked), "—", "—", ""])
    recalled = recall_rows(name)
    database.use(None)
    engine.dispose()
    return rows, recalled


def timed_once(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def recall_rows(name: str) -> list[list[str]]:
    found = misspellings.recall()
    rows = []
    for label, lost in (("Doublons", found.missed), ("Recherche", found.unfound)):
        share = 1 - len(lost) / found.total
        held = "tenu" if share >= RECALL else "**non tenu**"
        shown = f"{number(100 * share, 1)} % de {found.total}"
        rows.append([f"{label}, {name}", "≥ 95 %", shown, held])
    for label, count in (("noms mal écrits", found.strangers), ("habitants, une lettre ôtée", found.homonyms)):
        rows.append([f"Autres dossiers proposés ({label}), {name}", "≤ 3", number(count, 1), verdict(count, STRANGERS)])
    return rows


def measure() -> None:
    line = f"{machine()} ; {number(PEOPLE)} personnes, {ROUNDS} recherches par ligne."
    with scratch() as folder, bases(folder) as urls:
        found = [measure_one(name, url) for name, url in urls.items()]
    times, recalled = ([row for rows in side for row in rows] for side in zip(*found, strict=True))
    table("Doublons", line, ("Mesure", "p50", "p95", "But (p95)", ""), times)
    table("Doublons, ce qui se retrouve", line, ("Mesure", "But", "Valeur", ""), recalled)


if __name__ == "__main__":
    main(measure)
