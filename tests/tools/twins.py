"""Un jumeau d'un compte de démonstration : le test qui change un compte a le sien."""

import itertools
import os
import sqlite3
from contextlib import closing

from tests.tools.server import Running

_ranks = itertools.count(1)


def twin(portal: Running, email: str, *, own_family: bool = False) -> str:
    """Même nom, même rôle, même mot de passe, une autre adresse ; mêmes foyers, ou le jumeau de chacun."""
    name = f"jumeau{os.getpid()}n{next(_ranks)}"
    address = f"{name}@{email.partition('@')[2]}"
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base, base:
        model = _only(base, "select id from account where email = ?", email)
        copy = _copy(base, "account", model, {"email": address, "username": name})
        for (row,) in base.execute("select id from guardian where account_id = ?", (model,)).fetchall():
            changed: dict[str, object] = {"account_id": copy}
            if own_family:
                changed["family_id"] = _family(base, row, name)
            _copy(base, "guardian", row, changed)
    return address


def bill(portal: Running, like: str, to: str) -> None:
    """Le foyer de ce jumeau reçoit la même facture à payer que son modèle, sous un autre numéro et un autre nom."""
    unpaid = (
        "select invoice.id from invoice join guardian on guardian.family_id = invoice.family_id "
        "join account on account.id = guardian.account_id where invoice.state = 'issued' "
        "and invoice.kind = 'invoice' and invoice.paid_cents = 0 and account.email = ? order by invoice.id limit 1"
    )
    home = "select family_id from guardian join account on account.id = guardian.account_id where account.email = ?"
    rank = os.getpid() % 10_000 * 100 + next(_ranks)
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base, base:
        model = _only(base, unpaid, like)
        changed: dict[str, object] = {"family_id": _only(base, home, to), "run_id": None, "number": 100_000 + rank}
        _copy(base, "invoice", model, changed)
        base.execute("update family set name = ? where id = ?", (f"Jumeau {rank}", changed["family_id"]))


def _family(base: sqlite3.Connection, guardian: int, name: str) -> int | None:
    """Un foyer à part, avec ses propres enfants."""
    ((model,),) = base.execute("select family_id from guardian where id = ?", (guardian,)).fetchall()
    copy = _copy(base, "family", model, {"number": f"F-{name}-{model}"})
    for place, child in base.execute("select id, child_id from family_child where family_id = ?", (model,)).fetchall():
        _copy(base, "family_child", place, {"family_id": copy, "child_id": _copy(base, "child", child, {})})
    for (key,) in base.execute("select id from person_key where family_id = ?", (model,)).fetchall():
        _copy(base, "person_key", key, {"family_id": copy})
    return copy


def _only(base: sqlite3.Connection, query: str, value: str) -> int:
    ((found,),) = base.execute(query, (value,)).fetchall()
    return int(found)


def _copy(base: sqlite3.Connection, table: str, row: int, changed: dict[str, object]) -> int | None:
    columns = [column[1] for column in base.execute(f"pragma table_info({table})") if column[1] != "id"]
    taken = ", ".join("?" if column in changed else column for column in columns)
    values = [changed[column] for column in columns if column in changed]
    query = f"insert into {table} ({', '.join(columns)}) select {taken} from {table} where id = ?"  # noqa: S608
    return base.execute(query, (*values, row)).lastrowid
