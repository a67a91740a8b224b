"""Les foyers dont un parent voit l'argent, et ce que l'écran dit d'un quotient et d'une commune."""

from datetime import date

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyRight, age_on
from portail.domain.refusals import NotOpenError
from portail.domain.siblings import ADULT
from portail.domain.tariff_forms import Side
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.services import access


def homes_of(db: Session, actor: Actor | None) -> list[Family]:
    """Ceux dont cette personne voit l'argent : le quotient se lit dans le prix."""
    if actor is None or actor.role != Role.PARENT:
        return []
    query = (
        select(Family)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(Guardian.account_id == actor.account_id, col(Family.status).in_(access.OPEN))
        .where(col(getattr(Guardian, FamilyRight.MONEY)))
    )
    return list(db.exec(query.order_by(col(Family.name), col(Family.id))))


def chosen_home(homes: list[Family], family_id: int) -> Family | None:
    """Celui qui est demandé ; sans demande, le premier. Celui d'un autre n'existe pas."""
    chosen = next((one for one in homes if one.key == family_id), None) if family_id else next(iter(homes), None)
    if family_id and chosen is None:
        raise NotOpenError
    return chosen


def minors_of(db: Session, family: Family, today: date) -> int:
    """Les enfants qui comptent pour la fratrie."""
    children = select(Child).join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
    rows = db.exec(children.where(FamilyChild.family_id == family.key))
    return sum(age_on(one.birth_date, today) < ADULT for one in rows)


def said_payer(quotient: int | None, *, is_resident: bool) -> str:
    """« quotient familial 850, habitants de la commune »."""
    known = "quotient familial inconnu" if quotient is None else f"quotient familial {quotient}"
    return f"{known}, {(Side.INSIDE if is_resident else Side.OUTSIDE).label.lower()}"
