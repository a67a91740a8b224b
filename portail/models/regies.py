"""Les régies : qui vend, qui encaisse, sous quels numéros légaux."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from portail.models.base import Row, optional_instant

_HOLDER = text("holds_wallets")


class Regie(Row, table=True):
    """`providers` : comment on y paie en ligne ; une seule tient les porte-monnaie."""

    __tablename__ = "regie"
    __table_args__ = (
        CheckConstraint("minimum_cents >= 0", name="minimum"),
        CheckConstraint("due_days between 1 and 90", name="due_days"),
        Index("ix_regie_holds_wallets", "holds_wallets", unique=True, sqlite_where=_HOLDER, postgresql_where=_HOLDER),
    )

    name: str = Field(max_length=80, unique=True)
    code: str = Field(max_length=6, unique=True)  # « ENF » dans « ENF-2026-000123 »
    holds_wallets: bool = False
    providers: list[str] = Field(default_factory=list, sa_column=Column("providers", JSON, nullable=False))
    minimum_cents: int = 0  # en dessous, le montant attend la facture suivante
    due_days: int = 30
    payfip_client: str = Field(default="", max_length=6)
    creditor_id: str = Field(default="", max_length=35)  # l'identifiant créancier SEPA (ICS)
    iban: str = Field(default="", max_length=34)  # celui de la régie, pas d'une famille
    bic: str = Field(default="", max_length=11)
    siret: str = Field(default="", max_length=14)
    treasury_code: str = Field(default="", max_length=6)  # le poste comptable (PES V2)
    budget_code: str = Field(default="", max_length=10)
    closed_at: datetime | None = optional_instant()


class InvoiceCounter(Row, table=True):
    """Le dernier numéro de l'année : avancé dans la transaction qui émet, il n'a pas de trou."""

    __tablename__ = "invoice_counter"
    __table_args__ = (UniqueConstraint("regie_id", "year"), CheckConstraint("last >= 0", name="last"))

    regie_id: int = Field(foreign_key="regie.id", ondelete="CASCADE")
    year: int
    last: int = 0
