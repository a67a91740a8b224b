"""Deux mois de réservations et les semaines qui viennent, écrites en quelques ordres, chacune payée ou à facturer."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, SQLModel, select

from portail.demo import rare_days
from portail.demo.guests import CAMILLE, SEED, Guest, Seat
from portail.demo.season import Season
from portail.demo.wallets import Spent
from portail.domain.activities import EnrolmentKind, EnrolmentMode, EnrolmentState
from portail.domain.bookings import HOLDING, BookingState
from portail.domain.siblings import elders_of, rank_on
from portail.domain.tariffs import Payer, Price, price
from portail.models.bookings import Booking, BookingBatch
from portail.models.families import Child, FamilyChild
from portail.models.tariffs import TariffGrid
from portail.services import tariffs
from portail.views import wording

HORIZON = timedelta(days=24)
NEXT_DAYS_OF_CAMILLE = timedelta(days=9)  # il reste de quoi choisir au calendrier
NOTED = timedelta(days=2)  # ce qui est plus ancien est pointé
BEFORE_THE_MONTH = timedelta(days=12)


@dataclass(frozen=True)
class Place:
    """Une place d'un enfant, dans une séance, pour un foyer."""

    seat: Seat
    guest: Guest
    state: BookingState

    @property
    def family_id(self) -> int:
        return self.guest.family_on(self.seat.day).key

    @property
    def month(self) -> date:
        return self.seat.day.replace(day=1)


def load(db: Session, season: Season, seats: Sequence[Seat], guests: Sequence[Guest], now: datetime) -> list[Spent]:
    """Rend ce que chaque foyer a payé, pour son porte-monnaie."""
    rare = rare_days.choose(season, seats, guests)
    places = list(_places(season, seats, guests, rare))
    batches = _batches(db, places, now)
    prices = _prices(db, places)
    _insert(db, "booking", [_row(place, batches, prices) for place in places])
    _changes(db, places, batches, prices)
    _count(db, places, rare)
    rare_days.fill_queues(db, rare, now)
    _enrolments(db, guests, seats, now)
    return _spent(places, batches, prices)


def _places(
    season: Season, seats: Sequence[Seat], guests: Sequence[Guest], rare: rare_days.RareDays
) -> Iterable[Place]:
    held: Counter[int] = Counter()
    near = [seat for seat in seats if seat.day <= season.today + HORIZON or seat.key in rare.slots]
    for seat in near:
        for guest in guests:
            state = rare.state_of(seat, guest) or (not rare.keeps_free(seat, guest) and _state(season, seat, guest))
            if state and seat.welcomes(guest.child) and held[seat.key] < seat.slot.capacity:
                held[seat.key] += state in HOLDING
                yield Place(seat, guest, state)


def _state(season: Season, seat: Seat, guest: Guest) -> BookingState | None:
    day = seat.day
    ahead = NEXT_DAYS_OF_CAMILLE if CAMILLE in guest.usernames else HORIZON
    if day > season.today + ahead or not guest.habits.wants(seat):
        return None
    if day >= season.today - NOTED:
        return BookingState.BOOKED
    sick = Random(SEED + seat.key * 1_000 + guest.child.key).random() < 0.05  # noqa: PLR2004, S311 — toujours pareil
    return BookingState.ABSENT if sick else BookingState.PRESENT


Batches = dict[tuple[int, date], BookingBatch]
Prices = dict[tuple[int, int], Price]


def _batches(db: Session, places: Sequence[Place], now: datetime) -> Batches:
    """Une validation par foyer et par mois, faite avant le mois."""
    found: Batches = {}
    for place in places:
        key = (place.family_id, place.month)
        if key not in found:
            found[key] = BookingBatch(
                token=f"demonstration-{len(found)}",
                digest="demonstration",
                source="calendar",
                author_id=place.guest.authors.get(place.family_id),
                family_id=place.family_id,
                at=min(_evening(place.month - BEFORE_THE_MONTH, now), now - timedelta(hours=3)),
            )
    db.add_all(found.values())
    db.flush()
    return found


def _evening(day: date, now: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, 19, 30, tzinfo=now.tzinfo)


def _prices(db: Session, places: Sequence[Place]) -> Prices:
    grids = tariffs.load(db, db.exec(select(TariffGrid.tariff_id)).all())
    quotients = tariffs.quotients_of(db, {place.family_id for place in places})
    births: dict[int, dict[int, date]] = defaultdict(dict)
    for family_id, child_id, birth in db.exec(select(FamilyChild.family_id, Child.id, Child.birth_date).join(Child)):
        births[family_id][child_id or 0] = birth
    return {
        (place.seat.key, place.guest.child.key): price(
            grids[place.seat.offering.tariff_id],
            place.seat.day,
            Payer(
                tariffs.quotient_on(quotients[place.family_id], place.seat.day),
                place.guest.lives_in_town,
                rank_on(elders_of(births[place.family_id], place.guest.child.key), place.seat.day),
            ),
        )
        for place in places
    }


def _row(place: Place, batches: Batches, prices: Prices) -> dict[str, Any]:
    slot, child = place.seat.key, place.guest.child.key
    batch, paid = batches[place.family_id, place.month], prices[slot, child]
    return {
        "slot_id": slot,
        "child_id": child,
        "family_id": place.family_id,
        "batch_id": batch.key,
        "state": place.state,
        "meal_cents": paid.meal_cents,
        "care_cents": paid.care_cents,
        "surcharge_cents": paid.surcharge_cents,
        "surcharge_kind": paid.surcharge_kind,
        "is_paid": place.seat.activity.is_prepaid and place.state in HOLDING,
        "formula": paid.formula,
        "changed_at": batch.at,
    }


def _changes(db: Session, places: Sequence[Place], batches: Batches, prices: Prices) -> None:
    """L'histoire : réservé (ou à valider), puis rendu pour ce qui est annulé ; un pointage n'est pas une validation."""
    keys = {(one.slot_id, one.child_id): one.key for one in db.exec(select(Booking))}
    rows = []
    for place in places:
        key = (place.seat.key, place.guest.child.key)
        cents = prices[key].cents if place.seat.activity.is_prepaid else 0
        known = {"batch_id": batches[place.family_id, place.month].key, "booking_id": keys[key], "why": ""}
        first = BookingState.PENDING if place.state is BookingState.PENDING else BookingState.BOOKED
        rows.append(known | {"before": "", "after": first, "amount_cents": cents})
        if place.state is BookingState.CANCELLED:
            rows.append(known | {"before": first, "after": place.state, "amount_cents": -cents})
    _insert(db, "booking_change", rows)


def _count(db: Session, places: Sequence[Place], rare: rare_days.RareDays) -> None:
    """Le compte de chaque séance ; une séance complète l'est parce que sa capacité, ce jour-là, a été réduite."""
    held = Counter(place.seat.key for place in places if place.state in HOLDING)
    table = SQLModel.metadata.tables["slot"]
    rows = [{"slot": key, "held": number} for key, number in sorted(held.items())]
    db.connection().execute(update(table).where(table.c.id == bindparam("slot")).values(taken=bindparam("held")), rows)
    full = table.c.id.in_([seat.key for seat in rare.full])
    db.connection().execute(update(table).where(full).values(capacity=table.c.taken))


def _enrolments(db: Session, guests: Sequence[Guest], seats: Sequence[Seat], now: datetime) -> None:
    """Là où il en faut une, chaque habitué est inscrit, à l'année."""
    next_ones = {seat.offering.key: seat for seat in seats if seat.activity.enrolment_mode != EnrolmentMode.NONE}
    at = now - timedelta(days=90)
    known = {"kind": EnrolmentKind.REGULAR, "state": EnrolmentState.ACCEPTED, "rules_version": 1}
    known |= {"created_at": at, "rules_accepted_at": at, "decided_at": at, "request_id": None}
    rows = []
    for guest in guests:
        wanted: dict[int, dict[str, list[int]]] = defaultdict(dict)
        for seat in next_ones.values():
            if guest.habits.wants(seat) and seat.welcomes(guest.child):
                wanted[seat.activity.key][str(seat.offering.key)] = list(seat.offering.weekdays)
        home = guest.families[0].key
        theirs = {"child_id": guest.child.key, "family_id": home, "author_id": guest.authors.get(home)}
        rows += [known | theirs | {"activity_id": key, "template": one} for key, one in sorted(wanted.items())]
    _insert(db, "enrolment", rows)


def _spent(places: Sequence[Place], batches: Batches, prices: Prices) -> list[Spent]:
    """Une validation, un débit ; ce qui a été annulé a été rendu."""
    totals: Counter[tuple[int, date]] = Counter()
    for place in places:
        if place.seat.activity.is_prepaid and place.state in HOLDING:
            totals[place.family_id, place.month] += prices[place.seat.key, place.guest.child.key].cents
    return [
        Spent(
            batches[key].at, key[0], cents, f"Réservations, {wording.month(key[1])}", batches[key].key,
            batches[key].author_id,
        )
        for key, cents in totals.items()
    ]  # fmt: skip


def _insert(db: Session, table: str, rows: list[dict[str, Any]]) -> None:
    db.connection().execute(insert(SQLModel.metadata.tables[table]), rows)
