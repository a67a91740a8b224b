"""Une ligne de table en JSON, et retour, sans rien perdre : dates, heures, octets. Et l’ajouter une seule fois."""

import base64
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_once(db: Session, table: str, values: Mapping[str, Any]) -> int | None:
    """Le numéro de la ligne ajoutée ; rien si elle y était déjà : la base départage deux demandes au même instant."""
    connection = db.connection()
    return connection.execute(_insert(connection.dialect.name, table), dict(values)).scalar()


@lru_cache
def _insert(dialect: str, table: str) -> Any:
    rows = SQLModel.metadata.tables[table]
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(rows).on_conflict_do_nothing().returning(rows.c.id)


def replan(db: Session, *tables: str) -> None:
    """PostgreSQL garde les plans bâtis quand ces tables étaient vides, clés étrangères comprises : il les refait."""
    connection = db.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {', '.join(tables)}"))


def to_plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def from_plain(table: Table, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Les colonnes que la table a encore ; le contenu d'une colonne JSON revient tel quel."""
    return {
        name: value if isinstance(table.c[name].type, JSON) else _restored(value)
        for name, value in plain.items()
        if name in table.c
    }


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return {"b64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime | date):
        return {"at": value.isoformat()}
    if isinstance(value, time):
        return {"hour": value.isoformat()}
    return value


def _restored(value: object) -> object:
    if isinstance(value, dict) and "b64" in value:
        return base64.b64decode(value["b64"])
    if isinstance(value, dict) and "at" in value:
        moment = value["at"]
        return datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
    if isinstance(value, dict) and "hour" in value:
        return time.fromisoformat(value["hour"])
    return value
