"""Les porte-monnaie de la ville de démonstration : versés au guichet, dépensés en réservations, en partie double."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.families import FamilyStatus
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.models.accounts import Account
from portail.models.families import Family, Guardian
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction

LEFT = {"camille.durand": 6_000, "ines.moreau": 2_000, "nadia.rossi": 4_000, "tom.petit": 4_500}
LEFT_TO_OTHERS = (1_500, 3_000, 4_500, 800)
NOT_ACTIVE = "karim.benali"
AT_THE_DESK = "Versement à la régie"


@dataclass(frozen=True)
class Movement:
    """Ce qu'un foyer a payé (positif) ou récupéré pour ses réservations."""

    at: datetime
    family_id: int
    cents: int
    label: str
    kind: MovementKind = MovementKind.BOOKING
    batch_id: int | None = None


def load(db: Session, spent: Sequence[Movement], opened_at: datetime) -> None:
    """Chacun a versé ce qu'il a dépensé, plus ce qui lui reste."""
    revenue, desk = (LedgerAccount(kind=kind, opened_at=opened_at) for kind in _COMMON)
    wallets = {family: _wallet(family, opened_at) for family in _left(db)}
    db.add_all([revenue, desk, *wallets.values()])
    db.flush()
    for family_id, left in _left(db).items():
        paid = sum(one.cents for one in spent if one.family_id == family_id)
        movement = Movement(opened_at, family_id, -(left + paid), AT_THE_DESK, MovementKind.TOP_UP)
        _post(db, movement, wallets[family_id], desk)
    for one in sorted(spent, key=lambda one: (one.at, one.family_id, one.label)):
        _post(db, one, wallets[one.family_id], revenue)


_COMMON = (LedgerAccountKind.REVENUE, LedgerAccountKind.DESK)


def _left(db: Session) -> dict[int, int]:
    """Ce qui reste dans chaque porte-monnaie actif."""
    query = (
        select(Family.id, Account.username)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .join(Account, col(Account.id) == col(Guardian.account_id), isouter=True)
        .where(Family.status == FamilyStatus.ACTIVE)
        .order_by(col(Family.id), col(Guardian.id).desc())
    )
    return {
        int(key or 0): LEFT.get(username or "", LEFT_TO_OTHERS[rank % len(LEFT_TO_OTHERS)])
        for rank, (key, username) in enumerate(dict(db.exec(query).all()).items())
        if username != NOT_ACTIVE
    }


def _wallet(family_id: int, at: datetime) -> LedgerAccount:
    return LedgerAccount(
        kind=LedgerAccountKind.WALLET, family_id=family_id, floor_cents=0, opened_at=at, activated_at=at
    )


def _post(db: Session, movement: Movement, wallet: LedgerAccount, other: LedgerAccount) -> None:
    wallet.balance_cents -= movement.cents
    transaction = LedgerTransaction(
        kind=movement.kind, label=movement.label, at=movement.at, batch_id=movement.batch_id
    )
    db.add(transaction)
    db.flush()
    known = {"transaction_id": transaction.key}
    db.add(
        LedgerEntry(account_id=wallet.key, amount_cents=-movement.cents, balance_cents=wallet.balance_cents, **known)
    )
    db.add(LedgerEntry(account_id=other.key, amount_cents=movement.cents, balance_cents=0, **known))
