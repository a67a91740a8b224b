"""Ce que le guichet d'une régie a reçu un jour, et les journées passées que personne n'a arrêtées."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, union
from sqlmodel import Session, case, col, func, select

from portail.domain.payments import AT_THE_DESK, Means
from portail.models.payments import Payment
from portail.models.regies import Regie
from portail.services.cash_desk import days

LOOKED_BACK = timedelta(days=366)  # au-delà d'un exercice, une journée oubliée n'est plus à arrêter ici
_DESK: Any = col(Payment.means).in_(AT_THE_DESK)
_BACK_LATER: Any = col(Payment.cancelled_on) != col(Payment.received_on)


@dataclass(frozen=True)
class Taken:
    """Par moyen ; ce qui est repris d'un autre jour y est déjà retiré."""

    totals: dict[Means, int]
    given_back_cents: int

    @property
    def total_cents(self) -> int:
        return sum(self.totals.values())


def of_day(db: Session, regie_id: int, day: date) -> Taken:
    """Une lecture : reçu ce jour-là, moins repris ce jour-là ; annulé le jour même, un encaissement n'y est plus."""
    received = case((col(Payment.received_on) == day, col(Payment.amount_cents)), else_=0)
    back = case((col(Payment.cancelled_on) == day, col(Payment.amount_cents)), else_=0)
    later = case((_BACK_LATER & (col(Payment.cancelled_on) == day), col(Payment.amount_cents)), else_=0)
    query = (
        select(Payment.means, func.sum(received - back), func.sum(later))
        .where(
            Payment.regie_id == regie_id, _DESK, or_(col(Payment.received_on) == day, col(Payment.cancelled_on) == day)
        )
        .group_by(col(Payment.means))
    )
    found = {means: (int(cents), int(back)) for means, cents, back in db.exec(query)}
    totals = {means: found.get(means, (0, 0))[0] for means in Means if means in AT_THE_DESK}
    return Taken(totals, sum(back for _, back in found.values()))


def first_day(db: Session, regie_id: int) -> date | None:
    """Le premier encaissement de la régie à son guichet."""
    return db.exec(select(func.min(Payment.received_on)).where(Payment.regie_id == regie_id, _DESK)).one()


def left_open(today: date, *more: Any) -> Any:
    """Les journées passées où le guichet a reçu ou repris, sans arrêté ; à glisser dans une autre question."""
    return union(_open_days(Payment.received_on, today, more), _open_days(Payment.cancelled_on, today, more))


def _open_days(day: Any, today: date, more: tuple[Any, ...]) -> Any:
    return (
        select(Payment.regie_id, col(day).label("day"))
        .join(Regie, col(Regie.id) == col(Payment.regie_id))
        .where(
            _DESK,
            col(Regie.closed_at).is_(None),
            col(day) < today,
            col(day) >= today - LOOKED_BACK,
            or_(col(Payment.cancelled_on).is_(None), _BACK_LATER),
            ~days.is_closed(col(Payment.regie_id), col(day)),
            *more,
        )
    )


def count_left_open(today: date) -> Any:
    return select(func.count()).select_from(left_open(today).subquery())


def left_open_of(db: Session, regie_id: int, today: date) -> list[date]:
    """La plus ancienne d'abord."""
    found = db.connection().execute(left_open(today, Payment.regie_id == regie_id))
    return sorted(day for _, day in found)
