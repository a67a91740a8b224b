"""La fiche d'une activité : tout ce que les agents ont réglé, gardé en mémoire tant que rien ne change."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from portail.domain.activities import WaitlistMode
from portail.domain.booking_rules import BookingRule
from portail.domain.documents import Needed
from portail.domain.refusals import NotOpenError
from portail.domain.tariffs import Grid
from portail.domain.town_calendar import DayKind, TownCalendar
from portail.models.activities import Activity, ActivityRule, Offering
from portail.models.base import is_key
from portail.models.campaigns import Campaign, CampaignActivity
from portail.models.families import School
from portail.services import tariffs
from portail.services.enrolments import documents
from portail.services.town import calendar as town_calendar

_kept: dict[int, "Sheet"] = {}


@dataclass(frozen=True)
class Sheet:
    activity: Activity
    offerings: Mapping[int, Offering]
    rules: tuple[BookingRule, ...]
    grids: Mapping[int, tuple[Grid, ...]]
    calendar: TownCalendar
    campaigns: tuple[Campaign, ...]
    school_names: tuple[str, ...]
    documents: tuple[Needed, ...]

    @property
    def key(self) -> int:
        return self.activity.key

    @property
    def kinds(self) -> tuple[DayKind, ...]:
        return tuple(DayKind(kind) for kind in self.activity.day_kinds)

    @property
    def has_waitlist(self) -> bool:
        return self.activity.waitlist_mode != WaitlistMode.NONE

    @property
    def weekdays(self) -> frozenset[int]:
        """Les jours de la semaine où quelque chose a lieu."""
        return frozenset(weekday for one in self.offerings.values() for weekday in one.weekdays)


def open_sheet(db: Session, activity_id: int) -> Sheet:
    """Une lecture quand rien n'a changé : le timbre de l'activité dit si la fiche en mémoire vaut encore."""
    activity = db.get(Activity, activity_id) if is_key(activity_id) else None
    if activity is None:
        raise NotOpenError
    kept = _kept.get(activity_id)
    if kept is None or kept.activity.stamp != activity.stamp:
        kept = _kept[activity_id] = _read(db, activity)
    return kept


def _read(db: Session, activity: Activity) -> Sheet:
    offerings = db.exec(
        select(Offering).where(Offering.activity_id == activity.key).order_by(col(Offering.position), col(Offering.id))
    ).all()
    rules = db.exec(select(ActivityRule).where(ActivityRule.activity_id == activity.key)).all()
    campaigns = (
        select(Campaign)
        .join(CampaignActivity, col(CampaignActivity.campaign_id) == col(Campaign.id))
        .where(CampaignActivity.activity_id == activity.key)
    )
    schools = select(School.name).where(col(School.id).in_(activity.school_ids)).order_by(School.name)
    found = list(db.exec(campaigns))
    for row in (activity, *offerings, *found):  # gardées au-delà de cette session : rien ne doit les périmer
        db.expunge(row)
    return Sheet(
        activity,
        {one.key: one for one in offerings},
        tuple(BookingRule.load(rule.content) for rule in rules),
        tariffs.load(db, {one.tariff_id for one in offerings}),
        town_calendar.calendar_for(db, activity.key),
        tuple(found),
        tuple(db.exec(schools)) if activity.school_ids else (),
        documents.needed_for(db, activity.key),
    )
