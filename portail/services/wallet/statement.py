"""Les mouvements d'un porte-monnaie, filtrés et découpés par la base."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.history import Period, since
from portail.domain.money import euros, signed_euros
from portail.domain.wallet import MovementKind
from portail.models.accounts import Account
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction
from portail.services.searching import PAGE_SIZE, slice_of
from portail.views import wording
from portail.views.wallet import MovementLine, Statement


@dataclass(frozen=True)
class Wanted:
    """Ce que l'on veut voir ; une valeur inconnue ne filtre rien. Foyer zéro : le premier."""

    family_id: int = 0
    kind: str = ""
    period: str = ""
    page: int = 1


def statement(db: Session, family_id: int, wanted: Wanted, now: datetime) -> Statement:
    """Deux lectures, quelle que soit la longueur de l'histoire."""
    kind, joined = _kind(wanted), chosen(family_id, wanted, now)
    total = db.exec(select(func.count()).select_from(joined.with_only_columns(col(LedgerEntry.id)).subquery())).one()
    here = slice_of(total, wanted.page)
    found = db.exec(joined.order_by(col(LedgerEntry.id).desc()).offset(here.offset).limit(PAGE_SIZE))
    return Statement(
        rows=[_line(*row) for row in found],
        page=here.page,
        pages=here.pages,
        summary=f"{wording.count(total, 'mouvement', 'mouvements')}, page {here.page} sur {here.pages}",
        kind=kind,
        period=wanted.period if wanted.period in set(Period) else "",
    )


def _kind(wanted: Wanted) -> str:
    return wanted.kind if wanted.kind in set(MovementKind) else ""


def chosen(family_id: int, wanted: Wanted, now: datetime) -> Any:
    """(écriture, mouvement, auteur) : ce que le filtre retient."""
    start, kind = since(wanted.period, now), _kind(wanted)
    conditions: list[Any] = [
        LedgerAccount.family_id == family_id,
        *([LedgerTransaction.kind == kind] if kind else []),
        *([col(LedgerTransaction.at) >= start] if start else []),
    ]
    return (
        select(LedgerEntry, LedgerTransaction, Account)
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
        .join(LedgerTransaction, col(LedgerTransaction.id) == col(LedgerEntry.transaction_id))
        .join(Account, col(Account.id) == col(LedgerTransaction.author_id), isouter=True)
        .where(*conditions)
    )


def _line(entry: LedgerEntry, movement: LedgerTransaction, author: Account | None) -> MovementLine:
    return MovementLine(
        id=movement.key,
        day=wording.long_date(movement.at.astimezone(wording.PARIS).date()),
        kind=MovementKind(movement.kind).label,
        label=movement.label,
        who=author.full_name if author else "",
        amount=signed_euros(entry.amount_cents),
        is_credit=entry.amount_cents > 0,
        after=euros(entry.balance_cents or 0),
    )
