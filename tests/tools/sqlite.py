"""Un seul moteur SQLite par processus de test : ses requêtes restent préparées, son fichier est remplacé."""

import shutil
from pathlib import Path

from sqlalchemy import Engine


def refill(engine: Engine, source: Path) -> None:
    """Le moteur s'ouvre sur une copie de ce fichier ; rien ne reste de l'ancien."""
    engine.dispose()
    path = where(engine)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.copy(source, path)


def keep(engine: Engine, target: Path) -> None:
    """Tout ce que la base contient, en un seul fichier."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    shutil.copy(where(engine), target)


def where(engine: Engine) -> Path:
    return Path(str(engine.url.database))
