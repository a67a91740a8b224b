"""Une base d'avant la sorte de majoration : ses réservations et ses démarches la traversent, sur les deux bases."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from portail.models import database, migrations
from tests.tools import postgres

BEFORE = "95df41b1e22d"
PLAIN: dict[type, Any] = {
    str: "",
    int: 0,
    bool: False,
    datetime: datetime(2026, 11, 1, tzinfo=UTC),
    date: date(2026, 11, 5),
    time: time(12),
    object: [],
}


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'ancienne.sqlite'}"
    else:
        name = f"majoration_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        admin = create_engine(os.environ["PORTAIL_TEST_PG"], isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        url = postgres.named(os.environ["PORTAIL_TEST_PG"], name)
    engine = database.open_engine(url)
    migrations.upgrade(engine, BEFORE)
    yield engine
    engine.dispose()


def add(db: Connection, row_of: str, **values: Any) -> None:
    """Une ligne de ce schéma-là : ce qui est exigé et n'est pas donné reçoit une valeur quelconque."""
    table = Table(row_of, MetaData(), autoload_with=db)
    needed = [one for one in table.columns if not one.nullable and one.server_default is None]
    blanks = {one.name: PLAIN[one.type.python_type] for one in needed if one.name not in values}
    db.execute(table.insert().values(**blanks | values))


def test_a_surcharge_kept_so_far_was_a_late_one_and_nothing_is_lost(older: Engine) -> None:
    with older.execution_options(writes=True).begin() as db:
        add(db, "family", id=1, number="F-1", name="Durand", status="active")
        add(db, "child", id=1, first_name="Léa")
        add(db, "tariff", id=1, name="Repas")
        modes = {"enrolment_mode": "none", "waitlist_mode": "none", "waitlist_priority": "order", "offer_hours": 24}
        add(db, "activity", id=1, name="Cantine", kind="canteen", **modes)
        hours = {"starts_at": time(12), "ends_at": time(14), "min_age": 3, "max_age": 11}
        add(db, "offering", id=1, activity_id=1, tariff_id=1, **hours)
        for rank, surcharge in ((1, 0), (2, 160)):
            add(db, "slot", id=rank, activity_id=1, offering_id=1, day=date(2026, 11, 4 + rank))
            places = {"slot_id": rank, "child_id": 1, "family_id": 1, "state": "booked"}
            add(db, "booking", id=rank, **places, meal_cents=320, surcharge_cents=surcharge)
        add(db, "request", id=1, kind="absence", status="sent", family_id=1, year=2026, rank=1, version=1, content={})
    migrations.upgrade(older)
    with older.connect() as db:
        kept = db.execute(text("select id, meal_cents, surcharge_cents, surcharge_kind from booking order by id"))
        assert [tuple(one) for one in kept] == [(1, 320, 0, "in_time"), (2, 320, 160, "late")]
        assert db.execute(text("select kind, family_id from request")).one() == ("absence", 1)


def test_only_known_kinds_enter(older: Engine) -> None:
    migrations.upgrade(older)
    values = {"status": "sent", "year": 2026, "version": 1, "content": {}}
    with older.execution_options(writes=True).begin() as db:
        add(db, "request", rank=1, kind="quotient", **values)
    with pytest.raises(IntegrityError), older.execution_options(writes=True).begin() as db:
        add(db, "request", rank=2, kind="gift", **values)
