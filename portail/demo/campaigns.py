"""Une campagne à venir : les prochaines petites vacances du second centre, et des vœux déjà préparés."""

from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from portail.demo.activities import CENTRES
from portail.demo.season import Season
from portail.domain.bookings import Intent
from portail.domain.families import age_on
from portail.domain.school_calendar import ONE_DAY
from portail.domain.selection import Choice, write_choices
from portail.models.activities import Activity, Offering, Slot
from portail.models.campaigns import Campaign, CampaignActivity, WishList
from portail.models.families import Child, Family, FamilyChild
from portail.views.wording import PARIS

SOON, LATER = timedelta(days=5), timedelta(days=12)  # les habitants d'abord
AWAY = timedelta(days=70)  # des jours que personne n'a encore réservés
OPENS = time(9)
A_MINUTE = 60
WISHES = 2


def load(db: Session, season: Season, now: datetime) -> None:
    activity = db.exec(select(Activity).where(Activity.name == "Vacances", Activity.place == CENTRES[1])).one()
    family_id = db.exec(select(Family.id).order_by(col(Family.id))).first() or 0
    first = next(day for day in season.days() if day > season.today + AWAY and season.calendar.school_holiday(day))
    last = first
    while season.calendar.school_holiday(last + ONE_DAY):
        last += ONE_DAY
    residents, everyone = (datetime.combine(season.today + delay, OPENS, PARIS) for delay in (SOON, LATER))
    campaign = Campaign(
        name=f"Vacances, {activity.place}",
        first_day=first,
        last_day=last,
        residents_at=residents,
        everyone_at=everyone,
        admitted_a_minute=A_MINUTE,
        stamp="demonstration",
    )
    db.add(campaign)
    db.flush()
    db.add(CampaignActivity(campaign_id=campaign.key, activity_id=activity.key))
    chosen = _wishes(db, activity, campaign, family_id)
    wish = WishList(campaign_id=campaign.key, family_id=family_id, activity_id=activity.key, changed_at=now)
    wish.choices = write_choices(chosen)
    db.add(wish)


def _wishes(db: Session, activity: Activity, campaign: Campaign, family_id: int) -> list[Choice]:
    """Deux jours pour l'aînée."""
    child = db.exec(
        select(Child)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .where(FamilyChild.family_id == family_id)
        .order_by(col(Child.birth_date))
    ).first()
    query = (
        select(Slot, Offering)
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .where(Slot.activity_id == activity.key, col(Slot.day).between(campaign.first_day, campaign.last_day))
        .order_by(col(Offering.position), col(Slot.day))
    )
    if child is None:
        return []
    fitting = [
        slot
        for slot, offering in db.exec(query)
        if offering.min_age <= age_on(child.birth_date, slot.day) <= offering.max_age
    ]
    return [Choice(slot.key, child.key, Intent.ADD) for slot in fitting[:WISHES]]
