"""À qui est ce dossier : les questions de propriété que tout service pose dans sa propre requête."""

from dataclasses import dataclass

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portail.domain.accounts import Actor, Audience, Role, check_audience, is_erased, may_hold
from portail.domain.families import FamilyRight, FamilyStatus
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.accounts import Account
from portail.models.base import is_key
from portail.models.families import Child, Family, FamilyChild, Guardian

OPEN = (FamilyStatus.PENDING, FamilyStatus.ACTIVE)


@dataclass(frozen=True)
class Mine:
    """Un enfant que ce compte tient, par ce foyer."""

    child: Child
    family: Family
    guardian: Guardian


def my_family(db: Session, actor: Actor, family_id: int, right: FamilyRight | None = None) -> tuple[Family, Guardian]:
    """Ce foyer et la place de cette personne ; le foyer d'un autre répond comme s'il n'existait pas."""
    if not is_key(family_id):
        raise NotOpenError
    query = (
        select(Family, Guardian)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(Family.id == family_id, Guardian.account_id == actor.account_id, col(Family.status).in_(OPEN))
    )
    found = db.exec(query).first()
    if found is None:
        raise NotOpenError
    _check_right([found[1]], right)
    return found[0], found[1]


def my_child(db: Session, actor: Actor, child_id: int, right: FamilyRight | None = None) -> Mine:
    """Cet enfant, par celui de mes foyers qui donne le droit demandé."""
    if not is_key(child_id):
        raise NotOpenError
    query = (
        select(Child, Family, Guardian)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(Child.id == child_id, Guardian.account_id == actor.account_id, col(Family.status).in_(OPEN))
        .order_by(col(Family.id))
    )
    found = list(db.exec(query))
    if not found:
        raise NotOpenError
    _check_right([row[2] for row in found], right)
    return next(Mine(*row) for row in found if right is None or getattr(row[2], right))


def my_children(actor: Actor, right: FamilyRight) -> SelectOfScalar[int]:
    """Les numéros des enfants pour qui cette personne a ce droit : une question à glisser dans une autre."""
    return (
        select(FamilyChild.child_id)
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(Guardian.account_id == actor.account_id, col(Family.status).in_(OPEN), getattr(Guardian, right))
    )


def _check_right(places: list[Guardian], right: FamilyRight | None) -> None:
    if right is not None and not any(getattr(place, right) for place in places):
        raise RefusalError(
            f"Votre accès à ce dossier ne permet pas de : {right.label.lower()}.",
            "Un autre responsable du dossier peut vous l’ouvrir.",
        )


def any_child(db: Session, actor: Actor, child_id: int, audience: Audience) -> Child:
    """L'enfant, pour un agent de ce public."""
    check_audience(audience, actor)
    child = db.get(Child, child_id) if is_key(child_id) else None
    if child is None:
        raise NotOpenError
    return child


def any_family(db: Session, actor: Actor, family_id: int, audience: Audience = Audience.FILES) -> Family:
    """Le foyer, pour un agent qui tient les dossiers."""
    check_audience(audience, actor)
    family = db.get(Family, family_id) if is_key(family_id) else None
    if family is None:
        raise NotOpenError
    return family


def any_account(db: Session, actor: Actor, account_id: int, *, lock: bool = False) -> Account:
    """Un compte que cet agent tient ; celui qu'il ne tient pas n'existe pas, ni celui qui a été effacé."""
    check_audience(Audience.FILES, actor)
    account = db.get(Account, account_id, with_for_update=lock) if is_key(account_id) else None
    if account is None or is_erased(account.email) or not may_hold(actor.role, Role(account.role)):
        raise NotOpenError
    return account
