"""Jade, entre ses deux foyers : les semaines paires chez son père, les vacances par moitiés."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from portail.demo import people
from portail.domain.custody import HolidayRule, PatternKind
from portail.models.custody import CustodyException, CustodyPattern
from portail.models.families import Child, FamilyChild
from portail.views import wording


def share_jade(db: Session, now: datetime) -> None:
    jade = db.exec(
        select(Child).where(Child.first_name == people.JADE.first_name, Child.last_name == people.JADE.last_name)
    ).one()
    places = select(FamilyChild.family_id).where(FamilyChild.child_id == jade.key).order_by(col(FamilyChild.id))
    paul, sophie = db.exec(places)
    today = now.astimezone(wording.PARIS).date()
    monday = today - timedelta(days=today.weekday())
    even = monday if monday.isocalendar().week % 2 == 0 else monday - timedelta(days=7)
    db.add(
        CustodyPattern(
            child_id=jade.key,
            first_family_id=paul,
            second_family_id=sophie,
            kind=PatternKind.ALTERNATE_WEEKS,
            anchor=even,
            holidays=HolidayRule.FIRST_IN_EVEN_YEARS,
            valid_from=monday - timedelta(weeks=12),
            created_at=now - timedelta(days=90),
        )
    )
    birthday = monday + timedelta(days=19)  # un samedi
    db.add(
        CustodyException(
            child_id=jade.key,
            family_id=sophie,
            first_day=birthday,
            last_day=birthday + timedelta(days=1),
            created_at=now - timedelta(days=3),
        )
    )
