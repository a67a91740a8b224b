"""Les activités telles que la direction les lit : la liste, et une activité avec tout ce qui s'y règle."""

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, col, func, or_, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.activities import ActivityKind
from portail.domain.booking_rules import BookingRule, rule_on
from portail.domain.custody import WEEKDAYS
from portail.domain.dates import said_hour
from portail.domain.refusals import NotOpenError
from portail.domain.rule_forms import STARTING_RULE, fill_rule, rule_sentences
from portail.models.activities import Activity, ActivityRule, Offering, Slot
from portail.models.base import is_key
from portail.models.database import reading
from portail.models.tariffs import Tariff
from portail.services.activities import forms_shown, rules
from portail.views import wording
from portail.views.activity_desk import (
    ActivityFile,
    ActivityLine,
    ActivityList,
    ExceptionLine,
    OfferingLine,
    RuleLine,
)
from portail.views.requests import Choice

MOST_EXCEPTIONS = 40
Coming = tuple[date | None, date | None, int]


def listing(*, actor: Actor, now: datetime) -> ActivityList:
    """Ouvertes d'abord ; cinq lectures, quel que soit le nombre d'activités."""
    check_audience(Audience.TOWN, actor)
    today = now.astimezone(wording.PARIS).date()
    with reading() as db:
        activities = db.exec(select(Activity).order_by(col(Activity.position), col(Activity.id))).all()
        parts = _parts(db)
        coming = _coming(db, today)
        blank = forms_shown.activity_form(db, None)
    lines = [_line(one, parts.get(one.key, 0), coming.get(one.key, (None, None, 0))) for one in activities]
    return ActivityList(True, sorted(lines, key=lambda line: line.closed), blank)


def _line(activity: Activity, parts: int, coming: Coming) -> ActivityLine:
    _, last, bookings = coming
    return ActivityLine(
        id=activity.key,
        title=activity.title,
        kind=ActivityKind(activity.kind).label,
        parts=wording.count(parts, "séance type", "séances types"),
        opened=f"jusqu’au {wording.long_date(last)}" if last else "aucune séance ouverte",
        bookings=wording.count(bookings, "réservation", "réservations"),
        closed=activity.closed_at is not None,
    )


def _parts(db: Session) -> dict[int, int]:
    query = select(Offering.activity_id, func.count()).where(col(Offering.closed_at).is_(None))
    return dict(db.exec(query.group_by(col(Offering.activity_id))).all())


def _coming(db: Session, today: date) -> dict[int, Coming]:
    """Par activité : le premier et le dernier jour à venir, et combien de réservations."""
    query = select(Slot.activity_id, func.min(Slot.day), func.max(Slot.day), func.sum(Slot.taken))
    found = db.exec(query.where(Slot.day >= today).group_by(col(Slot.activity_id)))
    return {key: (first, last, int(taken or 0)) for key, first, last, taken in found}


def show(*, actor: Actor, activity_id: int, now: datetime) -> ActivityFile:
    check_audience(Audience.TOWN, actor)
    today = now.astimezone(wording.PARIS).date()
    with reading() as db:
        activity = db.get(Activity, activity_id) if is_key(activity_id) else None
        if activity is None:
            raise NotOpenError
        tariffs = {one.key: one.name for one in db.exec(select(Tariff).order_by(col(Tariff.position), Tariff.name))}
        query = select(Offering).where(Offering.activity_id == activity.key)
        offerings = list(db.exec(query.order_by(col(Offering.position), col(Offering.id))))
        first, last = db.exec(
            select(func.min(Slot.day), func.max(Slot.day)).where(Slot.activity_id == activity.key, Slot.day >= today)
        ).one()
        form = forms_shown.activity_form(db, activity)
        dated = rules.rows(db, activity.key)
        exceptions = _exceptions(db, activity.key, today)
    opened = f"Séances ouvertes du {wording.long_date(first)} au {wording.long_date(last)}." if first and last else ""
    return ActivityFile(
        ready=True,
        id=activity.key,
        stamp=activity.stamp,
        title=activity.title,
        kind=ActivityKind(activity.kind).label,
        closed=activity.closed_at is not None,
        opened=opened or "Aucune séance n’est ouverte à partir d’aujourd’hui.",
        form=form,
        offerings=[_offering(one, tariffs) for one in offerings],
        new_offering=forms_shown.blank_offering(),
        parts=[Choice("0", "Toutes les séances"), *(Choice(str(one.key), one.name) for one in offerings)],
        tariffs=[Choice(str(key), name) for key, name in tariffs.items()],
        rules=_rules(dated, today),
        new_rule=RuleLine(known=fill_rule(replace(_latest(dated), valid_from=today))),
        exceptions=exceptions,
        weekdays=forms_shown.weekday_ticks(()),
    )


def _offering(one: Offering, tariffs: dict[int, str]) -> OfferingLine:
    days = [WEEKDAYS[rank] for rank in one.weekdays]
    return OfferingLine(
        id=one.key,
        name=one.name,
        hours=f"{said_hour(one.starts_at)} – {said_hour(one.ends_at)}",
        ages=f"{one.min_age} à {one.max_age} ans",
        days=", ".join(days) or "tous les jours de l’activité",
        places=wording.count(one.capacity, "place", "places"),
        tariff=tariffs.get(one.tariff_id, ""),
        closed=one.closed_at is not None,
        known=forms_shown.offering_values(one),
        ticks=forms_shown.weekday_ticks(one.weekdays),
    )


def _latest(dated: list[ActivityRule]) -> BookingRule:
    """Une nouvelle règle part de la dernière."""
    return BookingRule.load(dated[0].content) if dated else STARTING_RULE


def _rules(dated: list[ActivityRule], today: date) -> list[RuleLine]:
    loaded = [(row.key, BookingRule.load(row.content)) for row in dated]
    in_force = rule_on([rule for _, rule in loaded], today)
    return [
        RuleLine(
            id=key,
            since=f"À partir du {wording.long_date(rule.valid_from)}",
            current=rule is in_force,
            sentences=rule_sentences(rule),
            known=fill_rule(rule),
        )
        for key, rule in loaded
    ]


def _exceptions(db: Session, activity_id: int, today: date) -> list[ExceptionLine]:
    """Les séances à venir fermées, ou dont les places ne sont pas celles de tous les jours."""
    query = (
        select(Slot, Offering)
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .where(Slot.activity_id == activity_id, Slot.day >= today, col(Offering.closed_at).is_(None))
        .where(or_(col(Slot.closed_why) != "", col(Slot.capacity) != col(Offering.capacity)))
        .order_by(col(Slot.day), col(Offering.position))
        .limit(MOST_EXCEPTIONS)
    )
    return [_exception(slot, offering) for slot, offering in db.exec(query)]


def _exception(slot: Slot, offering: Offering) -> ExceptionLine:
    places = wording.count(slot.capacity, "place", "places")
    what = slot.closed_why or f"{places} au lieu de {offering.capacity}"
    return ExceptionLine(
        wording.capitalised(wording.full_day(slot.day)), offering.name, what, "err" if slot.closed_why else "warn"
    )
