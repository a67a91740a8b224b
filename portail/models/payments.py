"""Les paiements : la tentative en ligne, l'argent reçu, ce qu'il solde, ce qui en est rendu, les remises en banque."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from portail.domain.payments import (
    AttemptState,
    KeptKind,
    Means,
    Provider,
    Purpose,
    RefundOrigin,
    RefundSource,
    RefundState,
)
from portail.models.base import Row, among, instant, optional_instant

_STANDS = text("reopened_at is null")
_STANDING: Any = {"unique": True, "sqlite_where": _STANDS, "postgresql_where": _STANDS}


class PaymentAttempt(Row, table=True):
    """Enregistrée et validée avant tout appel au prestataire ; `resume` : la sélection à retrouver après."""

    __tablename__ = "payment_attempt"
    __table_args__ = (
        among("provider", Provider),
        among("purpose", Purpose),
        among("state", AttemptState),
        UniqueConstraint("provider", "provider_ref"),
        UniqueConstraint("account_id", "token"),
        CheckConstraint("amount_cents > 0", name="amount"),
        Index("ix_payment_attempt_watch", "state", "created_at"),
    )

    reference: str = Field(max_length=40, unique=True)  # la nôtre, donnée au prestataire et comparée au retour
    token: str = Field(max_length=64)  # deux clics font une seule tentative
    regie_id: int = Field(foreign_key="regie.id", index=True)
    family_id: int | None = Field(default=None, foreign_key="family.id", index=True, ondelete="SET NULL")
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    provider: str = Field(max_length=20)
    purpose: str = Field(max_length=20)
    amount_cents: int = Field(sa_type=BigInteger)
    provider_ref: str | None = Field(default=None, max_length=255)
    is_live: bool = False
    state: str = Field(default=AttemptState.CREATED, max_length=20)
    failure: str = Field(default="", max_length=160)
    review: str = Field(default="", max_length=600)  # ce qu'un agent doit regarder ; vide : rien
    resume: dict[str, Any] = Field(default_factory=dict, sa_column=Column("resume", JSON, nullable=False))
    created_at: datetime = instant()
    reviewed_at: datetime | None = optional_instant()
    checked_at: datetime | None = optional_instant()
    settled_at: datetime | None = optional_instant()


class KeptSelection(Row, table=True):
    """Ce qui est choisi et ne peut encore se payer : l'adresse n'en porte que la référence."""

    __tablename__ = "kept_selection"
    __table_args__ = (among("kind", KeptKind), CheckConstraint("missing_cents >= 0", name="missing"))

    reference: str = Field(max_length=40, unique=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    activity_id: int = Field(foreign_key="activity.id", index=True, ondelete="CASCADE")
    kind: str = Field(max_length=20)
    content: str = Field(sa_column=Column("content", Text, nullable=False))
    missing_cents: int = Field(default=0, sa_type=BigInteger)
    kept_at: datetime = instant(index=True)


class AttemptInvoice(Row, table=True):
    """Les factures qu'une tentative veut payer, et combien de chacune."""

    __tablename__ = "attempt_invoice"
    __table_args__ = (UniqueConstraint("attempt_id", "invoice_id"), CheckConstraint("cents > 0", name="cents"))

    attempt_id: int = Field(foreign_key="payment_attempt.id", ondelete="CASCADE")
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    cents: int = Field(sa_type=BigInteger)


class ProviderEvent(Row, table=True):
    """Un événement reçu d'un prestataire : enregistré dans la transaction de son effet, il ne compte qu'une fois."""

    __tablename__ = "provider_event"
    __table_args__ = (among("provider", Provider), UniqueConstraint("provider", "event_id"))

    provider: str = Field(max_length=20)
    event_id: str = Field(max_length=255)
    kind: str = Field(max_length=80)
    attempt_id: int | None = Field(default=None, foreign_key="payment_attempt.id", index=True, ondelete="SET NULL")
    received_at: datetime = instant(index=True)


class DepositSlip(Row, table=True):
    """Un bordereau de remise : ce qui part ensemble à la banque, ou à l'émetteur des titres."""

    __tablename__ = "deposit_slip"
    __table_args__ = (among("means", Means), UniqueConstraint("regie_id", "number"))

    regie_id: int = Field(foreign_key="regie.id")
    means: str = Field(max_length=20)
    number: int
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    at: datetime = instant()
    cancelled_at: datetime | None = optional_instant()  # ses pièces sont reparties ; le motif reste avec lui
    cancelled_why: str = Field(default="", max_length=160)
    credited_on: date | None = None  # le jour où la banque, ou l'émetteur des titres, l'a crédité


class Payment(Row, table=True):
    """De l'argent reçu ; ce qui n'est pas réparti sur des factures est allé au porte-monnaie."""

    __tablename__ = "payment"
    __table_args__ = (
        among("means", Means),
        UniqueConstraint("author_id", "token"),
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("refunded_cents between 0 and amount_cents", name="refunded"),
        Index("ix_payment_day", "regie_id", "received_on"),
        Index("ix_payment_cancelled_day", "regie_id", "cancelled_on"),
    )

    regie_id: int = Field(foreign_key="regie.id")
    family_id: int | None = Field(default=None, foreign_key="family.id", index=True, ondelete="SET NULL")
    means: str = Field(max_length=20)
    amount_cents: int = Field(sa_type=BigInteger)
    refunded_cents: int = Field(default=0, sa_type=BigInteger)
    received_on: date
    at: datetime = instant()
    note: str = Field(default="", max_length=80)  # le numéro du chèque, la banque
    cheque: str | None = Field(default=None, max_length=60, unique=True)  # le foyer qui l'a remis, et son numéro
    token: str = Field(max_length=64)
    author_id: int | None = Field(default=None, foreign_key="account.id", ondelete="SET NULL")
    attempt_id: int | None = Field(default=None, foreign_key="payment_attempt.id", unique=True)
    movement_id: int | None = Field(default=None, foreign_key="ledger_transaction.id", index=True)
    slip_id: int | None = Field(default=None, foreign_key="deposit_slip.id", index=True)
    cancelled_at: datetime | None = optional_instant()  # chèque rejeté, faute de frappe : un mouvement inverse le dit
    cancelled_on: date | None = None  # le jour de Paris où il est repris : c'est la caisse de ce jour-là qui le rend
    cancelled_why: str = Field(default="", max_length=160)


class PaymentAllocation(Row, table=True):
    """Quelle part d'un encaissement solde quelle facture."""

    __tablename__ = "payment_allocation"
    __table_args__ = (UniqueConstraint("payment_id", "invoice_id"), CheckConstraint("cents > 0", name="cents"))

    payment_id: int = Field(foreign_key="payment.id")
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    cents: int = Field(sa_type=BigInteger)


class PaymentRefund(Row, table=True):
    """Un remboursement : compté sur l'encaissement avant d'être demandé, il n'en rend jamais plus que reçu.

    Celui que l'on apprend après coup (tableau de bord, contestation perdue) est compté de même, sans auteur.
    """

    __tablename__ = "payment_refund"
    __table_args__ = (
        among("state", RefundState),
        among("origin", RefundOrigin),
        among("source", RefundSource),
        UniqueConstraint("author_id", "token"),
        CheckConstraint("cents > 0", name="cents"),
    )

    payment_id: int = Field(foreign_key="payment.id", index=True)
    cents: int = Field(sa_type=BigInteger)
    state: str = Field(default=RefundState.ASKED, max_length=20)
    origin: str = Field(default=RefundOrigin.PORTAL, max_length=20, sa_column_kwargs={"server_default": "portal"})
    source: str = Field(default=RefundSource.WALLET, max_length=20, sa_column_kwargs={"server_default": "wallet"})
    reason: str = Field(default="", max_length=160)
    failure: str = Field(default="", max_length=160, sa_column_kwargs={"server_default": ""})  # ce que dit la banque
    token: str = Field(max_length=64)
    provider_ref: str | None = Field(default=None, max_length=255, unique=True)
    author_id: int | None = Field(default=None, foreign_key="account.id", ondelete="SET NULL")
    at: datetime = instant()
    checked_at: datetime | None = optional_instant()  # redemandé au prestataire
    late_at: datetime | None = optional_instant()  # un agent a été prévenu qu'il tarde


class DayClosing(Row, table=True):
    """L'arrêté d'une journée de caisse : après lui, ce jour ne reçoit ni n'annule plus rien au guichet.

    Rouvert, il reste écrit avec son motif ; un seul arrêté d'un jour est en vigueur.
    """

    __tablename__ = "day_closing"
    __table_args__ = (Index("uq_day_closing_standing", "regie_id", "day", **_STANDING),)

    regie_id: int = Field(foreign_key="regie.id")
    day: date
    totals: dict[str, int] = Field(default_factory=dict, sa_column=Column("totals", JSON, nullable=False))
    counted_cents: int = Field(default=0, sa_type=BigInteger)  # les espèces comptées
    note: str = Field(default="", max_length=160)
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    at: datetime = instant()
    reopened_at: datetime | None = optional_instant()
    reopened_why: str = Field(default="", max_length=160)
    reopened_by_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
