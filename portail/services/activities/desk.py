"""Les activités, réglées par la direction : ajouter, changer, fermer, rouvrir."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.activity_settings import ActivityTerms, BookedSlotsError, read_activity
from portail.domain.forms import FormRefusedError
from portail.domain.schools import same_name
from portail.models.activities import Activity, Slot
from portail.models.database import transaction
from portail.models.documents import ActivityDocument, DocumentType
from portail.models.families import School
from portail.services import audit
from portail.services.activities import editing, slots
from portail.services.activities.editing import Edit
from portail.views import wording


def add(*, actor: Actor, form: dict[str, Any], now: datetime) -> int:
    """Une activité nouvelle, encore sans séance ; rend son numéro."""
    check_audience(Audience.TOWN, actor)
    terms = read_activity(form)
    with transaction() as db:
        _check_title(db, terms, 0)
        position = db.exec(select(func.coalesce(func.max(Activity.position), 0))).one() + 1
        activity = Activity(name=terms.name, kind=terms.kind, position=position, created_at=now)
        _write(db, activity, terms)
        audit.record(
            db, "activity.added", at=now, actor_id=actor.account_id, subject_id=activity.key, detail=activity.title
        )
        return activity.key


def change(*, actor: Actor, edit: Edit, form: dict[str, Any], now: datetime) -> None:
    """Si les jours d'ouverture changent, les séances à venir suivent, sans toucher à ce qui est réservé."""
    check_audience(Audience.TOWN, actor)
    terms = read_activity(form)
    today = now.astimezone(wording.PARIS).date()
    with transaction() as db:
        activity = editing.edited(db, actor, edit)
        _check_title(db, terms, activity.key)
        last = slots.last_day(db, activity.key, today)
        before = slots.opening_of(db, activity)
        _write(db, activity, terms)
        slots.realign(db, activity, before, today, last)
        audit.record(
            db, "activity.changed", at=now, actor_id=actor.account_id, subject_id=activity.key, detail=activity.title
        )


def set_open(*, actor: Actor, activity_id: int, opened: bool, now: datetime) -> None:
    """Fermée, elle ne se propose plus ; elle ne se ferme pas tant que des réservations sont à venir."""
    with transaction() as db:
        activity = editing.held(db, actor, activity_id)
        if opened is (activity.closed_at is None):
            return
        if not opened:
            _check_nobody(db, activity.key, now)
        activity.closed_at = None if opened else now
        editing.renew(activity)
        what = "activity.reopened" if opened else "activity.closed"
        audit.record(db, what, at=now, actor_id=actor.account_id, subject_id=activity.key, detail=activity.title)


def _write(db: Session, activity: Activity, terms: ActivityTerms) -> None:
    activity.name, activity.place, activity.summary = terms.name, terms.place, terms.summary
    activity.kind, activity.day_kinds = terms.kind, [str(kind) for kind in terms.day_kinds]
    activity.school_ids = _known(terms.school_ids, set(db.exec(select(col(School.id)))))
    activity.levels = [str(level) for level in terms.levels]
    activity.is_prepaid, activity.needs_health = terms.is_prepaid, terms.needs_health
    activity.needs_validation, activity.enrolment_mode = terms.needs_validation, terms.enrolment_mode
    activity.waitlist_mode, activity.waitlist_priority = terms.waitlist_mode, terms.waitlist_priority
    activity.offer_hours, activity.months_ahead = terms.offer_hours, terms.months_ahead
    db.add(activity)
    db.flush()
    _require(db, activity.key, _known(terms.document_ids, set(db.exec(select(col(DocumentType.id))))))


def _require(db: Session, activity_id: int, type_ids: list[int]) -> None:
    """Les documents sans lesquels elle ne se réserve pas."""
    held = set(db.exec(select(ActivityDocument.type_id).where(ActivityDocument.activity_id == activity_id)))
    gone = held - set(type_ids)
    db.exec(
        delete(ActivityDocument).where(
            col(ActivityDocument.activity_id) == activity_id, col(ActivityDocument.type_id).in_(gone)
        )
    )
    db.add_all(ActivityDocument(activity_id=activity_id, type_id=one) for one in type_ids if one not in held)


def _known(wanted: list[int], existing: set[int | None]) -> list[int]:
    """Une ligne retirée entre-temps ne compte plus."""
    return [one for one in wanted if one in existing]


def _check_title(db: Session, terms: ActivityTerms, activity_id: int) -> None:
    title = f"{terms.name} {terms.place}"
    for other in db.exec(select(Activity).where(col(Activity.closed_at).is_(None), Activity.id != activity_id)):
        if same_name(f"{other.name} {other.place}", title):
            raise FormRefusedError({"name": f"L’activité « {other.title} » existe déjà. Donnez un autre nom ou lieu."})


def _check_nobody(db: Session, activity_id: int, now: datetime) -> None:
    today = now.astimezone(wording.PARIS).date()
    query = select(func.coalesce(func.sum(Slot.taken), 0), func.count(func.distinct(Slot.day)))
    coming = query.where(Slot.activity_id == activity_id, Slot.day >= today, Slot.taken > 0)
    taken, days = db.exec(coming).one()
    if taken:
        raise BookedSlotsError(int(taken), days)
