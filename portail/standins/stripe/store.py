"""Ce que le prestataire d'essai retient : ses objets en JSON, et ce qu'il a déjà répondu sous chaque clé."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

Thing = dict[str, Any]
_TABLES = (
    "create table if not exists thing (id text primary key, kind text not null, content text not null)",
    "create table if not exists answered (key text primary key, digest text not null, thing text not null)",
)


class Store:
    """Un fichier, pour que plusieurs processus du portail voient le même prestataire."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.RLock()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Une écriture à la fois, entière ou pas du tout ; le fichier naît au premier usage."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._turn, closing(sqlite3.connect(self.path, timeout=15, isolation_level=None)) as base:
            base.execute("begin immediate")
            for table in _TABLES:
                base.execute(table)
            try:
                yield base
            except BaseException:
                base.execute("rollback")
                raise
            base.execute("commit")

    def get(self, key: str, base: sqlite3.Connection | None = None) -> Thing | None:
        if base is None:
            with self.change() as opened:
                return self.get(key, opened)
        row = base.execute("select content from thing where id = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def every(self, kind: str) -> list[Thing]:
        """Les plus récents d'abord."""
        with self.change() as base:
            rows = base.execute("select content from thing where kind = ? order by rowid desc", (kind,)).fetchall()
        return [json.loads(row[0]) for row in rows]

    @staticmethod
    def put(base: sqlite3.Connection, thing: Thing) -> None:
        written = (thing["id"], thing["object"], json.dumps(thing))
        query = "insert into thing values (?, ?, ?) on conflict (id) do update set content = excluded.content"
        base.execute(query, written)

    @staticmethod
    def answered(base: sqlite3.Connection, key: str) -> tuple[str, str] | None:
        """L'empreinte de la demande d'alors, et ce qu'elle a créé."""
        row = base.execute("select digest, thing from answered where key = ?", (key,)).fetchone()
        return (row[0], row[1]) if row else None

    @staticmethod
    def answer(base: sqlite3.Connection, key: str, digest: str, thing_id: str) -> None:
        base.execute("insert into answered values (?, ?, ?)", (key, digest, thing_id))
