"""Les activités de la ville de démonstration : cantines, accueils à l'école, centres de loisirs, école des sports."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select

from portail.demo import people, tariffs
from portail.demo.season import Season
from portail.domain.activities import ActivityKind, EnrolmentMode, PeriodKind, WaitlistMode, WaitlistPriority
from portail.domain.booking_rules import BookingRule
from portail.domain.deadlines import Deadline, DeadlineKind
from portail.domain.families import Level
from portail.domain.town_calendar import WEDNESDAY, DayKind, why_closed
from portail.models.activities import Activity, ActivityRule, CalendarPeriod, Offering
from portail.models.families import School

CENTRES = ("Les Lucioles", "La Clairière")
SMALL, TALL = (3, 5), (6, 11)
SCHOOL_DAYS = (0, 1, 3, 4)
EVERY_DAY = (0, 1, 2, 3, 4)
THURSDAY, TUESDAY = 3, 1
NOON = time(12)
TWO_WORKING_DAYS = Deadline(DeadlineKind.WORKING_DAYS_BEFORE, NOON, days=2)
SAME_MORNING = Deadline(DeadlineKind.DAYS_BEFORE, time(9))
EVE = Deadline(DeadlineKind.DAYS_BEFORE, NOON, days=1)
THURSDAY_BEFORE = Deadline(DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK, NOON, weekday=THURSDAY)
TUESDAY_BEFORE = Deadline(DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK, NOON, weekday=TUESDAY)
MONTH_BEFORE = Deadline(DeadlineKind.NTH_OF_PREVIOUS_MONTH, NOON, day_of_month=15)
TEN_DAYS = Deadline(DeadlineKind.DAYS_BEFORE, NOON, days=10)


@dataclass(frozen=True)
class Part:
    """Une séance du jour pour une tranche d'âge."""

    name: str
    tariff: str
    starts: time
    ends: time
    capacity: int
    ages: tuple[int, int] = (2, 12)
    weekdays: tuple[int, ...] = SCHOOL_DAYS


@dataclass(frozen=True)
class Service:
    """`add`, `cancel`, `late` : jusqu'à quand on réserve, on annule, on réserve avec majoration."""

    name: str
    place: str
    kind: ActivityKind
    day_kind: DayKind
    summary: str
    parts: tuple[Part, ...]
    add: Deadline
    cancel: Deadline
    late: Deadline | None = None
    options: dict[str, Any] = field(default_factory=dict)


def load(db: Session, season: Season, sold: dict[str, int], now: datetime) -> None:
    """Les activités, leurs règles, leurs formules, et toutes leurs séances en un seul ordre."""
    schools = list(db.exec(select(School.id).order_by(col(School.id))))
    services = (*_at_school(schools), *_at_the_centres(), _sports())
    slots: list[dict[str, Any]] = []
    for position, service in enumerate(services):
        activity = _activity(db, service, position, season, now)
        closed = _closure(db, activity, season)
        slots += [slot for slot in _offered(db, activity, service, season, sold) if slot["day"] not in closed]
    db.connection().execute(insert(SQLModel.metadata.tables["slot"]), slots)


def _activity(db: Session, service: Service, position: int, season: Season, now: datetime) -> Activity:
    activity = Activity(
        name=service.name,
        place=service.place,
        summary=service.summary,
        kind=service.kind,
        position=position,
        day_kinds=[service.day_kind],
        stamp=f"demonstration-{position}",
        created_at=now - timedelta(days=300),
        **service.options,
    )
    db.add(activity)
    db.flush()
    rule = BookingRule(season.since, service.add, service.cancel, service.late)
    db.add(ActivityRule(activity_id=activity.key, valid_from=rule.valid_from, content=rule.dump()))
    return activity


def _closure(db: Session, activity: Activity, season: Season) -> frozenset[Any]:
    """Un mercredi, dans un mois, les animateurs d'un centre sont en formation."""
    if (activity.place, activity.day_kinds) != (CENTRES[1], [DayKind.WEDNESDAY]):
        return frozenset()
    day = season.today + timedelta(days=28 + (WEDNESDAY - season.today.weekday()) % 7)
    known = {"first_day": day, "last_day": day, "activity_id": activity.key}
    db.add(CalendarPeriod(kind=PeriodKind.CLOSURE, name="Formation des animateurs", **known))
    return frozenset({day})


def _offered(
    db: Session, activity: Activity, service: Service, season: Season, sold: dict[str, int]
) -> list[dict[str, Any]]:
    offerings = [
        Offering(
            activity_id=activity.key,
            tariff_id=sold[part.tariff],
            name=part.name,
            position=rank,
            starts_at=part.starts,
            ends_at=part.ends,
            min_age=part.ages[0],
            max_age=part.ages[1],
            capacity=part.capacity,
            weekdays=list(part.weekdays),
        )
        for rank, part in enumerate(service.parts)
    ]
    db.add_all(offerings)
    db.flush()
    return [
        {"activity_id": activity.key, "offering_id": one.key, "day": day, "capacity": one.capacity}
        | {"taken": 0, "waiting": 0, "closed_why": ""}
        for day in season.days()
        for one in offerings
        if not why_closed(season.calendar, [service.day_kind], one.weekdays, day)
    ]


def _at_school(schools: list[int | None]) -> list[Service]:
    found = []
    for name, key in zip(people.SCHOOLS, schools, strict=True):
        place = name.removeprefix("École ").replace("des ", "Les ")
        found += [_canteen(place, key), _care(place, key)]
    return found


def _canteen(place: str, school_id: int | None) -> Service:
    return Service(
        "Cantine",
        place,
        ActivityKind.CANTEEN,
        DayKind.CLASS,
        "Le déjeuner à l’école, servi à table, et la pause d’après-repas avec les animateurs.",
        (Part("Repas", tariffs.MEAL, time(11, 45), time(13, 45), 48),),
        TWO_WORKING_DAYS,
        TWO_WORKING_DAYS,
        SAME_MORNING,
        {"school_ids": [school_id], "is_prepaid": True},
    )


def _care(place: str, school_id: int | None) -> Service:
    return Service(
        "Accueil périscolaire",
        place,
        ActivityKind.PERI,
        DayKind.CLASS,
        "Avant et après la classe, dans l’école : jeux calmes le matin, goûter et ateliers le soir.",
        (
            Part("Matin", tariffs.MORNING, time(7, 30), time(8, 30), 30),
            Part("Soir", tariffs.EVENING, time(16, 30), time(18, 30), 36),
        ),
        THURSDAY_BEFORE,
        THURSDAY_BEFORE,
        EVE,
        {"school_ids": [school_id], "is_prepaid": True},
    )


def _at_the_centres() -> list[Service]:
    found = []
    for place in CENTRES:
        validated = place == CENTRES[1]
        wednesdays = Service(
            "Mercredis",
            place,
            ActivityKind.EXTRA,
            DayKind.WEDNESDAY,
            "Le mercredi au centre de loisirs : sorties, cuisine, grands jeux, à la journée ou à la demi-journée.",
            _parts((WEDNESDAY,), 16),
            TUESDAY_BEFORE,
            TUESDAY_BEFORE,
            None,
            {
                "enrolment_mode": EnrolmentMode.DIRECT,
                "waitlist_mode": WaitlistMode.OFFER,
                "waitlist_priority": WaitlistPriority.SIBLINGS,
            },
        )
        holidays = Service(
            "Vacances",
            place,
            ActivityKind.EXTRA,
            DayKind.HOLIDAY,
            "Le centre de loisirs des petites et des grandes vacances, avec une sortie chaque semaine.",
            _parts(EVERY_DAY, 20),
            MONTH_BEFORE,
            TEN_DAYS,
            TEN_DAYS,
            {"waitlist_priority": WaitlistPriority.RESIDENTS, "needs_validation": validated},
        )
        found += [wednesdays, holidays]
    return found


def _parts(weekdays: tuple[int, ...], capacity: int) -> tuple[Part, ...]:
    shapes = (
        ("Journée", tariffs.DAY, time(8), time(18)),
        ("Matin avec repas", tariffs.LUNCH_HALF, time(8), time(13, 30)),
        ("Matin sans repas", tariffs.HALF_DAY, time(8), time(12)),
        ("Après-midi", tariffs.HALF_DAY, time(13, 30), time(18)),
    )
    return tuple(
        Part(f"{name} · {ages[0]}-{ages[1]} ans", tariff, starts, ends, capacity, ages, weekdays)
        for ages in (SMALL, TALL)
        for name, tariff, starts, ends in shapes
    )


def _sports() -> Service:
    return Service(
        "École des sports",
        "Gymnase Colette-Besson",
        ActivityKind.SPORT,
        DayKind.WEDNESDAY,
        "Un sport différent chaque trimestre, le mercredi après-midi, avec les éducateurs de la commune.",
        (Part("Séance", tariffs.SPORT, time(14), time(16), 24, (6, 12), (WEDNESDAY,)),),
        EVE,
        EVE,
        None,
        {
            "levels": [Level.CP, Level.CE1, Level.CE2, Level.CM1, Level.CM2],
            "enrolment_mode": EnrolmentMode.VALIDATED,
            "waitlist_mode": WaitlistMode.AUTOMATIC,
        },
    )
