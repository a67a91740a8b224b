"""Les foyers que ce compte tient : qui en est responsable, quels enfants."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import ScalarSelect
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor
from portail.domain.families import FamilyStatus, GuardianRole, age_on, child_color
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.families import Child, Family, FamilyChild, Guardian, School
from portail.services import access
from portail.views import wording
from portail.views.home import ChildChip, FamilyCard, GuardianLine


def show_mine(*, actor: Actor, now: datetime) -> list[FamilyCard]:
    with reading() as db:
        return cards_of(db, actor, now)


def cards_of(db: Session, actor: Actor, now: datetime) -> list[FamilyCard]:
    """Trois lectures, quel que soit le nombre de foyers et d'enfants."""
    held = list(
        db.exec(
            select(Family, Guardian.can_see_health)
            .join(Guardian, col(Guardian.family_id) == col(Family.id))
            .where(Guardian.account_id == actor.account_id, col(Family.status).in_(access.OPEN))
            .order_by(col(Family.name))
        )
    )
    families, keys = [family for family, _ in held], [family.key for family, _ in held]
    healthy = frozenset(family.key for family, sees_health in held if sees_health)
    children, guardians = _children(db, keys, healthy, now), _guardians(db, keys)
    return [
        FamilyCard(
            name=family.name,
            number=family.number,
            pending=family.status == FamilyStatus.PENDING,
            address=f"{family.address}, {family.postcode} {family.city}",
            children=children[family.key],
            guardians=guardians[family.key],
        )
        for family in families
    ]


def _children(db: Session, family_ids: list[int], healthy: frozenset[int], now: datetime) -> dict[int, list[ChildChip]]:
    """`healthy` : les foyers où cette personne voit les fiches sanitaires."""
    found: dict[int, list[ChildChip]] = defaultdict(list)
    query = (
        select(FamilyChild, Child, School, _homes_of_child())
        .join(Child, col(Child.id) == col(FamilyChild.child_id))
        .join(School, col(School.id) == col(Child.school_id), isouter=True)
        .where(col(FamilyChild.family_id).in_(family_ids))
        .order_by(col(FamilyChild.position), col(Child.birth_date))
    )
    today = now.astimezone(wording.PARIS).date()
    for place, child, school, homes in db.exec(query):
        chips = found[place.family_id]
        chips.append(
            ChildChip(
                id=child.key,
                first_name=child.first_name,
                initial=child.first_name[:1],
                color=child_color(place.position),
                school=school.name if school else "",
                level=child.level,
                age=wording.age(age_on(child.birth_date, today)),
                shared=homes > 1,
                health_open=place.family_id in healthy,
            )
        )
    return found


def _homes_of_child() -> ScalarSelect[int]:
    """À combien de foyers ouverts l'enfant est rattaché."""
    other, home = aliased(FamilyChild), aliased(Family)
    counted = select(func.count()).select_from(other).join(home, col(home.id) == col(other.family_id))
    return counted.where(other.child_id == FamilyChild.child_id, col(home.status).in_(access.OPEN)).scalar_subquery()


def _guardians(db: Session, family_ids: list[int]) -> dict[int, list[GuardianLine]]:
    found: dict[int, list[GuardianLine]] = defaultdict(list)
    query = (
        select(Guardian, Account)
        .join(Account, col(Account.id) == col(Guardian.account_id), isouter=True)
        .where(col(Guardian.family_id).in_(family_ids))
        .order_by(col(Guardian.id))
    )
    for guardian, account in db.exec(query):
        contact = " · ".join(part for part in (guardian.phone, account.email if account else "") if part)
        found[guardian.family_id].append(
            GuardianLine(
                full_name=f"{guardian.first_name} {guardian.last_name}",
                role=GuardianRole(guardian.role).label,
                contact=contact,
                has_account=account is not None,
            )
        )
    return found
