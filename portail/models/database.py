"""La base : moteur, transaction d'écriture, lecture. SQLite par défaut, PostgreSQL par réglage."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, TypeDecorator, create_engine, event
from sqlmodel import Session

from portail.settings import current

log = logging.getLogger("portail.database")
WAL_RESET_FIXED = (3, 51, 3)
BUSY_SECONDS = 15
_sqlite_turn = threading.Lock()
_engine: Engine | None = None


class UtcDateTime(TypeDecorator[datetime]):
    """Un instant UTC, avec son fuseau, sur les deux bases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("un instant sans fuseau ne s'enregistre pas")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def sqlite_module() -> ModuleType:
    """La bibliothèque SQLite la plus récente : celle de pysqlite3 si elle est là."""
    try:
        import pysqlite3  # noqa: PLC0415 — absent de certaines machines
    except ImportError:
        return sqlite3
    return pysqlite3  # type: ignore[no-any-return]


def sqlite_warning() -> str:
    """La phrase à afficher quand la bibliothèque SQLite a le défaut de remise à zéro du WAL."""
    module = sqlite_module()
    if tuple(module.sqlite_version_info) >= WAL_RESET_FIXED:
        return ""
    return (
        f"SQLite {module.sqlite_version} peut corrompre une base en mode WAL (défaut corrigé en 3.51.3) : "
        "installez le paquet pysqlite3 ou passez à PostgreSQL."
    )


def open_engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            url,
            hide_parameters=True,
            module=sqlite_module(),
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, hide_parameters=True, pool_size=10, max_overflow=10, pool_pre_ping=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # nous ouvrons les transactions nous-mêmes
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def engine() -> Engine:
    global _engine  # noqa: PLW0603 — un moteur par processus
    if _engine is None:
        if current().database.startswith("sqlite") and (warning := sqlite_warning()):
            log.warning(warning)
        _engine = open_engine(current().database)
    return _engine


def use(replacement: Engine | None) -> None:
    """Change de base : les commandes et les tests."""
    global _engine  # noqa: PLW0603
    _engine = replacement


@contextmanager
def _turn() -> Iterator[None]:
    """SQLite n'a qu'un écrivain, et l'attend en sondant : dans la foule, un fil pouvait ne jamais passer. Ceux de ce
    processus prennent leur tour ici ; passé le délai, c'est SQLite qui dit non."""
    if engine().dialect.name != "sqlite":
        yield
        return
    is_mine = _sqlite_turn.acquire(timeout=BUSY_SECONDS)
    try:
        yield
    finally:
        if is_mine:
            _sqlite_turn.release()


@contextmanager
def transaction() -> Iterator[Session]:
    """Une écriture : tout ou rien, puis ce qui devait suivre (réveiller l'envoi des courriels…)."""
    with (
        _turn(),
        engine().connect().execution_options(writes=True) as connection,
        connection.begin(),
        Session(connection, expire_on_commit=False) as session,
    ):
        yield session
        session.flush()
        followers: list[Callable[[], object]] = session.info.get("followers", [])
    for follow in followers:
        follow()


@contextmanager
def reading() -> Iterator[Session]:
    """Une lecture, sans verrou d'écriture : SQLite la défait en sortant, PostgreSQL y refuse d'écrire.

    PostgreSQL ne la défait pas : à chaque ROLLBACK, psycopg oublie les requêtes que la base a préparées, et elle en
    refaisait alors le plan à chaque fois.
    """
    with (
        engine().connect().execution_options(postgresql_readonly=True) as connection,
        connection.begin() as read,
        Session(connection, expire_on_commit=False, autoflush=False) as session,
    ):
        yield session
        if connection.dialect.name == "sqlite":
            read.rollback()


@contextmanager
def snapshot() -> Iterator[Session]:
    """Une lecture longue où toutes les tables sont du même instant (sauvegarde)."""
    level = {} if engine().dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine().connect().execution_options(**level) as connection, Session(connection) as session:
        yield session


def after_commit(session: Session, follow: Callable[[], object]) -> None:
    """À faire une fois la transaction acquise, jamais avant, jamais si elle échoue."""
    followers = session.info.setdefault("followers", [])
    if follow not in followers:
        followers.append(follow)
