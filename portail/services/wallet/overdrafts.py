"""« Découvert autorisé » : jusqu'où un porte-monnaie peut descendre ; la régie le fixe, le journal le garde."""

from datetime import datetime
from typing import Any

from sqlmodel import col, update

from portail.domain.accounts import Actor, Audience
from portail.domain.forms import Reader
from portail.domain.money import euros, typed_cents
from portail.domain.refusals import RefusalError
from portail.domain.wallet import OVERDRAFT_CEILING_CENTS
from portail.models.database import transaction
from portail.models.wallet import LedgerAccount
from portail.services import access, audit
from portail.services.wallet.accounts import balance_of, wallet_of


class BelowTheFloorError(RefusalError):
    def __init__(self, balance_cents: int) -> None:
        super().__init__(
            f"Le solde est déjà de {euros(balance_cents)}.",
            f"Accordez au moins {euros(-balance_cents)}, ou attendez que la famille l’alimente.",
        )


def allow(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> str:
    """Zéro le retire ; jamais un plancher au-dessus du solde, même si la famille dépense au même instant."""
    reader = Reader(form)
    cents = reader.take("overdraft", 0, _typed)
    reader.check()
    with transaction() as db:
        family = access.any_family(db, actor, family_id, Audience.MONEY)
        wallet = wallet_of(db, family.key, now)
        lowered = db.exec(
            update(LedgerAccount)
            .where(col(LedgerAccount.id) == wallet.key, col(LedgerAccount.balance_cents) >= -cents)
            .values(floor_cents=-cents)
            .execution_options(synchronize_session=False)
        )
        if not lowered.rowcount:
            raise BelowTheFloorError(balance_of(db, family.key).cents)
        audit.record(
            db, "wallet.overdraft", at=now, actor_id=actor.account_id, subject_id=family.key, detail=euros(cents)
        )
    if not cents:
        return f"La famille {family.name} n’a plus de découvert autorisé."
    return f"La famille {family.name} peut descendre à {euros(-cents)}."


def _typed(typed: str) -> int:
    return typed_cents(typed, highest=OVERDRAFT_CEILING_CENTS, may_be_free=True)
