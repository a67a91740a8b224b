"""Des foyers qui attendent une place : la séance, ses comptes, et ce que chacun a obtenu."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import col, func, select

from portail.domain.accounts import Actor
from portail.domain.bookings import HOLDING, BookingState
from portail.domain.waitlist import WaitState
from portail.models.activities import Slot
from portail.models.bookings import Booking, WaitlistEntry
from portail.models.database import reading, transaction
from portail.services.bookings import seats
from portail.services.waitlist import promoting, queue
from portail.services.waitlist.queue import Asked
from tests.conftest import NOW
from tests.factories.activities import make_wallet
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

UNTIL = datetime(2026, 12, 2, 11, 0, tzinfo=UTC)  # la veille de la séance à midi, à Paris


@dataclass(frozen=True)
class Home:
    """Un parent, son foyer, son enfant."""

    actor: Actor
    family_id: int
    child_id: int
    email: str


def make_home(name: str, *, cents: int | None = None, city: str = "") -> Home:
    email = f"{name}@famille.example"
    account = make_account(email)
    family = make_family(name, account)
    if city:
        with transaction() as db:
            from portail.models.families import Family

            db.get_one(Family, family).city = city
    if cents is not None:
        make_wallet(family, cents)
    return Home(open_session(account)[1], family, make_child(name.capitalize(), family), email)


def make_homes(*names: str) -> list[Home]:
    return [make_home(name) for name in names]


def fill(slot_id: int, *homes: Home, state: BookingState = BookingState.BOOKED) -> None:
    """Ces enfants ont leur place."""
    with transaction() as db:
        for home in homes:
            values = {"slot_id": slot_id, "child_id": home.child_id, "family_id": home.family_id}
            db.add(Booking(**values, state=state, changed_at=NOW))
            db.get_one(Slot, slot_id).taken += 1


def wait(slot_id: int, *homes: Home, until: datetime = UNTIL, now: datetime = NOW) -> list[int]:
    """Chacun à son tour se met sur la liste ; rend les places."""
    found = []
    for home in homes:
        with transaction() as db:
            asked = Asked(slot_id, home.child_id, home.family_id, home.actor.account_id, until)
            found.append(queue.join(db, asked, now))
    return found


def cancel(slot_id: int, home: Home, now: datetime = NOW) -> None:
    """Ce que fait une annulation : la réservation, la place, puis la file."""
    with transaction() as db:
        booking = db.exec(select(Booking).where(Booking.slot_id == slot_id, Booking.child_id == home.child_id)).one()
        booking.state = BookingState.CANCELLED
        db.flush()
        seats.release(db, slot_id)
        promoting.promote(db, [slot_id], now)


def state_of(slot_id: int, home: Home) -> str:
    """Où en est cet enfant : « booked », « waiting 2 », « offered », « skipped », ou rien."""
    with reading() as db:
        booking = db.exec(select(Booking).where(Booking.slot_id == slot_id, Booking.child_id == home.child_id)).first()
        if booking is not None and booking.state in HOLDING:
            return booking.state
        places = queue.positions(db, [slot_id], [home.child_id])
        place = places.get((slot_id, home.child_id))
        if place is not None:
            return f"waiting {place.position}" if place.position else "offered"
        entry = entry_of(slot_id, home)
        return entry.state if entry else ""


def entry_of(slot_id: int, home: Home) -> WaitlistEntry | None:
    with reading() as db:
        query = select(WaitlistEntry).where(WaitlistEntry.slot_id == slot_id, WaitlistEntry.child_id == home.child_id)
        return db.exec(query).first()


def check_counts(slot_id: int) -> Slot:
    """Les comptes de la séance sont ceux de ses lignes ; rien ne dépasse."""
    with reading() as db:
        slot = db.get_one(Slot, slot_id)
        held = db.exec(select(func.count()).where(Booking.slot_id == slot_id, col(Booking.state).in_(HOLDING))).one()
        queued = dict(
            db.exec(
                select(WaitlistEntry.state, func.count())
                .where(WaitlistEntry.slot_id == slot_id)
                .group_by(WaitlistEntry.state)
            ).all()
        )
        assert slot.taken == held + queued.get(WaitState.OFFERED, 0)
        assert slot.waiting == queued.get(WaitState.WAITING, 0)
        assert 0 <= slot.taken <= slot.capacity
        return slot
