"""De quels enfants parle un mouvement : lu par sa validation, jamais écrit au grand livre, qui ne nomme personne."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, select

from portail.models.bookings import Booking, BookingChange
from portail.models.families import Child, FamilyChild


def of_family(db: Session, family_id: int) -> dict[int, str]:
    """Les enfants du foyer, dans son ordre ; celui de l'autre foyer n'en est pas."""
    query = (
        select(Child.id, Child.first_name)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .where(FamilyChild.family_id == family_id)
        .order_by(col(FamilyChild.position), col(Child.id))
    )
    return {key: first_name for key, first_name in db.exec(query) if key is not None}


def of_batches(db: Session, batch_ids: Iterable[int | None], names: dict[int, str]) -> dict[int | None, str]:
    """« Léa, Noé », pour chaque validation, en une lecture ; un enfant parti du foyer n'est plus nommé."""
    wanted = {one for one in batch_ids if one is not None}
    if not wanted or not names:
        return {}
    query = (
        select(BookingChange.batch_id, Booking.child_id)
        .join(Booking, col(Booking.id) == col(BookingChange.booking_id))
        .where(col(BookingChange.batch_id).in_(wanted), col(Booking.child_id).in_(names))
        .distinct()
    )
    found: dict[int | None, set[int]] = defaultdict(set)
    for batch_id, child_id in db.exec(query):
        found[batch_id].add(child_id)
    return {batch_id: ", ".join(name for key, name in names.items() if key in mine) for batch_id, mine in found.items()}


def batches_of(child_id: int) -> Any:
    """Les validations où cet enfant a un jour."""
    return (
        select(BookingChange.batch_id)
        .join(Booking, col(Booking.id) == col(BookingChange.booking_id))
        .where(Booking.child_id == child_id)
    )
