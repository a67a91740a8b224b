"""La file d'une séance : qui entre, qui sort, qui reçoit la place rendue, dans quel ordre."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.activities import ActivityKind, WaitlistMode, WaitlistPriority
from portail.domain.refusals import NotOpenError
from portail.domain.waitlist import (
    AlreadyWaitingError,
    HasPlaceError,
    NoWaitlistError,
    PlacesLeftError,
    TooLateToWaitError,
    WaitState,
)
from portail.models.activities import Slot
from portail.models.bookings import Booking, WaitlistEntry
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.wallet import LedgerAccount
from portail.services.bookings import seats
from portail.services.waitlist import promoting, queue, rounds
from portail.settings import current
from tests.conftest import NOW
from tests.factories.activities import make_canteen, make_offering, make_slot
from tests.factories.families import make_child
from tests.factories.letters import last_text, recipients, subjects_to
from tests.factories.queries import counted
from tests.factories.waitlist import (
    UNTIL,
    cancel,
    check_counts,
    entry_of,
    fill,
    make_home,
    make_homes,
    state_of,
    wait,
)

MINUTE = timedelta(minutes=1)


def test_positions_follow_the_order_of_arrival(base: Engine) -> None:
    _, slot = make_canteen(capacity=1)
    booked, *others = make_homes("alba", "bruno", "carla", "denis")
    fill(slot, booked)
    assert wait(slot, *others) == [1, 2, 3]
    assert check_counts(slot).waiting == 3


def test_freed_place_goes_to_the_first_and_the_others_move_up(base: Engine) -> None:
    _, slot = make_canteen(capacity=1)
    alba, bruno, carla = make_homes("alba", "bruno", "carla")
    fill(slot, alba)
    wait(slot, bruno, carla)
    cancel(slot, alba)
    assert [state_of(slot, one) for one in (alba, bruno, carla)] == ["", "booked", "waiting 1"]
    assert check_counts(slot).taken == 1
    assert subjects_to(bruno.email) == ["Une place pour le jeudi 3 décembre"]
    assert "3,20\u00a0€" in last_text(bruno.email)
    assert carla.email not in recipients()


def test_newcomer_never_takes_a_freed_place_while_somebody_waits(base: Engine) -> None:
    """Même si la file n'a pas encore été servie : la place est à elle."""
    _, slot = make_canteen(capacity=1)
    alba, bruno = make_homes("alba", "bruno")
    fill(slot, alba)
    wait(slot, bruno)
    with transaction() as db:
        booking = db.exec(select(Booking)).one()
        booking.state = "cancelled"
        db.flush()
        seats.release(db, slot)
    with transaction() as db:
        assert seats.move(db, [], [slot]) == {slot}
    promoting.promote_now([slot], NOW)
    assert state_of(slot, bruno) == "booked"


def test_nobody_waits_while_a_place_is_left(base: Engine) -> None:
    _, slot = make_canteen(capacity=1)
    alba, bruno = make_homes("alba", "bruno")
    with pytest.raises(PlacesLeftError):
        wait(slot, bruno)
    fill(slot, alba)
    wait(slot, bruno)
    assert check_counts(slot).waiting == 1


def test_the_same_child_waits_once_and_never_for_a_place_it_has(base: Engine) -> None:
    _, slot = make_canteen(capacity=1)
    alba, bruno = make_homes("alba", "bruno")
    fill(slot, alba)
    wait(slot, bruno)
    with pytest.raises(AlreadyWaitingError):
        wait(slot, bruno)
    with pytest.raises(HasPlaceError):
        wait(slot, alba)
    assert check_counts(slot).waiting == 1


@pytest.mark.parametrize("option", [{"waitlist_mode": WaitlistMode.NONE}, {"closed_at": NOW}])
def test_no_list_where_the_activity_has_none(base: Engine, option: dict[str, object]) -> None:
    _, slot = make_canteen(capacity=1, **option)
    alba, bruno = make_homes("alba", "bruno")
    fill(slot, alba)
    with pytest.raises(NoWaitlistError):
        wait(slot, bruno)


def test_the_list_closes_one_second_after_the_deadline(base: Engine) -> None:
    _, slot = make_canteen(capacity=1)
    alba, bruno, carla = make_homes("alba", "bruno", "carla")
    fill(slot, alba)
    assert wait(slot, bruno, now=UNTIL) == [1]
    with pytest.raises(TooLateToWaitError):
        wait(slot, carla, now=UNTIL + timedelta(seconds=1))


@pytest.mark.parametrize("number", [0, -1, 2**31, 999])
def test_unknown_slot_answers_like_a_missing_one(base: Engine, number: int) -> None:
    alba = make_home("alba")
    with pytest.raises(NotOpenError):
        wait(number, alba)
    with pytest.raises(NotOpenError), transaction() as db:
        queue.leave(db, number, alba.child_id)


def test_leaving_then_coming_back_is_going_to_the_end(base: Engine) -> None:
    _, slot = make_canteen(capacity=1)
    alba, bruno, carla = make_homes("alba", "bruno", "carla")
    fill(slot, alba)
    wait(slot, bruno, carla)
    with transaction() as db:
        assert queue.leave(db, slot, bruno.child_id) is False
    assert check_counts(slot).waiting == 1
    assert wait(slot, bruno) == [2]
    assert state_of(slot, carla) == "waiting 1"


def test_leaving_a_list_one_is_not_on_is_refused(base: Engine) -> None:
    _, slot = make_canteen(capacity=1)
    alba = make_home("alba")
    with pytest.raises(NotOpenError), transaction() as db:
        queue.leave(db, slot, alba.child_id)


def test_positions_of_many_slots_are_one_read(base: Engine) -> None:
    activity, first = make_canteen(capacity=0)
    slots = [first, *(make_slot(make_offering(activity, capacity=0)) for _ in range(5))]
    homes = make_homes("alba", "bruno")
    for slot in slots:
        wait(slot, *homes)
    with reading() as db, counted(base) as seen:
        found = queue.positions(db, slots, [one.child_id for one in homes])
    assert len(seen) == 1
    assert {place.position for (_, child), place in found.items() if child == homes[1].child_id} == {2}


def test_residents_first_only_where_the_centre_wants_it(base: Engine) -> None:
    option = {"kind": ActivityKind.EXTRA, "waitlist_priority": WaitlistPriority.RESIDENTS}
    _, slot = make_canteen(capacity=0, **option)
    away, near = make_home("alba", city="Loin-sur-Mer"), make_home("bruno", city=current().town_name)
    assert wait(slot, away, near) == [1, 1]
    assert [state_of(slot, one) for one in (away, near)] == ["waiting 2", "waiting 1"]


def test_canteen_never_ranks_families(base: Engine) -> None:
    """La base elle-même refuse une priorité à la cantine : c'est un droit."""
    _, slot = make_canteen(capacity=0)
    away, near = make_home("alba", city="Loin-sur-Mer"), make_home("bruno", city=current().town_name)
    assert wait(slot, away, near) == [1, 2]


def test_siblings_already_booked_that_day_come_first(base: Engine) -> None:
    option = {"kind": ActivityKind.EXTRA, "waitlist_priority": WaitlistPriority.SIBLINGS}
    activity, slot = make_canteen(capacity=0, **option)
    other_part = make_slot(make_offering(activity))
    alba, bruno = make_homes("alba", "bruno")
    sibling = make_child("Malo", bruno.family_id)
    with transaction() as db:
        db.add(Booking(slot_id=other_part, child_id=sibling, family_id=bruno.family_id, state="booked", changed_at=NOW))
    wait(slot, alba, bruno)
    assert [state_of(slot, one) for one in (alba, bruno)] == ["waiting 2", "waiting 1"]


def test_a_larger_capacity_serves_as_many_as_it_can(base: Engine) -> None:
    _, slot = make_canteen(capacity=0)
    homes = make_homes("alba", "bruno", "carla", "denis")
    wait(slot, *homes)
    with transaction() as db:
        db.get_one(Slot, slot).capacity = 3
        promoting.promote(db, [slot], NOW)
    assert [state_of(slot, one) for one in homes] == ["booked", "booked", "booked", "waiting 1"]
    assert check_counts(slot).taken == 3


def test_who_can_no_longer_pay_is_skipped_told_and_charged_nothing(base: Engine) -> None:
    _, slot = make_canteen(capacity=1, is_prepaid=True)
    alba = make_home("alba", cents=1000)
    poor, rich = make_home("bruno", cents=100), make_home("carla", cents=1000)
    fill(slot, alba)
    wait(slot, poor, rich)
    cancel(slot, alba)
    assert [state_of(slot, one) for one in (poor, rich)] == ["skipped", "booked"]
    assert "porte-monnaie" in last_text(poor.email)
    assert "2,20\u00a0€" in last_text(poor.email)
    with reading() as db:
        balances = {one.family_id: one.balance_cents for one in db.exec(select(LedgerAccount)) if one.family_id}
    assert balances[poor.family_id] == 100
    assert balances[rich.family_id] == 680
    assert check_counts(slot).taken == 1


def test_charged_only_when_promoted(base: Engine) -> None:
    _, slot = make_canteen(capacity=1, is_prepaid=True)
    alba, bruno = make_home("alba", cents=1000), make_home("bruno", cents=1000)
    fill(slot, alba)
    wait(slot, bruno)
    with reading() as db:
        assert {one.balance_cents for one in db.exec(select(LedgerAccount)) if one.family_id} == {1000}


def test_everyone_skipped_leaves_the_place_to_newcomers(base: Engine) -> None:
    _, slot = make_canteen(capacity=1, is_prepaid=True)
    alba, poor = make_home("alba", cents=1000), make_home("bruno", cents=0)
    fill(slot, alba)
    wait(slot, poor)
    cancel(slot, alba)
    found = check_counts(slot)
    assert (found.taken, found.waiting) == (0, 0)
    with transaction() as db:
        assert seats.move(db, [], [slot]) == frozenset()


def test_past_the_deadline_a_freed_place_is_not_given(base: Engine) -> None:
    _, slot = make_canteen(capacity=1)
    alba, bruno = make_homes("alba", "bruno")
    fill(slot, alba)
    wait(slot, bruno)
    cancel(slot, alba, now=UNTIL + MINUTE)
    assert state_of(slot, bruno) == "closed"
    assert check_counts(slot).taken == 0


def test_the_round_closes_the_list_once_and_says_so_once(base: Engine) -> None:
    _, slot = make_canteen(capacity=1)
    alba, bruno, carla = make_homes("alba", "bruno", "carla")
    fill(slot, alba)
    wait(slot, bruno, carla)
    assert rounds.tend(UNTIL) == 0
    assert rounds.tend(UNTIL + MINUTE) == 1
    assert rounds.tend(UNTIL + 2 * MINUTE) == 0
    assert [state_of(slot, one) for one in (bruno, carla)] == ["closed", "closed"]
    assert recipients().count(bruno.email) == 1
    assert "close" in last_text(bruno.email)
    assert check_counts(slot).waiting == 0


def test_a_cancelled_session_closes_its_list(base: Engine) -> None:
    _, slot = make_canteen(capacity=0)
    bruno = make_home("bruno")
    wait(slot, bruno)
    with transaction() as db:
        db.get_one(Slot, slot).closed_why = "Grève"
    rounds.tend(NOW)
    assert state_of(slot, bruno) == "closed"
    assert "n’a pas lieu" in last_text(bruno.email)


def test_the_round_serves_a_list_that_was_forgotten(base: Engine) -> None:
    """Un arrêt entre la place rendue et l'appel de la file."""
    _, slot = make_canteen(capacity=0)
    bruno = make_home("bruno")
    wait(slot, bruno)
    with transaction() as db:
        db.get_one(Slot, slot).capacity = 1
    rounds.tend(NOW)
    assert state_of(slot, bruno) == "booked"


def test_an_erased_child_leaves_no_ghost_in_the_list(base: Engine) -> None:
    _, slot = make_canteen(capacity=0)
    bruno, carla = make_homes("bruno", "carla")
    wait(slot, bruno, carla)
    with transaction() as db:
        entry = db.exec(select(WaitlistEntry).where(WaitlistEntry.child_id == bruno.child_id)).one()
        db.delete(entry)
    rounds.tend(NOW)
    assert check_counts(slot).waiting == 1


def test_recount_keeps_offered_places(base: Engine) -> None:
    _, slot = make_canteen(capacity=1, waitlist_mode=WaitlistMode.OFFER)
    alba, bruno, carla = make_homes("alba", "bruno", "carla")
    fill(slot, alba)
    wait(slot, bruno, carla)
    cancel(slot, alba)
    with transaction() as db:
        seats.recount(db, [slot])
    found = check_counts(slot)
    assert (found.taken, found.waiting) == (1, 1)


def test_who_left_the_family_is_not_written_to(base: Engine) -> None:
    """Le courriel va à qui a demandé ; s'il ne tient plus le dossier, aux adultes qui y réservent."""
    _, slot = make_canteen(capacity=0)
    bruno, carla = make_homes("bruno", "carla")
    with transaction() as db:
        asked = queue.Asked(slot, bruno.child_id, bruno.family_id, carla.actor.account_id, UNTIL)
        queue.join(db, asked, NOW)
        db.get_one(Slot, slot).capacity = 1
        promoting.promote(db, [slot], NOW)
    assert subjects_to(bruno.email)
    assert not subjects_to(carla.email)


def test_a_closed_family_is_skipped(base: Engine) -> None:
    _, slot = make_canteen(capacity=1)
    alba, bruno, carla = make_homes("alba", "bruno", "carla")
    fill(slot, alba)
    wait(slot, bruno, carla)
    with transaction() as db:
        db.get_one(Family, bruno.family_id).status = "archived"
    cancel(slot, alba)
    assert [state_of(slot, one) for one in (bruno, carla)] == ["skipped", "booked"]


def test_entry_keeps_why_and_when(base: Engine) -> None:
    _, slot = make_canteen(capacity=0)
    bruno = make_home("bruno")
    wait(slot, bruno)
    entry = entry_of(slot, bruno)
    assert entry is not None
    assert (entry.state, entry.joined_at, entry.until, entry.why) == (WaitState.WAITING, NOW, UNTIL, "")
