"""Ce qu'un agent tape pour régler une activité, et ce que la base en garde."""

from datetime import date
from typing import Any

from sqlmodel import col, func, select

from portail.models.activities import Activity, Offering, Slot
from portail.models.audit import AuditEntry
from portail.models.bookings import Booking
from portail.models.database import reading, transaction
from portail.services.activities.editing import Edit
from tests.conftest import NOW


def activity_form(**changes: Any) -> dict[str, Any]:
    known = {
        "name": "Cantine",
        "place": "Jean-Macé",
        "summary": "Le repas de midi.",
        "kind": "canteen",
        "when-class": "on",
        "enrolment_mode": "none",
        "waitlist_mode": "automatic",
        "waitlist_priority": "order",
        "offer_hours": "24",
        "months_ahead": "0",
    }
    return {name: value for name, value in (known | changes).items() if value is not None}


def offering_form(tariff: int, /, **changes: Any) -> dict[str, Any]:
    known = {
        "name": "Midi",
        "starts_at": "11:45",
        "ends_at": "13:30",
        "min_age": "3",
        "max_age": "11",
        "capacity": "10",
        "tariff_id": str(tariff),
    }
    ticks = {f"day-{rank}": "on" for rank in (0, 1, 3, 4)}
    return {name: value for name, value in (known | ticks | changes).items() if value is not None}


def rule_form(**changes: Any) -> dict[str, Any]:
    known = {
        "valid_from": "2026-09-01",
        "opens_on": "",
        "opens_days_ahead": "",
        "opens_hour": "00:00",
        "absence_hours": "48",
        "carence_days": "0",
        "late-kind": "",
    }
    for prefix in ("add", "cancel"):
        known |= {f"{prefix}-kind": "working_days_before", f"{prefix}-days": "2", f"{prefix}-hour": "12:00"}
        known |= {f"{prefix}-shift": "none"}
    return {name: value for name, value in (known | changes).items() if value is not None}


def edit_of(activity_id: int) -> Edit:
    """Le signe que la base garde en ce moment."""
    with reading() as db:
        return Edit(activity_id, db.get_one(Activity, activity_id).stamp)


def activity_row(activity_id: int) -> Activity:
    with reading() as db:
        return db.get_one(Activity, activity_id)


def offering_row(offering_id: int) -> Offering:
    with reading() as db:
        return db.get_one(Offering, offering_id)


def slots_of(activity_id: int) -> list[Slot]:
    """Par jour, puis par formule."""
    query = select(Slot).where(Slot.activity_id == activity_id)
    with reading() as db:
        return list(db.exec(query.order_by(col(Slot.day), col(Slot.offering_id))))


def slot_on(activity_id: int, day: date) -> Slot:
    return next(slot for slot in slots_of(activity_id) if slot.day == day)


def open_days_of(activity_id: int) -> list[date]:
    return [slot.day for slot in slots_of(activity_id) if not slot.closed_why]


def book(slot_id: int, child_id: int, family_id: int, state: str = "booked") -> int:
    """Une réservation et la place qu'elle tient."""
    with transaction() as db:
        booking = Booking(
            slot_id=slot_id, child_id=child_id, family_id=family_id, state=state, meal_cents=320, changed_at=NOW
        )
        slot = db.get_one(Slot, slot_id)
        slot.taken += state in {"booked", "pending"}
        db.add(booking)
        db.flush()
        return booking.key


def traces(*actions: str) -> list[str]:
    """Les lignes du journal de ces actions, par ordre d'écriture."""
    query = select(AuditEntry).where(col(AuditEntry.action).in_(actions)).order_by(col(AuditEntry.id))
    with reading() as db:
        return [one.detail for one in db.exec(query)]


def count_slots() -> int:
    with reading() as db:
        return db.exec(select(func.count()).select_from(Slot)).one()
