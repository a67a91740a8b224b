"""Une base restée à un schéma d'autrefois, à côté de celle des autres tests ; des lignes de ce temps-là."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table

from portail.models import database, migrations
from tests.tools import postgres

DIALECTS = ("sqlite", "postgresql")
_PLAIN: dict[type, Any] = {
    str: "",
    int: 0,
    bool: False,
    datetime: datetime(2026, 11, 1, tzinfo=UTC),
    date: date(2026, 11, 5),
    time: time(12),
    object: [],
}


@contextmanager
def at(revision: str, dialect: str, folder: Path) -> Iterator[Engine]:
    """Vide, à cette révision."""
    name = f"ancienne_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    url = f"sqlite:///{folder / f'{name}.sqlite'}" if dialect == "sqlite" else postgres.fresh(name)
    engine = database.open_engine(url)
    migrations.upgrade(engine, revision)
    yield engine
    engine.dispose()


def add(db: Connection, row_of: str, **values: Any) -> None:
    """Une ligne de ce schéma-là : ce qui est exigé et n'est pas donné reçoit une valeur quelconque."""
    table = Table(row_of, MetaData(), autoload_with=db)
    needed = [one for one in table.columns if not one.nullable and one.server_default is None]
    blanks = {one.name: _PLAIN[one.type.python_type] for one in needed if one.name not in values}
    db.execute(table.insert().values(**blanks | values))
