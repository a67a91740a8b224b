"""Le calendrier de la commune, réglé par la direction : fermetures et vacances corrigées ; les séances suivent."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.activities import PeriodKind
from portail.domain.calendar_periods import PeriodTerms, read_period
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.models.activities import Activity, CalendarPeriod
from portail.models.base import is_key
from portail.models.database import transaction
from portail.services import audit
from portail.services.activities import editing, slots
from portail.views import wording


def add(*, actor: Actor, form: dict[str, Any], now: datetime) -> None:
    """Les séances de ces jours se ferment (ou s'ouvrent) avec elle ; ce qui est réservé ne se ferme pas."""
    check_audience(Audience.TOWN, actor)
    today = now.astimezone(wording.PARIS).date()
    terms = read_period(form, today)
    with transaction() as db:
        period = _row(db, terms)
        befores = _befores(db, period)
        db.add(period)
        db.flush()
        _realign(db, befores, period, today)
        _record(db, "calendar.period_added", actor, period, now)


def remove(*, actor: Actor, period_id: int, now: datetime) -> None:
    check_audience(Audience.TOWN, actor)
    today = now.astimezone(wording.PARIS).date()
    with transaction() as db:
        period = db.get(CalendarPeriod, period_id, with_for_update=True) if is_key(period_id) else None
        if period is None:
            raise NotOpenError
        befores = _befores(db, period)
        db.delete(period)
        db.flush()
        _realign(db, befores, period, today)
        _record(db, "calendar.period_removed", actor, period, now)


def _row(db: Session, terms: PeriodTerms) -> CalendarPeriod:
    if terms.activity_id and db.get(Activity, terms.activity_id) is None:
        raise FormRefusedError({"activity_id": "Cette activité n’existe plus : choisissez-en une autre."})
    kind = PeriodKind.CLOSURE if terms.what.is_closure else PeriodKind.HOLIDAY
    return CalendarPeriod(
        kind=kind,
        first_day=terms.first,
        last_day=terms.last,
        name=terms.name,
        activity_id=terms.activity_id or None,
    )


def _befores(db: Session, period: CalendarPeriod) -> list[tuple[Activity, slots.Opening]]:
    """Chaque activité que la période touche, verrouillée, et ce que disaient ses réglages."""
    query = select(Activity).order_by(col(Activity.id)).with_for_update()
    if period.activity_id is not None:
        query = query.where(Activity.id == period.activity_id)
    return [(one, slots.opening_of(db, one)) for one in db.exec(query).all()]


def _realign(db: Session, befores: list[tuple[Activity, slots.Opening]], period: CalendarPeriod, today: date) -> None:
    first = max(period.first_day, today)
    for activity, before in befores:
        editing.renew(activity)
        last = min(period.last_day, slots.last_day(db, activity.key, today))
        if first <= last:
            slots.realign(db, activity, before, first, last)


def _record(db: Session, action: str, actor: Actor, period: CalendarPeriod, now: datetime) -> None:
    days = f"du {period.first_day:%d/%m/%Y} au {period.last_day:%d/%m/%Y}"
    detail = f"{period.name or 'école maintenue'}, {days}"
    audit.record(db, action, at=now, actor_id=actor.account_id, subject_id=period.key, detail=detail)
