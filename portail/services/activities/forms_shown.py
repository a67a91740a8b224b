"""Les formulaires d'une activité, remplis de ce que la base en sait."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from sqlmodel import Session, col, or_, select

from portail.domain.activities import ActivityKind, EnrolmentMode, WaitlistMode, WaitlistPriority
from portail.domain.activity_settings import AHEAD
from portail.domain.custody import WEEKDAYS
from portail.domain.families import Level
from portail.domain.town_calendar import DayKind
from portail.models.activities import Activity, Offering
from portail.models.documents import ActivityDocument, DocumentType
from portail.models.families import School
from portail.views.activity_desk import ActivityForm, OfferingLine, Tick
from portail.views.requests import Choice

FLAGS = {
    "needs_health": "Demande une fiche sanitaire complète",
    "is_prepaid": "Payée d’avance, débitée du porte-monnaie",
    "needs_validation": "Chaque réservation attend l’accord d’un agent",
}
USUAL_SCHOOL_DAYS = (0, 1, 3, 4)
NEVER = datetime.min.replace(tzinfo=UTC)  # celle que l'on n'a pas encore créée


def activity_form(db: Session, activity: Activity | None) -> ActivityForm:
    """Les valeurs d'une activité, ou celles d'une activité à créer."""
    row = activity or Activity(name="", kind=ActivityKind.PERI, day_kinds=[DayKind.CLASS], created_at=NEVER)
    return ActivityForm(
        known={
            "name": row.name,
            "place": row.place,
            "summary": row.summary,
            "kind": str(row.kind),
            "enrolment_mode": str(row.enrolment_mode),
            "waitlist_mode": str(row.waitlist_mode),
            "waitlist_priority": str(row.waitlist_priority),
            "offer_hours": str(row.offer_hours),
            "months_ahead": str(row.months_ahead),
        },
        when=_ticks("when", DayKind, row.day_kinds),
        schools=_schools(db, row.school_ids),
        levels=_ticks("level", Level, row.levels),
        documents=_documents(db, activity),
        flags=[Tick(name, label, bool(getattr(row, name))) for name, label in FLAGS.items()],
        kinds=_choices(ActivityKind),
        enrolments=_choices(EnrolmentMode),
        waitlists=_choices(WaitlistMode),
        priorities=_choices(WaitlistPriority),
        aheads=[Choice(str(months), _ahead(months)) for months in AHEAD],
    )


def _ticks(start: str, kind: type[StrEnum], held: Iterable[str]) -> list[Tick]:
    kept = set(held)
    return [Tick(f"{start}-{one}", getattr(one, "label"), one.value in kept) for one in kind]  # noqa: B009


def _choices(kind: type[StrEnum]) -> list[Choice]:
    return [Choice(one.value, getattr(one, "label")) for one in kind]  # noqa: B009


def _schools(db: Session, held: Sequence[int]) -> list[Tick]:
    query = select(School).where(or_(col(School.closed_at).is_(None), col(School.id).in_(held)))
    return [Tick(f"school-{one.key}", one.name, one.key in held) for one in db.exec(query.order_by(School.name))]


def _documents(db: Session, activity: Activity | None) -> list[Tick]:
    """Une lecture : chaque type, et s'il est exigé ici."""
    joined = (col(ActivityDocument.type_id) == col(DocumentType.id)) & (
        col(ActivityDocument.activity_id) == (activity.key if activity else 0)
    )
    query = (
        select(DocumentType, ActivityDocument.id)
        .join(ActivityDocument, joined, isouter=True)
        .where(or_(col(DocumentType.closed_at).is_(None), col(ActivityDocument.id).is_not(None)))
        .order_by(col(DocumentType.position), DocumentType.name)
    )
    return [Tick(f"document-{one.key}", one.name, held is not None) for one, held in db.exec(query)]


def _ahead(months: int) -> str:
    return f"{months} mois, chaque nuit" if months else "Non, un agent les ouvre"


def weekday_ticks(held: Iterable[int]) -> list[Tick]:
    kept = set(held)
    return [Tick(f"day-{rank}", name.capitalize(), rank in kept) for rank, name in enumerate(WEEKDAYS)]


def offering_values(offering: Offering) -> dict[str, str]:
    return {
        "name": offering.name,
        "starts_at": offering.starts_at.isoformat("minutes"),
        "ends_at": offering.ends_at.isoformat("minutes"),
        "min_age": str(offering.min_age),
        "max_age": str(offering.max_age),
        "capacity": str(offering.capacity),
        "tariff_id": str(offering.tariff_id),
    }


def blank_offering() -> OfferingLine:
    values = {"starts_at": "11:45", "ends_at": "13:30", "min_age": "3", "max_age": "11", "capacity": "20"}
    return OfferingLine(known={"name": "", "tariff_id": ""} | values, ticks=weekday_ticks(USUAL_SCHOOL_DAYS))
