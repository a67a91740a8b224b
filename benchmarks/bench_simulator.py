"""« Tarifs » et « Simulations » de la ville de démonstration : ce que le serveur met à répondre, et ses lectures."""

import os
import time
from collections.abc import Callable

from bases import analyzed, opened, postgresql
from common import PARENT, machine, main, median, milliseconds, number, p95, scratch, table, verdict
from sqlmodel import select

from portail import clock
from portail.demo import town
from portail.models import database
from portail.models.accounts import Account
from portail.services.tariffs import prices, simulating
from tests.factories.people import open_session
from tests.factories.queries import counted

ROUNDS = int(os.environ.get("PORTAIL_BENCH_ROUNDS", "100"))
SIMULATION_AIM, QUERIES_AIM = 0.050, 8
NOW = clock.now()


def timed(show: Callable[[int], object]) -> tuple[float, float, int]:
    """Médiane et p95 en secondes, et les lectures d'un affichage ; le premier lit le calendrier, à part."""
    show(0)
    found = []
    for rank in range(ROUNDS):
        started = time.perf_counter()
        show(rank)
        found.append(time.perf_counter() - started)
    with counted(database.engine()) as queries:
        show(0)
    return median(found), p95(found), len(queries)


def simulations() -> Callable[[int], object]:
    choices = simulating.form(actor=None, now=NOW).activities

    def show(rank: int) -> object:
        form = {"activity": choices[rank % len(choices)].value, "quotient": str(rank * 13), "children": "6"}
        return simulating.simulate(form=form | {"days": str(1 + rank % 5), "residence": "in"}, now=NOW)

    return show


def family() -> Callable[[int], object]:
    with database.reading() as db:
        account = db.exec(select(Account).where(Account.email == PARENT)).one()
    actor = open_session(account, now=NOW)[1]
    return lambda _: prices.show(actor=actor, family_id=0, now=NOW)


def measure_one(base: str, url: str) -> list[list[str]]:
    rows = []
    with opened(url):
        town.load_if_empty(NOW)
        analyzed()
        for name, show, aim in (
            ("Simulation, six enfants", simulations(), SIMULATION_AIM),
            ("« Tarifs » de Camille", family(), 0.0),
            ("« Tarifs », la grille publique", lambda _: prices.show(actor=None, family_id=0, now=NOW), 0.0),
        ):
            middle, slow, queries = timed(show)
            held = verdict(slow, aim) if aim else verdict(queries, QUERIES_AIM)
            wanted = "p95 ≤ 50 ms" if aim else f"≤ {QUERIES_AIM} lectures"
            rows.append([name, base, milliseconds(middle), milliseconds(slow), number(queries), wanted, held])
    return rows


def measure() -> None:
    with scratch() as folder, postgresql(folder) as url:
        rows = measure_one("SQLite", f"sqlite:///{folder / 'mesure.sqlite'}") + measure_one("PostgreSQL", url)
    line = f"{machine()} ; {ROUNDS} affichages de chaque."
    table("Tarifs et simulations", line, ("Page", "Base", "Médiane", "p95", "Lectures", "But", ""), rows)


if __name__ == "__main__":
    main(measure)
