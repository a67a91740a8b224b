"""« Ouvrir les séances du … au … », et la tournée de nuit qui les ouvre d'avance."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.activity_settings import CalendarUnknownError, read_span
from portail.domain.dates import months_away
from portail.domain.forms import Reader
from portail.domain.refusals import RefusalError
from portail.domain.school_calendar import Zone, last_published
from portail.models.activities import Activity
from portail.models.database import reading, transaction
from portail.services import audit
from portail.services.activities import editing, slots
from portail.services.town import calendar
from portail.settings import current
from portail.views import wording


def open_days(*, actor: Actor, activity_id: int, form: dict[str, Any], now: datetime) -> int:
    """Ce qui existe déjà n'est pas touché ; rend combien de séances sont créées."""
    check_audience(Audience.TOWN, actor)
    reader = Reader(form)
    span = read_span(reader, form, now.astimezone(wording.PARIS).date())
    reader.check()
    if span.last > (known := last_published(Zone(current().school_zone))):
        raise CalendarUnknownError(known)
    with transaction() as db:
        activity = editing.held(db, actor, activity_id)
        if activity.closed_at is not None:
            raise RefusalError("Cette activité est fermée.", "Rouvrez-la avant d’ouvrir ses séances.")
        if not slots.offered(db, activity.key):
            raise RefusalError("Cette activité n’a encore aucune séance type.", "Ajoutez-en une.")
        made = _open(db, activity, span.first, span.last)
        detail = f"{activity.title}, du {span.first:%d/%m/%Y} au {span.last:%d/%m/%Y} : {made}"
        audit.record(
            db, "activity.slots_opened", at=now, actor_id=actor.account_id, subject_id=activity.key, detail=detail
        )
        return made


def open_ahead(now: datetime) -> int:
    """Chaque nuit : les activités qui le demandent gardent leurs mois d'avance. Une transaction pour chacune."""
    today = now.astimezone(wording.PARIS).date()
    known = last_published(Zone(current().school_zone))
    with reading() as db:
        query = select(col(Activity.id)).where(col(Activity.closed_at).is_(None), Activity.months_ahead > 0)
        waiting = list(db.exec(query.order_by(col(Activity.id))))
    return sum(_open_one(key, today, known) for key in waiting if key)


def _open_one(activity_id: int, today: date, known: date) -> int:
    with transaction() as db:
        activity = db.get_one(Activity, activity_id, with_for_update=True)
        return _open(db, activity, today, min(months_away(today, activity.months_ahead), known))


def _open(db: Session, activity: Activity, first: date, last: date) -> int:
    return slots.generate(db, activity, first, last, calendar.calendar_for(db, activity.key))
