"""Les séances : ouvertes d'après le calendrier, remises d'accord avec lui, sans jamais perdre ce qui est réservé."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert
from sqlmodel import Session, col, select, update

from portail.domain.activity_settings import BookedSlotsError
from portail.domain.dates import monday_of
from portail.domain.refusals import RefusalError
from portail.domain.school_calendar import ONE_DAY
from portail.domain.town_calendar import DayKind, TownCalendar
from portail.models.activities import Activity, Offering, Slot
from portail.services.town import calendar as town_calendar
from portail.services.town.calendar import OpenDays

NO_LONGER_OFFERED = "Cette séance ne se propose plus."


@dataclass(frozen=True)
class Opening:
    """Quels jours chaque formule ouvre ; `weekdays` par formule encore proposée."""

    days: OpenDays
    weekdays: Mapping[int, tuple[int, ...]]

    def why_not(self, offering_id: int, day: date) -> str:
        if offering_id not in self.weekdays:
            return NO_LONGER_OFFERED
        return self.days.why_not(self.weekdays[offering_id], day)


def generate(db: Session, activity: Activity, first: date, last: date, calendar: TownCalendar) -> int:
    """Crée les séances qui manquent ; rejouable, ne touche pas à celles qui existent. Rend combien sont créées."""
    kinds = tuple(DayKind(kind) for kind in activity.day_kinds)
    query = select(col(Slot.offering_id), col(Slot.day)).where(Slot.activity_id == activity.key)
    known = set(db.exec(query.where(Slot.day >= first, Slot.day <= last)))
    every = [first + rank * ONE_DAY for rank in range((last - first).days + 1)]
    return _fill(db, activity, OpenDays(calendar, {}, kinds), every, known)


def _fill(db: Session, activity: Activity, days: OpenDays, wanted: list[date], known: set[tuple[int, date]]) -> int:
    new = [
        _row(offering, day)
        for offering in offered(db, activity.key)
        for day in wanted
        if (offering.key, day) not in known and not days.why_not(offering.weekdays, day)
    ]
    if new:
        db.execute(insert(Slot), new)
    return len(new)


def _row(offering: Offering, day: date) -> dict[str, object]:
    return {
        "activity_id": offering.activity_id,
        "offering_id": offering.key,
        "day": day,
        "capacity": offering.capacity,
        "taken": 0,
        "waiting": 0,
        "closed_why": "",
    }


def offered(db: Session, activity_id: int) -> list[Offering]:
    query = select(Offering).where(Offering.activity_id == activity_id, col(Offering.closed_at).is_(None))
    return list(db.exec(query.order_by(col(Offering.position), col(Offering.id))))


def opening_of(db: Session, activity: Activity) -> Opening:
    """Ce que disent, maintenant, les réglages de l'activité et le calendrier."""
    found = town_calendar.periods(db, activity.key)
    weekdays = {one.key: tuple(one.weekdays) for one in offered(db, activity.key)}
    return Opening(town_calendar.open_days(found, activity.day_kinds), weekdays)


def last_day(db: Session, activity_id: int, today: date) -> date:
    """Le dernier jour déjà ouvert ; la veille, si rien ne l'est."""
    query = select(col(Slot.day)).where(Slot.activity_id == activity_id, Slot.day >= today)
    return db.exec(query.order_by(col(Slot.day).desc()).limit(1)).first() or today - timedelta(days=1)


def realign(db: Session, activity: Activity, before: Opening, first: date, last: date) -> None:
    """Après un réglage : les séances qui n'ont plus lieu se ferment, celles qui manquent s'ouvrent.

    Une séance fermée à la main le reste : seules celles que les anciens réglages fermaient se rouvrent. Il n'en naît
    que dans les semaines déjà ouvertes : un stage ouvert pour Noël n'ouvre pas celui de février.
    """
    after = opening_of(db, activity)
    closing: dict[str, list[int]] = defaultdict(list)
    query = select(Slot).where(Slot.activity_id == activity.key, Slot.day >= first, Slot.day <= last)
    found = db.exec(query.order_by(col(Slot.id)).with_for_update(key_share=True)).all()
    for slot in found:
        old, new = before.why_not(slot.offering_id, slot.day), after.why_not(slot.offering_id, slot.day)
        if slot.closed_why != new and slot.closed_why in {"", old}:
            closing[new].append(slot.key)
    for why, keys in closing.items():
        reopen(db, keys) if not why else close(db, keys, why)
    weeks = {monday_of(slot.day) for slot in found}
    days = sorted(monday + rank * ONE_DAY for monday in weeks for rank in range(7))
    known = {(slot.offering_id, slot.day) for slot in found}
    _fill(db, activity, after.days, [day for day in days if first <= day <= last], known)


def close(db: Session, slot_ids: list[int], why: str) -> None:
    """Ferme des séances que personne n'a réservées ; une seule l'est, et rien ne change."""
    closed = db.exec(
        update(Slot)
        .where(col(Slot.id).in_(slot_ids), col(Slot.taken) == 0)
        .values(closed_why=why)
        .execution_options(synchronize_session=False)
    )
    if closed.rowcount != len(slot_ids):
        raise booked_error(db, slot_ids)


def reopen(db: Session, slot_ids: Iterable[int]) -> None:
    db.exec(
        update(Slot)
        .where(col(Slot.id).in_(list(slot_ids)))
        .values(closed_why="")
        .execution_options(synchronize_session=False)
    )


class JustMovedError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Une famille vient de changer une réservation : rien n’est fermé.", "Recommencez.")


def booked_error(db: Session, slot_ids: Iterable[int]) -> RefusalError:
    """Le refus, avec son compte exact."""
    query = select(col(Slot.day), col(Slot.taken)).where(col(Slot.id).in_(list(slot_ids)), Slot.taken > 0)
    found = list(db.exec(query))
    if not found:
        return JustMovedError()
    return BookedSlotsError(sum(taken for _, taken in found), len({day for day, _ in found}))
