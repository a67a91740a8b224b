"""Cinq cents calendriers ouverts : ce qu'ils coûtent quand rien ne se passe, et quand chacun voit une place partir."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

from bases import opened, pid_of, postgresql
from client import BEHIND_PROXY
from common import lasted, machine, main, median, number, p95, scratch, table, verdict
from families import CALENDAR, Family, Load, arrive, leave
from school import Canteen, canteen, homes
from sqlalchemy import text

from portail import clock
from portail.models.database import transaction
from tests.tools.redis import running_redis
from tests.tools.rxclient import Answer
from tests.tools.server import running

CALENDARS, ACTIVITIES = 500, 10
REST_SECONDS, ROUNDS = 20, 8
CPU_AIM, SEEN_AIM = 0.05, 1.0
NOW = clock.now()


def town() -> list[Canteen]:
    """Dix activités : les calendriers ouverts ne montrent pas tous la même chose."""
    homes(CALENDARS, NOW)
    first = NOW.date()
    return [canteen(first, first + timedelta(days=60)) for _ in range(ACTIVITIES)]


def take(slot: int) -> None:
    with transaction() as db:
        db.connection().execute(text("UPDATE slot SET taken = taken + 1 WHERE id = :slot"), {"slot": slot})


async def seen(family: Family, slot: int, since: float) -> float:
    while True:
        update = Answer([await family.tab.next_update(within=30)])
        if str(slot) in (update.var(CALENDAR, "places") or {}):
            return time.perf_counter() - since


async def observe(url: str, towns: list[Canteen], postgres: int) -> tuple[dict[str, float], list[float]]:
    """La part de cœur au repos, et le délai, chez chacun, d'une place prise ailleurs."""
    share = CALENDARS // ACTIVITIES
    every: list[Family] = []
    for rank, one in enumerate(towns):
        every += await arrive(url, one.key, range(1 + rank * share, 1 + (rank + 1) * share))
    await asyncio.sleep(3)
    load = Load(postgres)
    await asyncio.sleep(REST_SECONDS)
    rest = load.cores()
    slots = [one.after(NOW.date())[4] for one in towns]
    delays: list[float] = []
    for rank in range(ROUNDS):
        watching = every[rank * share : (rank + 1) * share]
        started = time.perf_counter()
        await asyncio.to_thread(take, slots[rank])
        delays += await asyncio.gather(*(seen(family, slots[rank], started) for family in watching))
    await leave(every)
    return rest, delays


def rows(name: str, rest: dict[str, float], delays: list[float]) -> list[list[str]]:
    said = ", ".join(f"{kind} {number(share * 100, 1)} %" for kind, share in rest.items() if share)
    server = rest["serveur"]
    return [
        [f"Au repos, {name}", f"{number(server * 100, 1)} % d'un cœur", "≤ 5 %", verdict(server, CPU_AIM)],
        [f"Au repos, {name}, avec tout le reste", said, "—", ""],
        [f"De la validation au calendrier des autres, p50, {name}", lasted(median(delays)), "—", ""],
        [
            f"De la validation au calendrier des autres, p95, {name}",
            lasted(p95(delays)),
            "≤ 1 s",
            verdict(p95(delays), SEEN_AIM),
        ],
        [f"Le plus tard des {len(delays)}, {name}", lasted(max(delays)), "—", ""],
    ]


def on_sqlite(folder: Path) -> list[list[str]]:
    (folder / "data").mkdir()
    with opened(f"sqlite:///{folder / 'data' / 'portail.sqlite'}"):
        towns = town()
        with running(folder, **BEHIND_PROXY) as server:
            url = server.url.replace("localhost", "127.0.0.1")
            rest, delays = asyncio.run(observe(url, towns, 0))
    return rows("SQLite, un processus", rest, delays)


def on_postgresql(folder: Path) -> list[list[str]]:
    with postgresql(folder) as base, opened(base), running_redis(folder) as redis:
        towns = town()
        grown = {"PORTAIL_DATABASE_URL": base, "PORTAIL_REDIS_URL": redis, "PORTAIL_WORKERS": "2"}
        with running(folder, **BEHIND_PROXY, **grown) as server:
            url = server.url.replace("localhost", "127.0.0.1")
            rest, delays = asyncio.run(observe(url, towns, pid_of(folder)))
    return rows("PostgreSQL, Redis, deux processus", rest, delays)


def measure() -> None:
    line = f"{machine()} ; {CALENDARS} calendriers de {ACTIVITIES} activités, {REST_SECONDS} s de repos, {ROUNDS} places prises."
    found = []
    for measured in (on_sqlite, on_postgresql):
        with scratch() as folder:
            found += measured(folder)
    table("Places en direct", line, ("Mesure", "Valeur", "But", ""), found)


if __name__ == "__main__":
    main(measure)
