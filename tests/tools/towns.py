"""La ville de démonstration, chargée une seule fois par instant pour tous les processus de test."""

import fcntl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from portail.demo import town
from portail.models import database
from tests.tools import sqlite

TownAt = Callable[[datetime], Engine]


def loaded(home: Path, empty: Path, moment: datetime, engine: Engine) -> Path:
    """`empty` : une base SQLite au schéma d'aujourd'hui ; `home` : ce que les processus de test partagent."""
    ready = home / f"ville-{moment:%Y%m%d%H%M}.sqlite"
    with ready.with_suffix(".verrou").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            draft = ready.with_suffix(".brouillon")
            sqlite.refill(engine, empty)
            database.use(engine)
            town.load_if_empty(moment)
            database.use(None)
            sqlite.keep(engine, draft)
            draft.rename(ready)
    return ready
