"""La facturation d'un mois : préparer, émettre, composer les PDF, les archiver, et la mémoire que cela prend.

`FAMILIES` et `LINES` (10 000 et 40) donnent la taille, `PAPERS` (1 000) le nombre de PDF composés, puis d'autres archivés.
La mémoire est le plus haut relevé, toutes les 50 ms pendant le travail, moins celle d'avant lui.
"""

import gc
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psutil
from bases import analyzed, opened, postgresql
from common import lasted, machine, main, number, scratch, table
from sqlalchemy import insert
from sqlmodel import SQLModel, col, select

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import BookingState
from portail.integrations import pdf_pool, storage
from portail.models.accounts import Account
from portail.models.activities import Activity, Offering, Slot
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild
from portail.models.invoices import Invoice
from portail.models.tariffs import Tariff
from portail.services import regies
from portail.services.invoices import printing, runs
from portail.services.invoices.detail import printed_lines

FAMILIES, LINES = int(os.environ.get("FAMILIES", "10000")), int(os.environ.get("LINES", "40"))
PAPERS = int(os.environ.get("PAPERS", "1000"))
AIM, PAPER_AIM = 400, 150  # factures calculées et PDF composés, par seconde
NOW, MONTH = datetime(2026, 11, 21, 9, 0, tzinfo=UTC), date(2026, 10, 1)
BATCH = 500


def settle() -> Actor:
    """Des foyers d'un enfant, et leurs séances d'octobre : quelques ordres SQL."""
    with transaction() as db:
        regies.default(db)
        agent = Account(email="regie@mairie.example", username="regie", first_name="R", last_name="R", role=Role.REGIE)
        agent.status, agent.created_at, agent.password_hash = "active", NOW, "-"
        tariff = Tariff(name="Repas")
        activity = Activity(name="Cantine", kind="canteen", created_at=NOW)
        db.add_all([agent, tariff, activity])
        db.flush()
        slots = _slots(activity, tariff)
        db.add_all(slots[0])
        db.flush()
        days = _days(db, activity, slots[0])
        for start in range(0, FAMILIES, BATCH):
            _homes(db, range(start, min(start + BATCH, FAMILIES)), days)
        return Actor(agent.key, Role.REGIE, 0, "")


def _slots(activity: Activity, tariff: Tariff) -> tuple[list[Offering], int]:
    """Assez de formules pour que chaque enfant ait `LINES` séances dans un mois de vingt jours."""
    from datetime import time as hour

    names = [f"Formule {rank}" for rank in range(-(-LINES // 20))]
    known = {"activity_id": activity.key, "tariff_id": tariff.key, "starts_at": hour(8), "ends_at": hour(9)}
    return [Offering(name=name, capacity=5000, **known) for name in names], len(names)


def _days(db, activity: Activity, offerings: list[Offering]) -> list[int]:
    rows = [
        Slot(activity_id=activity.key, offering_id=one.key, day=MONTH + timedelta(days=rank), capacity=5000)
        for one in offerings
        for rank in range(20)
    ]
    db.add_all(rows)
    db.flush()
    return [row.key for row in rows][:LINES]


def _homes(db, ranks: range, slots: list[int]) -> None:
    tables = SQLModel.metadata.tables
    homes = [Family(number=f"F-{rank}", name=f"Foyer {rank}", created_at=NOW) for rank in ranks]
    kids = [Child(first_name=f"Léa {rank}", last_name="E", birth_date=date(2018, 1, 1)) for rank in ranks]
    db.add_all([*homes, *kids])
    db.flush()
    db.add_all(FamilyChild(family_id=one.key, child_id=kid.key) for one, kid in zip(homes, kids, strict=True))
    price = {"meal_cents": 200, "care_cents": 120, "surcharge_cents": 0, "is_paid": False, "formula": "prix unique"}
    known = {"state": BookingState.PRESENT, "changed_at": NOW, "batch_id": None, **price}
    rows = [
        {"slot_id": slot, "child_id": kid.key, "family_id": one.key, **known}
        for one, kid in zip(homes, kids, strict=True)
        for slot in slots
    ]
    db.connection().execute(insert(tables["booking"]), rows)


def timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def carry_on() -> None:
    while runs.advance(NOW):
        pass


@dataclass
class Memory:
    """Ce que le travail a pris, au plus haut."""

    before: int
    most: int = 0

    @property
    def grown(self) -> str:
        return f"{max(self.most - self.before, 0) >> 20} Mo"


@contextmanager
def watched(process: psutil.Process) -> Iterator[Memory]:
    gc.collect()
    seen, over = Memory(process.memory_info().rss), threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            seen.most = max(seen.most, process.memory_info().rss)

    eye = threading.Thread(target=look)
    eye.start()
    try:
        yield seen
    finally:
        over.set()
        eye.join()


def measure_one(name: str, url: str) -> list[str]:
    with opened(url):
        agent = settle()
        if not url.startswith("sqlite"):
            analyzed()
        with transaction() as db:
            regie = regies.default(db).key
        with watched(psutil.Process()) as billing:
            run = runs.start(actor=agent, regie_id=regie, month=MONTH, now=NOW)
            prepared = timed(carry_on)
            runs.issue(actor=agent, run_id=run, now=NOW)
            issued = timed(carry_on)
        papers = compose()
        with watched(psutil.Process()) as archiving:
            archived, children = archive()
        with reading() as db:
            count = len(db.exec(select(Invoice.id).where(col(Invoice.number).is_not(None))).all())
    rate = count / (prepared + issued)
    return [
        name,
        number(count),
        lasted(prepared),
        lasted(issued),
        number(rate),
        billing.grown,
        number(papers),
        number(archived),
        f"{archiving.grown} et {children >> 20} Mo",
        "tenu" if rate >= AIM and archived >= PAPER_AIM else "**non tenu**",
    ]


def compose() -> float:
    """Les PDF seuls, par lots, comme le travail de fond les demande."""
    with reading() as db:
        invoices = list(db.exec(select(Invoice).where(col(Invoice.number).is_not(None)).limit(PAPERS)))
        lines = printed_lines(db, [one.key for one in invoices])
    papers = [printing.paper_of(one, lines[one.key]) for one in invoices]
    pdf_pool.compile_many(printing.TEMPLATE, papers[: 4 * pdf_pool.FEW], NOW)  # les processus démarrent
    size = printing.AT_ONCE
    batches = [papers[start : start + size] for start in range(0, len(papers), size)]
    return len(papers) / timed(lambda: [pdf_pool.compile_many(printing.TEMPLATE, one, NOW) for one in batches])


def archive() -> tuple[float, int]:
    """Le travail entier : lire les lignes, composer, garder au coffre sur disque, noter dans la base ; et ses enfants."""
    rounds = -(-PAPERS // printing.ROUND)
    took = timed(lambda: [printing.print_some(NOW) for _ in range(rounds)])
    children = sum(one.memory_info().rss for one in psutil.Process().children(recursive=True))
    pdf_pool.close()
    return rounds * printing.ROUND / took, children


def measure() -> None:
    line = f"{machine()} ; {number(FAMILIES)} foyers de {LINES} lignes, {number(PAPERS)} PDF composés, puis archivés."
    heads = ("Base", "Factures", "Préparer", "Émettre", "Par seconde", "Mémoire prise")
    heads = (
        *heads,
        "PDF composés/s",
        "PDF archivés/s",
        "Mémoire, et celle des enfants",
        f"But (≥ {AIM}/s, ≥ {PAPER_AIM}/s)",
    )
    with scratch() as folder:
        storage.use(storage.FolderStorage(Path(folder) / "coffre"))
        rows = [measure_one("SQLite", f"sqlite:///{Path(folder) / 'mesure.sqlite'}")]
        with postgresql(Path(folder)) as url:
            rows.append(measure_one("PostgreSQL", url))
    table("Facturation d'un mois", line, heads, rows)


if __name__ == "__main__":
    main(measure)
