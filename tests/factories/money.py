"""Un porte-monnaie alimenté, un tarif, un quotient : par les services."""

from datetime import date, datetime

from sqlmodel import select

from portail.domain.tariffs import Grid, QuotientSource
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.models.database import reading, transaction
from portail.models.tariffs import FamilyQuotient, Tariff
from portail.models.wallet import LedgerAccount, LedgerEntry
from portail.services import wallet
from portail.services.tariffs import write_grid
from tests.conftest import NOW


def fill(family_id: int, cents: int = 0, *, active: bool = True, now: datetime = NOW) -> int:
    """Le porte-monnaie du foyer, avec cette somme versée au guichet."""
    with transaction() as db:
        mine = wallet.wallet_of(db, family_id, now)
        desk = wallet.common(db, LedgerAccountKind.DESK, now)
        if active:
            mine.activated_at = now
        if cents:
            lines = (wallet.Line(mine, cents), wallet.Line(desk, -cents))
            wallet.post(db, wallet.Movement(MovementKind.TOP_UP, "Au guichet", lines, now))
        return mine.key


def balance(family_id: int) -> int:
    with reading() as db:
        return wallet.balance_of(db, family_id).cents


def ledger(kind: LedgerAccountKind) -> int:
    """Le solde d'un compte commun : la somme de ses écritures."""
    with reading() as db:
        query = select(LedgerEntry.amount_cents).join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)  # type: ignore[arg-type]
        return sum(db.exec(query.where(LedgerAccount.kind == kind)))


def spend(family_id: int, cents: int, *, now: datetime = NOW) -> None:
    """Ce que des réservations prendraient au porte-monnaie."""
    with transaction() as db:
        lines = (
            wallet.Line(wallet.wallet_of(db, family_id, now), -cents),
            wallet.Line(wallet.common(db, LedgerAccountKind.REVENUE, now), cents),
        )
        wallet.post(db, wallet.Movement(MovementKind.BOOKING, "Réservation", lines, now))


def add_tariff(name: str, *grids: Grid) -> int:
    with transaction() as db:
        tariff = Tariff(name=name)
        db.add(tariff)
        db.flush()
        for grid in grids:
            write_grid(db, tariff.key, grid)
        return tariff.key


def add_quotient(family_id: int, value: int, first: date, last: date, *, now: datetime = NOW) -> None:
    with transaction() as db:
        source = QuotientSource.DOCUMENT
        dates = {"valid_from": first, "valid_to": last, "created_at": now}
        db.add(FamilyQuotient(family_id=family_id, value=value, source=source, **dates))
