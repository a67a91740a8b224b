"""Les mandats de prélèvement et les remises ; l'IBAN d'une famille est scellé."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from portail.domain.direct_debits import DebitSequence, DebitState, MandateEnd, MandateState
from portail.models.base import Row, among, instant, optional_instant
from portail.models.sealed import SealedRow

_ACTIVE = text("state = 'active'")
_UNDER_WAY = text("state in ('planned','sent')")


class Mandate(SealedRow, table=True):
    """Signé en ligne ; un seul en cours par foyer et régie. `iban_end` : les quatre derniers, pour le reconnaître."""

    __tablename__ = "mandate"
    __table_args__ = (
        among("state", MandateState),
        among("end_reason", MandateEnd),
        CheckConstraint("(state = 'ended') = (ended_at is not null)", name="ended"),
        Index(
            "ix_mandate_active", "family_id", "regie_id", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE
        ),
    )
    SEALED: ClassVar[tuple[str, ...]] = ("sealed_iban",)

    regie_id: int = Field(foreign_key="regie.id")
    family_id: int | None = Field(default=None, foreign_key="family.id", index=True, ondelete="SET NULL")
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    rum: str = Field(max_length=35, unique=True)  # la référence unique du mandat
    holder: str = Field(max_length=70)
    sealed_iban: bytes | None = None  # absent une fois la durée de conservation passée
    iban_end: str = Field(max_length=4)
    bic: str = Field(default="", max_length=11)
    terms_version: int  # des conditions signées : elles fixent le préavis
    state: str = Field(default=MandateState.ACTIVE, max_length=20)
    signed_at: datetime = instant()
    ended_at: datetime | None = optional_instant()
    end_reason: str = Field(default=MandateEnd.NONE, max_length=20)


class DebitBatch(Row, table=True):
    """Une remise de prélèvements : une date d'échéance, puis un fichier pain.008 archivé tel que remis."""

    __tablename__ = "debit_batch"

    regie_id: int = Field(foreign_key="regie.id", index=True)
    message_id: str = Field(max_length=35, unique=True)
    collected_on: date
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    created_at: datetime = instant()
    sent_at: datetime | None = optional_instant()
    collected_at: datetime | None = optional_instant()
    file_id: int | None = Field(default=None, foreign_key="stored_file.id", index=True)


class Debit(Row, table=True):
    """Un prélèvement : annoncé à la famille, remis, puis prélevé ou rejeté. Une facture n'en a qu'un sous la main."""

    __tablename__ = "debit"
    __table_args__ = (
        among("sequence", DebitSequence),
        among("state", DebitState),
        UniqueConstraint("batch_id", "invoice_id"),
        CheckConstraint("cents > 0", name="cents"),
        Index("ix_debit_under_way", "invoice_id", unique=True, sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
    )

    batch_id: int = Field(foreign_key="debit_batch.id", ondelete="CASCADE")
    mandate_id: int = Field(foreign_key="mandate.id", index=True)
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    cents: int = Field(sa_type=BigInteger)
    sequence: str = Field(max_length=4)
    state: str = Field(default=DebitState.PLANNED, max_length=20)
    announced_at: datetime = instant()
    payment_id: int | None = Field(default=None, foreign_key="payment.id", unique=True)
    reason: str = Field(default="", max_length=4)  # le code du rejet, dit par la banque
    rejected_at: datetime | None = optional_instant()
