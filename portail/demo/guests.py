"""Qui réserve quoi à Valbourg-sur-Loire : les enfants, leurs foyers, et leurs habitudes tirées toujours les mêmes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from random import Random

from sqlmodel import Session, col, select

from portail.demo import activities
from portail.demo.season import Season
from portail.domain.activities import ActivityKind
from portail.domain.custody import Custody, whose_day
from portail.domain.families import FamilyStatus, age_on
from portail.domain.town_calendar import WEDNESDAY, DayKind
from portail.models.accounts import Account
from portail.models.activities import Activity, Offering, Slot
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.services.custody.homes import custodies_of
from portail.services.tariffs import is_resident

CAMILLE, KARIM, INES, NADIA = "camille.durand", "karim.benali", "ines.moreau", "nadia.rossi"
NO_WALLET = frozenset({KARIM})
INCOMPLETE = frozenset({INES})
UNINSURED = frozenset({NADIA})
CAMILLE_DAYS = (0, 3)
SEED = 20_261_121
OLD_ENOUGH_FOR_SPORT = 6
WHOLE_DAY, LUNCH_MORNING = "Journée", "Matin avec repas"


@dataclass(frozen=True)
class Seat:
    """Une séance, avec ce qu'il faut pour savoir qui y vient."""

    slot: Slot
    offering: Offering
    activity: Activity

    @cached_property
    def key(self) -> int:
        return self.slot.key

    @cached_property
    def day(self) -> date:
        return self.slot.day

    @cached_property
    def shape(self) -> str:
        return self.offering.name.partition(" · ")[0]

    @cached_property
    def nature(self) -> tuple[str, str, bool]:
        """Sa sorte, son lieu, et si elle est des vacances."""
        return self.activity.kind, self.activity.place, DayKind.HOLIDAY in self.activity.day_kinds

    def welcomes(self, child: Child) -> bool:
        """Âge, école et niveau."""
        fits = self.offering.min_age <= age_on(child.birth_date, self.day) <= self.offering.max_age
        at_school = not self.activity.school_ids or child.school_id in self.activity.school_ids
        return fits and at_school and (not self.activity.levels or child.level in self.activity.levels)


@dataclass(frozen=True)
class Habits:
    """Les jours de la semaine de chaque séance à l'école, et le centre du mercredi et des vacances."""

    canteen: tuple[int, ...] = ()
    morning: tuple[int, ...] = ()
    evening: tuple[int, ...] = ()
    centre: str = ""
    shape: str = ""
    sport: bool = False
    holidays: bool = False

    def wants(self, seat: Seat) -> bool:
        weekday, (kind, place, is_holiday) = seat.day.weekday(), seat.nature
        if kind == ActivityKind.CANTEEN:
            return weekday in self.canteen
        if kind == ActivityKind.PERI:
            return weekday in (self.morning if seat.shape == "Matin" else self.evening)
        if kind == ActivityKind.SPORT:
            return self.sport
        if place != self.centre:
            return False
        if is_holiday:
            return self.holidays and seat.shape == WHOLE_DAY and weekday != WEDNESDAY
        return seat.shape == self.shape


@dataclass(frozen=True)
class Guest:
    child: Child
    families: tuple[Family, ...]
    usernames: frozenset[str]
    habits: Habits
    custody: Custody
    authors: dict[int, int] = field(default_factory=dict)

    def family_on(self, day: date) -> Family:
        """Celui des deux foyers à qui est ce jour."""
        theirs = whose_day(self.custody, day) if len(self.families) > 1 else None
        return next((one for one in self.families if one.key == theirs), self.families[0])

    @property
    def lives_in_town(self) -> bool:
        return is_resident(self.families[0])


def seats_of(db: Session, season: Season) -> list[Seat]:
    query = (
        select(Slot, Offering, Activity)
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .where(col(Slot.day).between(season.first, season.last))
        .order_by(col(Slot.day), col(Slot.id))
    )
    return [Seat(*row) for row in db.exec(query)]


def guests_of(db: Session, season: Season) -> list[Guest]:
    """Les enfants des dossiers validés, dans l'ordre où ils sont arrivés."""
    query = (
        select(Child, Family)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .where(Family.status == FamilyStatus.ACTIVE)
        .order_by(col(Child.id), col(FamilyChild.id))
    )
    homes: dict[int, list[Family]] = {}
    children: dict[int, Child] = {}
    for child, family in db.exec(query):
        children[child.key] = child
        homes.setdefault(child.key, []).append(family)
    accounts = list(_accounts(db))
    custodies = custodies_of(db, list(children), season.first, season.last)
    return [_guest(child, homes[key], accounts, custodies[key]) for key, child in children.items()]


def _accounts(db: Session) -> Iterator[tuple[int, int, str]]:
    query = select(Guardian.family_id, Account.id, Account.username).join(Account).order_by(col(Guardian.id))
    yield from ((family_id, int(key or 0), username) for family_id, key, username in db.exec(query))


def _guest(child: Child, families: list[Family], accounts: list[tuple[int, int, str]], custody: Custody) -> Guest:
    keys = {family.key for family in families}
    names = frozenset(username for family_id, _, username in accounts if family_id in keys)
    authors = {family_id: account_id for family_id, account_id, _ in accounts if family_id in keys}
    return Guest(child, tuple(families), names, _habits(child, names), custody, authors)


def _habits(child: Child, names: frozenset[str]) -> Habits:
    chance = Random(SEED + child.key)  # noqa: S311 — un tirage que l'on veut toujours le même
    if names & INCOMPLETE:
        return Habits()
    if CAMILLE in names:
        return Habits(CAMILLE_DAYS, centre=activities.CENTRES[0], shape=WHOLE_DAY, evening=(1,))
    drawn = _drawn(child, chance)
    if names & NO_WALLET:
        return Habits(centre=drawn.centre or activities.CENTRES[1], shape=WHOLE_DAY)
    if names & UNINSURED:
        return Habits(drawn.canteen, drawn.morning, drawn.evening)
    return drawn


def _drawn(child: Child, chance: Random) -> Habits:
    days = activities.SCHOOL_DAYS
    canteen = tuple(sorted(chance.sample(days, chance.choice((2, 3, 4, 4)))))
    morning = tuple(chance.sample(days, 2)) if chance.random() < 0.3 else ()  # noqa: PLR2004
    evening = tuple(chance.sample(days, chance.choice((1, 2, 3)))) if chance.random() < 0.5 else ()  # noqa: PLR2004
    goes = chance.random() < 0.6  # noqa: PLR2004
    shape = chance.choice((WHOLE_DAY, WHOLE_DAY, WHOLE_DAY, LUNCH_MORNING, "Matin sans repas"))
    insured_sport = bool(child.key % 2) and child.level not in {"PS", "MS", "GS"}
    return Habits(
        canteen,
        morning,
        evening,
        centre=chance.choice((activities.CENTRES[0], *activities.CENTRES)) if goes else "",
        shape=shape,
        sport=insured_sport and not (goes and shape == WHOLE_DAY) and chance.random() < 0.7,  # noqa: PLR2004
        holidays=goes and chance.random() < 0.5,  # noqa: PLR2004
    )
