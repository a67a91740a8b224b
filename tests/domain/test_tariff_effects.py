"""L'effet d'une grille : par tranche, combien de foyers, quel prix, quel écart, qui paie plus ou moins."""

from dataclasses import replace
from datetime import date

import pytest

from portail.domain.adjustments import Adjustment, SiblingDiscount
from portail.domain.tariff_copies import changed
from portail.domain.tariff_effects import UNKNOWN, Customer, LineEffect, customer, effect
from portail.domain.tariffs import Bracket, Grid, TariffMethod

AUTUMN, WINTER = date(2026, 9, 1), date(2027, 1, 1)
MEAL = Grid(
    AUTUMN,
    TariffMethod.BRACKETS,
    (Bracket(0, 100, 50), Bracket(801, 200, 120)),
    (Bracket(0, 400, 100),),
)
DEARER = replace(changed(MEAL, 1_000), valid_from=WINTER)


def home(quotient: int | None, *ranks: int, is_resident: bool = True) -> Customer:
    return Customer(quotient, is_resident, ranks or (1,))


def lines(now: Grid | None, then: Grid, *homes: Customer) -> dict[tuple[bool, int], LineEffect]:
    return {(one.is_resident, one.rank): one for one in effect(now, then, homes)}


def test_each_home_falls_in_the_bracket_of_its_quotient() -> None:
    found = lines(MEAL, DEARER, home(800), home(801), home(9_999), home(None), home(12, is_resident=False))
    assert {key: one.families for key, one in found.items()} == {
        (True, 0): 1,
        (True, 1): 2,
        (True, UNKNOWN): 1,
        (False, 0): 1,
    }


def test_prices_differences_and_who_pays_more_are_counted() -> None:
    one = lines(MEAL, DEARER, home(801), home(900, 1, 2))[True, 1]
    assert (one.families, one.children, one.before, one.after) == (2, 3, (320,), (352,))
    assert (one.change_cents, one.average_cents, one.more, one.less) == (96, 32, 2, 0)


def test_without_a_quotient_the_maximum_is_compared_on_its_own_line() -> None:
    one = lines(MEAL, changed(MEAL, -1_000), home(None, 1, 2))[True, UNKNOWN]
    assert (one.before, one.after, one.average_cents, one.more, one.less) == ((320,), (288,), -32, 0, 1)


def test_an_identical_copy_changes_nothing_for_anyone() -> None:
    for one in effect(MEAL, replace(MEAL, valid_from=WINTER), [home(850), home(None), home(1, is_resident=False)]):
        assert (one.before, one.change_cents, one.more, one.less) == (one.after, 0, 0, 0)


def test_brackets_that_move_show_the_range_they_came_from() -> None:
    merged = replace(MEAL, resident=(Bracket(0, 150, 100),))
    found = lines(MEAL, merged, home(400), home(1_000), home(None))
    assert (found[True, 0].before, found[True, 0].after) == ((150, 320), (250,))
    assert (found[True, 0].change_cents, found[True, 0].average_cents) == (30, 15)
    assert (found[True, 0].more, found[True, 0].less) == (1, 1)
    assert found[True, UNKNOWN].before == (320,)


def test_the_same_price_for_all_has_no_line_for_unknown_quotients() -> None:
    flat = replace(MEAL, method=TariffMethod.FIXED, resident=(Bracket(0, 0, 450),))
    found = lines(flat, changed(flat, 200), home(None), home(500))
    assert {key: one.families for key, one in found.items()} == {(True, 0): 2, (False, 0): 0}


def test_an_effort_is_one_line_from_its_floor_to_its_ceiling() -> None:
    evening = Grid(AUTUMN, TariffMethod.EFFORT, (Bracket(0, 60, 330, 3_100, 120),), (Bracket(0, 0, 420),))
    found = lines(evening, changed(evening, 1_000), home(100), home(800), home(5_000), home(None))
    assert (found[True, 0].before, found[True, 0].after) == ((120, 248, 390), (132, 273, 429))
    assert (found[True, 0].more, found[True, UNKNOWN].more) == (3, 1)
    assert lines(evening, evening)[True, 0].before == ()  # sans foyer, un taux n'a pas de prix à dire


def test_a_discount_that_goes_counts_for_the_younger_children() -> None:
    before = replace(MEAL, siblings=SiblingDiscount(Adjustment.PERCENT, (1_000,)))
    found = lines(before, MEAL, home(801, 1), home(801, 1, 2))[True, 1]
    assert (found.before, found.after) == ((320,), (320,))
    assert (found.change_cents, found.average_cents, found.more, found.less) == (32, 11, 1, 0)


def test_a_bracket_without_a_home_still_says_its_price() -> None:
    found = lines(MEAL, DEARER)
    assert (found[True, 1].families, found[True, 1].before, found[True, 1].after) == (0, (320,), (352,))
    assert (found[True, 1].average_cents, found[True, UNKNOWN].after) == (0, (352,))


def test_without_a_grid_in_force_there_is_no_difference() -> None:
    one = lines(None, MEAL, home(801))[True, 1]
    assert (one.families, one.before, one.after, one.change_cents, one.more) == (1, (), (320,), 0, 0)


@pytest.mark.parametrize(("cents", "children", "average"), [(1, 2, 1), (-1, 2, -1), (1, 3, 0), (0, 3, 0), (-5, 0, 0)])
def test_an_average_rounds_a_half_away_from_zero(cents: int, children: int, average: int) -> None:
    assert LineEffect(is_resident=True, rank=0, children=children, change_cents=cents).average_cents == average


def test_a_child_has_its_rank_among_all_the_minors_of_the_home() -> None:
    births = {1: date(2008, 1, 1), 2: date(2014, 1, 1), 3: date(2016, 1, 1), 4: date(2018, 1, 1)}
    assert customer(births, {3, 4}, (850, True), AUTUMN) == Customer(850, True, (2, 3))
    assert customer(births, {3, 4}, (850, True), date(2025, 9, 1)) == Customer(850, True, (3, 4))
