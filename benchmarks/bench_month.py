"""Ouvrir un mois du calendrier : lectures, temps de calcul, et ce qu'il devient quand la commune réserve dix fois plus."""

import time
from datetime import date

from bases import analyzed, opened, postgresql
from common import machine, main, median, milliseconds, number, p95, scratch, table, verdict
from school import actor, book_everyone, canteen, child_of, homes

from portail import clock
from portail.models import database
from portail.services.bookings import month
from tests.factories.queries import counted

CHILDREN, BOOKED_DAYS, TIMES = 400, 134, 10
ROUNDS, WARM_UP = 60, 10
QUERIES_AIM, CPU_AIM = 8, 0.015
NOW = clock.now()
TODAY = NOW.date()


def school(children: int) -> tuple[list[int], int]:
    """Deux activités, réservées par tous jusqu'au milieu du mois prochain ; rend celles-ci et le nombre de réservations."""
    homes(children // 2, NOW)
    found, total = [], 0
    for _ in range(2):
        one = canteen(date(TODAY.year - 1, TODAY.month, 1), date(TODAY.year + 1, TODAY.month, 1))
        middle = next(rank for rank, day in enumerate(one.days) if day >= following().replace(day=15))
        total = book_everyone(list(one.slots[middle - BOOKED_DAYS : middle]), NOW)
        found.append(one.key)
    analyzed()
    return found, total


def following() -> date:
    return date(TODAY.year + TODAY.month // 12, TODAY.month % 12 + 1, 1)


def show(activity: int, home: int, child: int) -> None:
    month.show(
        actor=actor(home), activity_id=activity, child_id=child, month=f"{following():%Y-%m}", span="month", now=NOW
    )


def timed(activity: int, *, everyone: bool) -> tuple[float, float, int]:
    """Calcul de notre processus (médiane, p95) et lectures d'une ouverture, chaque fois un autre foyer."""
    found = []
    for rank in range(ROUNDS + WARM_UP):
        home = 1 + rank * 7 % (CHILDREN // 2)
        started = time.thread_time()
        show(activity, home, 0 if everyone else child_of(home))
        found.append(time.thread_time() - started)
    with counted(database.engine()) as queries:
        show(activity, 1, 0 if everyone else child_of(1))
    return median(found[WARM_UP:]), p95(found[WARM_UP:]), len(queries)


def measure_one(children: int) -> tuple[list[list[str]], float]:
    with scratch() as folder, postgresql(folder) as url, opened(url):
        (activity, _), total = school(children)
        rows = []
        cpu = 0.0
        for label, everyone in (("un enfant", False), ("« Tous », deux enfants", True)):
            middle, worst, queries = timed(activity, everyone=everyone)
            cpu = cpu or middle
            rows.append(
                [
                    f"{number(total)} réservations, {label}",
                    f"{queries} (≤ {QUERIES_AIM})",
                    milliseconds(middle),
                    milliseconds(worst),
                    "≤ 15 ms, 8 lectures",
                    "tenu" if queries <= QUERIES_AIM and middle <= CPU_AIM else "**non tenu**",
                ]
            )
    return rows, cpu


def measure() -> None:
    line = f"{machine()} ; PostgreSQL, temps de calcul de notre processus ; {ROUNDS} ouvertures par ligne."
    small, once = measure_one(CHILDREN)
    large, tenfold = measure_one(CHILDREN * TIMES)
    growth = ["Dix fois plus de réservations : le temps est multiplié par", "", number(tenfold / once, 2), "", "≤ 1,2"]
    rows = [*small, *large, [*growth, verdict(tenfold / once, 1.2)]]
    table("Ouvrir un mois", line, ("Mesure", "Lectures SQL", "p50", "p95", "But (p50)", ""), rows)


if __name__ == "__main__":
    main(measure)
