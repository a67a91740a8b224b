"""Une journée de caisse : arrêtée, elle ne reçoit ni n'annule plus rien au guichet."""

from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.desk import DayClosedError
from portail.models.payments import DayClosing
from portail.models.regies import Regie
from portail.views import wording

STANDING: Any = col(DayClosing.reopened_at).is_(None)  # rouvert, un arrêté reste écrit et n'arrête plus rien


def check_open(db: Session, regie_id: int, day: date) -> None:
    """La régie reste tenue jusqu'à la fin : un arrêté demandé au même instant attend cet encaissement."""
    db.exec(select(Regie.id).where(Regie.id == regie_id).with_for_update(read=True)).one()
    if closing_of(db, regie_id, day) is not None:
        raise DayClosedError(wording.short_date(day))


def closing_of(db: Session, regie_id: int, day: date) -> DayClosing | None:
    query = select(DayClosing).where(DayClosing.regie_id == regie_id, DayClosing.day == day, STANDING)
    return db.exec(query).first()


def is_closed(regie_id: Any, day: Any) -> Any:
    """La question, à glisser dans une autre."""
    mine = (col(DayClosing.regie_id) == regie_id, col(DayClosing.day) == day, STANDING)
    return select(DayClosing.id).where(*mine).exists()
