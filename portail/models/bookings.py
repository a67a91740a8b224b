"""Les réservations : chaque validation est une ligne, chaque changement aussi ; une place par enfant et par séance."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field

from portail.domain.adjustments import Timing
from portail.domain.bookings import BookingState
from portail.domain.waitlist import WaitState
from portail.models.base import Row, among, instant, optional_instant


class BookingBatch(Row, table=True):
    """Une validation : son jeton ne sert qu'une fois, `digest` dit si le contenu répété est le même."""

    __tablename__ = "booking_batch"
    __table_args__ = (UniqueConstraint("author_id", "token"),)

    token: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    source: str = Field(max_length=20)
    author_id: int | None = Field(default=None, foreign_key="account.id", ondelete="SET NULL")
    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    at: datetime = instant()
    undone_at: datetime | None = optional_instant()
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column("content", JSON, nullable=False))


class Booking(Row, table=True):
    """Le prix est figé au moment de la réservation ; repas et garde à part, pour l'attestation fiscale."""

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("slot_id", "child_id"),
        among("state", BookingState),
        among("surcharge_kind", Timing),
        CheckConstraint("meal_cents >= 0 and care_cents >= 0 and surcharge_cents >= 0", name="amounts"),
    )

    slot_id: int = Field(foreign_key="slot.id")
    child_id: int = Field(foreign_key="child.id", index=True, ondelete="CASCADE")
    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    batch_id: int | None = Field(default=None, foreign_key="booking_batch.id", index=True, ondelete="SET NULL")
    state: str = Field(max_length=20)
    meal_cents: int = 0
    care_cents: int = 0
    surcharge_cents: int = 0
    surcharge_kind: str = Field(  # « dans les délais » : sans majoration
        default=Timing.IN_TIME, max_length=20, sa_column_kwargs={"server_default": Timing.IN_TIME.value}
    )
    is_paid: bool = False  # débitée du porte-monnaie
    formula: str = Field(default="", max_length=200)
    changed_at: datetime = instant()

    @property
    def price_cents(self) -> int:
        return self.meal_cents + self.care_cents + self.surcharge_cents


class BookingChange(Row, table=True):
    """Un changement d'état, dans sa validation ; `amount_cents` est ce qui a été débité (ou rendu, négatif)."""

    __tablename__ = "booking_change"

    batch_id: int = Field(foreign_key="booking_batch.id", index=True, ondelete="CASCADE")
    booking_id: int = Field(foreign_key="booking.id", index=True, ondelete="CASCADE")
    before: str = Field(default="", max_length=20)
    after: str = Field(max_length=20)
    amount_cents: int = 0
    why: str = Field(default="", max_length=300)  # le motif d'un agent, quand il passe outre


class WaitlistEntry(Row, table=True):
    """Une demande de place ; l'ordre est `rank`, puis `place`, donné sous le verrou de la séance."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        UniqueConstraint("slot_id", "child_id"),
        among("state", WaitState),
        Index("ix_waitlist_queue", "slot_id", "state", "rank", "place"),
        Index("ix_waitlist_until", "state", "until"),
    )

    slot_id: int = Field(foreign_key="slot.id")
    child_id: int = Field(foreign_key="child.id", index=True, ondelete="CASCADE")
    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    state: str = Field(default=WaitState.WAITING, max_length=20)
    rank: int = 0  # 0 passe avant 1 : la priorité du centre, jamais celle de la cantine
    place: int = 0  # grandit à chaque arrivée dans la séance, et ne se redonne pas
    joined_at: datetime = instant()
    until: datetime = instant()  # la date limite de réservation, telle que dite à la famille
    offered_until: datetime | None = optional_instant(index=True)
    why: str = Field(default="", max_length=300)


class Absence(Row, table=True):
    """Une absence déclarée ; la démarche porte le justificatif et la décision."""

    __tablename__ = "absence"

    booking_id: int = Field(foreign_key="booking.id", unique=True, ondelete="CASCADE")
    request_id: int | None = Field(default=None, foreign_key="request.id", index=True, ondelete="SET NULL")
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    declared_at: datetime = instant()


class CalendarFeed(Row, table=True):
    """Le lien privé vers l'agenda ; la base n'en garde que l'empreinte."""

    __tablename__ = "calendar_feed"

    account_id: int = Field(foreign_key="account.id", unique=True, ondelete="CASCADE")
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = instant()
    last_read_at: datetime | None = optional_instant()
