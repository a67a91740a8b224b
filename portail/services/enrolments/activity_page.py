"""Une activité vue par un parent : ses formules, ses prix, ses délais, ses documents, et de quoi inscrire un enfant."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, select

from portail.domain.accounts import Actor
from portail.domain.activities import ActivityKind, EnrolmentMode
from portail.domain.booking_rules import BookingRule, rule_on
from portail.domain.custody import WEEKDAYS
from portail.domain.dates import said_hour, said_list
from portail.domain.enrolments import day_field
from portail.domain.families import age_on
from portail.domain.refusals import NotOpenError
from portail.models.activities import Activity, ActivityRule, Offering
from portail.models.base import is_key
from portail.models.database import reading
from portail.services.enrolments import catalogue, documents
from portail.services.enrolments.catalogue import Guest, Shelf
from portail.views import wording
from portail.views.activities import ActivityPage, DayBox, DocumentLine, OfferingLine
from portail.views.requests import Choice

TO_ENROL = frozenset({"enrol", "refused"})


def show(*, actor: Actor, activity_id: int, child_id: int, now: datetime) -> ActivityPage:
    """`child_id` : celui du formulaire ; un autre que ceux que l'on peut inscrire, et c'est le premier d'entre eux."""
    with reading() as db:
        shelf = catalogue.fill(db, catalogue.guests_of(db, actor), now, activity_id) if is_key(activity_id) else None
        activity = next(iter(shelf.activities), None) if shelf else None
        if shelf is None or activity is None:
            raise NotOpenError
        standings = [catalogue.standing_of(shelf, activity, one) for one in shelf.guests]
        possible = [one.id for one in standings if one.state in TO_ENROL]
        chosen = child_id if child_id in possible else next(iter(possible), 0)
        guest = next((one for one in shelf.guests if one.child.key == chosen), None)
        needed = activity.enrolment_mode != EnrolmentMode.NONE
        offerings = shelf.offerings[activity.key]
        return ActivityPage(
            ready=True,
            id=activity.key,
            title=activity.title,
            kind=ActivityKind(activity.kind).label,
            summary=activity.summary,
            rules=_rules(db, activity, shelf),
            offerings=[_offering(shelf, one) for one in offerings],
            children=[replace(one, action="", link="") if one.id in possible else one for one in standings],
            to_enrol=[Choice(str(one.id), one.first_name) for one in standings if one.id in possible],
            child=chosen,
            days=_days(shelf, guest, offerings) if guest and needed else [],
            documents=_documents(db, activity, guest, shelf) if guest else [],
            needs_enrolment=needed,
            is_validated=activity.enrolment_mode == EnrolmentMode.VALIDATED,
            price_note=catalogue.said_price(shelf, offerings)[1],
        )


def _rules(db: Session, activity: Activity, shelf: Shelf) -> list[str]:
    """Les délais en vigueur, en phrases."""
    contents = db.exec(select(ActivityRule.content).where(ActivityRule.activity_id == activity.key))
    rule = rule_on([BookingRule.load(one) for one in contents], shelf.today)
    if rule is None:
        return []
    late = [f"Avec majoration : {rule.late_until.sentence}."] if rule.late_until else []
    return [f"Réserver : {rule.add.sentence}.", *late, f"Annuler : {rule.cancel.sentence}."]


def _offering(shelf: Shelf, offering: Offering) -> OfferingLine:
    return OfferingLine(
        id=offering.key,
        name=offering.name,
        hours=f"de {said_hour(offering.starts_at)} à {said_hour(offering.ends_at)}",
        ages=catalogue.said_ages(offering.min_age, offering.max_age),
        weekdays=said_list([WEEKDAYS[day] for day in sorted(offering.weekdays)]),
        price=catalogue.said_range(catalogue.prices_of(shelf, offering)),
    )


def _days(shelf: Shelf, guest: Guest, offerings: list[Offering]) -> list[OfferingLine]:
    """Les formules de son âge, une case par jour de la semaine."""
    age = age_on(guest.child.birth_date, shelf.today)
    return [
        OfferingLine(
            id=one.key,
            name=one.name,
            boxes=[DayBox(day_field(one.key, day), WEEKDAYS[day].capitalize()) for day in sorted(one.weekdays)],
        )
        for one in offerings
        if one.min_age <= age <= one.max_age
    ]


def _documents(db: Session, activity: Activity, guest: Guest, shelf: Shelf) -> list[DocumentLine]:
    needed = documents.needed_for(db, activity.key)
    held = documents.held_by(db, needed, {guest.child.key: guest.family.key})
    standings = held.standings(guest.child.key, guest.family.key, shelf.today)
    return [DocumentLine(one.name, wording.capitalised(said.label), said.tone, why) for one, said, why in standings]
