"""À qui parler d'argent dans un foyer : les adultes qui le voient, chacun une fois."""

from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import AccountStatus, Notification
from portail.domain.families import FamilyRight
from portail.models.accounts import Account
from portail.models.families import Guardian


def addresses(db: Session, family_id: int | None, wish: Notification | None = None) -> list[str]:
    """Par leur compte ; sans compte, par l'adresse du dossier. `wish` : seulement qui veut bien ce courriel."""
    query = (
        select(Guardian, Account)
        .join(Account, col(Account.id) == col(Guardian.account_id), isouter=True)
        .where(Guardian.family_id == family_id, getattr(Guardian, FamilyRight.MONEY))
        .order_by(col(Guardian.id))
    )
    found = [_address(guardian, account, wish) for guardian, account in db.exec(query)]
    return list(dict.fromkeys(address for address in found if address))


def is_reachable(family_id: Any) -> Any:
    """La même question, posée de chaque foyer d'une lecture : un courriel d'argent y trouve-t-il quelqu'un ?"""
    active = col(Account.status) == AccountStatus.ACTIVE
    mine = active & (col(Account.email) != "")
    given = (col(Account.id).is_(None) | ~active) & ((col(Guardian.invoice_email) != "") | (col(Guardian.email) != ""))
    adults = select(Guardian.id).join(Account, col(Account.id) == col(Guardian.account_id), isouter=True)
    seen = adults.where(col(Guardian.family_id) == family_id, getattr(Guardian, FamilyRight.MONEY), mine | given)
    return seen.exists()


def _address(guardian: Guardian, account: Account | None, wish: Notification | None) -> str:
    if account is None or account.status != AccountStatus.ACTIVE:
        return "" if wish else guardian.invoice_email or guardian.email
    return account.email if wish is None or getattr(account, wish) else ""
