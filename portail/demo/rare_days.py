"""Les jours à voir : complets avec une file, à valider, annulés."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlmodel import Session, col, select

from portail.demo import activities
from portail.demo.guests import CAMILLE, WHOLE_DAY, Guest, Seat
from portail.demo.season import Season
from portail.domain.activities import ActivityKind
from portail.domain.booking_rules import BookingRule, window_of
from portail.domain.bookings import BookingState
from portail.domain.town_calendar import DayKind
from portail.models.activities import ActivityRule, Slot
from portail.models.bookings import WaitlistEntry

SOON = timedelta(days=8)
LEA = "Léa"
AHEAD_OF_LEA = 2
MOST_PENDING = 4


@dataclass(frozen=True)
class RareDays:
    """`full` : deux mercredis complets ; `queues` : qui attend ; `forced` : l'état d'un enfant dans une séance."""

    season: Season
    full: tuple[Seat, ...] = ()
    queues: dict[int, tuple[Guest, ...]] = field(default_factory=dict)
    forced: dict[tuple[int, int], BookingState] = field(default_factory=dict)
    left_out: frozenset[tuple[date, int]] = frozenset()

    @cached_property
    def slots(self) -> frozenset[int]:
        return frozenset(slot_id for slot_id, _ in self.forced)

    def state_of(self, seat: Seat, guest: Guest) -> BookingState | None:
        return self.forced.get((seat.key, guest.child.key))

    def keeps_free(self, seat: Seat, guest: Guest) -> bool:
        """Qui attend une place ce jour-là n'en a pas d'autre."""
        return (seat.day, guest.child.key) in self.left_out


def choose(season: Season, seats: Sequence[Seat], guests: Sequence[Guest]) -> RareDays:
    lea = next(one for one in guests if CAMILLE in one.usernames and one.child.first_name == LEA)
    full = _full_wednesdays(season, seats, lea)
    forced: dict[tuple[int, int], BookingState] = {}
    queues: dict[int, tuple[Guest, ...]] = {}
    for rank, seat in enumerate(full):
        regulars = [one for one in guests if _comes(one, seat) and one is not lea]
        waiting = tuple(regulars[-AHEAD_OF_LEA:])
        queues[seat.key] = (*waiting, lea) if rank == 0 else waiting
        forced |= {(seat.key, one.child.key): BookingState.BOOKED for one in regulars if one not in waiting}
    left_out = {(seat.day, one.child.key) for seat in full for one in (*queues[seat.key], lea)}
    forced |= _pending(season, seats, guests, lea) | _cancelled(season, seats, lea)
    return RareDays(season, full, queues, forced, frozenset(left_out))


def _comes(guest: Guest, seat: Seat) -> bool:
    return guest.habits.wants(seat) and seat.welcomes(guest.child)


def _full_wednesdays(season: Season, seats: Sequence[Seat], lea: Guest) -> tuple[Seat, ...]:
    found = [
        seat
        for seat in seats
        if seat.day >= season.today + SOON
        and seat.activity.place == activities.CENTRES[0]
        and DayKind.WEDNESDAY in seat.activity.day_kinds
        and seat.shape == WHOLE_DAY
        and seat.welcomes(lea.child)
    ]
    return tuple(found[:2])


def _pending(
    season: Season, seats: Sequence[Seat], guests: Sequence[Guest], lea: Guest
) -> dict[tuple[int, int], BookingState]:
    """Le premier jour des prochaines vacances, dans le centre qui valide chaque réservation."""
    coming = [
        seat
        for seat in seats
        if seat.activity.needs_validation and seat.day >= season.today + SOON and seat.shape == WHOLE_DAY
    ]
    first = [seat for seat in coming if seat.day == coming[0].day]
    others = [one for one in guests if one.habits.holidays and one.habits.centre == activities.CENTRES[1]]
    return {
        (seat.key, one.child.key): BookingState.PENDING
        for one in (lea, *others[: MOST_PENDING - 1])
        for seat in first
        if seat.welcomes(one.child)
    }


def _cancelled(season: Season, seats: Sequence[Seat], lea: Guest) -> dict[tuple[int, int], BookingState]:
    """Un repas de Léa, rendu à temps."""
    meals = [
        seat
        for seat in seats
        if seat.day >= season.today + SOON + SOON
        and seat.activity.kind == ActivityKind.CANTEEN
        and seat.welcomes(lea.child)
    ]
    return {(meals[0].key, lea.child.key): BookingState.CANCELLED} if meals else {}


def fill_queues(db: Session, rare: RareDays, now: datetime) -> None:
    for seat in rare.full:
        queue = rare.queues[seat.key]
        content = db.exec(select(ActivityRule.content).where(ActivityRule.activity_id == seat.activity.key)).one()
        rule = BookingRule.load(content)
        until = window_of(rule, seat.day, seat.offering.starts_at, rare.season.calendar).add_until
        for rank, guest in enumerate(queue, start=1):
            family_id = guest.family_on(seat.day).key
            db.add(
                WaitlistEntry(
                    slot_id=seat.key,
                    child_id=guest.child.key,
                    family_id=family_id,
                    author_id=guest.authors.get(family_id),
                    place=rank,
                    joined_at=now - timedelta(days=5, hours=-rank),
                    until=until,
                )
            )
        slot = db.exec(select(Slot).where(col(Slot.id) == seat.key)).one()
        slot.waiting = len(queue)
