"""La ville de démonstration, chargée une seule fois par instant pour tous les processus de test, puis copiée."""

import fcntl
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from portail.demo import town
from portail.models import database

TownAt = Callable[[datetime], Engine]


def copied(home: Path, empty: Path, moment: datetime, target: Path) -> None:
    """`empty` : une base SQLite au schéma d'aujourd'hui ; `home` : ce que les processus de test partagent."""
    loaded = home / f"ville-{moment:%Y%m%d%H%M}.sqlite"
    with loaded.with_suffix(".verrou").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not loaded.exists():
            _load(empty, moment, loaded)
    shutil.copy(loaded, target)


def _load(empty: Path, moment: datetime, loaded: Path) -> None:
    draft = loaded.with_suffix(".brouillon")
    shutil.copy(empty, draft)
    engine = database.open_engine(f"sqlite:///{draft}")
    database.use(engine)
    town.load_if_empty(moment)
    database.use(None)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    draft.rename(loaded)
