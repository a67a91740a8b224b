"""Les fusions de dossiers : ce qui a été déplacé, pour pouvoir le remettre à sa place."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field

from portail.models.base import Row, instant, optional_instant


class FamilyMerge(Row, table=True):
    """`steps` : chaque geste de la fusion, dans l'ordre ; la défaire les rejoue à l'envers."""

    __tablename__ = "family_merge"
    __table_args__ = (CheckConstraint("source_id <> target_id", name="two_families"),)

    source_id: int = Field(foreign_key="family.id", index=True)
    target_id: int = Field(foreign_key="family.id", index=True)
    source_status: str = Field(max_length=10)
    merged_by: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    merged_at: datetime = instant()
    undone_at: datetime | None = optional_instant()
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column("steps", JSON, nullable=False))
