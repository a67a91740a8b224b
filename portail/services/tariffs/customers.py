"""Qui vient aujourd'hui : les enfants inscrits, ou qui réservent là où l'on vient sans s'inscrire."""

from datetime import date
from typing import Any

from sqlmodel import col, select, union

from portail.domain.activities import EnrolmentMode, EnrolmentState
from portail.domain.bookings import HOLDING
from portail.domain.simulation import first_of_year
from portail.models.activities import Activity, Enrolment, Offering, Slot
from portail.models.bookings import Booking
from portail.models.families import Family, FamilyChild
from portail.services import access


def coming(today: date, tariff_id: int = 0) -> Any:
    """(foyer, enfant), une fois chacun, à un tarif ou à tous : une question à glisser dans une autre.

    Sans inscription à faire, c'est avoir réservé depuis le 1er septembre ; une activité fermée ne compte plus.
    """
    opened: list[Any] = [col(Activity.closed_at).is_(None), col(Offering.closed_at).is_(None)]
    if tariff_id:
        opened.append(col(Offering.tariff_id) == tariff_id)
    enrolled: Any = (
        select(Enrolment.family_id, Enrolment.child_id)
        .join(Activity, col(Activity.id) == col(Enrolment.activity_id))
        .join(Offering, col(Offering.activity_id) == col(Activity.id))
        .where(Enrolment.state == EnrolmentState.ACCEPTED, *opened)
    )
    booked: Any = (
        select(Booking.family_id, Booking.child_id)
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Activity, col(Activity.id) == col(Offering.activity_id))
        .where(Activity.enrolment_mode == EnrolmentMode.NONE, Slot.day >= first_of_year(today))
        .where(col(Booking.state).in_(HOLDING), *opened)
    )
    either = union(enrolled, booked).subquery()
    query: Any = (
        select(FamilyChild.family_id, FamilyChild.child_id)
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .join(
            either,
            (either.c.family_id == col(FamilyChild.family_id)) & (either.c.child_id == col(FamilyChild.child_id)),
        )
        .where(col(Family.status).in_(access.OPEN))
    )
    return query.subquery()
