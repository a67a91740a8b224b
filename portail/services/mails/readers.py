"""À qui écrire : les adultes d'un foyer, ou qui a fait une démarche."""

from sqlmodel import Session, col, select

from portail.domain.accounts import AccountStatus
from portail.domain.families import FamilyRight
from portail.models.accounts import Account
from portail.models.families import Guardian
from portail.models.requests import Request


def adults(db: Session, family_id: int | None, right: FamilyRight = FamilyRight.BOOK) -> list[Account]:
    """Les comptes actifs des adultes qui ont ce droit dans le foyer."""
    query = (
        select(Account)
        .join(Guardian, col(Guardian.account_id) == col(Account.id))
        .where(Guardian.family_id == family_id, getattr(Guardian, right), Account.status == AccountStatus.ACTIVE)
    )
    return list(db.exec(query.order_by(col(Account.id))))


def of_request(db: Session, request: Request) -> list[Account]:
    """L'auteur de la démarche ; quand un agent l'a faite au nom d'un foyer, les adultes de ce foyer."""
    author = db.get(Account, request.author_id) if request.author_id else None
    if author is not None and author.is_staff and request.family_id is not None:
        return adults(db, request.family_id)
    return [author] if author is not None else []
