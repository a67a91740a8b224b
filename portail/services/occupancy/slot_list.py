"""La liste d'une séance : les enfants qui viennent, ceux qui attendent, et comment joindre leurs parents."""

import csv
import io
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience, is_allowed
from portail.domain.bookings import HOLDING, BookingState
from portail.domain.refusals import NotOpenError
from portail.domain.waitlist import ACTIVE, WaitState
from portail.models.activities import Activity, Offering, Slot
from portail.models.base import is_key
from portail.models.bookings import Booking, WaitlistEntry
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, Guardian, School
from portail.services import audit
from portail.services.occupancy.by_day import taken_words
from portail.views import wording
from portail.views.downloads import Download
from portail.views.occupancy import ChildLine, SlotList

TONES = {
    BookingState.BOOKED: "ok",
    BookingState.PRESENT: "ok",
    BookingState.PENDING: "warn",
    BookingState.ABSENT: "err",
}
HEADS = ("Enfant", "Niveau et école", "Dossier", "État", "Téléphones")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # un tableur les exécuterait


def show(*, actor: Actor, slot_id: int) -> SlotList:
    """Quatre lectures, quel que soit le nombre d'enfants."""
    check_audience(Audience.STAFF, actor)
    with reading() as db:
        return _list(db, actor, slot_id)


def export(actor: Actor, slot_id: int, now: datetime) -> Download:
    """La liste en tableau, pour le pointage sur papier ; qui l'emporte est inscrit."""
    check_audience(Audience.STAFF, actor)
    with transaction() as db:
        shown = _list(db, actor, slot_id)
        detail = f"{shown.title}, {shown.day}"
        audit.record(db, "activity.list_exported", at=now, actor_id=actor.account_id, subject_id=slot_id, detail=detail)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADS)
    for one in (*shown.rows, *shown.waiting):
        writer.writerow([_inert(cell) for cell in (one.name, one.group, one.number, one.state, one.phones)])
    name = f"{shown.title} - {shown.day}.csv".replace("/", "-")
    return Download(name, text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _list(db: Session, actor: Actor, slot_id: int) -> SlotList:
    query = (
        select(Slot, Offering, Activity)
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .where(Slot.id == slot_id)
    )
    found = db.exec(query).first() if is_key(slot_id) else None
    if found is None:
        raise NotOpenError
    slot, offering, activity = found
    booked = list(db.exec(_people(Booking).where(Booking.slot_id == slot_id, col(Booking.state).in_(HOLDING))))
    waiting = _people(WaitlistEntry).where(WaitlistEntry.slot_id == slot_id, col(WaitlistEntry.state).in_(ACTIVE))
    queued = list(db.exec(waiting.order_by(None).order_by(col(WaitlistEntry.rank), col(WaitlistEntry.place))))
    phones = _phones(db, {family.key for _, _, family, _ in (*booked, *queued)})
    return SlotList(
        ready=True,
        id=slot.key,
        activity=activity.key,
        title=f"{activity.title} · {offering.name}",
        day=wording.capitalised(wording.full_day(slot.day)),
        words=taken_words(slot),
        closed=slot.closed_why,
        rows=[_line(row, phones, BookingState(row[0].state)) for row in booked],
        waiting=[_line(row, phones, WaitState(row[0].state)) for row in queued],
        opens_files=is_allowed(Audience.FILES, actor.role),
        opens_health=is_allowed(Audience.HEALTH, actor.role),
    )


def _people(kind: type[Booking] | type[WaitlistEntry]):  # type: ignore[no-untyped-def]  # noqa: ANN202 — un Select à quatre colonnes
    return (
        select(kind, Child, Family, School.name)
        .join(Child, col(Child.id) == col(kind.child_id))
        .join(Family, col(Family.id) == col(kind.family_id))
        .join(School, col(School.id) == col(Child.school_id), isouter=True)
        .order_by(Child.last_name, Child.first_name, col(Child.id))
    )


def _line(row: tuple, phones: dict[int, list[str]], state: BookingState | WaitState) -> ChildLine:  # type: ignore[type-arg]
    _, child, family, school = row
    return ChildLine(
        child=child.key,
        name=f"{child.last_name} {child.first_name}",
        group=" · ".join(part for part in (child.level, school) if part),
        family=family.key,
        number=family.number,
        state=wording.capitalised(state.label),
        tone=TONES.get(state, "warn") if isinstance(state, BookingState) else "warn",
        phones=", ".join(phones[family.key]),
    )


def _phones(db: Session, family_ids: Collection[int]) -> dict[int, list[str]]:
    """Par foyer : « Alba 06 00 00 00 01 », les portables d'abord."""
    found: dict[int, list[str]] = defaultdict(list)
    query = select(Guardian).where(col(Guardian.family_id).in_(family_ids)).order_by(col(Guardian.id))
    for one in db.exec(query):
        if phone := one.phone or one.work_phone or one.home_phone or one.other_phone:
            found[one.family_id].append(f"{one.first_name} {phone}")
    return found
