"""Les démarches : tout ce qui attend un agent, leur histoire et leurs pièces."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from portail.domain.requests import RequestKind, RequestStatus
from portail.models.base import Row, among, instant, optional_instant


class Request(Row, table=True):
    """`content` dit ce qui est demandé, selon la sorte ; `version` grandit à chaque geste d'un agent."""

    __tablename__ = "request"
    __table_args__ = (
        among("kind", RequestKind),
        among("status", RequestStatus),
        Index("ix_request_queue", "status", "updated_at"),
        UniqueConstraint("year", "rank"),
    )

    year: int
    rank: int
    kind: str = Field(max_length=30)
    status: str = Field(default=RequestStatus.SENT, max_length=20)
    family_id: int | None = Field(default=None, foreign_key="family.id", index=True)
    child_id: int | None = Field(default=None, foreign_key="child.id", index=True, ondelete="SET NULL")
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    assignee_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column("content", JSON, nullable=False))
    version: int = 1
    created_at: datetime = instant()
    updated_at: datetime = instant()
    decided_at: datetime | None = optional_instant()

    @property
    def number(self) -> str:
        return f"D-{self.year}-{self.rank:05d}"


class RequestEvent(Row, table=True):
    """Une ligne d'histoire ; `internal` : les agents seuls la lisent."""

    __tablename__ = "request_event"

    request_id: int = Field(foreign_key="request.id", index=True, ondelete="CASCADE")
    at: datetime = instant()
    actor_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    step: str = Field(max_length=20)
    text: str = Field(default="", max_length=2000)
    internal: bool = False
