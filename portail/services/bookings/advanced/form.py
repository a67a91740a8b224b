"""Le formulaire : les enfants, les séances qui leur sont ouvertes, et ce que l'adresse a déjà rempli."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor
from portail.domain.activities import EnrolmentMode, EnrolmentState
from portail.domain.custody import WEEKDAYS
from portail.domain.dates import said_hour
from portail.domain.families import age_on
from portail.domain.refusals import NotOpenError
from portail.domain.weekly import (
    CHILD_FIELD,
    DAY_FIELD,
    EVERY_WEEK,
    RHYTHMS,
    Mode,
    read_children,
    read_day,
    read_week,
)
from portail.models.activities import Activity, Offering, Slot
from portail.models.database import reading
from portail.services.enrolments.catalogue import Guest, Shelf, fill, guests_of
from portail.views import wording
from portail.views.weekly import Box, WeekActivity, WeeklyForm, WeekPart

DEFAULT_PERIOD = timedelta(days=120)


def show(*, actor: Actor, activity_id: int, fields: Mapping[str, str], now: datetime) -> WeeklyForm:
    """L'activité d'où l'on vient d'abord ; `fields` : ce que l'adresse propose, un texte illisible ne propose rien."""
    with reading() as db:
        shelf = fill(db, guests_of(db, actor), now)
        here = next((one for one in shelf.activities if one.key == activity_id), None)
        if here is None or not shelf.guests:
            raise NotOpenError
        others = [one for one in shelf.activities if one is not here]
        shown = {one.key: _offered(shelf, one) for one in (here, *others)}
        last = _last_day(db, [offering.key for offerings in shown.values() for offering in offerings])
    activities = [_activity(one, shown[one.key], fields, here) for one in (here, *others) if shown[one.key]]
    first = max(read_day(fields.get("du", "")) or shelf.today, shelf.today)
    last = read_day(fields.get("au", "")) or last or shelf.today + DEFAULT_PERIOD
    rhythm, mode = fields.get("rythme", ""), fields.get("mode", "")
    return WeeklyForm(
        ready=True,
        activity=here.key,
        title=here.title,
        children=_children(shelf, fields),
        activities=activities,
        least=shelf.today.isoformat(),
        first=first.isoformat(),
        last=max(last, first).isoformat(),
        rhythm=rhythm if rhythm in RHYTHMS else EVERY_WEEK,
        mode=mode if mode in set(Mode) else Mode.ADD.value,
    )


def _offered(shelf: Shelf, activity: Activity) -> list[Offering]:
    """Les formules de l'âge d'un des enfants qui peuvent y réserver."""
    joined = [one for one in shelf.guests if _has_joined(shelf, activity, one)]
    ages = {age_on(one.child.birth_date, shelf.today) for one in joined}
    return [one for one in shelf.offerings[activity.key] if any(one.min_age <= age <= one.max_age for age in ages)]


def _has_joined(shelf: Shelf, activity: Activity, guest: Guest) -> bool:
    if shelf.why_not(activity, guest) is not None:
        return False
    row = shelf.states.get((activity.key, guest.child.key))
    return activity.enrolment_mode == EnrolmentMode.NONE or (row is not None and row.state == EnrolmentState.ACCEPTED)


def _last_day(db: Session, offering_ids: list[int]) -> date | None:
    """Le dernier jour ouvert aux réservations."""
    return db.exec(select(func.max(Slot.day)).where(col(Slot.offering_id).in_(offering_ids))).one()


def _children(shelf: Shelf, fields: Mapping[str, str]) -> list[Box]:
    """Un seul enfant est coché d'avance ; plusieurs, ceux que l'adresse nomme."""
    asked = read_children(fields.get("enfants", "") or fields.get("enfant", ""))
    mine = [one.child for one in shelf.guests if one.may_book]
    return [
        Box(f"{CHILD_FIELD}-{child.key}", child.first_name, checked=child.key in asked or len(mine) == 1)
        for child in mine
    ]


def _activity(activity: Activity, offerings: list[Offering], fields: Mapping[str, str], here: Activity) -> WeekActivity:
    parts = _parts(offerings, fields)
    is_asked = any(box.checked for part in parts for box in part.boxes)
    return WeekActivity(activity.key, activity.title, activity is here or is_asked, parts)


def _parts(offerings: list[Offering], fields: Mapping[str, str]) -> list[WeekPart]:
    asked = read_week(fields.get("jours", ""))
    return [
        WeekPart(
            id=one.key,
            name=one.name,
            hours=f"de {said_hour(one.starts_at)} à {said_hour(one.ends_at)}",
            boxes=[
                Box(
                    f"{DAY_FIELD}-{one.key}-{day}",
                    wording.capitalised(WEEKDAYS[day][:3]),
                    WEEKDAYS[day],
                    checked=day in asked.get(one.key, ()),
                )
                for day in sorted(one.weekdays)
            ],
        )
        for one in offerings
    ]
