"""Quelques familles de la ville de démonstration paient par prélèvement ; leurs comptes sont inventés."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Role
from portail.domain.dates import paris_day
from portail.domain.direct_debits import earliest_day
from portail.domain.families import FamilyRight, FamilyStatus
from portail.models.accounts import Account
from portail.models.families import Family, Guardian
from portail.services import regies
from portail.services.direct_debits import preparing
from portail.services.direct_debits.mandates import Signature, record

NEVER = ("camille.durand", "karim.benali")  # celle-ci paie elle-même, celle-là n'a encore rien activé
EVERY = 4  # une famille sur quatre


def load(db: Session, now: datetime) -> None:
    regie = regies.default(db)
    query = (
        select(Family.id, Account)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .join(Account, col(Account.id) == col(Guardian.account_id))
        .where(Family.status == FamilyStatus.ACTIVE, col(getattr(Guardian, FamilyRight.MONEY)))
        .order_by(col(Family.id), col(Guardian.id))
    )
    payers = dict(reversed(list(db.exec(query))))  # le premier adulte de chaque dossier l'emporte
    for rank, (family_id, account) in enumerate(sorted(payers.items())):
        if rank % EVERY == 0 and account.email.partition("@")[0] not in NEVER:
            holder = f"{account.first_name} {account.last_name}"
            mandate = record(db, regie, Signature(family_id or 0, account.key, holder, _iban(rank)), now)
            mandate.rum = f"{regie.code}-ESSAI-{rank:04d}"  # la ville est toujours la même


def announce(db: Session, now: datetime) -> None:
    """Une remise annoncée, pour la première famille ; les autres restent à préparer."""
    regie = regies.default(db)
    found = [one for one in preparing.eligible(db, regie) if one.is_told]
    agent = db.exec(select(Account.id).where(Account.role == Role.REGIE)).one()
    order = preparing.Order(regie, earliest_day(paris_day(now)), agent or 0, now, "ESSAI")
    first = [one for one in found if one.mandate.key == found[0].mandate.key]
    if first:
        preparing.plan(db, order, first)


def _iban(rank: int) -> str:
    """Une clé juste pour un compte inventé."""
    account = f"3000600001{rank:011d}00"
    key = 98 - int(f"{account}152700") % 97
    return f"FR{key:02d}{account}"
