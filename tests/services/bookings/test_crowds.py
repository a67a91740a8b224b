"""Plusieurs familles au même instant : jamais une place de trop, jamais un prix sans place, sur les deux bases."""

import os

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.bookings import Intent
from portail.models.activities import Slot
from portail.models.database import reading
from portail.services.bookings import confirming
from portail.services.wallet import check_ledger
from portail.views.bookings import Outcome
from tests.factories.booking import Home, held, make_canteen, make_home, states, taken
from tests.factories.crowds import together
from tests.factories.money import balance

ROUNDS = int(os.environ.get("PORTAIL_TEST_ROUNDS", "2"))


def crowd(number: int) -> list[Home]:
    return [make_home(f"Foyer{rank}") for rank in range(number)]


def done(outcomes: list[object]) -> int:
    """Ceux qui ont obtenu quelque chose ; les autres ont reçu une phrase, jamais une panne."""
    assert all(isinstance(one, Outcome) for one in outcomes), outcomes
    return sum(isinstance(one, Outcome) and one.batch > 0 for one in outcomes)


def test_last_place_goes_to_exactly_one_family(base: Engine) -> None:
    homes, (activity, slots) = crowd(6), make_canteen(capacity=1)
    outcomes = together(*[lambda home=home: home.book(activity, slots[0]) for home in homes])
    assert done(outcomes) == 1
    assert taken(slots[0]) == held(slots[0]) == 1
    assert sum(10_000 - balance(home.family) for home in homes) == 320


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_ten_places_for_fifty_families(base: Engine, round_: int) -> None:
    """Le pair direct en donne cinquante. `PORTAIL_TEST_ROUNDS=1000` pour la longue course (benchmarks/bench_seats.py)."""
    homes, (activity, slots) = crowd(25), make_canteen(capacity=10)
    works = [
        lambda home=home, child=child: home.confirm(activity, home.choices(slots[round_], child=child))
        for home in homes
        for child in (home.child, home.sibling)
    ]
    assert done(together(*works)) == 10
    assert taken(slots[round_]) == held(slots[round_]) == 10
    assert sum(10_000 - balance(home.family) for home in homes) == 10 * 320
    check_ledger()


def test_families_that_cross_each_other_are_all_served(base: Engine) -> None:
    """L'une prend lundi puis jeudi, l'autre jeudi puis lundi : l'ordre des verrous est le même."""
    homes, (activity, slots) = crowd(8), make_canteen(capacity=8)
    works = [
        lambda home=home, days=(slots[:6] if rank % 2 else slots[5::-1]): home.book(activity, *days)
        for rank, home in enumerate(homes)
    ]
    assert done(together(*works)) == 8
    assert [taken(slot) for slot in slots[:6]] == [8] * 6


def test_a_double_click_books_once(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    works = [lambda: home.confirm(activity, home.choices(slots[0]), token="double-clic-double")] * 4
    outcomes = together(*works)
    assert done(outcomes) == 4
    assert len({outcome.batch for outcome in outcomes}) == 1
    assert (taken(slots[0]), balance(home.family)) == (1, 10_000 - 320)


def test_the_same_child_in_two_tabs_is_booked_once(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    works = [
        lambda tab=tab: home.confirm(activity, home.choices(slots[0]), token=f"onglet-{tab}-onglet-{tab}")
        for tab in range(3)
    ]
    outcomes = together(*works)
    assert done(outcomes) == 1
    assert {line.why for one in outcomes for line in one.refused} == {"Ce jour est déjà réservé pour Léa Alba."}
    assert (taken(slots[0]), balance(home.family)) == (1, 10_000 - 320)


def test_two_cancellations_refund_once(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    home.book(activity, slots[0])
    works = [
        lambda tab=tab: home.confirm(
            activity, home.choices(slots[0], intent=Intent.REMOVE), token=f"onglet-{tab}-onglet-{tab}"
        )
        for tab in range(3)
    ]
    assert done(together(*works)) == 1
    assert (taken(slots[0]), balance(home.family), states(slots[0])) == (0, 10_000, ["cancelled"])


def test_one_wallet_never_goes_below_zero(base: Engine) -> None:
    """Cent vingt centimes de trop peu : une seule des deux validations passe."""
    home, (activity, slots) = make_home(cents=520), make_canteen()
    works = [
        lambda slot=slot: home.confirm(activity, home.choices(slot), token=f"jeton-{slot}".ljust(16, "."))
        for slot in slots[:2]
    ]
    assert done(together(*works)) == 1
    assert balance(home.family) == 200
    assert sum(taken(slot) for slot in slots[:2]) == 1


def test_booking_and_cancelling_together_keep_the_count_right(base: Engine) -> None:
    homes, (activity, slots) = crowd(6), make_canteen(capacity=4)
    for home in homes[:3]:
        home.book(activity, slots[0])
    works = [
        lambda home=home: home.confirm(activity, home.choices(slots[0], intent=Intent.REMOVE)) for home in homes[:3]
    ] + [lambda home=home: home.book(activity, slots[0]) for home in homes[3:]]
    done(together(*works))
    with reading() as db:
        slot = db.exec(select(Slot).where(Slot.id == slots[0])).one()
    assert slot.taken == held(slots[0])
    assert 0 <= slot.taken <= slot.capacity
    check_ledger()


@pytest.mark.parametrize("base", ["postgresql"], indirect=True)  # SQLite ne laisse pas deux écritures se croiser
def test_the_second_click_that_reads_between_two_commits_gets_the_same_answer(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    order = home.choices(slots[0])
    real, first = confirming.facts_for, []

    def facts_for(*given: object) -> object:
        """Le premier clic est acquis juste après que le second n'a pas trouvé leur jeton."""
        if not first:
            first.append(None)
            first[0] = together(lambda: home.confirm(activity, order, token="double-clic-double"))[0]
        return real(*given)

    monkeypatch.setattr(confirming, "facts_for", facts_for)
    second = home.confirm(activity, order, token="double-clic-double")
    assert (second.message, second.batch) == (first[0].message, first[0].batch)
    assert taken(slots[0]) == 1
