"""Les jours réservés d'un enfant, avec la règle qui vaut pour chacun."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.absences import DEFAULT_HOURS, declared_until
from portail.domain.booking_rules import BookingRule, rule_on
from portail.domain.dates import wall_instant
from portail.models.activities import Activity, ActivityRule, Offering, Slot
from portail.models.bookings import Absence, Booking

Rules = dict[int, tuple[BookingRule, ...]]


@dataclass(frozen=True)
class BookedDay:
    booking: Booking
    slot: Slot
    offering: Offering
    activity: Activity
    absence: Absence | None
    rule: BookingRule | None

    @property
    def until(self) -> datetime:
        hours = DEFAULT_HOURS if self.rule is None else self.rule.absence_hours
        return declared_until(wall_instant(self.slot.day, self.offering.starts_at), hours)

    @property
    def carence(self) -> int:
        return 0 if self.rule is None else self.rule.carence_days

    @property
    def what(self) -> str:
        return f"{self.activity.title}, {self.offering.name}"


def booked_days(db: Session, *conditions: Any) -> list[BookedDay]:
    """Deux lectures : les jours, et les règles de leurs activités."""
    query: Any = (
        select(Booking, Slot, Offering, Activity, Absence)  # type: ignore[call-overload]
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .join(Absence, col(Absence.booking_id) == col(Booking.id), isouter=True)
        .where(*conditions)
        .order_by(col(Slot.day), col(Offering.starts_at), col(Booking.id))
    )
    found = list(db.exec(query))
    rules = _rules(db, {activity.key for _, _, _, activity, _ in found})
    return [
        BookedDay(booking, slot, offering, activity, absence, rule_on(rules.get(activity.key, ()), slot.day))
        for booking, slot, offering, activity, absence in found
    ]


def _rules(db: Session, activity_ids: Collection[int]) -> Rules:
    rows: Iterable[ActivityRule] = db.exec(select(ActivityRule).where(col(ActivityRule.activity_id).in_(activity_ids)))
    found: dict[int, list[BookingRule]] = {}
    for row in rows:
        found.setdefault(row.activity_id, []).append(BookingRule.load(row.content))
    return {key: tuple(rules) for key, rules in found.items()}
