"""Cinquante familles au même instant : l'ordre de la liste est celui des validations, aucune place perdue."""

import random
from datetime import date

from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.bookings import HOLDING, BookingState
from portail.domain.refusals import RefusalError
from portail.models.activities import Slot
from portail.models.bookings import Booking, WaitlistEntry
from portail.models.database import reading, transaction
from portail.models.wallet import LedgerAccount
from portail.services.bookings import seats
from portail.services.waitlist import promoting, queue, rounds
from portail.services.wallet import check_ledger
from tests.conftest import NOW
from tests.factories.activities import make_canteen
from tests.factories.crowds import together
from tests.factories.waitlist import Home, cancel, check_counts, fill, make_home, state_of, wait

CROWD = 50


def crowd(count: int, cents: int | None = None) -> list[Home]:
    return [make_home(f"famille{rank}", cents=cents) for rank in range(count)]


def leave(slot: int, home: Home) -> None:
    with transaction() as db:
        if queue.leave(db, slot, home.child_id):
            promoting.promote(db, [slot], NOW)


def take(slot: int, home: Home) -> bool:
    """Un nouveau venu réserve directement."""
    with transaction() as db:
        if seats.move(db, [], [slot]):
            return False
        values = {"slot_id": slot, "child_id": home.child_id, "family_id": home.family_id}
        db.add(Booking(**values, state=BookingState.BOOKED, changed_at=NOW))
        return True


def entries(slot: int) -> list[WaitlistEntry]:
    with reading() as db:
        return list(db.exec(select(WaitlistEntry).where(WaitlistEntry.slot_id == slot)))


def test_fifty_joining_at_once_have_fifty_places_in_a_row(base: Engine) -> None:
    """Chacun reçoit la place qu'il garde : celle de sa validation."""
    _, slot = make_canteen(capacity=0)
    homes = crowd(CROWD)
    told = together(*[lambda home=home: wait(slot, home)[0] for home in homes])
    assert sorted(told) == list(range(1, CROWD + 1))
    assert [state_of(slot, home) for home in homes] == [f"waiting {position}" for position in told]
    assert sorted(one.place for one in entries(slot)) == list(range(1, CROWD + 1))
    assert check_counts(slot).waiting == CROWD


def test_the_first_in_commit_order_are_served(base: Engine) -> None:
    _, slot = make_canteen(capacity=10)
    booked, waiting = crowd(10), [make_home(f"attente{rank}") for rank in range(30)]
    fill(slot, *booked)
    together(*[lambda home=home: wait(slot, home) for home in waiting])
    order = {one.child_id: one.place for one in entries(slot)}
    together(*[lambda home=home: cancel(slot, home) for home in booked])
    served = [home for home in waiting if state_of(slot, home) == "booked"]
    assert sorted(order[home.child_id] for home in served) == list(range(1, 11))
    assert check_counts(slot).taken == 10


def test_joins_leaves_cancels_and_newcomers_at_once_lose_no_place(base: Engine) -> None:
    _, slot = make_canteen(capacity=10)
    booked, waiting = crowd(10), [make_home(f"attente{rank}") for rank in range(15)]
    arriving = [make_home(f"arrivee{rank}") for rank in range(15)]
    newcomers = [make_home(f"nouveau{rank}") for rank in range(10)]
    fill(slot, *booked)
    wait(slot, *waiting)
    works = [lambda home=home: cancel(slot, home) for home in booked]
    works += [lambda home=home: leave(slot, home) for home in waiting[::3]]
    works += [lambda home=home: wait(slot, home) for home in arriving]
    works += [lambda home=home: take(slot, home) for home in newcomers]
    random.Random(7).shuffle(works)  # noqa: S311 — un ordre que l'on veut toujours le même
    results = together(*works)
    surprises = [one for one in results if isinstance(one, Exception) and not isinstance(one, RefusalError)]
    assert surprises == []
    rounds.tend(NOW)
    found = check_counts(slot)
    assert found.taken == 10, "personne n'a une place libre devant soi pendant qu'il attend"
    assert not any(one is True for one in results), "un nouveau venu n'a pris la place de personne"
    states = {one.child_id: one for one in entries(slot)}
    served = [one.place for one in states.values() if one.state == "promoted"]
    still = [one.place for one in states.values() if one.state == "waiting"]
    assert max(served) < min(still), "on ne sert pas le second avant le premier"


def test_money_is_exact_when_crossed_cancellations_serve_each_other(base: Engine) -> None:
    """Chacun annule une séance que l'autre attend : débits et remboursements se croisent."""
    days = [date(2026, 12, day) for day in (3, 4, 7, 8, 10, 11)]
    slots = [make_canteen(capacity=1, is_prepaid=True, day=day)[1] for day in days]
    homes = crowd(6, cents=1000)
    for rank, slot in enumerate(slots):
        fill(slot, homes[rank])
        wait(slot, homes[(rank + 1) % 6], homes[(rank + 2) % 6])
    results = together(*[lambda rank=rank: cancel(slots[rank], homes[rank]) for rank in range(6)])
    assert results == [None] * 6
    for rank, slot in enumerate(slots):
        assert state_of(slot, homes[(rank + 1) % 6]) == "booked"
        assert check_counts(slot).taken == 1
    with reading() as db:
        balances = [one.balance_cents for one in db.exec(select(LedgerAccount)) if one.family_id]
        paid = db.exec(select(Booking).where(Booking.state == BookingState.BOOKED)).all()
    assert balances == [680] * 6
    assert sum(one.price_cents for one in paid if one.is_paid) == 6 * 320
    assert check_ledger() == []


def test_two_rounds_at_once_give_one_place_once(base: Engine) -> None:
    _, slot = make_canteen(capacity=0)
    homes = crowd(4)
    wait(slot, *homes)
    with transaction() as db:
        db.get_one(Slot, slot).capacity = 2
    together(*[lambda: rounds.tend(NOW) for _ in range(4)])
    held = [home for home in homes if state_of(slot, home) in HOLDING]
    assert held == homes[:2]
    assert check_counts(slot).taken == 2
