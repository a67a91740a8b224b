"""La garde partagée : les rythmes d'un enfant entre deux foyers, et les exceptions datées."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from portail.domain.custody import HolidayRule, PatternKind
from portail.models.base import Row, among, instant


class CustodyPattern(Row, table=True):
    """Un rythme ; `first_family_id` est le foyer où commence la semaine de `anchor`."""

    __tablename__ = "custody_pattern"
    __table_args__ = (
        among("kind", PatternKind),
        among("holidays", HolidayRule),
        CheckConstraint("change_day between 0 and 6", name="change_day"),
        CheckConstraint("first_family_id <> second_family_id", name="two_families"),
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="dates_in_order"),
        UniqueConstraint("child_id", "valid_from"),
    )

    child_id: int = Field(foreign_key="child.id", ondelete="CASCADE")
    first_family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    second_family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    kind: str = Field(max_length=20)
    anchor: date
    change_day: int = 0
    holidays: str = Field(default=HolidayRule.NONE, max_length=20)
    valid_from: date
    valid_to: date | None = None
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    created_at: datetime = instant()


class CustodyException(Row, table=True):
    """Des jours confiés à un foyer ; la dernière écrite l'emporte."""

    __tablename__ = "custody_exception"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="dates_in_order"),)

    child_id: int = Field(foreign_key="child.id", index=True, ondelete="CASCADE")
    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    first_day: date
    last_day: date
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    created_at: datetime = instant()
