"""Le grand livre se vérifie lui-même : chaque mouvement est juste, chaque solde est la somme de ses écritures."""

from sqlmodel import Session, col, func, select

from portail.domain.wallet import LedgerAccountKind
from portail.models.database import reading
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction


def check_ledger() -> list[str]:
    """Ce qui ne va pas, en phrases ; rien si tout est juste. Une lecture : les deux côtés sont du même instant."""
    with reading() as db:
        return [*_unbalanced(db), *_alone(db), *_wrong_wallets(db)]


def _unbalanced(db: Session) -> list[str]:
    query = select(LedgerEntry.transaction_id).group_by(col(LedgerEntry.transaction_id))
    wrong = query.having((func.sum(LedgerEntry.amount_cents) != 0) | (func.count() < 2))  # noqa: PLR2004
    return [f"Grand livre : le mouvement {number} n’est pas équilibré." for number in db.exec(wrong)]


def _alone(db: Session) -> list[str]:
    written = select(LedgerEntry.transaction_id)
    query = select(LedgerTransaction.id).where(col(LedgerTransaction.id).not_in(written))
    return [f"Grand livre : le mouvement {number} n’a aucune écriture." for number in db.exec(query)]


def _wrong_wallets(db: Session) -> list[str]:
    total = func.coalesce(func.sum(LedgerEntry.amount_cents), 0)
    last = select(LedgerEntry.balance_cents).where(LedgerEntry.account_id == LedgerAccount.id)
    shown = last.order_by(col(LedgerEntry.id).desc()).limit(1).correlate(LedgerAccount).scalar_subquery()
    query = (
        select(LedgerAccount.id)
        .join(LedgerEntry, col(LedgerEntry.account_id) == col(LedgerAccount.id), isouter=True)
        .where(LedgerAccount.kind == LedgerAccountKind.WALLET)
        .group_by(col(LedgerAccount.id))
        .having(
            (total != LedgerAccount.balance_cents) | (func.coalesce(shown, 0) != LedgerAccount.balance_cents),
        )
    )
    return [
        f"Grand livre : le solde du porte-monnaie {number} n’est pas celui de ses écritures."
        for number in db.exec(query)
    ]
