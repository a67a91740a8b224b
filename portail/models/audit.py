"""Le journal : qui a fait quoi, quand. On y ajoute, on n'y corrige rien."""

from datetime import datetime

from sqlmodel import Field

from portail.models.base import Row, instant


class AuditEntry(Row, table=True):
    __tablename__ = "audit_entry"

    at: datetime = instant(index=True)
    actor_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    action: str = Field(max_length=60, index=True)
    subject_id: int | None = Field(default=None, index=True)
    detail: str = Field(default="", max_length=300)
