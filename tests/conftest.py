"""Le socle des tests : une base neuve par test, SQLite et PostgreSQL, une heure donnée, un hachage rapide."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

_HOME = Path(os.environ.setdefault("PORTAIL_TEST_HOME", tempfile.mkdtemp(prefix="portail-tests-")))
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
for name in [name for name in os.environ if name.startswith("PORTAIL_") and not name.startswith("PORTAIL_TEST_")]:
    del os.environ[name]
os.environ["PORTAIL_DATA_DIR"] = str(_HOME / f"data-{_WORKER}")
os.environ.setdefault("REFLEX_TELEMETRY_ENABLED", "false")

from sqlalchemy import Engine  # noqa: E402
from sqlmodel import SQLModel  # noqa: E402

from portail.integrations import storage  # noqa: E402
from portail.models import database, migrations  # noqa: E402
from portail.services.accounts import passwords  # noqa: E402
from tests.factories.ranks import RANKS  # noqa: E402
from tests.tools import postgres, sqlite, towns  # noqa: E402
from tests.tools.server import Running, running  # noqa: E402
from tests.tools.towns import TownAt  # noqa: E402

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
passwords.COST = 4


def pytest_configure(config: pytest.Config) -> None:
    """PostgreSQL démarre une fois, pour tous les processus de test."""
    if not hasattr(config, "workerinput"):
        os.environ["PORTAIL_TEST_PG"] = postgres.start(_HOME / "postgres")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.stop(_HOME / "postgres")
        shutil.rmtree(_HOME, ignore_errors=True)


def pytest_collection_finish() -> None:
    """Comme le serveur à son démarrage : ce qui est chargé ne se reparcourt plus à chaque ramassage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def kept_sqlite_engine() -> Engine:
    return database.open_engine(f"sqlite:///{_HOME / f'base-{_WORKER}.sqlite'}")


@pytest.fixture(scope="session")
def sqlite_template(kept_sqlite_engine: Engine) -> Path:
    path = _HOME / f"modele-{_WORKER}.sqlite"
    migrations.upgrade(kept_sqlite_engine)
    sqlite.keep(kept_sqlite_engine, path)
    return path


@pytest.fixture(scope="session")
def postgres_engine() -> Iterator[Engine]:
    engine = database.open_engine(postgres.fresh(f"portail_{_WORKER}"))
    migrations.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(kept_sqlite_engine: Engine, sqlite_template: Path) -> Iterator[Engine]:
    sqlite.refill(kept_sqlite_engine, sqlite_template)
    yield kept_sqlite_engine
    kept_sqlite_engine.dispose()


@pytest.fixture
def empty_postgres(postgres_engine: Engine) -> Engine:
    postgres.empty(postgres_engine, SQLModel.metadata.sorted_tables)
    return postgres_engine


@pytest.fixture(params=["sqlite", "postgresql"])
def base(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """La base du test : chaque test qui la demande tourne deux fois, une par moteur."""
    engine = request.getfixturevalue("sqlite_engine" if request.param == "sqlite" else "empty_postgres")
    database.use(engine)
    storage.use(storage.MemoryStorage())
    RANKS.restart()
    yield engine
    storage.use(None)
    database.use(None)


@pytest.fixture
def base_sqlite(sqlite_engine: Engine) -> Iterator[Engine]:
    """Quand le moteur n'est pas le sujet (états, routes) : SQLite seulement."""
    database.use(sqlite_engine)
    storage.use(storage.MemoryStorage())
    RANKS.restart()
    yield sqlite_engine
    storage.use(None)
    database.use(None)


@pytest.fixture
def town_at(kept_sqlite_engine: Engine, sqlite_template: Path) -> Iterator[TownAt]:
    """La ville de démonstration, telle qu'un chargement de cet instant la laisse."""

    def settle(moment: datetime) -> Engine:
        sqlite.refill(kept_sqlite_engine, towns.loaded(_HOME, sqlite_template, moment, kept_sqlite_engine))
        database.use(kept_sqlite_engine)
        return kept_sqlite_engine

    storage.use(storage.MemoryStorage())
    yield settle
    storage.use(None)
    database.use(None)
    kept_sqlite_engine.dispose()


@pytest.fixture
def settled(town_at: TownAt, now: datetime) -> Engine:
    """La même, à l'heure des tests."""
    return town_at(now)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Un portail de démonstration, servi pour de vrai, partagé par les tests d'un même processus."""
    with running(tmp_path_factory.mktemp("portail")) as server:
        yield server
