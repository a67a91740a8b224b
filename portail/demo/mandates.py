"""Quelques familles de la ville de démonstration paient par prélèvement ; leurs comptes sont inventés."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Role
from portail.domain.dates import paris_day
from portail.domain.direct_debits import earliest_day
from portail.models.accounts import Account
from portail.models.families import Family, Guardian
from portail.services import regies
from portail.services.direct_debits import preparing
from portail.services.direct_debits.mandates import Signature, record

_UNAWARE = "celine.chevrier@famille.example"  # n'a pas activé son compte : rien ne l'avertirait
PAYERS = ("sophie.garnier@famille.example", "tom.petit@famille.example", _UNAWARE)


def load(db: Session, now: datetime) -> None:
    regie = regies.default(db)
    query = (
        select(Family.id, Account)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .join(Account, col(Account.id) == col(Guardian.account_id))
        .where(col(Account.email).in_(PAYERS))
        .order_by(col(Family.id))
    )
    for family_id, account in db.exec(query).all():
        holder = f"{account.first_name} {account.last_name}"
        mandate = record(db, regie, Signature(family_id or 0, account.key, holder, _iban(account.key)), now)
        mandate.rum = f"{regie.code}-ESSAI-{account.key:04d}"  # la ville est toujours la même


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
