"""Les mouvements d'un porte-monnaie, filtrés et découpés par la base."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.history import Period, since
from portail.domain.money import euros, signed_euros
from portail.domain.wallet import MovementKind
from portail.models.accounts import Account
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction
from portail.services.searching import PAGE_SIZE, slice_of
from portail.services.wallet import children
from portail.views import wording
from portail.views.requests import Choice
from portail.views.wallet import MovementLine, Statement


@dataclass(frozen=True)
class Wanted:
    """Ce que l'on veut voir ; une valeur inconnue ne filtre rien. Foyer zéro : le premier."""

    family_id: int = 0
    kind: str = ""
    period: str = ""
    page: int = 1
    child: int = 0


def statement(db: Session, family_id: int, wanted: Wanted, now: datetime) -> Statement:
    """Quatre lectures, quelle que soit la longueur de l'histoire."""
    names = children.of_family(db, family_id)
    wanted = known(wanted, names)
    joined = chosen(family_id, wanted, now)
    total = db.exec(select(func.count()).select_from(joined.with_only_columns(col(LedgerEntry.id)).subquery())).one()
    here = slice_of(total, wanted.page)
    found = list(db.exec(joined.order_by(col(LedgerEntry.id).desc()).offset(here.offset).limit(PAGE_SIZE)))
    said = children.of_batches(db, (movement.batch_id for _, movement, _ in found), names)
    return Statement(
        rows=[_line(entry, movement, who, said.get(movement.batch_id, "")) for entry, movement, who in found],
        page=here.page,
        pages=here.pages,
        summary=f"{wording.count(total, 'mouvement', 'mouvements')}, page {here.page} sur {here.pages}",
        kind=wanted.kind,
        period=wanted.period,
        child=str(wanted.child or ""),
        children=[Choice(str(key), name) for key, name in names.items()],
    )


def known(wanted: Wanted, names: Mapping[int, str]) -> Wanted:
    """Ce qui filtre vraiment : une sorte, une période, un enfant de ce foyer."""
    kind = wanted.kind if wanted.kind in set(MovementKind) else ""
    period = wanted.period if wanted.period in set(Period) else ""
    return replace(wanted, kind=kind, period=period, child=wanted.child if wanted.child in names else 0)


def chosen(family_id: int, wanted: Wanted, now: datetime) -> Any:
    """(écriture, mouvement, auteur) : ce que retient un filtre passé par `known`."""
    start = since(wanted.period, now)
    conditions: list[Any] = [
        LedgerAccount.family_id == family_id,
        *([LedgerTransaction.kind == wanted.kind] if wanted.kind else []),
        *([col(LedgerTransaction.batch_id).in_(children.batches_of(wanted.child))] if wanted.child else []),
        *([col(LedgerTransaction.at) >= start] if start else []),
    ]
    return (
        select(LedgerEntry, LedgerTransaction, Account)
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
        .join(LedgerTransaction, col(LedgerTransaction.id) == col(LedgerEntry.transaction_id))
        .join(Account, col(Account.id) == col(LedgerTransaction.author_id), isouter=True)
        .where(*conditions)
    )


def _line(entry: LedgerEntry, movement: LedgerTransaction, author: Account | None, child: str) -> MovementLine:
    return MovementLine(
        id=movement.key,
        day=wording.long_date(movement.at.astimezone(wording.PARIS).date()),
        kind=MovementKind(movement.kind).label,
        label=movement.label,
        child=child,
        who=author.full_name if author else "",
        amount=signed_euros(entry.amount_cents),
        is_credit=entry.amount_cents > 0,
        after=euros(entry.balance_cents or 0),
    )
