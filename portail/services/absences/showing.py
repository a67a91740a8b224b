"""« Absences » : les jours qui peuvent se déclarer, et où en sont ceux qui l'ont été."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.absences import AHEAD, BEHIND, DECLARABLE
from portail.domain.accounts import Actor
from portail.domain.dates import paris_day, said_instant
from portail.domain.families import FamilyRight
from portail.domain.requests import RequestStatus
from portail.domain.why_not import carence
from portail.models.activities import Activity, Offering, Slot
from portail.models.bookings import Absence, Booking
from portail.models.database import reading
from portail.models.families import Child
from portail.models.requests import Request
from portail.services import access
from portail.services.absences.days import BookedDay, booked_days
from portail.services.attachments import listing
from portail.services.families.chosen import chooser_of
from portail.services.planning.entries import homes_of
from portail.views import wording
from portail.views.absences import AbsenceLine, AbsencesView, BookedLine
from portail.views.history import Chooser
from portail.views.requests import Choice

MOST_SHOWN = 60


def show(*, actor: Actor, now: datetime) -> tuple[AbsencesView, Chooser]:
    """Un enfant à la fois : celui qui est choisi, à défaut le premier."""
    today = paris_day(now)
    with reading() as db:
        chooser = chooser_of(db, actor)
        child = chooser.chosen or next((one.id for one in chooser.children), 0)
        can_book = child in set(db.exec(access.my_children(actor, FamilyRight.BOOK)))
        days = _open_days(db, actor, child, now) if can_book else []
        declared = _declared(db, actor, {one.id: one.color for one in chooser.children})
    name = next((one.first_name for one in chooser.children if one.id == child), "")
    view = AbsencesView(
        ready=True,
        child=child,
        first_name=name,
        can_declare=can_book,
        days=[_line(one) for one in days],
        activities=_activities(days),
        declared=declared,
        accept=listing.accepted(),
        today=today.isoformat(),
        carence=_carence(days),
    )
    return view, replace(chooser, chosen=child)


def _open_days(db: Session, actor: Actor, child_id: int, now: datetime) -> list[BookedDay]:
    """Réservés, pas encore déclarés, encore à temps."""
    today = paris_day(now)
    found = booked_days(
        db,
        Booking.child_id == child_id,
        col(Booking.family_id).in_(homes_of(actor.account_id)),
        col(Booking.state).in_(DECLARABLE),
        col(Slot.day).between(today - BEHIND, today + AHEAD),
        col(Slot.closed_why) == "",
    )
    return [one for one in found if one.absence is None and now <= one.until]


def _line(one: BookedDay) -> BookedLine:
    return BookedLine(
        day=wording.capitalised(wording.day_without_year(one.slot.day)),
        what=one.what,
        until=f"À déclarer avant {said_instant(one.until)}",
    )


def _activities(days: list[BookedDay]) -> list[Choice]:
    titles = {one.activity.key: one.activity.title for one in days}
    return [Choice(str(key), title) for key, title in sorted(titles.items(), key=lambda pair: pair[1])]


def _carence(days: list[BookedDay]) -> list[str]:
    """Ce que chaque règlement garde dû, dit avant de déclarer."""
    due = {one.activity.title: one.carence for one in days if one.carence}
    return [f"{title} : {wording.uncapitalised(carence(number).sentence)}" for title, number in sorted(due.items())]


def _declared(db: Session, actor: Actor, colors: dict[int, str]) -> list[AbsenceLine]:
    query: Any = (
        select(Child, Slot, Offering, Activity, Request)  # type: ignore[call-overload]
        .join(Booking, col(Booking.child_id) == col(Child.id))
        .join(Absence, col(Absence.booking_id) == col(Booking.id))
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .join(Request, col(Request.id) == col(Absence.request_id), isouter=True)
        .where(col(Booking.family_id).in_(homes_of(actor.account_id)))
        .order_by(col(Slot.day).desc(), col(Booking.id))
    )
    return [
        _declared_line(child, slot.day, f"{activity.title}, {offering.name}", request, colors)
        for child, slot, offering, activity, request in db.exec(query.limit(MOST_SHOWN))
    ]


def _declared_line(child: Child, day: Any, what: str, request: Request | None, colors: dict[int, str]) -> AbsenceLine:
    status = RequestStatus(request.status) if request else None
    return AbsenceLine(
        child=child.first_name,
        color=colors.get(child.key, ""),
        day=wording.full_day(day),
        what=what,
        state=status.label if status else "Déclarée",
        tone=status.tone if status else "",
        href=f"/demarches/{request.key}" if request else "",
    )
