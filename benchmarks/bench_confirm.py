"""« Confirmer » cinq jours : temps de calcul, validations par seconde sur deux processus, poids sur le fil."""

import asyncio
import json
import time
from datetime import timedelta
from pathlib import Path

from bases import analyzed, opened, pid_of, postgresql
from client import BEHIND_PROXY
from common import kilobytes, machine, main, median, milliseconds, number, p95, scratch, table, verdict
from families import Family, Load, arrive, leave, message
from school import Canteen, book_everyone, canteen, choices, homes, reserve

from portail import clock
from portail.models import database
from tests.factories.queries import counted
from tests.tools.redis import running_redis
from tests.tools.server import running

HOMES, DAYS, EACH = 200, 5, 4
DIRECT, WARM_UP = 100, 15
AT_ONCE, ROUNDS = 24, 5
NOW = clock.now()


def school() -> Canteen:
    """Quatre cents enfants, déjà inscrits partout depuis un an ; la suite de l'année est libre."""
    homes(HOMES, NOW)
    found = canteen(NOW.date() - timedelta(days=365), NOW.date() + timedelta(days=250))
    ahead = set(found.after(NOW.date() + timedelta(days=14)))
    book_everyone([slot for slot in found.slots if slot not in ahead], NOW)
    analyzed()
    return found


def direct(place: Canteen, free: list[int]) -> list[list[str]]:
    """Le service seul, sans réseau : un foyer après l'autre."""
    found = []
    for home in range(1, DIRECT + WARM_UP + 1):
        started = time.thread_time()
        outcome = reserve(home, place.key, free[:DAYS], NOW)
        found.append(time.thread_time() - started)
        if not outcome.batch:
            raise RuntimeError(outcome.message)
    with counted(database.engine()) as queries:
        reserve(1, place.key, free[DAYS : 2 * DAYS], NOW)
    kept = found[WARM_UP:]
    return [
        [f"Le service seul ({DIRECT} foyers), calcul, p50", milliseconds(median(kept)), "≤ 15 ms", verdict(median(kept), 0.015)],
        ["Le service seul, calcul, p95", milliseconds(p95(kept)), "—", ""],
        ["Ordres SQL d'une validation", str(len(queries)), "—", ""],
    ]  # fmt: skip


async def storm(families: list[Family], free: list[int], done: int) -> tuple[float, list[float], list[tuple[int, int]]]:
    """Chacun valide quatre fois cinq jours, sans reprendre son souffle ; rend le débit, les attentes, les poids reçus."""
    waits: list[float] = []
    weights: list[tuple[int, int]] = []

    async def one(family: Family) -> None:
        for turn in range(EACH):
            first = (done * EACH + turn) * DAYS
            before = received(family)
            took, answer = await family.confirm(free[first : first + DAYS], f"ruee-{done}-{turn}-{family.home}")
            if "réservés" not in message(answer):
                raise RuntimeError(f"foyer {family.home} : {message(answer)}")
            waits.append(took)
            weights.append((turn, received(family) - before))

    started = time.perf_counter()
    await asyncio.gather(*(one(family) for family in families))
    return len(waits) / (time.perf_counter() - started), waits, weights


async def observe(url: str, place: Canteen, free: list[int], postgres: int) -> list[list[str]]:
    families = await arrive(url, place.key, range(HOMES - AT_ONCE + 1, HOMES + 1))
    *_, first = await storm(families, free, 0)
    rates, waits, weights = [], [], []
    load = Load(postgres)
    for done in range(1, ROUNDS + 1):
        rate, some, sizes = await storm(families, free, done)
        rates.append(rate)
        waits += some
        weights += sizes
    spent = {kind: seconds / len(waits) for kind, seconds in load.seconds().items()}
    up = sent(families[0], free)
    await leave(families)
    rate, weight, later = (
        median(rates),
        max(size for turn, size in first if turn == 0),
        max(size for _, size in weights),
    )
    said = ", ".join(f"{kind} {milliseconds(seconds)}" for kind, seconds in spent.items() if seconds)
    return [
        [f"Validations par seconde, {AT_ONCE} foyers sans pause", number(rate), "≥ 150", "tenu" if rate >= 150 else "**non tenu**"],
        ["Attente, p50", milliseconds(median(waits)), "—", ""],
        ["Attente, p95", milliseconds(p95(waits)), "—", ""],
        ["Calcul par validation, réseau et états compris", said, "—", ""],
        ["Message montant", kilobytes(up), "≤ 1 ko", verdict(up, 1_000)],
        ["Delta descendant, première validation d'une page (non comprimé)", kilobytes(weight), "≤ 4 ko", verdict(weight, 4_000)],
        [f"Delta descendant, {(ROUNDS + 1) * EACH}e validation de la même page", kilobytes(later), "—", ""],
    ]  # fmt: skip


def received(family: Family) -> int:
    """Tout ce que l'onglet a reçu, sauf les places des autres : elles viennent quand même."""
    return sum(len(frame.encode()) for frame in family.tab.frames if '"places_rx_state_"' not in frame)


def sent(family: Family, free: list[int]) -> int:
    """Ce que le navigateur envoie : le geste, l'adresse de la page, rien d'autre."""
    form = {"choices": choices(family.home, free[:DAYS]), "token": "x" * 43}
    event = {
        "name": "x" * 90,
        "payload": {"form_data": form},
        "router_data": {"pathname": "/reservations/1", "asPath": "/reservations/1"},
    }
    return len("42/_event," + json.dumps(["event", event]))


def measured(folder: Path) -> list[list[str]]:
    with postgresql(folder) as base, opened(base), running_redis(folder) as redis:
        place = school()
        free = place.after(NOW.date() + timedelta(days=14))
        rows = direct(place, free)
        grown = {"PORTAIL_DATABASE_URL": base, "PORTAIL_REDIS_URL": redis, "PORTAIL_WORKERS": "2"}
        with running(folder, **BEHIND_PROXY, **grown) as server:
            url = server.url.replace("localhost", "127.0.0.1")
            return rows + asyncio.run(observe(url, place, free, pid_of(folder)))


def measure() -> None:
    line = f"{machine()} ; PostgreSQL (fsync), Redis, deux processus ; {ROUNDS} ruées, le client sur les mêmes cœurs."
    with scratch() as folder:
        rows = measured(folder)
    table("Confirmer", line, ("Mesure", "Valeur", "But", ""), rows)


if __name__ == "__main__":
    main(measure)
