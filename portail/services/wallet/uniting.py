"""Deux dossiers réunis : le solde passe d'un porte-monnaie à l'autre par un mouvement, jamais ligne à ligne.

L'ancien porte-monnaie reste à l'ancien dossier, vide, avec son histoire ; défaire la fusion écrit le mouvement inverse.
"""

from datetime import datetime

from sqlmodel import Session, SQLModel, col, select

from portail.domain.money import euros
from portail.domain.refusals import RefusalError
from portail.domain.wallet import MovementKind, WalletRefundState
from portail.models.families import Family
from portail.models.merging import FamilyMerge
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction, WalletRefund
from portail.services.merging.moving import CannotUndoError, Mover
from portail.services.wallet.accounts import wallet_of
from portail.services.wallet.posting import Line, Movement, NotEnoughMoneyError, post

_REFUND = SQLModel.metadata.tables[WalletRefund.__tablename__]


def keep_active(mover: Mover, db: Session, source_id: int, target_id: int, now: datetime) -> None:
    """Qui avait accepté les conditions dans l'ancien dossier n'a pas à recommencer dans le nouveau."""
    old = _wallet(db, source_id)
    if old is None:
        return
    kept = wallet_of(db, target_id, now)
    if old.activated_at and not kept.activated_at:
        accepted = {"activated_at": old.activated_at, "terms_version": old.terms_version}
        mover.change(SQLModel.metadata.tables[LedgerAccount.__tablename__], kept.key, accepted)


class TwoRefundsError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Chacun de ces deux dossiers attend le remboursement de son porte-monnaie.",
            "La régie répond d’abord à l’une des deux demandes.",
        )


def follow_refund(mover: Mover, source_id: int, target_id: int) -> None:
    """La demande qui attend suit l'argent ; celles qui ont eu leur réponse restent à l'histoire de l'ancien dossier."""
    waiting = {
        row.family_id: row.id
        for row in mover.connection.execute(
            select(_REFUND.c.id, _REFUND.c.family_id).where(
                _REFUND.c.family_id.in_((source_id, target_id)), _REFUND.c.state == WalletRefundState.ASKED
            )
        )
    }
    if len(waiting) > 1:
        raise TwoRefundsError
    if source_id in waiting:
        mover.change(_REFUND, waiting[source_id], {"family_id": target_id})


def unite(db: Session, merge: FamilyMerge) -> None:
    """Le solde de l'ancien dossier rejoint celui du dossier conservé."""
    old = _wallet(db, merge.source_id)
    if old is None or not old.balance_cents:
        return
    cents, kept = old.balance_cents, wallet_of(db, merge.target_id, merge.merged_at)
    label = f"Dossier {db.get_one(Family, merge.source_id).number} réuni à celui-ci"
    lines = (Line(old, -cents), Line(kept, cents))
    moved = Movement(MovementKind.TRANSFER, label, lines, merge.merged_at, merge.merged_by, reference=_reference(merge))
    try:
        post(db, moved)
    except NotEnoughMoneyError:
        raise RefusalError(
            "Le porte-monnaie du dossier à réunir est à découvert.", "Faites-le d’abord revenir à zéro."
        ) from None


def separate(db: Session, merge: FamilyMerge, author_id: int, now: datetime) -> None:
    """Le mouvement inverse, s'il reste de quoi et si rien n'a été viré entre-temps au nom de l'ancien dossier."""
    _check_not_paid(db, merge)
    query = (
        select(LedgerAccount, LedgerEntry.amount_cents)
        .join(LedgerEntry, col(LedgerEntry.account_id) == col(LedgerAccount.id))
        .join(LedgerTransaction, col(LedgerTransaction.id) == col(LedgerEntry.transaction_id))
        .where(LedgerTransaction.reference == _reference(merge))
    )
    lines = tuple(Line(account, -cents) for account, cents in db.exec(query))
    if not lines:
        return
    label, reference = "Réunion des dossiers défaite", f"{_reference(merge)}:undone"
    back = Movement(MovementKind.TRANSFER, label, lines, now, author_id, reference=reference)
    try:
        post(db, back)
    except NotEnoughMoneyError:
        moved = max(abs(line.cents) for line in lines)
        raise CannotUndoError(f"les {euros(moved)} venus de l’ancien dossier ont été dépensés depuis") from None


def _check_not_paid(db: Session, merge: FamilyMerge) -> None:
    """Remboursée depuis, la demande a été payée par le dossier conservé."""
    followed = [step["id"] for step in merge.steps if step["do"] == "changed" and step["table"] == _REFUND.name]
    paid = select(WalletRefund.id).where(
        col(WalletRefund.id).in_(followed), WalletRefund.state == WalletRefundState.DONE
    )
    if followed and db.exec(paid).first() is not None:
        raise CannotUndoError("un remboursement demandé par l’ancien dossier a été versé depuis")


def _wallet(db: Session, family_id: int) -> LedgerAccount | None:
    return db.exec(select(LedgerAccount).where(LedgerAccount.family_id == family_id)).first()


def _reference(merge: FamilyMerge) -> str:
    return f"family_merge:{merge.key}"
