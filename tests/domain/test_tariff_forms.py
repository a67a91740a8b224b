"""Une grille tapée : lue, refusée champ par champ, ou retapée telle quelle."""

from datetime import date
from typing import Any

import pytest

from portail.domain.adjustments import Adjustment, SiblingDiscount, Surcharge
from portail.domain.forms import FormRefusedError
from portail.domain.tariff_forms import MOST_ROWS, Side, fill_grid, read_grid, read_name
from portail.domain.tariffs import Bracket, Grid, TariffMethod

EARLIEST = date(2026, 11, 22)
BASE = {
    "valid_from": "2027-01-01",
    "late_method": "none",
    "unplanned_method": "none",
    "sibling_method": "none",
}
BRACKETS = BASE | {
    "method": "brackets",
    "in-0-from": "0",
    "in-0-to": "400",
    "in-0-meal": "0,90",
    "in-0-care": "0,60",
    "in-1-from": "401",
    "in-1-to": "",
    "in-1-meal": "2",
    "in-1-care": "1,20",
    "out-0-from": "0",
    "out-0-to": "",
    "out-0-meal": "3,20",
    "out-0-care": "2,40",
}
FIXED = BASE | {"method": "fixed", "in-meal": "", "in-care": "4,50", "out-meal": "0", "out-care": "7"}
EFFORT = BASE | {
    "method": "effort",
    "in-effort-rate": "0,31",
    "in-effort-floor": "1,20",
    "in-effort-meal": "0,60",
    "in-effort-care": "3,30",
    "out-effort-rate": "",
    "out-effort-meal": "0,60",
    "out-effort-care": "4,20",
}


def refused(form: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(FormRefusedError) as refusal:
        read_grid(form, EARLIEST)
    return refusal.value.fields


def test_brackets_are_read_with_their_parts() -> None:
    grid = read_grid(BRACKETS, EARLIEST)
    assert grid.valid_from == date(2027, 1, 1)
    assert grid.resident == (Bracket(0, 90, 60), Bracket(401, 200, 120))
    assert grid.non_resident == (Bracket(0, 320, 240),)


def test_a_fixed_price_may_have_one_part_only() -> None:
    grid = read_grid(FIXED, EARLIEST)
    assert (grid.resident, grid.non_resident) == ((Bracket(0, 0, 450),), (Bracket(0, 0, 700),))


def test_an_effort_has_a_rate_inside_and_may_be_flat_outside() -> None:
    grid = read_grid(EFFORT, EARLIEST)
    assert grid.resident == (Bracket(0, 60, 330, 3_100, 120),)
    assert grid.non_resident == (Bracket(0, 60, 420),)


def test_rows_may_come_in_any_order_and_empty_ones_do_not_count() -> None:
    swapped = {key.replace("in-0", "in-9").replace("in-1", "in-0"): value for key, value in BRACKETS.items()}
    assert read_grid(swapped | {"in-4-from": " "}, EARLIEST).resident == read_grid(BRACKETS, EARLIEST).resident


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"in-1-from": "451"}, "in-1-from", "Trou : aucun prix de 401 à 450, entre les tranches « de 0 à 400 »"),
        ({"in-1-from": "402"}, "in-1-from", "Trou : aucun prix pour 401"),
        ({"in-1-from": "380"}, "in-1-from", "« à partir de 380 » recouvre la tranche « de 0 à 400 »"),
        ({"in-1-from": "0"}, "in-1-from", "recouvre"),
        ({"in-0-to": ""}, "in-1-from", "recouvre la tranche « à partir de 0 »"),
        ({"in-0-from": "100"}, "in-0-from", "Trou : aucun prix de 0 à 99"),
        ({"in-1-to": "1300"}, "in-1-to", "Trou : aucun prix au-dessus de 1300"),
        ({"in-0-to": "-1"}, "in-0-to", "un nombre entier de 0 à"),
        ({"in-0-from": "", "in-0-to": "", "in-0-meal": "1"}, "in-0-from", "un nombre entier de 0 à"),
        ({"in-1-to": "100"}, "in-1-to", "finit avant de commencer"),
        ({"in-1-from": "100000"}, "in-1-from", "de 0 à 99\u00a0999"),
        ({"out-0-from": "", "out-0-meal": "", "out-0-care": ""}, "out-0-from", "au moins une tranche"),
    ],
)
def test_a_hole_or_an_overlap_is_refused_on_its_bracket(typed: dict[str, str], field: str, said: str) -> None:
    assert said in refused(BRACKETS | typed)[field]


@pytest.mark.parametrize("amount", ["-1", "12,345", "NaN", "1e3", "9223372036854775808", "abc", "1 000 000,01"])
def test_an_impossible_amount_is_refused_beside_its_field(amount: str) -> None:
    assert list(refused(BRACKETS | {"in-1-meal": amount})) == ["in-1-meal"]
    assert list(refused(FIXED | {"out-care": amount})) == ["out-care"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "2026-11-21"}, "valid_from"),
        ({"valid_from": "2031-01-01"}, "valid_from"),
        ({"method": "gift"}, "method"),
        ({"late_method": "percent", "late_value": "101"}, "late_value"),
        ({"late_method": "percent", "late_value": "0"}, "late_value"),
        ({"late_method": "amount", "late_value": ""}, "late_value"),
        ({"late_method": "double"}, "late_method"),
        ({"unplanned_method": "percent", "unplanned_value": "12,345"}, "unplanned_value"),
        ({"sibling_method": "amount"}, "sibling_second"),
        ({"sibling_method": "percent", "sibling_second": "0"}, "sibling_second"),
        ({"sibling_method": "amount", "sibling_second": "", "sibling_third": "0"}, "sibling_third"),
        ({"sibling_method": "percent", "sibling_second": "x", "sibling_third": "20"}, "sibling_second"),
        ({"sibling_method": "percent", "sibling_second": "", "sibling_third": "101"}, "sibling_third"),
    ],
)
def test_each_other_field_says_its_own_fault(typed: dict[str, str], field: str) -> None:
    assert list(refused(FIXED | typed)) == [field]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"in-effort-rate": ""}, "in-effort-rate"),
        ({"in-effort-rate": "0"}, "in-effort-rate"),
        ({"in-effort-rate": "0,12345"}, "in-effort-rate"),
        ({"in-effort-rate": "101"}, "in-effort-rate"),
        ({"in-effort-floor": "3,91"}, "in-effort-floor"),
    ],
)
def test_an_impossible_effort_is_refused(typed: dict[str, str], field: str) -> None:
    assert list(refused(EFFORT | typed)) == [field]


@pytest.mark.parametrize("second", ["", " ", "0", "0,00"])
def test_a_discount_may_start_with_the_third_child(second: str) -> None:
    typed = {"sibling_method": "percent", "sibling_second": second, "sibling_third": "20"}
    siblings = read_grid(FIXED | typed, EARLIEST).siblings
    assert siblings == SiblingDiscount(Adjustment.PERCENT, (0, 2_000))
    assert [siblings.on(1_000, rank) for rank in (1, 2, 3, 4)] == [0, 0, 200, 200]


def test_an_empty_rank_between_two_others_has_no_discount() -> None:
    typed = {"sibling_method": "amount", "sibling_second": "0,50", "sibling_third": "", "sibling_fourth": "1"}
    assert read_grid(FIXED | typed, EARLIEST).siblings == SiblingDiscount(Adjustment.AMOUNT, (50, 0, 100))


def test_every_fault_is_said_at_once() -> None:
    wrong = {"valid_from": "hier", "in-0-meal": "x", "out-0-care": "y"}
    assert set(refused(BRACKETS | wrong)) == set(wrong)


@pytest.mark.parametrize(
    "grid",
    [
        Grid(date(2027, 1, 1), TariffMethod.FIXED, (Bracket(0, 100, 50),), (Bracket(0, 0, 700),)),
        Grid(
            date(2027, 1, 1),
            TariffMethod.BRACKETS,
            (Bracket(0, 90, 60), Bracket(401, 200, 120), Bracket(801, 320, 100)),
            (Bracket(0, 600, 200), Bracket(1000, 700, 200)),
            Surcharge(Adjustment.PERCENT, 1_250),
            Surcharge(Adjustment.AMOUNT, 160),
            SiblingDiscount(Adjustment.PERCENT, (1_000, 2_050)),
        ),
        Grid(
            date(2027, 1, 1),
            TariffMethod.EFFORT,
            (Bracket(0, 60, 330, 3_125, 120),),
            (Bracket(0, 60, 420),),
            siblings=SiblingDiscount(Adjustment.AMOUNT, (50, 75, 100)),
        ),
        Grid(
            date(2027, 1, 1),
            TariffMethod.FIXED,
            (Bracket(0, 100, 50),),
            (Bracket(0, 0, 700),),
            siblings=SiblingDiscount(Adjustment.PERCENT, (0, 2_000)),
        ),
    ],
)
def test_a_grid_typed_again_is_the_same(grid: Grid) -> None:
    assert read_grid(fill_grid(grid), EARLIEST) == grid


def test_a_form_of_every_row_stays_under_what_an_action_accepts() -> None:
    rows = 4 * sum(MOST_ROWS.values())
    assert rows + len({*FIXED, *EFFORT}) + 10 <= 120
    assert set(MOST_ROWS) == {side.value for side in Side}


@pytest.mark.parametrize("name", ["", " ", "a" * 81, "Repas\u202e"])
def test_a_name_is_asked_for_and_short(name: str) -> None:
    with pytest.raises(FormRefusedError):
        read_name({"name": name})
    assert read_name({"name": " Repas  du soir "}) == "Repas du soir"
