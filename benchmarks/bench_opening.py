"""Le jour de l'ouverture : des familles déjà connectées confirment trois jours chacune, toutes dans la même minute.

`FAMILIES=500 make bench-opening` en prend moins sur une petite machine.
"""

import asyncio
import os
import random
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from bases import opened, pid_of, postgresql
from client import BEHIND_PROXY
from common import lasted, machine, main, median, number, p95, scratch, table, verdict
from families import Family, Load, arrive, leave, message
from school import Canteen, canteen, homes
from sqlalchemy import text

from portail import clock
from portail.models import database
from tests.tools.redis import running_redis
from tests.tools.server import running

FAMILIES = int(os.environ.get("FAMILIES", "2000"))
MINUTE, DAYS, SCARCE = 60.0, 3, 4  # une séance sur quatre n'a de places que pour la moitié de ceux qui la demandent
AIM = 1.0
NOW = clock.now()
QUEUE = """
    SELECT slot_id, place FROM waitlist_entry ORDER BY slot_id, pg_xact_commit_timestamp(xmin)
"""
WRONG = """
    SELECT count(*) FROM slot WHERE taken > capacity
        OR taken <> (SELECT count(*) FROM booking WHERE slot_id = slot.id AND state = 'booked')
        OR waiting <> (SELECT count(*) FROM waitlist_entry WHERE slot_id = slot.id AND state = 'waiting')
"""


def school() -> Canteen:
    homes(FAMILIES, NOW)
    place = canteen(NOW.date() + timedelta(days=14), NOW.date() + timedelta(days=60), capacity=FAMILIES)
    asked = FAMILIES * DAYS // len(place.slots)
    with database.transaction() as db:
        query = "UPDATE slot SET capacity = :half WHERE id % :scarce = 0"
        db.connection().execute(text(query), {"half": max(1, asked // 2), "scarce": SCARCE})
    return place


async def confirm(family: Family, place: Canteen, at: float) -> list[tuple[float, str]]:
    """Trois jours à soi, « réserver quand même les autres » coché ; puis la file d'attente des jours complets."""
    await asyncio.sleep(at)
    first = family.home % (len(place.slots) - DAYS)
    wanted = list(place.slots[first : first + DAYS])
    took, answer = await family.confirm(wanted, f"ouverture-{family.home}", partial="on")
    found = [(took, message(answer))]
    if not message(answer).startswith("3 jours"):
        scarce = [slot for slot in wanted if slot % SCARCE == 0]
        took, answer = await family.confirm(scarce, f"attente-{family.home}", "wait")
        found.append((took, message(answer)))
    return found


async def observe(url: str, place: Canteen, postgres: int) -> list[list[str]]:
    started = time.perf_counter()
    families = await arrive(url, place.key, range(1, FAMILIES + 1))
    opened_in = time.perf_counter() - started
    load, chance = Load(postgres), random.Random(20_261_120)
    moments = [chance.uniform(0, MINUTE) for _ in families]
    found = await asyncio.gather(
        *(confirm(family, place, at) for family, at in zip(families, moments, strict=True)), return_exceptions=True
    )
    cores = load.cores()
    broken = [one for one in found if isinstance(one, BaseException)]
    told = [one for mine in found if not isinstance(mine, BaseException) for one in mine]
    errors = [said for _, said in told if not said.startswith(("Rien", "1 jour", "2 jours", "3 jours"))]
    incidents = sum(len(family.tab.incidents) for family in families)
    await leave(families)
    waits = [took for took, _ in told]
    wrong, disorder, waiting = verified()
    bad = len(broken) + len(errors) + incidents
    said = ", ".join(f"{kind} {number(share, 2)}" for kind, share in cores.items() if share)
    return [
        [f"Calendriers ouverts, {number(FAMILIES)} familles", lasted(opened_in), "—", ""],
        [f"Réponse, p50 ({number(len(waits))} validations en {lasted(MINUTE)})", lasted(median(waits)), "—", ""],
        ["Réponse, p95", lasted(p95(waits)), "≤ 1 s", verdict(p95(waits), AIM)],
        ["Réponse, la plus longue", lasted(max(waits)), "—", ""],
        ["Erreurs", number(bad), "0", verdict(bad, 0)],
        ["Séances dont le compte est faux ou dépassé", number(wrong), "0", verdict(wrong, 0)],
        [
            f"Inversions dans les listes d'attente ({number(waiting)} inscrits)",
            number(disorder),
            "0",
            verdict(disorder, 0),
        ],
        ["Cœurs occupés pendant cette minute", said, "—", ""],
    ]


def verified() -> tuple[int, int, int]:
    """Comptes faux ; inversions entre le rang donné et l'instant où la base a validé ; combien attendent."""
    with database.reading() as db:
        wrong = int(db.connection().execute(text(WRONG)).scalar_one())
        queue = db.connection().execute(text(QUEUE)).all()
    disorder = sum(before.slot_id == after.slot_id and before.place >= after.place for before, after in pairwise(queue))
    return wrong, disorder, len(queue)


def measured(folder: Path) -> list[list[str]]:
    with postgresql(folder, "track_commit_timestamp = on") as base, opened(base), running_redis(folder) as redis:
        place = school()
        grown = {"PORTAIL_DATABASE_URL": base, "PORTAIL_REDIS_URL": redis, "PORTAIL_WORKERS": "2"}
        with running(folder, **BEHIND_PROXY, **grown) as server:
            return asyncio.run(observe(server.url.replace("localhost", "127.0.0.1"), place, pid_of(folder)))


def measure() -> None:
    line = f"{machine()} ; PostgreSQL (fsync), Redis, deux processus ; le client sur les mêmes cœurs."
    with scratch() as folder:
        rows = measured(folder)
    table("Jour d'ouverture", line, ("Mesure", "Valeur", "But", ""), rows)


if __name__ == "__main__":
    main(measure)
