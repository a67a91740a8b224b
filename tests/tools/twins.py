"""Un jumeau d'un compte de démonstration : le test qui change un compte a le sien."""

import itertools
import os
import sqlite3
from contextlib import closing

from tests.tools.server import Running

_ranks = itertools.count(1)


def twin(portal: Running, email: str) -> str:
    """Même nom, même rôle, mêmes foyers, même mot de passe ; une autre adresse, qu'aucun test ne partage."""
    name = f"jumeau{os.getpid()}n{next(_ranks)}"
    address = f"{name}@{email.partition('@')[2]}"
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base, base:
        model = _only(base, "select id from account where email = ?", email)
        copy = _copy(base, "account", model, {"email": address, "username": name})
        for (row,) in base.execute("select id from guardian where account_id = ?", (model,)).fetchall():
            _copy(base, "guardian", row, {"account_id": copy})
    return address


def _only(base: sqlite3.Connection, query: str, value: str) -> int:
    ((found,),) = base.execute(query, (value,)).fetchall()
    return int(found)


def _copy(base: sqlite3.Connection, table: str, row: int, changed: dict[str, object]) -> int | None:
    columns = [column[1] for column in base.execute(f"pragma table_info({table})") if column[1] != "id"]
    taken = ", ".join("?" if column in changed else column for column in columns)
    values = [changed[column] for column in columns if column in changed]
    query = f"insert into {table} ({', '.join(columns)}) select {taken} from {table} where id = ?"  # noqa: S608
    return base.execute(query, (*values, row)).lastrowid
