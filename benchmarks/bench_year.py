"""« Modification avancée » : une année scolaire pour trois enfants, trois séances par jour, sur les deux bases."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from datetime import time as hour
from pathlib import Path
from urllib.parse import parse_qsl

from common import lasted, machine, main, median, milliseconds, scratch, table, verdict
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from portail.domain.accounts import Actor
from portail.domain.weekly import Wish
from portail.models import database, migrations
from portail.services.bookings.advanced.confirming import WeeklyOrder, confirm
from portail.services.bookings.advanced.preview import preview
from portail.services.bookings.undoing import undo
from portail.views.weekly import WeeklyPreview
from tests.conftest import NOW
from tests.factories import activities, families, money
from tests.factories.people import make_account, open_session
from tests.tools import postgres

ROUNDS = 5
FIRST, LAST = date(2026, 12, 1), date(2027, 7, 2)
PREVIEW_AIM, CONFIRM_AIM = 0.5, 1.5
HOURS = ((7, 8), (11, 13), (16, 18))


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


def town() -> tuple[Actor, dict[str, str]]:
    """Trois activités prépayées, leurs séances de l'année, et une famille de trois enfants."""
    account = make_account("camille@famille.example")
    _, actor = open_session(account)
    family = families.make_family("Durand", account)
    money.fill(family, 2_000_000)
    children = tuple(families.make_child(name, family) for name in ("Léa", "Noé", "Jade"))
    week = {}
    for starts, ends in HOURS:
        activity = activities.make_activity(is_prepaid=True)
        offering = activities.make_offering(activity, capacity=200, starts_at=hour(starts), ends_at=hour(ends))
        activities.make_slots(offering, FIRST, LAST)
        week[offering] = frozenset({0, 1, 3, 4})
    return actor, dict(parse_qsl(Wish(children, week, FIRST, LAST).text))


def timed(work: Callable[[], object]) -> tuple[float, object]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def measure_one(name: str, url: str) -> list[list[str]]:
    engine = database.open_engine(url)
    database.use(engine)
    migrations.upgrade(engine)
    actor, fields = town()
    spent: dict[str, list[float]] = {"Aperçu": [], "Confirmer": [], "Annuler ma modification": []}
    count = ""
    for _ in range(ROUNDS):
        seconds, found = timed(lambda: preview(actor=actor, fields=fields, now=NOW))
        assert isinstance(found, WeeklyPreview)
        spent["Aperçu"].append(seconds)
        count = found.title
        order = WeeklyOrder(found.wish, found.seen, found.token)
        seconds, outcome = timed(lambda order=order: confirm(actor=actor, order=order, now=NOW))
        spent["Confirmer"].append(seconds)
        batch = outcome.batch  # type: ignore[attr-defined]
        seconds, _ = timed(lambda batch=batch: undo(actor=actor, batch_id=batch, now=NOW))
        spent["Annuler ma modification"].append(seconds)
    database.use(None)
    engine.dispose()
    aims = {"Aperçu": PREVIEW_AIM, "Confirmer": CONFIRM_AIM}
    return [
        [name, what, count, milliseconds(median(values)), lasted(max(values)), *_aim(median(values), aims.get(what))]
        for what, values in spent.items()
    ]


def _aim(value: float, aim: float | None) -> tuple[str, str]:
    return ("—", "") if aim is None else (f"≤ {lasted(aim)}", verdict(value, aim))


def measure() -> None:
    line = f"{machine()} ; {ROUNDS} fois chacun, du {FIRST:%d/%m/%Y} au {LAST:%d/%m/%Y}."
    with scratch() as folder, bases(folder) as urls:
        rows = [row for name, url in urls.items() for row in measure_one(name, url)]
    table("Une année pour trois enfants", line, ("Base", "Geste", "Séances", "p50", "Plus long", "But", ""), rows)


if __name__ == "__main__":
    main(measure)
