"""La boîte d'envoi : écrite dans la transaction de ce qu'elle raconte ; le corps y est scellé."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, LargeBinary
from sqlmodel import Field

from portail.domain.mails import MailStatus
from portail.models.base import Row, instant, optional_instant


class OutboxMail(Row, table=True):
    __tablename__ = "outbox_mail"
    __table_args__ = (CheckConstraint("status in ('waiting','sent','failed','kept')", name="status"),)

    recipient: str = Field(max_length=254, index=True)
    subject: str = Field(max_length=200)
    body_sealed: bytes | None = Field(default=None, sa_column=Column("body_sealed", LargeBinary, nullable=True))
    status: str = Field(default=MailStatus.WAITING, max_length=20)
    attempts: int = 0
    error: str = Field(default="", max_length=200)
    created_at: datetime = instant(index=True)
    next_attempt_at: datetime = instant(index=True)
    sent_at: datetime | None = optional_instant()
