"""Le contrôle de nuit de l'argent : ce qui ne tombe plus juste se garde et se dit, jusqu'à ce que ce soit réparé."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, func, select

from portail.models.database import transaction
from portail.models.wallet import LedgerFault
from portail.services import wallet
from portail.services.invoices.checking import check_invoices
from portail.services.rows import insert_once

MOST_KEPT = 200


def examine() -> list[str]:
    """Le grand livre et les factures, relus en entier."""
    return [*wallet.check_ledger(), *check_invoices()]


def check(now: datetime) -> list[str]:
    """Ce qui est réparé s'efface, ce qui dure garde la date où on l'a vu."""
    found = examine()
    kept = found[:MOST_KEPT]
    with transaction() as db:
        db.exec(delete(LedgerFault).where(col(LedgerFault.sentence).not_in(kept)))
        for sentence in kept:
            insert_once(db, "ledger_fault", {"sentence": sentence, "found_at": now})
    return found


def count() -> Any:
    return select(func.count()).select_from(LedgerFault)


def known(db: Session) -> list[LedgerFault]:
    return list(db.exec(select(LedgerFault).order_by(col(LedgerFault.found_at), col(LedgerFault.id))))
