"""Des foyers, des enfants, une école."""

from datetime import date, datetime

from sqlmodel import func, select

from portail.domain.families import GuardianRole
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.families import Child, Family, FamilyChild, Guardian, School
from tests.conftest import NOW


def make_school(name: str = "École Jean-Macé") -> int:
    with transaction() as db:
        school = School(name=name)
        db.add(school)
        db.flush()
        return school.key


def make_family(name: str, *accounts: Account, phone: str = "06 00 00 00 01", now: datetime = NOW) -> int:
    """Un foyer tenu par ces comptes."""
    with transaction() as db:
        family = Family(
            number=f"F-{name}", name=name, address="1 rue Pasteur", postcode="49999", city="Valbourg", created_at=now
        )
        db.add(family)
        db.flush()
        for account in accounts:
            names = {"first_name": account.first_name, "last_name": account.last_name}
            guardian = Guardian(
                family_id=family.key, account_id=account.key, role=GuardianRole.MOTHER, phone=phone, **names
            )
            db.add(guardian)
        return family.key


def make_child(first_name: str, *family_ids: int, birth: date = date(2016, 5, 4), school_id: int | None = None) -> int:
    """Un enfant, placé dans un foyer ou plusieurs."""
    with transaction() as db:
        child = Child(first_name=first_name, last_name="Essai", birth_date=birth, school_id=school_id, level="CM2")
        db.add(child)
        db.flush()
        for one in family_ids:
            elder = db.exec(select(func.count()).where(FamilyChild.family_id == one)).one()
            db.add(FamilyChild(family_id=one, child_id=child.key, position=elder))
        return child.key
