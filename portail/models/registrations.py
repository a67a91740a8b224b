"""Les inscriptions faites par un parent : le dossier qu'il a nommé, ou la famille qu'il est en train de saisir."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from portail.models.base import Row, instant


class Registration(Row, table=True):
    """Une par compte. `family_id` : le dossier reconnu, rattaché à l'activation ; `draft` : la saisie en cours."""

    __tablename__ = "registration"

    account_id: int = Field(foreign_key="account.id", unique=True, ondelete="CASCADE")
    family_id: int | None = Field(default=None, foreign_key="family.id", index=True, ondelete="SET NULL")
    draft: dict[str, Any] = Field(default_factory=dict, sa_column=Column("draft", JSON, nullable=False))
    created_at: datetime = instant(index=True)
