"""« Mon porte-monnaie » : ce qu'un adulte du foyer voit, et l'activation du compte famille."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select, update

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight
from portail.domain.money import euros
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.tariffs import Quotient
from portail.domain.wallet import TERMS_VERSION
from portail.models.activities import Activity
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.wallet import LedgerAccount
from portail.services import access, audit, tariffs
from portail.services.wallet import refunding
from portail.services.wallet.accounts import balance_of, wallet_of
from portail.services.wallet.statement import Wanted, statement
from portail.views import wording
from portail.views.requests import Choice
from portail.views.wallet import MovementLine, WalletView


def show(*, actor: Actor, wanted: Wanted, now: datetime) -> WalletView:
    """Huit lectures, quels que soient les foyers et la longueur de l'histoire."""
    with reading() as db:
        homes = _homes(db, actor)
        family = _chosen(homes, wanted.family_id)
        if family is None:
            return WalletView(ready=True)
        balance = balance_of(db, family.key)
        quotients = tariffs.quotients_of(db, [family.key])[family.key]
        shown = statement(db, family.key, wanted, now)
        refunds = refunding.of_family(db, family.key)
    return WalletView(
        ready=True,
        family_id=family.key,
        family=family.name,
        homes=[Choice(str(one.key), one.name) for one in homes],
        is_active=balance.is_active,
        balance=euros(balance.cents),
        is_low=balance.is_low,
        overdraft=euros(balance.overdraft_cents) if balance.overdraft_cents else "",
        must_accept=balance.must_accept,
        quotient=said_quotient(quotients, now.astimezone(wording.PARIS).date()),
        residence=said_residence(family),
        statement=replace(shown, rows=[_for_family(row) for row in shown.rows]),
        refunds=refunds,
        may_ask=balance.cents > 0 and not any(one.is_waiting for one in refunds),
    )


def _for_family(row: MovementLine) -> MovementLine:
    """Une famille ne lit pas le nom de l'agent."""
    return replace(row, who="")


def _homes(db: Session, actor: Actor) -> list[Family]:
    """Mes foyers dont je peux voir l'argent."""
    query = select(Family).join(Guardian, col(Guardian.family_id) == col(Family.id)).where(*_may_see(actor))
    return list(db.exec(query.order_by(col(Family.name), col(Family.id))))


def _may_see(actor: Actor) -> tuple[Any, ...]:
    """Une famille ouverte, dont cet adulte voit l'argent."""
    right = col(getattr(Guardian, FamilyRight.MONEY))
    return Guardian.account_id == actor.account_id, col(Family.status).in_(access.OPEN), right


def inactive_wallets(actor: Actor) -> Any:
    """Combien de mes foyers ont encore à activer le leur ; aucun tant que rien ne se paie d'avance."""
    active = select(LedgerAccount.family_id).where(
        col(LedgerAccount.family_id).is_not(None), col(LedgerAccount.activated_at).is_not(None)
    )
    prepaid = select(Activity.id).where(col(Activity.is_prepaid), col(Activity.closed_at).is_(None))
    return (
        select(func.count())
        .select_from(Family)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(*_may_see(actor), col(Family.id).not_in(active), prepaid.exists())
    )


def active_cents(actor: Actor) -> Any:
    """Le solde de mes porte-monnaie actifs ; rien du tout s'il n'y en a pas."""
    return (
        select(func.sum(LedgerAccount.balance_cents))
        .join(Family, col(Family.id) == col(LedgerAccount.family_id))
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(*_may_see(actor), col(LedgerAccount.activated_at).is_not(None))
    )


def _chosen(homes: list[Family], family_id: int) -> Family | None:
    if not family_id:
        return homes[0] if homes else None
    chosen = next((one for one in homes if one.key == family_id), None)
    if chosen is None:
        raise NotOpenError
    return chosen


def said_quotient(quotients: tuple[Quotient, ...], day: date) -> str:
    """« 850, jusqu’au 31 août 2027 (relevé sur un document par un agent) »."""
    valid = [one for one in quotients if one.is_valid_on(day)]
    if not valid:
        return "inconnu : le tarif maximum s’applique"
    return f"{valid[-1].value}, jusqu’au {wording.long_date(valid[-1].valid_to)} ({valid[-1].source.label})"


def said_residence(family: Family) -> str:
    if tariffs.is_resident(family):
        return "tarif de la commune"
    return "tarif hors commune" if family.city else "tarif hors commune : votre adresse n’est pas connue"


def activate(*, actor: Actor, family_id: int, is_accepted: bool, now: datetime) -> None:
    """Une fois, même demandé par deux parents au même instant ; de nouvelles conditions s'acceptent une fois aussi."""
    if not is_accepted:
        raise BadInputError("Cochez la case pour accepter les conditions du porte-monnaie.")
    with transaction() as db:
        family, _ = access.my_family(db, actor, family_id, FamilyRight.MONEY)
        wallet = wallet_of(db, family.key, now)
        never, old = col(LedgerAccount.activated_at).is_(None), col(LedgerAccount.terms_version) < TERMS_VERSION
        steps: tuple[tuple[str, Any, dict[str, Any]], ...] = (
            ("wallet.activated", never, {"activated_at": now}),
            ("wallet.terms_accepted", old, {}),
        )
        for action, is_due, more in steps:
            accepted = update(LedgerAccount).where(col(LedgerAccount.id) == wallet.key, is_due)
            done = db.exec(
                accepted.values(terms_version=TERMS_VERSION, **more).execution_options(synchronize_session=False)
            )
            if done.rowcount:
                audit.record(db, action, at=now, actor_id=actor.account_id, subject_id=family.key)
