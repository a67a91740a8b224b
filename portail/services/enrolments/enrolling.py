"""Inscrire un enfant à une activité : aussitôt, ou en le demandant à la mairie ; y mettre fin."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.activities import EnrolmentKind, EnrolmentMode, EnrolmentState
from portail.domain.bookability import ChildFacts
from portail.domain.enrolments import (
    CURRENT_RULES,
    AlreadyEnrolledError,
    FamilyNotValidatedError,
    NoEnrolmentNeededError,
    NotForThisChildError,
    Wanted,
    Welcome,
    booking_url,
    check_transition,
    chosen_child,
    read_form,
    said_template,
    why_not_child,
)
from portail.domain.families import FamilyRight, FamilyStatus, age_on
from portail.domain.refusals import NotOpenError
from portail.domain.requests import RequestKind, RequestStatus, Step
from portail.models.activities import Activity, Enrolment, Offering
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.families import Child, School
from portail.services import access, audit
from portail.services.enrolments import letters
from portail.services.requests.lifecycle import Move, hold, move
from portail.services.requests.opening import NewRequest, open_request
from portail.services.rows import insert_once
from portail.views import wording
from portail.views.activities import Enrolled


@dataclass(frozen=True)
class Opened:
    """Une activité ouverte, ses formules, et à qui elle est ouverte."""

    activity: Activity
    offerings: tuple[Offering, ...]
    welcome: Welcome

    def for_child(self, child: Child, day: date) -> dict[int, Offering]:
        """Les formules de son âge."""
        age = age_on(child.birth_date, day)
        return {one.key: one for one in self.offerings if one.min_age <= age <= one.max_age}


def open_activity(db: Session, activity_id: int) -> Opened:
    activity = db.get(Activity, activity_id) if is_key(activity_id) else None
    if activity is None or activity.closed_at is not None:
        raise NotOpenError
    query = select(Offering).where(Offering.activity_id == activity.key, col(Offering.closed_at).is_(None))
    offerings = tuple(db.exec(query.order_by(col(Offering.position), col(Offering.id))))
    names = select(School.name).where(col(School.id).in_(activity.school_ids)).order_by(School.name)
    schools = tuple(db.exec(names)) if activity.school_ids else ()
    return Opened(activity, offerings, welcome_of(activity, offerings, schools))


def welcome_of(activity: Activity, offerings: Collection[Offering], schools: tuple[str, ...]) -> Welcome:
    ages = tuple((one.min_age, one.max_age) for one in offerings)
    return Welcome(ages, frozenset(activity.levels), frozenset(activity.school_ids), schools)


def facts_of(child: Child) -> ChildFacts:
    return ChildFacts(
        child.first_name, child.birth_date, child.level, child.school_id, child_url=f"/dossier/enfants/{child.key}"
    )


def enrolled(db: Session, child_ids: Collection[int], activity_id: int) -> frozenset[int]:
    """Ceux de ces enfants qui sont inscrits, et acceptés."""
    query = select(Enrolment.child_id).where(
        Enrolment.activity_id == activity_id,
        col(Enrolment.child_id).in_(child_ids),
        Enrolment.state == EnrolmentState.ACCEPTED,
    )
    return frozenset(db.exec(query))


@dataclass(frozen=True)
class _Case:
    """Qui inscrit quel enfant, à quoi, quand."""

    opened: Opened
    mine: access.Mine
    actor: Actor
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(wording.PARIS).date()


def enrol(*, actor: Actor, activity_id: int, form: Mapping[str, Any], now: datetime) -> Enrolled:
    """Acceptée aussitôt, ou envoyée à la mairie, selon l'activité ; deux onglets n'en font pas deux."""
    with transaction() as db:
        opened = open_activity(db, activity_id)
        if opened.activity.enrolment_mode == EnrolmentMode.NONE:
            raise NoEnrolmentNeededError
        mine = access.my_child(db, actor, chosen_child(form), FamilyRight.BOOK)
        case = _Case(opened, mine, actor, now)
        theirs = opened.for_child(mine.child, case.today)
        wanted = read_form(form, {key: one.weekdays for key, one in theirs.items()})
        _check_may_come(case)
        row = _claim(db, case)
        _fill(row, wanted, case)
        if opened.activity.enrolment_mode == EnrolmentMode.VALIDATED:
            return _submit(db, row, case)
        row.state, row.decided_at = EnrolmentState.ACCEPTED, now
        audit.record(db, "enrolment.accepted", at=now, actor_id=actor.account_id, subject_id=mine.family.key)
        letters.accepted(db, row, now)
        return _view(row, case)


def _check_may_come(case: _Case) -> None:
    if case.mine.family.status != FamilyStatus.ACTIVE:
        raise FamilyNotValidatedError
    why = why_not_child(case.opened.welcome, facts_of(case.mine.child), case.today)
    if why is not None:
        raise NotForThisChildError(why)


def _claim(db: Session, case: _Case) -> Enrolment:
    """La ligne de cet enfant, tenue ; une inscription refusée ou terminée se refait sur la même."""
    child, activity_id = case.mine.child, case.opened.activity.key
    values: dict[str, Any] = {"child_id": child.key, "activity_id": activity_id, "family_id": case.mine.family.key}
    values |= {"kind": EnrolmentKind.OCCASIONAL, "state": EnrolmentState.ENDED, "template": {}}
    values |= {"rules_version": CURRENT_RULES, "rules_accepted_at": case.now, "created_at": case.now}
    fresh = insert_once(db, "enrolment", values)
    query = select(Enrolment).where(Enrolment.child_id == child.key, Enrolment.activity_id == activity_id)
    row = db.exec(query.with_for_update()).one()
    state = EnrolmentState(row.state)
    if fresh is None and state in {EnrolmentState.SUBMITTED, EnrolmentState.ACCEPTED}:
        raise AlreadyEnrolledError(child.first_name, state)
    return row


def _fill(row: Enrolment, wanted: Wanted, case: _Case) -> None:
    row.kind, row.template = wanted.kind, dict(wanted.template)
    row.family_id, row.author_id, row.request_id = case.mine.family.key, case.actor.account_id, None
    row.rules_version, row.rules_accepted_at = CURRENT_RULES, case.now
    row.created_at, row.decided_at = case.now, None


def _submit(db: Session, row: Enrolment, case: _Case) -> Enrolled:
    activity, mine = case.opened.activity, case.mine
    names = {one.key: one.name for one in case.opened.offerings}
    content = {
        "activity": activity.key,
        "title": activity.title,
        "kind": row.kind,
        "days": said_template(row.template, names),
    }
    new = NewRequest(RequestKind.ENROLMENT, case.actor, mine.family.key, mine.child.key, content)
    request = open_request(db, new, case.now)
    row.state, row.request_id = EnrolmentState.SUBMITTED, request.key
    return _view(row, case, request.number)


def _view(row: Enrolment, case: _Case, number: str = "") -> Enrolled:
    """Ce qui vient de se passer, et la suite."""
    activity, child = case.opened.activity, case.mine.child
    name = child.first_name
    if row.state == EnrolmentState.SUBMITTED:
        return Enrolled(
            state=row.state,
            message=f"La demande d’inscription {wording.of(name)} est envoyée (n° {number}).",
            detail="La mairie vous répondra par courriel ; les réservations s’ouvriront alors.",
            href="/demarches",
            action="Suivre mes démarches",
        )
    regular = bool(row.template)
    return Enrolled(
        state=row.state,
        message=f"C’est fait : l’inscription {wording.of(name)} à « {activity.title} » est acceptée.",
        detail="Il reste à réserver les jours : ceux de la semaine choisie sont déjà remplis."
        if regular
        else "Choisissez maintenant les jours.",
        href=booking_url(activity.key, child.key, row.template),
        action="Réserver ces jours" if regular else "Choisir les jours",
    )


def end(*, actor: Actor, activity_id: int, child_id: int, now: datetime) -> None:
    """Mettre fin à une inscription : plus rien ne se réserve, ce qui est réservé le reste."""
    with transaction() as db:
        mine = access.my_child(db, actor, child_id, FamilyRight.BOOK)
        where = (Enrolment.child_id == mine.child.key, Enrolment.activity_id == activity_id)
        request_id = db.exec(select(Enrolment.request_id).where(*where)).first() if is_key(activity_id) else None
        request = hold(db, request_id) if request_id else None  # la démarche d'abord, comme l'agent qui décide
        row = db.exec(select(Enrolment).where(*where).with_for_update()).first() if is_key(activity_id) else None
        if row is None:
            raise NotOpenError
        check_transition(EnrolmentState(row.state), EnrolmentState.ENDED)
        row.state, row.decided_at = EnrolmentState.ENDED, now
        audit.record(db, "enrolment.ended", at=now, actor_id=actor.account_id, subject_id=mine.family.key)
        if request is not None and RequestStatus(request.status).is_open:
            move(db, request, Move(actor.account_id, RequestStatus.WITHDRAWN, Step.WITHDRAWN), now)
