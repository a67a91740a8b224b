"""Les comptes du grand livre : ouverts quand on en a besoin, une fois, même demandés ensemble."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.top_ups import DEFAULT
from portail.domain.wallet import Balance, LedgerAccountKind
from portail.models.regies import Regie
from portail.models.wallet import LedgerAccount
from portail.services.rows import insert_once

# En dessous, il reste peu : la régie qui tient les porte-monnaie le dit.
LOW = select(Regie.low_cents).where(col(Regie.holds_wallets)).scalar_subquery()


def wallet_of(db: Session, family_id: int, now: datetime) -> LedgerAccount:
    """Le porte-monnaie du foyer, ouvert s'il ne l'était pas ; il ne s'active que par la famille."""
    query = select(LedgerAccount).where(LedgerAccount.family_id == family_id)
    found = db.exec(query).first()
    if found is None:
        _open(db, LedgerAccountKind.WALLET, now, family_id=family_id, floor_cents=0)
        found = db.exec(query).one()
    return found


def common(db: Session, kind: LedgerAccountKind, now: datetime) -> LedgerAccount:
    """Le compte commun de cette sorte ; il n'y en a qu'un."""
    query = select(LedgerAccount).where(LedgerAccount.kind == kind)
    found = db.exec(query).first()
    if found is None:
        _open(db, kind, now)
        found = db.exec(query).one()
    return found


def wallet_and_common(
    db: Session, family_id: int, kind: LedgerAccountKind, now: datetime
) -> tuple[LedgerAccount, LedgerAccount]:
    """Les deux en une lecture, le cas de chaque réservation."""
    query = select(LedgerAccount).where((col(LedgerAccount.family_id) == family_id) | (col(LedgerAccount.kind) == kind))
    found = {one.kind: one for one in db.exec(query)}
    wallet = found.get(LedgerAccountKind.WALLET) or wallet_of(db, family_id, now)
    return wallet, found.get(kind) or common(db, kind, now)


def _open(db: Session, kind: LedgerAccountKind, now: datetime, **more: int) -> None:
    values = {"kind": kind, "balance_cents": 0, "opened_at": now, "terms_version": 0, **more}
    insert_once(db, "ledger_account", values)


def balances_of(db: Session, family_ids: Iterable[int]) -> dict[int, Balance]:
    """Le porte-monnaie de chaque foyer, en une lecture."""
    wanted = list(family_ids)
    query = select(LedgerAccount, LOW).where(col(LedgerAccount.family_id).in_(wanted))
    found = {one.family_id: _balance(one, low) for one, low in db.exec(query)}
    return {family_id: found.get(family_id, Balance()) for family_id in wanted}


def balance_of(db: Session, family_id: int) -> Balance:
    return balances_of(db, [family_id])[family_id]


def _balance(wallet: LedgerAccount, low_cents: int | None) -> Balance:
    given = (wallet.balance_cents, wallet.floor_cents or 0, wallet.terms_version)
    return Balance(wallet.activated_at is not None, *given, low_or_usual(low_cents))


def low_or_usual(cents: int | None) -> int:
    """Ce que `LOW` a trouvé ; sans régie encore, le seuil habituel."""
    return DEFAULT.low_cents if cents is None else cents
