"""Des foyers devant leur calendrier, par la websocket, et le temps de calcul du serveur qui leur répond."""

import asyncio
import time
from dataclasses import dataclass

import psutil
from client import timed
from school import choices, session_of

from tests.tools.rxclient import PORTAL_STATE, Answer, Tab, Visitor

CALENDAR = f"{PORTAL_STATE}.portail___state___bookings____calendar_state"
AT_ONCE = 20


@dataclass
class Family:
    """Un foyer, son onglet, ouvert sur le calendrier de cette activité."""

    home: int
    visitor: Visitor
    tab: Tab

    async def confirm(self, slots: list[int], token: str, intent: str = "add", **more: str) -> tuple[float, Answer]:
        """Rend la durée, de l'envoi au compte rendu, et le compte rendu."""
        form = {"choices": choices(self.home, slots, intent), "token": token.ljust(16, "-"), **more}
        return await timed(self.tab, f"{CALENDAR}.confirm", {"form_data": form}, _is_told)

    async def leave(self) -> None:
        await self.visitor.__aexit__()


def message(answer: Answer) -> str:
    outcome = answer.var(CALENDAR, "outcome") or {}
    return str(outcome.get("message") or answer.notice)


def _is_told(answer: Answer) -> bool:
    """Le compte rendu ; la première réponse dit seulement que le serveur travaille."""
    return bool(message(answer))


async def arrive(url: str, activity: int, homes: range) -> list[Family]:
    """Chacun ouvre le calendrier, vingt à la fois."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(home: int) -> Family:
        async with gate:
            visitor = Visitor(url)
            visitor.carry(session_of(home))
            return Family(home, visitor, await visitor.open_tab(f"/reservations/{activity}"))

    return list(await asyncio.gather(*(one(home) for home in homes)))


async def leave(families: list[Family]) -> None:
    await asyncio.gather(*(family.leave() for family in families))


class Load:
    """Le temps de calcul, depuis maintenant, des processus lancés ici : serveur, travaux, Redis, et cette base."""

    def __init__(self, postgres: int = 0) -> None:
        self.postgres = postgres
        self.started, self.before = time.perf_counter(), self._read()

    def seconds(self) -> dict[str, float]:
        return {kind: seconds - self.before[kind] for kind, seconds in self._read().items()}

    def cores(self) -> dict[str, float]:
        """La part de cœur de chacun."""
        lasted = time.perf_counter() - self.started
        return {kind: seconds / lasted for kind, seconds in self.seconds().items()}

    def _read(self) -> dict[str, float]:
        found = dict.fromkeys(("serveur", "travaux", "Redis", "PostgreSQL"), 0.0)
        everyone = psutil.Process().children(recursive=True)
        if self.postgres:
            postmaster = psutil.Process(self.postgres)
            everyone += [postmaster, *postmaster.children()]
        for process in everyone:
            try:
                times, words = process.cpu_times(), process.cmdline()
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            found[_kind(words)] += times.user + times.system
        return found


def _kind(words: list[str]) -> str:
    """PostgreSQL récrit la ligne de ses processus : on le reconnaît à son nom."""
    line = " ".join(words)
    known = {"postgres": "PostgreSQL", "redis-server": "Redis", " worker": "travaux"}
    return next((kind for word, kind in known.items() if word in line), "serveur")
