"""Foyers, responsables, enfants, écoles. Un compte peut tenir plusieurs foyers, un foyer plusieurs comptes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint, false, true
from sqlmodel import Field

from portail.domain.families import FamilyStatus
from portail.models.base import Row, instant, optional_instant


def _empty_text(limit: int) -> Any:
    return Field(default="", max_length=limit, sa_column_kwargs={"server_default": ""})


def _given_right() -> Any:
    return Field(default=True, sa_column_kwargs={"server_default": true()})


class School(Row, table=True):
    __tablename__ = "school"

    name: str = Field(max_length=120, unique=True)
    closed_at: datetime | None = optional_instant()  # fermée aux nouvelles inscriptions


class SchoolClass(Row, table=True):
    __tablename__ = "school_class"
    __table_args__ = (UniqueConstraint("school_id", "year", "name"),)

    school_id: int = Field(foreign_key="school.id", ondelete="CASCADE")
    name: str = Field(max_length=40)
    year: str = _empty_text(9)  # « 2026-2027 »
    levels: str = Field(default="", max_length=40)  # « CE1 CE2 » pour une classe double
    closed_at: datetime | None = optional_instant()


class Family(Row, table=True):
    __tablename__ = "family"
    __table_args__ = (
        CheckConstraint("status in ('pending','active','merged','archived')", name="status"),
        CheckConstraint("(status = 'merged') = (merged_into_id is not null)", name="merged_somewhere"),
    )

    number: str = Field(max_length=20, unique=True)
    name: str = Field(max_length=160)
    address: str = Field(default="", max_length=200)
    postcode: str = Field(default="", max_length=10)
    city: str = Field(default="", max_length=80)
    status: str = Field(default=FamilyStatus.ACTIVE, max_length=10, sa_column_kwargs={"server_default": "active"})
    merged_into_id: int | None = Field(default=None, foreign_key="family.id", index=True)
    created_at: datetime = instant()
    closed_at: datetime | None = optional_instant()  # archivé ou fusionné : le début de sa conservation

    @property
    def is_open(self) -> bool:
        return self.status in {FamilyStatus.PENDING, FamilyStatus.ACTIVE}


class Guardian(Row, table=True):
    __tablename__ = "guardian"
    __table_args__ = (UniqueConstraint("family_id", "account_id"),)

    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    first_name: str = Field(max_length=80)
    last_name: str = Field(max_length=80)
    role: str = Field(max_length=20)
    phone: str = Field(default="", max_length=20)  # portable
    home_phone: str = _empty_text(20)
    work_phone: str = _empty_text(20)
    other_phone: str = _empty_text(20)
    email: str = _empty_text(254)
    caf_number: str = _empty_text(20)
    invoices_by_email: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    invoice_email: str = _empty_text(254)
    can_edit: bool = _given_right()
    can_book: bool = _given_right()
    can_see_money: bool = _given_right()
    can_see_health: bool = _given_right()

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Child(Row, table=True):
    __tablename__ = "child"

    first_name: str = Field(max_length=80)
    last_name: str = Field(max_length=80)
    birth_date: date
    school_id: int | None = Field(default=None, foreign_key="school.id", index=True)
    level: str = Field(default="", max_length=10)
    class_id: int | None = Field(default=None, foreign_key="school_class.id", index=True, ondelete="SET NULL")


class FamilyChild(Row, table=True):
    """Un enfant peut appartenir à deux foyers."""

    __tablename__ = "family_child"
    __table_args__ = (UniqueConstraint("family_id", "child_id"),)

    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    child_id: int = Field(foreign_key="child.id", index=True, ondelete="CASCADE")
    position: int = 0
