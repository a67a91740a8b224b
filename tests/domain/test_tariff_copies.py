"""Une grille copiée : chaque montant changé du même pourcentage, arrondi au centime, la moitié au-dessus."""

from dataclasses import replace
from datetime import date

import pytest

from portail.domain.adjustments import Adjustment, SiblingDiscount, Surcharge
from portail.domain.refusals import BadInputError
from portail.domain.tariff_copies import changed, typed_change
from portail.domain.tariff_forms import fill_grid, read_grid
from portail.domain.tariff_grids import check_grid
from portail.domain.tariffs import Bracket, Grid, Payer, TariffMethod, price

AUTUMN = date(2026, 9, 1)
MEAL = Grid(
    AUTUMN,
    TariffMethod.BRACKETS,
    (Bracket(0, 90, 60), Bracket(801, 200, 120)),
    (Bracket(0, 320, 240),),
    Surcharge(Adjustment.AMOUNT, 100),
    Surcharge(Adjustment.PERCENT, 5_000),
    SiblingDiscount(Adjustment.AMOUNT, (30, 50)),
)
EVENING = Grid(AUTUMN, TariffMethod.EFFORT, (Bracket(0, 60, 330, 3_100, 120),), (Bracket(0, 60, 420),))


@pytest.mark.parametrize(
    ("typed", "change"),
    [
        ("0", 0),
        ("2,5", 250),
        ("2,5 %", 250),
        ("2.05", 205),
        (" +3 \u202f%", 300),
        ("-1", -100),
        ("−1,25\u00a0%", -125),
        ("50", 5_000),
        ("-50", -5_000),
        ("-0", 0),
    ],
)
def test_a_percentage_is_read_as_people_write_it(typed: str, change: int) -> None:
    assert typed_change(typed) == change


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Indiquez de combien les prix changent"),
        (" ", "Indiquez de combien les prix changent"),
        ("50,01", "de −50 à +50\u00a0%"),
        ("-50,01", "de −50 à +50\u00a0%"),
        ("999", "de −50 à +50\u00a0%"),
        *((typed, "Écrivez un pourcentage") for typed in ("deux", "2,555", "1000", "--2", "2,", "NaN", "1e1", "²")),
        ("0" * 31, "Écrivez un pourcentage"),
    ],
)
def test_what_is_not_a_change_of_price_is_refused_with_an_example(typed: str, said: str) -> None:
    with pytest.raises(BadInputError) as refusal:
        typed_change(typed)
    assert said in refusal.value.full_sentence


@pytest.mark.parametrize("grid", [MEAL, EVENING], ids=["brackets", "effort"])
def test_zero_is_the_same_grid(grid: Grid) -> None:
    assert changed(grid, 0) == grid


@pytest.mark.parametrize(
    ("parts", "change", "expected"),
    [
        ((200, 120), 250, (205, 123)),
        ((90, 60), 250, (92, 62)),  # 92,25 et 61,5
        ((20, 20), 250, (21, 20)),  # 41 : le prix entier fait foi, la garde est le reste
        ((20, 20), -250, (20, 19)),  # 39
        ((21, 0), -5_000, (11, 0)),  # 10,5
        ((0, 450), 300, (0, 464)),  # 463,5
        ((0, 0), 5_000, (0, 0)),
        ((1, 1), 1, (1, 1)),
        ((100_000_000, 1), -1, (99_990_000, 1)),  # sans flottant : pas un centime perdu
    ],
)
def test_the_price_is_rounded_half_up_and_its_parts_make_it(
    parts: tuple[int, int], change: int, expected: tuple[int, int]
) -> None:
    grid = changed(replace(MEAL, resident=(Bracket(0, *parts),)), change)
    (one,) = grid.resident
    assert (one.meal_cents, one.care_cents) == expected
    assert price([grid], AUTUMN, Payer(850)).cents == sum(expected)
    assert all(type(cents) is int for cents in (one.meal_cents, one.care_cents))


def test_amounts_follow_and_percentages_stay() -> None:
    grid = changed(MEAL, 1_000)
    assert grid.late == Surcharge(Adjustment.AMOUNT, 110)
    assert grid.unplanned == MEAL.unplanned
    assert grid.siblings == SiblingDiscount(Adjustment.AMOUNT, (33, 55))
    assert grid.non_resident == (Bracket(0, 352, 264),)
    percent = replace(MEAL, siblings=SiblingDiscount(Adjustment.PERCENT, (1_000,)))
    assert changed(percent, 1_000).siblings == percent.siblings


def test_an_effort_grid_changes_its_rate_its_floor_and_its_ceiling() -> None:
    grid = changed(EVENING, 1_000)
    assert grid.resident == (Bracket(0, 66, 363, 3_410, 132),)
    assert grid.non_resident == (Bracket(0, 66, 462),)


def test_a_floor_at_the_ceiling_is_not_carried_over_it_by_a_rounding() -> None:
    flat = replace(EVENING, resident=(Bracket(0, 21, 21, 3_100, 42),), non_resident=(Bracket(0, 21, 22, 1, 43),))
    for change in (-4_999, -250, 150, 250, 4_999):
        check_grid(changed(flat, change))


@pytest.mark.parametrize("change", [-5_000, -33, 0, 250, 5_000])
@pytest.mark.parametrize("grid", [MEAL, EVENING], ids=["brackets", "effort"])
def test_a_copy_is_read_again_from_its_form_without_losing_a_cent(grid: Grid, change: int) -> None:
    copy = changed(grid, change)
    assert read_grid(fill_grid(copy), AUTUMN) == copy
