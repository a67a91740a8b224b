"""Le socle des tables : nommage stable des contraintes, colonnes d'instants."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from portail.models.database import UtcDateTime

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def instant(*, index: bool = False) -> Any:
    return Field(sa_type=UtcDateTime, index=index)


def optional_instant(*, index: bool = False) -> Any:
    return Field(default=None, sa_type=UtcDateTime, index=index, nullable=True)


def among(column: str, values: type[StrEnum]) -> CheckConstraint:
    """La colonne ne prend que les valeurs de l'énumération : la base le vérifie aussi."""
    listed = ",".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)


LARGEST_KEY = 2**31 - 1


def is_key(value: int) -> bool:
    """Un numéro de ligne possible : au-delà, PostgreSQL lève une erreur au lieu de ne rien trouver."""
    return 0 < value <= LARGEST_KEY


class Row(SQLModel):
    """Une ligne numérotée."""

    id: int | None = Field(default=None, primary_key=True)

    @property
    def key(self) -> int:
        """Le numéro d'une ligne enregistrée."""
        if self.id is None:
            raise RuntimeError("ligne pas encore enregistrée")
        return self.id


__all__ = ["Row", "among", "datetime", "instant", "is_key", "optional_instant"]
