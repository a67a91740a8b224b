"""Les factures : le traitement du mois, la facture et ses lignes, les relances.

Des déclencheurs (dans la migration) refusent de changer ou d'effacer une facture émise et ses lignes, sur les deux
bases : seuls bougent ce qui en est payé, le PDF archivé et les liens ; les noms ne peuvent que s’effacer. SQLite perd
les déclencheurs d’une table que l’on refait : une migration qui refait celles-ci les recrée.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from portail.domain.invoices import InvoiceKind, InvoiceState, RunState
from portail.models.base import Row, among, instant, optional_instant

_ALIVE = text("state <> 'cancelled'")
_DRAFT = text("state = 'draft'")
_OPEN = text("state in ('preparing','ready','issuing')")


class InvoiceRun(Row, table=True):
    """Le traitement d'un mois pour une régie : un seul ouvert à la fois, repris là où il s'est arrêté."""

    __tablename__ = "invoice_run"
    __table_args__ = (
        among("state", RunState),
        CheckConstraint("done <= total", name="progress"),
        Index("ix_invoice_run_month", "regie_id", "month", unique=True, sqlite_where=_ALIVE, postgresql_where=_ALIVE),
        Index("ix_invoice_run_open", "regie_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    regie_id: int = Field(foreign_key="regie.id")
    month: date  # son premier jour
    state: str = Field(default=RunState.PREPARING, max_length=20)
    due_on: date
    total: int = 0
    done: int = 0
    last_family_id: int = 0  # le dernier foyer préparé : la reprise part du suivant
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    created_at: datetime = instant()
    changed_at: datetime = instant()


class Invoice(Row, table=True):
    """`content` : ce que le papier disait de la famille et de la régie, tel qu'émis ; `file_id` : le PDF archivé."""

    __tablename__ = "invoice"
    __table_args__ = (
        among("kind", InvoiceKind),
        among("state", InvoiceState),
        UniqueConstraint("regie_id", "year", "number"),
        CheckConstraint("paid_cents between 0 and total_cents or kind = 'credit_note'", name="paid"),
        CheckConstraint("(state = 'issued') = (number is not null)", name="numbered_when_issued"),
        Index("ix_invoice_draft", "run_id", "family_id", unique=True, sqlite_where=_DRAFT, postgresql_where=_DRAFT),
        Index("ix_invoice_unpaid", "regie_id", "due_on"),
    )

    regie_id: int = Field(foreign_key="regie.id")
    run_id: int | None = Field(default=None, foreign_key="invoice_run.id", ondelete="SET NULL")
    family_id: int | None = Field(default=None, foreign_key="family.id", index=True, ondelete="SET NULL")
    corrects_id: int | None = Field(default=None, foreign_key="invoice.id", index=True)
    kind: str = Field(default=InvoiceKind.INVOICE, max_length=20)
    state: str = Field(default=InvoiceState.DRAFT, max_length=20)
    month: date
    year: int | None = None
    number: int | None = None
    total_cents: int = Field(default=0, sa_type=BigInteger)
    paid_cents: int = Field(default=0, sa_type=BigInteger)  # avoirs compris
    issued_at: datetime | None = optional_instant()
    due_on: date
    movement_id: int | None = Field(default=None, foreign_key="ledger_transaction.id", index=True)
    file_id: int | None = Field(default=None, foreign_key="stored_file.id", index=True)
    print_failed_at: datetime | None = optional_instant()  # son PDF n'a pas pu être composé
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column("content", JSON, nullable=False))


class InvoiceLine(Row, table=True):
    """Une séance facturée, ou la différence d'une séance déjà facturée (négative quand elle a été annulée)."""

    __tablename__ = "invoice_line"
    __table_args__ = (UniqueConstraint("invoice_id", "corrects_id"),)

    invoice_id: int = Field(foreign_key="invoice.id", index=True, ondelete="CASCADE")
    corrects_id: int | None = Field(
        default=None, foreign_key="invoice_line.id", index=True
    )  # la ligne que cet avoir rend, en tout ou en partie
    booking_id: int | None = Field(default=None, foreign_key="booking.id", index=True, ondelete="SET NULL")
    child_id: int | None = Field(default=None, foreign_key="child.id", index=True, ondelete="SET NULL")
    child_name: str = Field(default="", max_length=80)
    activity: str = Field(max_length=160)
    label: str = Field(max_length=160)
    day: date | None = None
    quantity: int = 1
    meal_cents: int = 0
    care_cents: int = 0
    surcharge_cents: int = 0
    amount_cents: int = Field(sa_type=BigInteger)
    formula: str = Field(default="", max_length=200)


class InvoiceReminder(Row, table=True):
    """Une relance envoyée : chaque niveau une seule fois."""

    __tablename__ = "invoice_reminder"
    __table_args__ = (UniqueConstraint("invoice_id", "level"),)

    invoice_id: int = Field(foreign_key="invoice.id")
    level: int
    at: datetime = instant()
    round_id: int | None = Field(default=None, foreign_key="reminder_round.id", index=True, ondelete="SET NULL")
