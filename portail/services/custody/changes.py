"""Changer la garde : un parent propose, un agent accepte ou règle lui-même."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlmodel import Session

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.custody import (
    DatedException,
    Pattern,
    SingleFamilyError,
    WrongFieldError,
    check_exception_dates,
    check_pattern_dates,
    succeed,
)
from portail.domain.families import FamilyRight
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.requests import RequestKind
from portail.models.base import is_key
from portail.models.custody import CustodyException, CustodyPattern
from portail.models.database import transaction
from portail.models.families import Child
from portail.models.requests import Request
from portail.services import access, audit
from portail.services.custody import forms
from portail.services.custody.forms import ExceptionForm, Form, PatternForm, Proposal
from portail.services.custody.homes import Shared, pattern_of, shared_of
from portail.services.custody.letters import tell_parents
from portail.services.requests.opening import NewRequest, open_request
from portail.views import wording

Line = TypeVar("Line", CustodyPattern, CustodyException)
ONE_YEAR = timedelta(days=366)  # jusqu'où un agent peut remonter


def propose(*, actor: Actor, child_id: int, form: Form, now: datetime) -> str:
    """La demande d'un parent ; rien ne change avant qu'un agent l'accepte. Rend son numéro."""
    with transaction() as db:
        mine = access.my_child(db, actor, child_id, FamilyRight.EDIT)
        child = _held(db, mine.child.key)
        today = _today(now)
        shared = _shared(db, child, today)
        other = next(key for key in shared.keys if key != mine.family.key)
        asked = forms.read(form, (mine.family.key, other))
        _check(asked, shared, today, earliest=today)
        new = NewRequest(RequestKind.CUSTODY, actor, mine.family.key, child.key, forms.to_content(asked))
        return open_request(db, new, now).number


def set_pattern(*, actor: Actor, child_id: int, form: PatternForm, now: datetime) -> None:
    """Un agent règle le rythme ; « a » est le premier foyer rattaché."""
    _set(actor, child_id, form, now)


def add_exception(*, actor: Actor, child_id: int, form: ExceptionForm, now: datetime) -> None:
    _set(actor, child_id, form, now)


def _set(actor: Actor, child_id: int, form: Form, now: datetime) -> None:
    with transaction() as db:
        child = _held(db, access.any_child(db, actor, child_id, Audience.FILES).key)
        keys = _shared(db, child, _today(now)).keys
        _write(db, child, forms.read(form, (keys[0], keys[1])), actor, now)
        tell_parents(db, child, keys, actor.account_id, now)


def end_pattern(*, actor: Actor, pattern_id: int, last_day: str, now: datetime) -> None:
    """Le rythme s'arrête après ce jour ; avant d'avoir commencé, il est retiré."""
    check_audience(Audience.FILES, actor)
    with transaction() as db:
        row = _found(db, CustodyPattern, pattern_id)
        last = forms.day_of(last_day, "last_day", "Dernier jour")
        if last < _today(now) - ONE_YEAR:
            raise WrongFieldError("last_day", "Le dernier jour est trop ancien : un an au plus.")
        if last >= (row.valid_to or date.max):
            raise WrongFieldError("last_day", "Ce rythme s’arrête déjà plus tôt.")
        if last < row.valid_from:
            db.delete(row)
        else:
            row.valid_to = last
        _after_change(db, row.child_id, actor, "custody.pattern_ended", now)


def remove_exception(*, actor: Actor, exception_id: int, now: datetime) -> None:
    check_audience(Audience.FILES, actor)
    with transaction() as db:
        row = _found(db, CustodyException, exception_id)
        db.delete(row)
        _after_change(db, row.child_id, actor, "custody.exception_removed", now)


def apply_request(db: Session, request: Request, actor: Actor, now: datetime) -> None:
    """Ce que fait l'acceptation d'une démarche, dans la transaction de qui accepte."""
    child = _held(db, access.any_child(db, actor, request.child_id or 0, Audience.FILES).key)
    keys = _shared(db, child, _today(now)).keys
    _write(db, child, forms.from_content(request.content), actor, now)
    tell_parents(db, child, keys, request.author_id, now)


def _after_change(db: Session, child_id: int, actor: Actor, action: str, now: datetime) -> None:
    audit.record(db, action, at=now, actor_id=actor.account_id, subject_id=child_id)
    shared = shared_of(db, [child_id], _today(now), _today(now))[child_id]
    tell_parents(db, db.get_one(Child, child_id), shared.keys, actor.account_id, now)


def _write(db: Session, child: Child, asked: Proposal, actor: Actor, now: datetime) -> None:
    """Pose le rythme ou l'exception ; tout est revérifié, la demande a pu attendre."""
    today = _today(now)
    shared = _shared(db, child, today)
    _check(asked, shared, today, earliest=today - ONE_YEAR)
    if isinstance(asked, DatedException):
        db.add(_exception_row(child, asked, actor, now))
    else:
        _end_the_previous_one(shared.patterns, asked)
        db.flush()
        db.add(_pattern_row(child, asked, actor, now))
    what = "custody.exception_added" if isinstance(asked, DatedException) else "custody.pattern_set"
    audit.record(db, what, at=now, actor_id=actor.account_id, subject_id=child.key)


def _exception_row(child: Child, asked: DatedException, actor: Actor, now: datetime) -> CustodyException:
    return CustodyException(
        child_id=child.key,
        family_id=asked.family_id,
        first_day=asked.first,
        last_day=asked.last,
        author_id=actor.account_id,
        created_at=now,
    )


def _pattern_row(child: Child, asked: Pattern, actor: Actor, now: datetime) -> CustodyPattern:
    return CustodyPattern(
        child_id=child.key,
        first_family_id=asked.first,
        second_family_id=asked.second,
        kind=asked.kind,
        anchor=asked.anchor,
        change_day=asked.change_day,
        holidays=asked.holidays,
        valid_from=asked.valid_from,
        valid_to=asked.valid_to,
        author_id=actor.account_id,
        created_at=now,
    )


def _end_the_previous_one(rows: Sequence[CustodyPattern], new: Pattern) -> None:
    kept = succeed([pattern_of(row) for row in rows], new)
    for row, pattern in zip(rows, kept, strict=False):
        row.valid_to = pattern.valid_to


def _held(db: Session, child_id: int) -> Child:
    """L'enfant, retenu : deux changements de sa garde passent l'un après l'autre."""
    return db.get_one(Child, child_id, with_for_update=True, populate_existing=True)


def _found(db: Session, table: type[Line], key: int) -> Line:
    """La ligne, relue une fois son enfant retenu : elle a pu changer entre-temps."""
    row = db.get(table, key) if is_key(key) else None
    if row is not None:
        _held(db, row.child_id)
        row = db.get(table, key, populate_existing=True)
    if row is None:
        raise NotOpenError
    return row


def _shared(db: Session, child: Child, today: date) -> Shared:
    shared = shared_of(db, [child.key], today, today)[child.key]
    if not shared.is_shared:
        raise SingleFamilyError(child.first_name)
    return shared


def _check(asked: Proposal, shared: Shared, today: date, earliest: date) -> None:
    families = {asked.family_id} if isinstance(asked, DatedException) else asked.families
    if not families <= set(shared.keys):
        raise RefusalError("L’enfant n’est plus dans les foyers que nomme cette proposition : rien n’a été appliqué.")
    if isinstance(asked, DatedException):
        check_exception_dates(asked, today, earliest)
    else:
        check_pattern_dates(asked, today, earliest)
        succeed([pattern_of(row) for row in shared.patterns], asked)


def _today(now: datetime) -> date:
    return now.astimezone(wording.PARIS).date()
