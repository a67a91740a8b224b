"""Réunir deux dossiers où le même enfant a réservé : une réservation par séance, des places comptées juste."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import BookingState
from portail.models.activities import Enrolment, Slot
from portail.models.bookings import Absence, Booking, BookingBatch, BookingChange, WaitlistEntry
from portail.models.database import reading, transaction
from portail.services import merging
from portail.services.bookings import seats
from portail.services.bookings.uniting import BookedTwiceError
from portail.services.merging.moving import CannotUndoError
from tests.conftest import NOW
from tests.factories.activities import make_canteen, make_enrolment
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

BIRTH = date(2018, 3, 12)
YESTERDAY, LATER = date(2026, 11, 19), NOW + timedelta(days=3)
B = BookingState


@pytest.fixture
def agent(base: Engine) -> Actor:
    return open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]


@pytest.fixture
def homes(base: Engine) -> list[tuple[int, int]]:
    """Zoé, dans deux dossiers : celui qui disparaît, celui qui reste."""
    found = []
    for name in ("Un", "Deux"):
        home = make_family(name)
        found.append((home, make_child("Zoé", home, birth=BIRTH)))
    return found


def book(slot: int, home: tuple[int, int], state: BookingState = B.BOOKED) -> int:
    with transaction() as db:
        row = Booking(slot_id=slot, family_id=home[0], child_id=home[1], state=state, changed_at=NOW)
        batch = BookingBatch(token=f"{slot}-{home[0]}", digest="", source="calendar", family_id=home[0], at=NOW)
        db.add_all([row, batch])
        db.flush()
        db.add(BookingChange(batch_id=batch.key, booking_id=row.key, after=state))
        db.add(Absence(booking_id=row.key, declared_at=NOW))
        db.flush()
        seats.recount(db, [slot])
        return row.key


def merge(agent: Actor, homes: list[tuple[int, int]]) -> int:
    return merging.merge_families(actor=agent, source_id=homes[0][0], target_id=homes[1][0], now=NOW)


def taken(slot: int) -> int:
    with reading() as db:
        return db.get_one(Slot, slot).taken


def bookings() -> list[tuple[int, str, int]]:
    with reading() as db:
        return [(row.key, row.state, row.family_id) for row in db.exec(select(Booking).order_by(col(Booking.id)))]


def changes_of(booking: int) -> int:
    with reading() as db:
        return len(db.exec(select(BookingChange).where(BookingChange.booking_id == booking)).all())


@pytest.mark.parametrize("live", [0, 1])
def test_the_booking_that_still_counts_stays(agent: Actor, homes: list[tuple[int, int]], live: int) -> None:
    _, slot = make_canteen()
    keys = [book(slot, home, B.BOOKED if rank == live else B.CANCELLED) for rank, home in enumerate(homes)]
    before = bookings()
    done = merge(agent, homes)
    assert bookings() == [(keys[live], B.BOOKED, homes[1][0])]
    assert (taken(slot), changes_of(keys[live])) == (1, 2)
    merging.undo_merge(actor=agent, merge_id=done, now=LATER)
    assert (bookings(), taken(slot), changes_of(keys[live])) == (before, 1, 1)


def test_two_bookings_of_a_day_to_come_stop_the_merge(agent: Actor, homes: list[tuple[int, int]]) -> None:
    _, slot = make_canteen()
    for home in homes:
        book(slot, home)
    with pytest.raises(BookedTwiceError, match="Zoé a deux réservations le jeudi 3 décembre 2026") as refusal:
        merge(agent, homes)
    assert "Annulez d’abord" in refusal.value.full_sentence
    assert (len(bookings()), taken(slot)) == (2, 2)


def test_two_bookings_of_a_past_day_become_one_place(agent: Actor, homes: list[tuple[int, int]]) -> None:
    _, slot = make_canteen(day=YESTERDAY)
    for home in homes:
        book(slot, home, B.PRESENT)
    assert taken(slot) == 2
    done = merge(agent, homes)
    assert (len(bookings()), taken(slot)) == (1, 1)
    merging.undo_merge(actor=agent, merge_id=done, now=LATER)
    assert (len(bookings()), taken(slot)) == (2, 2)


def test_a_place_given_to_another_since_forbids_to_undo(agent: Actor, homes: list[tuple[int, int]]) -> None:
    _, slot = make_canteen(capacity=2, day=YESTERDAY)
    for home in homes:
        book(slot, home, B.PRESENT)
    done = merge(agent, homes)
    other = make_family("Autre")
    book(slot, (other, make_child("Ali", other)))
    assert taken(slot) == 2
    with pytest.raises(CannotUndoError, match="une place rendue par la fusion a été prise depuis"):
        merging.undo_merge(actor=agent, merge_id=done, now=LATER)
    assert (len(bookings()), taken(slot)) == (2, 2)


def test_a_live_wait_and_a_live_enrolment_win_over_dead_ones(agent: Actor, homes: list[tuple[int, int]]) -> None:
    activity, slot = make_canteen()
    for rank, (family, child) in enumerate(homes):
        make_enrolment(child, family, activity, state="ended" if rank else "accepted")
        with transaction() as db:
            wait = {"state": "left" if rank else "waiting", "joined_at": NOW, "until": NOW}
            db.add(WaitlistEntry(slot_id=slot, child_id=child, family_id=family, **wait))
    merge(agent, homes)
    with reading() as db:
        (enrolment,) = db.exec(select(Enrolment)).all()
        (entry,) = db.exec(select(WaitlistEntry)).all()
    assert (enrolment.state, enrolment.family_id) == ("accepted", homes[1][0])
    assert (entry.state, entry.child_id) == ("waiting", homes[1][1])


def test_bookings_of_different_days_all_follow(agent: Actor, homes: list[tuple[int, int]]) -> None:
    slots = [make_canteen(day=date(2026, 12, day))[1] for day in (3, 4)]
    for slot, home in zip(slots, homes, strict=True):
        book(slot, home)
    with transaction() as db:
        db.exec(update(Slot).values(waiting=3))
    merge(agent, homes)
    assert {family for _, _, family in bookings()} == {homes[1][0]}
    assert [taken(slot) for slot in slots] == [1, 1]
