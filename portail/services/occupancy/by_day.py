"""Les places prises, par jour et par séance, d'une activité."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import monday_of
from portail.domain.forms import Reader
from portail.domain.refusals import BadInputError
from portail.models.activities import Activity, Offering, Slot
from portail.models.database import reading
from portail.views import wording
from portail.views.occupancy import Occupancy, SlotLine
from portail.views.requests import Choice

USUAL, LONGEST = timedelta(days=13), timedelta(days=62)
NEARLY_FULL = 90  # pour cent


@dataclass(frozen=True)
class Asked:
    """`activity_id` zéro : la première."""

    activity_id: int
    first: date
    last: date


def read_asked(form: dict[str, Any], now: datetime) -> Asked:
    """Un formulaire vide : deux semaines à partir de lundi."""
    reader = Reader(form)
    monday = monday_of(now.astimezone(wording.PARIS).date())
    first = _day(reader, form, "first", monday)
    last = _day(reader, form, "last", first + USUAL)
    if not reader.errors and last < first:
        reader.errors["last"] = "Le dernier jour vient avant le premier."
    if not reader.errors and last - first > LONGEST:
        reader.errors["last"] = "Deux mois au plus à la fois."
    reader.check()
    return Asked(reader.number("activity_id"), first, last)


def _day(reader: Reader, form: dict[str, Any], name: str, usual: date) -> date:
    if not str(form.get(name) or "").strip():
        return usual
    return reader.day(name, usual, missing="Indiquez une date.", check=_check_year)


def _check_year(day: date) -> None:
    if not 2000 <= day.year <= 2100:  # noqa: PLR2004
        raise BadInputError("Cette date n’est pas possible.")


def show(*, actor: Actor, form: dict[str, Any], now: datetime) -> Occupancy:
    """Deux lectures, quelle que soit la période."""
    check_audience(Audience.STAFF, actor)
    asked = read_asked(form, now)
    with reading() as db:
        activities = db.exec(select(Activity).order_by(col(Activity.position), col(Activity.id))).all()
        chosen = next((one for one in activities if one.id == asked.activity_id), activities[0] if activities else None)
        found = _slots(db, chosen.key, asked) if chosen else []
    return Occupancy(
        ready=True,
        activity=str(chosen.key) if chosen else "",
        first=asked.first.isoformat(),
        last=asked.last.isoformat(),
        title=chosen.title if chosen else "",
        summary=_summary([slot for slot, _ in found]),
        activities=[Choice(str(one.key), one.title) for one in activities],
        rows=[_line(slot, offering) for slot, offering in found],
    )


def _slots(db: Session, activity_id: int, asked: Asked) -> list[tuple[Slot, Offering]]:
    query = (
        select(Slot, Offering)
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .where(Slot.activity_id == activity_id, Slot.day >= asked.first, Slot.day <= asked.last)
        .order_by(col(Slot.day), col(Offering.position), col(Offering.id))
    )
    return list(db.exec(query))


def _line(slot: Slot, offering: Offering) -> SlotLine:
    share = min(100, round(100 * slot.taken / slot.capacity)) if slot.capacity else 100
    full = slot.taken >= slot.capacity
    tone = "err" if full else "warn" if share >= NEARLY_FULL else "ok"
    return SlotLine(
        id=slot.key,
        day=wording.capitalised(wording.day_without_year(slot.day)),
        part=offering.name,
        words=taken_words(slot),
        waiting=f"{slot.waiting} en attente" if slot.waiting else "",
        share=share,
        tone=tone,
        closed=slot.closed_why,
    )


def taken_words(slot: Slot) -> str:
    """« 8 sur 10 places », « complet : 10 places »."""
    places = wording.count(slot.capacity, "place", "places")
    return f"Complet, {places}" if slot.taken >= slot.capacity else f"{slot.taken} sur {places}"


def _summary(slots: Iterable[Slot]) -> str:
    held = [slot for slot in slots if not slot.closed_why]
    taken, waiting = sum(slot.taken for slot in held), sum(slot.waiting for slot in held)
    said = [wording.count(len(held), "séance", "séances"), wording.count(taken, "réservation", "réservations")]
    return ", ".join([*said, *([f"{waiting} en attente"] if waiting else [])])
