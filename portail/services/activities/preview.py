"""« Voici ce que verra un parent le … » : la règle réelle, jugée à un moment choisi, pour un enfant d'un âge choisi."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.activity_settings import AGES, whole
from portail.domain.bookability import ChildFacts, Standing, Verdict, judge
from portail.domain.bookings import DayStatus
from portail.domain.dates import months_away, said_instant, wall_instant
from portail.domain.forms import Reader
from portail.domain.refusals import BadInputError
from portail.models.activities import Activity, Offering, Slot
from portail.models.database import reading
from portail.services.bookings.judging import offer_of
from portail.services.bookings.sheet import Sheet, open_sheet
from portail.views import wording
from portail.views.activity_desk import Preview, PreviewLine

FOUR_WEEKS = timedelta(days=28)
FARTHEST = timedelta(days=800)
CHILD = "Camille"
USUAL_AGE = 8
TONES = {DayStatus.OPEN: "ok", DayStatus.LATE: "warn", DayStatus.FULL: "warn", DayStatus.CLOSED: "err"}


def show(*, actor: Actor, activity_id: int, form: dict[str, Any], now: datetime) -> Preview:
    """Les quatre semaines qui suivent ce moment ; un formulaire vide montre maintenant, à huit ans."""
    check_audience(Audience.TOWN, actor)
    reader = Reader({"moment": _typed(now), "age": str(USUAL_AGE)} | form)
    moment = reader.take("moment", now, lambda value: _moment(value, now))
    age = whole(reader, "age", "Âge de l’enfant", AGES)
    reader.check()
    with reading() as db:
        sheet = open_sheet(db, activity_id)
        day = moment.astimezone(wording.PARIS).date()
        rows = [_line(sheet, slot, offering, age, moment) for slot, offering in _slots(db, sheet.activity, day)]
    return Preview(
        ready=True,
        title=f"Ce que verra un parent {said_instant(moment)}, pour un enfant de {wording.age(age)}",
        moment=_typed(moment),
        age=str(age),
        rows=rows,
    )


def _slots(db: Session, activity: Activity, day: date) -> list[tuple[Slot, Offering]]:
    query = (
        select(Slot, Offering)
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .where(Slot.activity_id == activity.key, Slot.day >= day, Slot.day < day + FOUR_WEEKS)
        .order_by(col(Slot.day), col(Offering.position), col(Offering.id))
    )
    return list(db.exec(query))


def _line(sheet: Sheet, slot: Slot, offering: Offering, age: int, moment: datetime) -> PreviewLine:
    verdict = judge(offer_of(sheet, offering, slot), _child(sheet, age, moment), Standing(), moment, sheet.calendar)
    why = verdict.why
    return PreviewLine(
        day=wording.capitalised(wording.full_day(slot.day)),
        part=offering.name,
        status=verdict.status.label,
        tone=TONES.get(verdict.status, ""),
        why=why.sentence if why else _said(verdict),
        next_step=why.next_step if why else "",
        add_until=_until(verdict.add_until),
        cancel_until=_until(verdict.cancel_until),
    )


def _until(at: datetime | None) -> str:
    """« jusqu’au mardi 8 décembre à 12 h »."""
    return f"jusqu’au {said_instant(at).removeprefix('le ')}" if at else "—"


def _said(verdict: Verdict) -> str:
    return "Réservable avec majoration." if verdict.is_late else "Réservable."


def _child(sheet: Sheet, age: int, moment: datetime) -> ChildFacts:
    """Un enfant inscrit, dossier complet, de la bonne école et du bon niveau : reste ce que dit la règle."""
    activity = sheet.activity
    return ChildFacts(
        first_name=CHILD,
        birth_date=months_away(moment.astimezone(wording.PARIS).date(), -12 * age),
        level=next(iter(activity.levels), ""),
        school_id=next(iter(activity.school_ids), None),
        is_enrolled=True,
    )


def _moment(value: str, now: datetime) -> datetime:
    """« 2026-12-01T11:59 », l'heure de Paris."""
    try:
        typed = datetime.fromisoformat(value.strip())
    except ValueError:
        raise BadInputError("Indiquez le jour et l’heure à essayer.") from None
    if typed.tzinfo is not None or not 2000 <= typed.year <= 2100:  # noqa: PLR2004
        raise BadInputError("Indiquez le jour et l’heure à essayer.")
    moment = wall_instant(typed.date(), typed.time())
    if abs(moment - now) > FARTHEST:
        raise BadInputError("Ce moment est trop lointain : deux ans au plus.")
    return moment


def _typed(moment: datetime) -> str:
    return moment.astimezone(wording.PARIS).replace(tzinfo=None).isoformat(timespec="minutes")
