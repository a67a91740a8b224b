"""Avancer le schéma : Alembic, piloté depuis Python."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import SQLModel

from portail.settings import ROOT

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 7_262_001
FOLDER = ROOT / "migrations"
_REVISION = re.compile(r"^(revision|down_revision) = (?:\"|')?(\w+)", re.MULTILINE)


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def head() -> str:
    """La dernière migration, lue dans les fichiers : demander à Alembic coûterait une seconde à chaque démarrage."""
    links: list[dict[str, str]] = [
        dict(_REVISION.findall(file.read_text())) for file in (FOLDER / "versions").glob("*.py")
    ]
    (last,) = {link["revision"] for link in links} - {link["down_revision"] for link in links}
    return last


def upgrade(engine: Engine, target: str = "head") -> None:
    """Avance jusqu'au schéma de cette version ; ne fait rien s'il y est déjà."""
    if is_current(engine):
        return
    from alembic import command

    config = _config()
    with engine.connect().execution_options(writes=True) as connection, _links_aside(connection), connection.begin():
        if connection.dialect.name == "postgresql":  # deux démarrages au même instant migrent l'un après l'autre
            connection.execute(text(f"select pg_advisory_xact_lock({LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, target)
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("la mise à jour du schéma laisserait des lignes orphelines : rien n'a été changé")


@contextmanager
def _links_aside(connection: Connection) -> Iterator[None]:
    """SQLite refait une table en effaçant l'ancienne : liens actifs, l'effacement emporterait les lignes liées."""
    raw = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or raw is None:
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("select version_num from alembic_version")).scalar() == head()


def differences(engine: Engine) -> list[object]:
    """Ce que les tables déclarent et que les migrations n'ont pas (ou l'inverse)."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))


def new_revision(engine: Engine, message: str) -> Path:
    """Écrit une migration à relire, d'après l'écart entre les tables et la base."""
    from alembic import command

    config = _config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        script = command.revision(config, message=message, autogenerate=True)
    if script is None or isinstance(script, list):
        raise RuntimeError("aucune migration écrite")
    return Path(str(script.path))
