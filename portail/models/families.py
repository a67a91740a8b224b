"""Foyers, responsables, enfants, écoles. Un compte peut tenir plusieurs foyers, un foyer plusieurs comptes."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from portail.models.base import Row, instant


class School(Row, table=True):
    __tablename__ = "school"

    name: str = Field(max_length=120, unique=True)


class Family(Row, table=True):
    __tablename__ = "family"

    number: str = Field(max_length=20, unique=True)
    name: str = Field(max_length=160)
    address: str = Field(default="", max_length=200)
    postcode: str = Field(default="", max_length=10)
    city: str = Field(default="", max_length=80)
    created_at: datetime = instant()


class Guardian(Row, table=True):
    __tablename__ = "guardian"
    __table_args__ = (UniqueConstraint("family_id", "account_id"),)

    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    first_name: str = Field(max_length=80)
    last_name: str = Field(max_length=80)
    role: str = Field(max_length=20)
    phone: str = Field(default="", max_length=20)


class Child(Row, table=True):
    __tablename__ = "child"

    first_name: str = Field(max_length=80)
    last_name: str = Field(max_length=80)
    birth_date: date
    school_id: int | None = Field(default=None, foreign_key="school.id", index=True)
    level: str = Field(default="", max_length=10)


class FamilyChild(Row, table=True):
    """Un enfant peut appartenir à deux foyers."""

    __tablename__ = "family_child"
    __table_args__ = (UniqueConstraint("family_id", "child_id"),)

    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    child_id: int = Field(foreign_key="child.id", index=True, ondelete="CASCADE")
    position: int = 0
