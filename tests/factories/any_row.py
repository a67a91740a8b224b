"""Une ligne plausible de n'importe quelle table, d'après ses colonnes et ses contraintes."""

import re
from datetime import date, time
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Connection, Date, Integer, LargeBinary, Table, insert
from sqlmodel import SQLModel

from portail.models.database import UtcDateTime
from tests.conftest import NOW
from tests.factories.ranks import RANKS

# Une table dont les contraintes demandent plus que ce que l'on devine dit ici quoi y mettre.
EXAMPLES: dict[str, dict[str, Any]] = {
    "family": {"status": "active"},
    "account": {"status": "invited"},
    "custody_pattern": {"change_day": 0},
    "health_contact": {"position": 0},
    "regie": {"due_days": 30},
    "invoice": {"total_cents": 500, "paid_cents": 0},
    "payment": {"amount_cents": 500, "refunded_cents": 0},
    "activity": {"kind": "peri", "offer_hours": 24, "months_ahead": 0},
    "offering": {"starts_at": time(8), "ends_at": time(9), "min_age": 3, "max_age": 11, "capacity": 20},
    "slot": {"capacity": 20, "taken": 0, "waiting": 0, "closed_why": ""},
    "booking": {"state": "cancelled"},
    "calendar_period": {"kind": "closure"},
}


def add_row(connection: Connection, table: Table, **given: Any) -> int:
    """Ajoute la ligne et ce qu'elle désigne ; rend son numéro."""
    values = {**EXAMPLES.get(table.name, {}), **given}
    for column in table.columns:
        if column.name != "id" and column.name not in values:
            values[column.name] = _value(connection, table, column)
    result = connection.execute(insert(table).values(values))
    return int(result.inserted_primary_key[0])


def _value(connection: Connection, table: Table, column: Column[Any]) -> Any:
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return None if column.nullable else add_row(connection, key.column.table)
    if column.nullable:
        return None
    if choices := _choices(table, column.name):
        return choices[0]
    rank = RANKS.next()
    for kind, value in (
        (Boolean, False),
        (Integer, rank),
        (UtcDateTime, NOW),
        (Date, date(2018, 3, 12)),
        (JSON, {"rang": rank}),
        (LargeBinary, b"octets"),
    ):
        if isinstance(column.type, kind):
            return value
    return f"{rank}-{column.name}"[: column.type.length]


def _choices(table: Table, column: str) -> list[str]:
    for check in table.constraints:
        found = isinstance(check, CheckConstraint) and re.match(rf"{column} in \((.*)\)$", str(check.sqltext))
        if found:
            return re.findall(r"'([^']*)'", found[1])
    return []


def tables() -> list[Table]:
    return SQLModel.metadata.sorted_tables
