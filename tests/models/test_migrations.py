"""Les migrations : elles font exactement les tables déclarées, sur les deux bases."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

from portail.models import database, migrations
from portail.services import probes


def test_migrations_make_exactly_the_declared_tables(base: Engine) -> None:
    assert migrations.differences(base) == []
    assert set(inspect(base).get_table_names()) == {*SQLModel.metadata.tables, "alembic_version"}


def test_migrated_base_is_current_and_stays_so(base: Engine) -> None:
    assert migrations.is_current(base)
    migrations.upgrade(base)
    assert migrations.is_current(base)
    assert probes.is_ready()


def test_a_gap_is_seen(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("DROP TABLE recovery_code"))
    assert migrations.differences(sqlite_engine) != []


def test_new_base_is_neither_current_nor_ready(tmp_path: Path) -> None:
    engine = database.open_engine(f"sqlite:///{tmp_path / 'vide.sqlite'}")
    database.use(engine)
    assert not migrations.is_current(engine)
    assert not probes.is_ready()
    migrations.upgrade(engine)
    assert probes.is_ready()
    engine.dispose()
    database.use(None)


def test_unreachable_base_is_not_ready() -> None:
    engine = database.open_engine("postgresql+psycopg://127.0.0.1:1/rien")
    database.use(engine)
    assert not probes.is_ready()
    engine.dispose()
    database.use(None)


def test_every_constraint_and_index_has_a_stable_name() -> None:
    for table in SQLModel.metadata.sorted_tables:
        assert all(constraint.name for constraint in table.constraints)
        assert all(index.name for index in table.indexes)
