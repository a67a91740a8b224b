"""Les formules d'une activité : heures, âges, jours, places et tarif de chaque séance du jour."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.activity_settings import BookedAboveError, OfferingTerms, read_offering
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.domain.schools import same_name
from portail.models.activities import Activity, Offering, Slot
from portail.models.base import is_key
from portail.models.database import transaction
from portail.services import audit, tariffs
from portail.services.activities import editing, slots
from portail.services.activities.editing import Edit
from portail.services.waitlist.promoting import promote_now
from portail.views import wording


def save(*, actor: Actor, edit: Edit, offering_id: int, form: dict[str, Any], now: datetime) -> None:
    """Ajoute une formule (numéro 0) ou la change ; les séances à venir suivent."""
    check_audience(Audience.TOWN, actor)
    terms = read_offering(form)
    today = now.astimezone(wording.PARIS).date()
    with transaction() as db:
        activity = editing.edited(db, actor, edit)
        offering = _offering(db, activity, offering_id) if offering_id else _new(db, activity, terms)
        _check(db, offering, terms)
        last = slots.last_day(db, activity.key, today)
        before = slots.opening_of(db, activity)
        places = offering.capacity
        _write(db, offering, terms)
        resized = _resize(db, offering, places, today) if offering_id and places != terms.capacity else []
        slots.realign(db, activity, before, today, last)
        what = "activity.offering_changed" if offering_id else "activity.offering_added"
        detail = f"{activity.title}, {offering.name}"
        audit.record(db, what, at=now, actor_id=actor.account_id, subject_id=activity.key, detail=detail)
    promote_now(resized, now)


def set_open(*, actor: Actor, edit: Edit, offering_id: int, opened: bool, now: datetime) -> None:
    """Retirée, ses séances à venir se ferment ; pas tant que l'une d'elles est réservée."""
    check_audience(Audience.TOWN, actor)
    today = now.astimezone(wording.PARIS).date()
    with transaction() as db:
        activity = editing.edited(db, actor, edit)
        offering = _offering(db, activity, offering_id)
        last = slots.last_day(db, activity.key, today)
        before = slots.opening_of(db, activity)
        offering.closed_at = None if opened else now
        db.flush()
        slots.realign(db, activity, before, today, last)
        what = "activity.offering_reopened" if opened else "activity.offering_closed"
        detail = f"{activity.title}, {offering.name}"
        audit.record(db, what, at=now, actor_id=actor.account_id, subject_id=activity.key, detail=detail)


def _new(db: Session, activity: Activity, terms: OfferingTerms) -> Offering:
    last = db.exec(select(func.max(Offering.position)).where(Offering.activity_id == activity.key)).one()
    return Offering(
        activity_id=activity.key,
        tariff_id=terms.tariff_id,
        name=terms.name,
        position=(last or 0) + 1,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
    )


def _offering(db: Session, activity: Activity, offering_id: int) -> Offering:
    offering = db.get(Offering, offering_id) if is_key(offering_id) else None
    if offering is None or offering.activity_id != activity.key:
        raise NotOpenError
    return offering


def _check(db: Session, offering: Offering, terms: OfferingTerms) -> None:
    if not tariffs.load(db, [terms.tariff_id])[terms.tariff_id]:
        raise FormRefusedError({"tariff_id": "Ce tarif n’a pas de prix : choisissez-en un autre."})
    for other in db.exec(select(Offering).where(Offering.activity_id == offering.activity_id)):
        if other.id != offering.id and same_name(other.name, terms.name):
            raise FormRefusedError({"name": f"La séance « {other.name} » existe déjà dans cette activité."})


def _write(db: Session, offering: Offering, terms: OfferingTerms) -> None:
    offering.name, offering.tariff_id = terms.name, terms.tariff_id
    offering.starts_at, offering.ends_at = terms.starts_at, terms.ends_at
    offering.min_age, offering.max_age = terms.min_age, terms.max_age
    offering.capacity, offering.weekdays = terms.capacity, list(terms.weekdays)
    db.add(offering)
    db.flush()


def _resize(db: Session, offering: Offering, before: int, today: date) -> list[int]:
    """Les séances à venir qui avaient les places ordinaires ; une exception posée à la main reste."""
    usual = (col(Slot.offering_id) == offering.key, col(Slot.day) >= today, col(Slot.capacity) == before)
    found = db.exec(select(Slot).where(*usual).order_by(col(Slot.id)).with_for_update()).all()
    over = sorted((slot for slot in found if slot.taken > offering.capacity), key=lambda slot: -slot.taken)
    if over:
        raise BookedAboveError(offering.capacity, over[0].taken, over[0].day, len(over) - 1)
    db.exec(
        update(Slot)
        .where(*usual, col(Slot.taken) <= offering.capacity)
        .values(capacity=offering.capacity)
        .execution_options(synchronize_session=False)
    )
    return [slot.key for slot in found]
