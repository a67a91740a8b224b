"""Dix mille débits et remboursements lancés ensemble sur cent porte-monnaie : rien ne se perd, rien ne passe sous zéro."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from common import machine, main, median, milliseconds, number, p95, scratch, table
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from sqlmodel import func, select

from portail.domain.wallet import Charge, LedgerAccountKind, MovementKind
from portail.models import database, migrations
from portail.models.families import Family
from portail.models.wallet import LedgerAccount
from portail.services import wallet
from tests.tools import postgres

MOVEMENTS, WALLETS, CROWD = 10_000, 100, 16
FIRST_CENTS = 30_00
AIM = 150  # mouvements par seconde, PostgreSQL
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass
class Tally:
    """Ce qu'un des fils a fait."""

    moved: int = 0
    refused: int = 0
    times: list[float] = field(default_factory=list)


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


def settle() -> list[int]:
    """Cent foyers, chacun avec la même somme versée au guichet."""
    with database.transaction() as db:
        homes = [Family(number=f"F-{rank}", name=f"Foyer {rank}", created_at=NOW) for rank in range(WALLETS)]
        db.add_all(homes)
        db.flush()
        desk = wallet.common(db, LedgerAccountKind.DESK, NOW)
        for home in homes:
            purse = wallet.wallet_of(db, home.key, NOW)
            purse.activated_at = NOW
            lines = (wallet.Line(purse, FIRST_CENTS), wallet.Line(desk, -FIRST_CENTS))
            wallet.post(db, wallet.Movement(MovementKind.TOP_UP, "Au guichet", lines, NOW))
        return [home.key for home in homes]


def work(homes: list[int], rank: int) -> Tally:
    draw, tally = random.Random(rank), Tally()
    for _ in range(MOVEMENTS // CROWD):
        charge = Charge(draw.choice(homes), draw.randrange(1, 12_00), "Mesure")
        is_debit = draw.random() < 0.55  # un peu plus de débits : beaucoup de porte-monnaie touchent leur plancher
        move = wallet.debit_for_booking if is_debit else wallet.refund_for_booking
        started = time.perf_counter()
        try:
            with database.transaction() as db:
                move(db, charge, author_id=None, now=NOW)
            tally.moved += -charge.cents if is_debit else charge.cents
        except wallet.NotEnoughMoneyError:
            tally.refused += 1
        tally.times.append(time.perf_counter() - started)
    return tally


def measure_one(name: str, url: str) -> list[str]:
    engine = database.open_engine(url)
    database.use(engine)
    migrations.upgrade(engine)
    homes = settle()
    started = time.perf_counter()
    with ThreadPoolExecutor(CROWD) as pool:
        tallies = list(pool.map(lambda rank: work(homes, rank), range(CROWD)))
    took = time.perf_counter() - started
    times = [one for tally in tallies for one in tally.times]
    held = is_exact(FIRST_CENTS * WALLETS + sum(tally.moved for tally in tallies))
    database.use(None)
    engine.dispose()
    rate = len(times) / took
    return [
        name,
        number(len(times)),
        number(sum(tally.refused for tally in tallies)),
        number(rate),
        milliseconds(median(times)),
        milliseconds(p95(times)),
        "exacts" if held else "**faux**",
        "tenu" if held and (rate >= AIM or name == "SQLite") else "**non tenu**",
    ]


def is_exact(wanted: int) -> bool:
    """La somme des porte-monnaie, aucun sous zéro, et le grand livre juste."""
    with database.reading() as db:
        purses = select(func.sum(LedgerAccount.balance_cents), func.min(LedgerAccount.balance_cents))
        total, least = db.exec(purses.where(LedgerAccount.kind == LedgerAccountKind.WALLET)).one()
    return int(total) == wanted and int(least) >= 0 and wallet.check_ledger() == []


def measure() -> None:
    line = f"{machine()} ; {CROWD} fils, {WALLETS} porte-monnaie."
    heads = ("Base", "Mouvements", "Refusés", "Par seconde", "p50", "p95", "Soldes", f"But (≥ {AIM}/s, PostgreSQL)")
    with scratch() as folder, bases(folder) as urls:
        rows = [measure_one(name, url) for name, url in urls.items()]
    table("Grand livre", line, heads, rows)


if __name__ == "__main__":
    main(measure)
