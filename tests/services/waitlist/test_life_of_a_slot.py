"""La vie d'une séance au hasard : réserver, annuler, attendre, partir, agrandir, réduire, laisser passer le temps.

Ce qui tient toujours : jamais plus de places prises que de places, personne n'attend devant une place libre, et l'on est
servi dans l'ordre de la file. Un modèle naïf, écrit autrement, dit à chaque pas qui doit avoir sa place.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlmodel import SQLModel, select, update

from portail.domain.activities import ActivityKind, WaitlistPriority
from portail.domain.bookings import BookingState
from portail.domain.refusals import RefusalError
from portail.models.activities import Slot
from portail.models.bookings import Booking
from portail.models.database import transaction
from portail.services.bookings import seats
from portail.services.waitlist import promoting, queue, rounds
from portail.settings import current
from tests.conftest import NOW
from tests.factories.activities import make_canteen
from tests.factories.waitlist import UNTIL, Home, cancel, check_counts, make_home, state_of, wait

CHILDREN = 6
child = st.integers(0, CHILDREN - 1)


class Life(RuleBasedStateMachine):
    """`held`, `queued` : ce que le modèle attend, enfant par enfant ; les premiers enfants habitent la commune."""

    base: Engine
    homes: list[Home]
    priority = WaitlistPriority.ORDER

    def __init__(self) -> None:
        super().__init__()
        with self.base.begin() as connection:
            for name in ("booking_change", "booking", "booking_batch", "waitlist_entry", "outbox_mail"):
                connection.execute(SQLModel.metadata.tables[name].delete())
        _, self.slot = make_canteen(capacity=2, kind=ActivityKind.EXTRA, waitlist_priority=self.priority)
        self.capacity, self.now = 2, NOW
        self.held: set[int] = set()
        self.queued: list[int] = []

    @property
    def in_time(self) -> bool:
        return self.now <= UNTIL

    @rule(who=child)
    def book(self, who: int) -> None:
        """Un nouveau venu : il n'a sa place que s'il en reste et que personne n'attend."""
        if who in self.held or who in self.queued:
            return
        with transaction() as db:
            lost = bool(seats.move(db, [], [self.slot]))
            if not lost:
                self._write(db, who)
        assert lost == (len(self.held) >= self.capacity or bool(self.queued))
        if not lost:
            self.held.add(who)

    def _write(self, db, who: int) -> None:
        home = self.homes[who]
        query = select(Booking).where(Booking.slot_id == self.slot, Booking.child_id == home.child_id)
        values = {"slot_id": self.slot, "child_id": home.child_id, "family_id": home.family_id}
        booking = db.exec(query).first() or Booking(**values, state="", changed_at=self.now)
        booking.state = BookingState.BOOKED
        db.add(booking)

    @rule(who=child)
    def join(self, who: int) -> None:
        allowed = (
            who not in self.held
            and who not in self.queued
            and self.in_time
            and (len(self.held) >= self.capacity or bool(self.queued))
        )
        try:
            wait(self.slot, self.homes[who], now=self.now)
        except RefusalError:
            assert not allowed
            return
        assert allowed
        self.queued.append(who)
        self.queued.sort(key=self._rank)

    def _rank(self, who: int) -> int:
        """Le tri de Python garde l'ordre d'arrivée à rang égal."""
        return 0 if self.priority is WaitlistPriority.ORDER or who % 2 else 1

    @rule(who=child)
    def leave(self, who: int) -> None:
        home = self.homes[who]
        if who in self.queued:
            with transaction() as db:
                assert queue.leave(db, self.slot, home.child_id) is False
            self.queued.remove(who)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(self.held)))
        cancel(self.slot, self.homes[who], self.now)
        self.held.remove(who)
        self._serve()

    @rule(capacity=st.integers(0, CHILDREN))
    def change_capacity(self, capacity: int) -> None:
        """Jamais sous ce qui est pris : l'écriture elle-même le refuse."""
        with transaction() as db:
            changed = db.exec(
                update(Slot)
                .where(Slot.id == self.slot, Slot.taken <= capacity)
                .values(capacity=capacity)
                .execution_options(synchronize_session=False)
            )
            promoting.promote(db, [self.slot], self.now)
        assert bool(changed.rowcount) == (len(self.held) <= capacity)
        if changed.rowcount:
            self.capacity = capacity
        self._serve()

    @rule(hours=st.integers(1, 60))
    def wait_a_while(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        rounds.tend(self.now)
        self._serve()

    def _serve(self) -> None:
        """Le modèle : on donne dans l'ordre tant qu'il reste des places ; passé la date, la liste se vide."""
        if not self.in_time:
            self.queued.clear()
        while self.queued and len(self.held) < self.capacity:
            self.held.add(self.queued.pop(0))

    @invariant()
    def counts_are_those_of_the_rows(self) -> None:
        found = check_counts(self.slot)
        assert found.taken == len(self.held)
        assert found.waiting == len(self.queued)

    @invariant()
    def nobody_waits_in_front_of_a_free_place(self) -> None:
        if self.in_time:
            found = check_counts(self.slot)
            assert not found.waiting or found.taken == found.capacity

    @invariant()
    def everyone_is_where_the_model_says(self) -> None:
        for who, home in enumerate(self.homes):
            state = state_of(self.slot, home)
            assert (state == "booked") == (who in self.held)
            if who in self.queued:
                assert state == f"waiting {self.queued.index(who) + 1}"
            else:
                assert not state.startswith("waiting")


class LifeWithPriority(Life):
    priority = WaitlistPriority.RESIDENTS


LIVES = settings(
    max_examples=12, stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.mark.parametrize("life", [Life, LifeWithPriority], ids=["order", "residents"])
def test_a_slot_lives_by_its_rules(base_sqlite: Engine, life: type[Life]) -> None:
    town = current().town_name
    life.base = base_sqlite
    life.homes = [make_home(f"enfant{rank}", city=town if rank % 2 else "Ailleurs") for rank in range(CHILDREN)]
    run_state_machine_as_test(life, settings=LIVES)
