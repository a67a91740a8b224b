"""Le grand livre : des comptes, des écritures en partie double qui ne s'effacent ni ne se corrigent.

Des déclencheurs (dans la migration) refusent de changer ou d'effacer une écriture, sur les deux bases ; sur PostgreSQL,
un autre vérifie à la fin de la transaction que la somme de chaque mouvement est nulle. SQLite perd les déclencheurs
d'une table que l'on refait : une migration qui refait celles-ci les recrée.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field

from portail.domain.wallet import LedgerAccountKind, MovementKind, WalletRefundState
from portail.models.base import Row, among, instant, optional_instant

_COMMON = text("kind <> 'wallet'")
_ASKED = text("state = 'asked'")


class LedgerAccount(Row, table=True):
    """Un porte-monnaie par foyer, et un seul compte commun de chaque autre sorte.

    Seul un porte-monnaie a un solde courant, jamais sous `floor_cents` : tenir celui d'un compte commun mettrait toutes
    les réservations de la commune à la queue de sa ligne ; son solde est la somme de ses écritures.
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        among("kind", LedgerAccountKind),
        CheckConstraint("floor_cents is null or balance_cents >= floor_cents", name="floor"),
        CheckConstraint("kind = 'wallet' or balance_cents = 0", name="running_balance"),
        CheckConstraint("family_id is null or kind = 'wallet'", name="wallet_of_a_family"),
        Index("ix_ledger_account_common", "kind", unique=True, sqlite_where=_COMMON, postgresql_where=_COMMON),
    )

    kind: str = Field(max_length=20)
    family_id: int | None = Field(default=None, foreign_key="family.id", unique=True, ondelete="SET NULL")
    balance_cents: int = Field(default=0, sa_type=BigInteger)
    floor_cents: int | None = Field(default=None, sa_type=BigInteger)
    opened_at: datetime = instant()
    activated_at: datetime | None = optional_instant()  # les conditions du porte-monnaie acceptées
    terms_version: int = 0


class LedgerTransaction(Row, table=True):
    """Un mouvement : la somme de ses écritures est nulle."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (among("kind", MovementKind),)

    kind: str = Field(max_length=20)
    label: str = Field(max_length=160)
    reference: str | None = Field(default=None, max_length=80, unique=True)  # un événement ne compte qu'une fois
    batch_id: int | None = Field(default=None, foreign_key="booking_batch.id", index=True, ondelete="SET NULL")
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    at: datetime = instant()


class LedgerEntry(Row, table=True):
    """Positif : le compte reçoit ; `balance_cents` est le solde après, d'un porte-monnaie seulement."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_entry_statement", "account_id", "id"),
        CheckConstraint("amount_cents <> 0", name="amount"),
    )

    transaction_id: int = Field(foreign_key="ledger_transaction.id", index=True)
    account_id: int = Field(foreign_key="ledger_account.id")
    amount_cents: int = Field(sa_type=BigInteger)
    balance_cents: int | None = Field(default=None, sa_type=BigInteger)


class LedgerFault(Row, table=True):
    """Ce que le contrôle de nuit a trouvé de faux, et que l'on n'a pas encore réparé."""

    __tablename__ = "ledger_fault"

    sentence: str = Field(max_length=200, unique=True)
    found_at: datetime = instant()


class WalletRefund(Row, table=True):
    """Le remboursement d'un solde : demandé par la famille, fait par la régie ; l'IBAN s'efface une fois décidé."""

    __tablename__ = "wallet_refund"
    __table_args__ = (
        among("state", WalletRefundState),
        CheckConstraint("cents > 0", name="cents"),
        CheckConstraint("(state = 'done') = (movement_id is not null)", name="paid"),
        Index("ix_wallet_refund_asked", "family_id", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    family_id: int | None = Field(default=None, foreign_key="family.id", index=True, ondelete="SET NULL")
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    cents: int = Field(sa_type=BigInteger)
    holder: str = Field(max_length=70)
    sealed_iban: bytes | None = Field(default=None, sa_column=Column("sealed_iban", LargeBinary, nullable=True))
    iban_end: str = Field(max_length=4)
    state: str = Field(default=WalletRefundState.ASKED, max_length=20)
    reason: str = Field(default="", max_length=160)
    asked_at: datetime = instant()
    decided_at: datetime | None = optional_instant()
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    movement_id: int | None = Field(default=None, foreign_key="ledger_transaction.id", index=True)
