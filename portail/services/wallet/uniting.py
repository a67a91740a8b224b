"""Deux dossiers réunis : le solde passe d'un porte-monnaie à l'autre par un mouvement, jamais ligne à ligne.

L'ancien porte-monnaie reste à l'ancien dossier, vide, avec son histoire ; défaire la fusion écrit le mouvement inverse.
"""

from datetime import datetime

from sqlmodel import Session, SQLModel, col, select

from portail.domain.money import euros
from portail.domain.refusals import RefusalError
from portail.domain.wallet import MovementKind
from portail.models.families import Family
from portail.models.merging import FamilyMerge
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction
from portail.services.moving import CannotUndoError, Mover
from portail.services.wallet.accounts import wallet_of
from portail.services.wallet.posting import Line, Movement, NotEnoughMoneyError, post


def keep_active(mover: Mover, db: Session, source_id: int, target_id: int, now: datetime) -> None:
    """Qui avait accepté les conditions dans l'ancien dossier n'a pas à recommencer dans le nouveau."""
    old = _wallet(db, source_id)
    if old is None:
        return
    kept = wallet_of(db, target_id, now)
    if old.activated_at and not kept.activated_at:
        accepted = {"activated_at": old.activated_at, "terms_version": old.terms_version}
        mover.change(SQLModel.metadata.tables[LedgerAccount.__tablename__], kept.key, accepted)


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
    """Le mouvement inverse, s'il reste de quoi."""
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


def _wallet(db: Session, family_id: int) -> LedgerAccount | None:
    return db.exec(select(LedgerAccount).where(LedgerAccount.family_id == family_id)).first()


def _reference(merge: FamilyMerge) -> str:
    return f"family_merge:{merge.key}"
