"""Les régies : qui vend, qui encaisse, sous quels numéros légaux."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from portail.domain.top_ups import CEILING_CENTS, DEFAULT, LOW_CEILING_CENTS
from portail.models.base import Row, optional_instant

SUGGESTED = ("first_cents", "second_cents", "third_cents", "fourth_cents")  # les montants proposés, s'il y en a
_HOLDER = text("holds_wallets")


class Regie(Row, table=True):
    """`providers` : comment on y paie en ligne ; une seule tient les porte-monnaie."""

    __tablename__ = "regie"
    __table_args__ = (
        CheckConstraint("minimum_cents >= 0", name="minimum"),
        CheckConstraint("due_days between 1 and 90", name="due_days"),
        CheckConstraint(
            f"1 <= top_up_least_cents and top_up_least_cents <= top_up_most_cents"
            f" and top_up_most_cents <= {CEILING_CENTS}",
            name="top_up",
        ),
        CheckConstraint(f"low_cents between 0 and {LOW_CEILING_CENTS}", name="low"),
        *[CheckConstraint(f"{one} between top_up_least_cents and top_up_most_cents", name=one) for one in SUGGESTED],
        Index("ix_regie_holds_wallets", "holds_wallets", unique=True, sqlite_where=_HOLDER, postgresql_where=_HOLDER),
    )

    name: str = Field(max_length=80, unique=True)
    code: str = Field(max_length=6, unique=True)  # « ENF » dans « ENF-2026-000123 »
    holds_wallets: bool = False
    providers: list[str] = Field(default_factory=list, sa_column=Column("providers", JSON, nullable=False))
    minimum_cents: int = 0  # en dessous, le montant attend la facture suivante
    due_days: int = 30
    top_up_least_cents: int = DEFAULT.least_cents  # ce qu'une famille verse d'un coup au porte-monnaie
    top_up_most_cents: int = DEFAULT.most_cents
    first_cents: int | None = DEFAULT.suggested[0]
    second_cents: int | None = DEFAULT.suggested[1]
    third_cents: int | None = DEFAULT.suggested[2]
    fourth_cents: int | None = None
    low_cents: int = DEFAULT.low_cents  # en dessous, la page et un courriel disent qu'il reste peu
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
