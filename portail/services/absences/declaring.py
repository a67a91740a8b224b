"""Déclarer l'absence d'un enfant à des jours réservés ; la démarche porte le motif et le justificatif."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from portail.domain.absences import (
    DECLARABLE,
    REASON_LIMIT,
    AlreadyDeclaredError,
    NothingBookedError,
    TooLateToDeclareError,
    check_range,
)
from portail.domain.accounts import Actor
from portail.domain.dates import paris_day
from portail.domain.families import FamilyRight
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.refusals import BadInputError
from portail.domain.requests import RequestKind
from portail.domain.text import clean_text
from portail.domain.uploads import Upload
from portail.models.activities import Slot
from portail.models.bookings import Absence, Booking
from portail.models.database import reading, transaction
from portail.services import access
from portail.services.absences.days import BookedDay, booked_days
from portail.services.files import stored_files
from portail.services.requests.opening import NewRequest, Said, open_request


def check_may_declare(actor: Actor, child_id: int) -> None:
    """Avant de lire un seul octet de ce qui est envoyé."""
    with reading() as db:
        access.my_child(db, actor, child_id, FamilyRight.BOOK)


def declare(
    *, actor: Actor, child_id: int, form: Mapping[str, str], now: datetime, files: Sequence[Upload] = ()
) -> str:
    """Tous les jours réservés entre ces dates, ou rien ; rend le numéro de la démarche."""
    check_may_declare(actor, child_id)
    first, last, reason, activity_id = _read(form, paris_day(now))
    with stored_files.received(files, now) as kept, transaction() as db:
        mine = access.my_child(db, actor, child_id, FamilyRight.BOOK)
        days = _held(db, mine.family.key, child_id, (first, last), activity_id)
        _check(days, mine.child.first_name, now)
        content = {"detail": reason, "first": first.isoformat(), "last": last.isoformat(), "activity_id": activity_id}
        new = NewRequest(
            RequestKind.ABSENCE, actor, mine.family.key, child_id, content, Said(reason, files=tuple(kept))
        )
        request = open_request(db, new, now)
        for one in days:
            key = one.booking.key
            db.add(Absence(booking_id=key, request_id=request.key, author_id=actor.account_id, declared_at=now))
        try:
            db.flush()
        except IntegrityError:
            raise AlreadyDeclaredError(days[0].slot.day) from None
        return request.number


def _read(form: Mapping[str, str], today: date) -> tuple[date, date, str, int]:
    reader = Reader(dict(form))
    first = reader.day("first", today, missing="Indiquez le premier jour d’absence.", check=lambda _: None)
    last = first
    if form.get("last", "").strip():
        last = reader.day("last", first, missing="Le dernier jour n’est pas une date.", check=lambda _: None)
    reason = reader.take("text", "", _reason)
    reader.check()
    try:
        check_range(first, last, today)
    except BadInputError as refusal:
        raise FormRefusedError({"last": refusal.full_sentence}) from None
    return first, last, reason, reader.number("activity")


def _reason(value: str) -> str:
    reason = clean_text(value, label="Motif", limit=REASON_LIMIT)
    if not reason:
        raise BadInputError("Indiquez le motif de l’absence.")
    return reason


def _held(db: Session, family_id: int, child_id: int, span: tuple[date, date], activity_id: int) -> list[BookedDay]:
    conditions = [
        Booking.family_id == family_id,
        Booking.child_id == child_id,
        col(Booking.state).in_(DECLARABLE),
        col(Slot.day).between(*span),
        col(Slot.closed_why) == "",
    ]
    if activity_id:
        conditions.append(Slot.activity_id == activity_id)
    return booked_days(db, *conditions)


def _check(days: list[BookedDay], first_name: str, now: datetime) -> None:
    if not days:
        raise NothingBookedError(first_name)
    for one in days:
        if one.absence is not None:
            raise AlreadyDeclaredError(one.slot.day)
        if now > one.until:
            raise TooLateToDeclareError(one.slot.day, one.until)
