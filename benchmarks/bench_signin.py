"""Connexions par seconde, et ce que sentent les autres pendant que vingt personnes se connectent à la fois."""

import asyncio
import time

from client import BEHIND_PROXY, ENTER, arrive, carrying, session_of, sign_in, timed
from common import PARENTS, lasted, machine, main, median, milliseconds, number, p95, scratch, table, verdict

from portail.services.accounts.passwords import COST
from tests.tools.rxclient import Tab, Visitor
from tests.tools.server import running

CROWD = 20
ROUNDS = 3
OTHERS = 10
TAP_EVERY = 0.15
REST_SECONDS = 10.0
AIM = 0.1


async def tap(tab: Tab, found: list[tuple[float, float]], stop: asyncio.Event) -> None:
    """Une personne déjà connectée, qui touche l'écran sans relâche (bien au-delà d'un vrai usage)."""
    while not stop.is_set():
        started = time.perf_counter()
        took, _ = await timed(tab, ENTER)
        found.append((started, took))
        await asyncio.sleep(TAP_EVERY)


async def storm(url: str) -> tuple[float, float, list[float]]:
    """Vingt pages de connexion ouvertes, vingt appuis au même instant ; rend début, fin, attente de chacun."""
    crowd = [Visitor(url) for _ in range(CROWD)]
    tabs = await asyncio.gather(*(arrive(visitor) for visitor in crowd))
    waits: list[float] = []
    started = time.perf_counter()

    async def one(rank: int) -> None:
        await sign_in(crowd[rank], tabs[rank], PARENTS[rank % len(PARENTS)])
        waits.append(time.perf_counter() - started)

    await asyncio.gather(*(one(rank) for rank in range(CROWD)))
    ended = time.perf_counter()
    for visitor in crowd:
        await visitor.__aexit__()
    return started, ended, waits


async def observe(url: str) -> list[list[str]]:
    sessions = [await session_of(url, email) for email in PARENTS]
    others = [carrying(url, sessions[rank % len(sessions)]) for rank in range(OTHERS)]
    tabs = [await visitor.open_tab("/accueil") for visitor in others]
    taps: list[tuple[float, float]] = []
    stop = asyncio.Event()
    tasks = [asyncio.create_task(tap(tab, taps, stop)) for tab in tabs]
    await asyncio.sleep(1.0)
    taps.clear()
    await asyncio.sleep(REST_SECONDS)
    rest = [took for _, took in taps]
    storms = []
    for _ in range(ROUNDS):
        storms.append(await storm(url))
        await asyncio.sleep(1.0)
    stop.set()
    await asyncio.gather(*tasks)
    for visitor in others:
        await visitor.__aexit__()
    during = [[took for at, took in taps if start <= at <= end] for start, end, _ in storms]
    return rows(rest, during, [waits for *_, waits in storms])


def rows(rest: list[float], during: list[list[float]], waits: list[list[float]]) -> list[list[str]]:
    rate = median([CROWD / max(wait) for wait in waits])
    felt = median([p95(taps) for taps in during])
    return [
        [f"Connexions par seconde ({CROWD} à la fois)", number(rate, 1), "—", ""],
        ["Attente de la première personne servie", lasted(median([min(wait) for wait in waits])), "—", ""],
        ["Attente médiane", lasted(median([median(wait) for wait in waits])), "—", ""],
        [f"Attente de la {CROWD}e", lasted(median([max(wait) for wait in waits])), "—", ""],
        [f"Appui des autres, au repos, p50 ({len(rest)} appuis)", milliseconds(median(rest)), "—", ""],
        ["Appui des autres, au repos, p95", milliseconds(p95(rest)), "≤ 100 ms", verdict(p95(rest), AIM)],
        [
            f"Appui des autres, pendant la ruée, p50 ({sum(map(len, during))} appuis)",
            milliseconds(median([median(taps) for taps in during])),
            "—",
            "",
        ],
        ["Appui des autres, pendant la ruée, p95", milliseconds(felt), "≤ 100 ms", verdict(felt, AIM)],
        ["Appui des autres, pendant la ruée, le pire", milliseconds(max(map(max, during))), "—", ""],
    ]


def measure() -> None:
    line = f"{machine()} ; bcrypt {COST}, SQLite, un processus ; médianes de {ROUNDS} ruées."
    with scratch() as folder, running(folder, **BEHIND_PROXY) as server:
        found = asyncio.run(observe(server.url.replace("localhost", "127.0.0.1")))
    table("Connexions", line, ("Mesure", "Valeur", "But", ""), found)


if __name__ == "__main__":
    main(measure)
