"""Une base PostgreSQL pour la durée d'une mesure, aussi prudente qu'en production (chaque validation est sur le disque)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import common  # noqa: F401 — le chemin du dépôt
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from portail.models import database, migrations
from tests.tools import postgres


@contextmanager
def postgresql(folder: Path, *settings: str) -> Iterator[str]:
    """L'adresse d'une base neuve ; `settings` : « nom = valeur », pris au démarrage du serveur."""
    base = folder / "postgres"
    uri = postgres.start(base)
    server = postgres._servers[base]
    for setting in ("fsync = on", *settings):
        server.psql(f"ALTER SYSTEM SET {setting};")
    server.stop()
    server.start()
    admin = create_engine(uri, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE mesure"))
    admin.dispose()
    try:
        yield postgres.named(uri, "mesure")
    finally:
        postgres.stop(base)


def pid_of(folder: Path) -> int:
    return int(postgres._servers[folder / "postgres"].get_pid())


@contextmanager
def opened(url: str) -> Iterator[None]:
    """Cette base, à jour, pour les services de ce processus."""
    engine = database.open_engine(url)
    database.use(engine)
    migrations.upgrade(engine)
    yield
    database.use(None)
    engine.dispose()


def analyzed() -> None:
    """Ce que PostgreSQL fait de lui-même dans les minutes qui suivent un chargement."""
    with database.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
