"""Les prix : en entiers, expliqués, datés ; une grille qui laisserait quelqu'un sans prix est refusée."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.adjustments import WHOLE, Adjustment, SiblingDiscount, Surcharge, Timing
from portail.domain.money import LARGEST_CENTS
from portail.domain.residence import same_town
from portail.domain.tariff_grids import WrongGridError, check_grid
from portail.domain.tariffs import (
    HIGHEST_QUOTIENT,
    Bracket,
    Grid,
    NoTariffError,
    Payer,
    Price,
    Quotient,
    Step,
    TariffMethod,
    price,
    quotient_on,
)

DAY = date(2026, 12, 3)
NBSP = "\u00a0"
SCHOOL_YEAR = date(2026, 9, 1)
INSIDE = (Bracket(0, 100, 50), Bracket(401, 200, 80), Bracket(801, 320, 100))
OUTSIDE = (Bracket(0, 600, 200),)
CANTEEN = Grid(SCHOOL_YEAR, TariffMethod.BRACKETS, INSIDE, OUTSIDE, Surcharge(Adjustment.PERCENT, 5000))
FIXED = Grid(SCHOOL_YEAR, TariffMethod.FIXED, (Bracket(0, 0, 250),), (Bracket(0, 0, 400),))


def cost(
    grids: Sequence[Grid],
    day: date = DAY,
    *,
    quotient: int | None = None,
    is_resident: bool = True,
    is_late: bool = False,
    rank: int = 1,
) -> Price:
    return price(grids, day, Payer(quotient, is_resident, rank), Timing.LATE if is_late else Timing.IN_TIME)


def cents_of(quotient: int | None, *, is_resident: bool = True, is_late: bool = False, day: date = DAY) -> int:
    return cost([CANTEEN], day, quotient=quotient, is_resident=is_resident, is_late=is_late).cents


@pytest.mark.parametrize(
    ("quotient", "cents"), [(0, 150), (400, 150), (401, 280), (800, 280), (801, 420), (HIGHEST_QUOTIENT, 420)]
)
def test_a_bracket_starts_at_its_quotient_and_stops_before_the_next(quotient: int, cents: int) -> None:
    assert cents_of(quotient) == cents


def test_meal_and_care_stay_apart() -> None:
    found = cost([CANTEEN], DAY, quotient=850, is_resident=True, is_late=True)
    assert (found.meal_cents, found.care_cents, found.surcharge_cents, found.cents) == (320, 100, 210, 630)


@pytest.mark.parametrize(
    ("quotient", "is_resident", "is_late", "said"),
    [
        (850, True, False, f"4,20{NBSP}€ (quotient familial 850, tranche à partir de 801)"),
        (400, True, False, f"1,50{NBSP}€ (quotient familial 400, tranche de 0 à 400)"),
        (None, True, False, f"4,20{NBSP}€ (tarif maximum : quotient familial inconnu ou expiré)"),
        (None, False, False, f"8,00{NBSP}€ (prix unique, hors commune)"),
        (850, False, False, f"8,00{NBSP}€ (prix unique, hors commune)"),
        (
            850,
            True,
            True,
            f"4,20{NBSP}€ (quotient familial 850, tranche à partir de 801), majoration hors délais de 50{NBSP}% = 6,30{NBSP}€",
        ),
    ],
)
def test_a_price_explains_itself(quotient: int | None, is_resident: bool, is_late: bool, said: str) -> None:
    assert cost([CANTEEN], DAY, quotient=quotient, is_resident=is_resident, is_late=is_late).formula == said


def test_an_unknown_quotient_pays_the_most_whatever_the_order_of_the_amounts() -> None:
    assert cents_of(None) == 420
    odd = replace(CANTEEN, resident=(Bracket(0, 100), Bracket(500, 900), Bracket(900, 300)))
    assert cost([odd], DAY, quotient=None, is_resident=True).cents == 900


def test_a_fixed_price_ignores_the_quotient() -> None:
    for quotient in (None, 0, 850):
        assert cost([FIXED], DAY, quotient=quotient, is_resident=True).cents == 250
        assert cost([FIXED], DAY, quotient=quotient, is_resident=False).cents == 400
    assert cost([FIXED], DAY, quotient=None, is_resident=True).formula == f"2,50{NBSP}€ (prix unique)"


def test_the_grid_of_the_day_counts_not_the_one_of_today() -> None:
    january = replace(CANTEEN, valid_from=date(2027, 1, 1), resident=(Bracket(0, 1000),))
    grids = [january, CANTEEN]
    assert cost(grids, date(2026, 12, 31), quotient=0, is_resident=True).cents == 150
    assert cost(grids, date(2027, 1, 1), quotient=0, is_resident=True).cents == 1000


def test_a_day_before_every_grid_has_no_price() -> None:
    for grids in ([], [CANTEEN], [replace(CANTEEN, valid_from=DAY, resident=())]):
        with pytest.raises(NoTariffError, match="tarif"):
            cost(grids, date(2026, 8, 31) if grids != [] and grids[0].resident else DAY, quotient=0, is_resident=True)


@pytest.mark.parametrize(
    ("late", "cents", "said"),
    [
        (Surcharge(), 0, ""),
        (Surcharge(Adjustment.AMOUNT, 160), 160, "majoration hors délais de 1,60\u00a0€ = 5,80\u00a0€"),
        (Surcharge(Adjustment.PERCENT, 1250), 53, "majoration hors délais de 12,5\u00a0% = 4,73\u00a0€"),
        (Surcharge(Adjustment.PERCENT, 0), 0, ""),
    ],
)
def test_a_late_booking_costs_its_surcharge(late: Surcharge, cents: int, said: str) -> None:
    found = cost([replace(CANTEEN, late=late)], DAY, quotient=850, is_resident=True, is_late=True)
    assert found.surcharge_cents == cents
    assert found.formula.endswith(said)
    assert "majoration" in found.formula or not said


# ── Le taux d'effort, la fratrie, les suppléments ────────────────────────────────────────────────

EVENING = Grid(
    SCHOOL_YEAR,
    TariffMethod.EFFORT,
    (Bracket(0, 60, 330, rate=3_100, floor_cents=120),),  # 0,31 % du quotient, de 1,20 € à 3,90 €
    (Bracket(0, 60, 420),),
    unplanned=Surcharge(Adjustment.PERCENT, 10_000),
    siblings=SiblingDiscount(Adjustment.PERCENT, (1_000, 2_000)),
)


@pytest.mark.parametrize(
    ("quotient", "cents", "said"),
    [
        (850, 264, "quotient familial 850 × 0,31\u00a0% = 2,64\u00a0€"),
        (0, 120, "quotient familial 0 × 0,31\u00a0% = 0,00\u00a0€, plancher de 1,20\u00a0€"),
        (387, 120, "quotient familial 387 × 0,31\u00a0% = 1,20\u00a0€"),
        (1258, 390, "quotient familial 1258 × 0,31\u00a0% = 3,90\u00a0€"),
        (1300, 390, "quotient familial 1300 × 0,31\u00a0% = 4,03\u00a0€, plafond de 3,90\u00a0€"),
        (HIGHEST_QUOTIENT, 390, "quotient familial 99999 × 0,31\u00a0% = 310,00\u00a0€, plafond de 3,90\u00a0€"),
        (None, 390, "3,90\u00a0€ (tarif maximum : quotient familial inconnu ou expiré)"),
    ],
)
def test_an_effort_rate_stays_between_its_floor_and_its_ceiling(quotient: int | None, cents: int, said: str) -> None:
    found = cost([EVENING], quotient=quotient)
    assert (found.cents, found.formula) == (cents, said)
    assert found.is_maximum is (quotient is None)


def test_half_a_cent_goes_up() -> None:
    """850 × 0,17 % = 1,445."""
    morning = Grid(SCHOOL_YEAR, TariffMethod.EFFORT, (Bracket(0, 0, 220, 1_700, 60),), (Bracket(0, 0, 280),))
    assert cost([morning], quotient=850).cents == 145


def test_meal_and_care_share_an_effort_as_they_share_its_ceiling() -> None:
    half = cost([EVENING], quotient=629)
    assert (half.meal_cents, half.care_cents) == (30, 165)
    full = cost([EVENING], quotient=None)
    assert (full.meal_cents, full.care_cents) == (60, 330)


def test_outside_the_town_a_flat_effort_says_so() -> None:
    found = cost([EVENING], quotient=None, is_resident=False)
    assert (found.cents, found.formula, found.is_maximum) == (480, f"4,80{NBSP}€ (prix unique, hors commune)", False)


@pytest.mark.parametrize(("rank", "cents"), [(1, 264), (2, 238), (3, 211), (4, 211), (9, 211)])
def test_each_next_child_pays_less_and_the_last_discount_goes_on(rank: int, cents: int) -> None:
    found = cost([EVENING], quotient=850, rank=rank)
    assert found.cents == cents
    assert ("enfant du foyer" in found.formula) is (rank > 1)


def test_a_discount_says_its_rank_and_its_rate() -> None:
    assert cost([EVENING], quotient=850, rank=2).steps[1] == Step("2e enfant du foyer : −10\u00a0%", -26)
    amount = replace(EVENING, siblings=SiblingDiscount(Adjustment.AMOUNT, (50,)))
    assert cost([amount], quotient=850, rank=3).steps[1] == Step("3e enfant du foyer : −0,50\u00a0€", -50)


def test_a_discount_never_makes_a_price_negative() -> None:
    greedy = replace(FIXED, siblings=SiblingDiscount(Adjustment.AMOUNT, (9_99,)))
    assert cost([greedy], rank=2).cents == 0


def test_late_and_unplanned_each_have_their_surcharge_on_what_is_really_paid() -> None:
    dear = replace(EVENING, late=Surcharge(Adjustment.AMOUNT, 100))
    payer = Payer(850, rank=2)
    late, sudden = (price([dear], DAY, payer, timing) for timing in (Timing.LATE, Timing.UNPLANNED))
    assert (late.surcharge_cents, sudden.surcharge_cents) == (100, 238)
    assert late.formula.endswith("majoration hors délais de 1,00\u00a0€ = 3,38\u00a0€")
    assert sudden.formula.endswith("majoration pour présence non prévue de 100\u00a0% = 4,76\u00a0€")
    assert price([dear], DAY, payer).surcharge_cents == 0


# ── Ce qui vaut pour toute grille ────────────────────────────────────────────────────────────────


amounts = st.integers(0, 50_000)


@st.composite
def sides(draw: st.DrawFn, *, monotone: bool = False) -> tuple[Bracket, ...]:
    starts = sorted({0, *draw(st.lists(st.integers(1, 3000), max_size=6))})
    pairs = draw(st.lists(st.tuples(amounts, amounts), min_size=len(starts), max_size=len(starts)))
    if monotone:
        meals, cares = sorted(meal for meal, _ in pairs), sorted(care for _, care in pairs)
        pairs = list(zip(meals, cares, strict=True))
    return tuple(Bracket(start, *pair) for start, pair in zip(starts, pairs, strict=True))


surcharges = st.one_of(
    st.just(Surcharge()),
    st.builds(Surcharge, st.just(Adjustment.AMOUNT), amounts),
    st.builds(Surcharge, st.just(Adjustment.PERCENT), st.integers(0, WHOLE)),
)
discounts = st.one_of(
    st.just(SiblingDiscount()),
    st.builds(SiblingDiscount, st.just(Adjustment.AMOUNT), st.lists(amounts, max_size=3).map(tuple)),
    st.builds(SiblingDiscount, st.just(Adjustment.PERCENT), st.lists(st.integers(0, WHOLE), max_size=3).map(tuple)),
)


@st.composite
def efforts(draw: st.DrawFn) -> tuple[Bracket, ...]:
    meal, care = draw(amounts), draw(amounts)
    return (Bracket(0, meal, care, draw(st.integers(1, 100_000)), draw(st.integers(0, meal + care))),)


@st.composite
def grids(draw: st.DrawFn, *, monotone: bool = False) -> Grid:
    method = draw(st.sampled_from([TariffMethod.BRACKETS, TariffMethod.EFFORT]))
    side = efforts() if method is TariffMethod.EFFORT else sides(monotone=monotone)
    extras = draw(surcharges), draw(surcharges), draw(discounts)
    return Grid(SCHOOL_YEAR, method, draw(side), draw(side), *extras)


ranks = st.integers(1, 9)
timings = st.sampled_from(Timing)
quotients = st.one_of(st.none(), st.integers(0, HIGHEST_QUOTIENT))


@given(grids(), quotients, st.booleans(), ranks, timings)
def test_a_price_is_the_sum_of_whole_parts(
    grid: Grid, quotient: int | None, resident: bool, rank: int, timing: Timing
) -> None:
    check_grid(grid)
    found = price([grid], DAY, Payer(quotient, resident, rank), timing)
    parts = (found.meal_cents, found.care_cents, found.surcharge_cents)
    assert all(type(part) is int and part >= 0 for part in parts)
    assert sum(parts) == found.cents == sum(step.cents for step in found.steps)
    assert len(found.formula) <= 200
    assert timing is not Timing.IN_TIME or found.surcharge_cents == 0


two_quotients = st.tuples(st.integers(0, 4000), st.integers(0, 4000)).map(sorted)


@given(grids(monotone=True), two_quotients, st.booleans(), ranks, timings)
def test_a_larger_quotient_never_pays_less(
    grid: Grid, two: list[int], resident: bool, rank: int, timing: Timing
) -> None:
    low, high, unknown = (
        price([grid], DAY, Payer(quotient, resident, rank), timing).cents for quotient in (*two, None)
    )
    assert low <= high <= unknown


@given(efforts(), st.integers(0, HIGHEST_QUOTIENT))
def test_an_effort_never_leaves_its_bounds(side: tuple[Bracket, ...], quotient: int) -> None:
    grid = Grid(SCHOOL_YEAR, TariffMethod.EFFORT, side, side)
    (bracket,) = side
    assert bracket.floor_cents <= cost([grid], quotient=quotient).cents <= bracket.cents


@given(grids(), quotients, st.booleans(), ranks)
def test_a_discount_never_adds(grid: Grid, quotient: int | None, resident: bool, rank: int) -> None:
    assert cost([grid], quotient=quotient, is_resident=resident, rank=rank).cents <= (
        cost([grid], quotient=quotient, is_resident=resident).cents
    )


@given(st.integers(0, LARGEST_CENTS), st.integers(0, WHOLE))
def test_a_rate_is_rounded_as_on_paper(cents: int, rate: int) -> None:
    exact = (Decimal(cents) * Decimal(rate) / Decimal(WHOLE)).quantize(Decimal(1), ROUND_HALF_UP)
    assert Surcharge(Adjustment.PERCENT, rate).on(cents) == int(exact)


# ── Les grilles refusées ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"resident": ()}, "« commune » : il manque"),
        ({"non_resident": ()}, "« hors commune » : il manque"),
        ({"resident": INSIDE[1:]}, "part de 401"),
        ({"resident": (*INSIDE, INSIDE[2])}, "801 recouvre celle qui commence à 801"),
        ({"non_resident": (INSIDE[0], INSIDE[2], INSIDE[1])}, "401 recouvre celle qui commence à 801"),
        ({"resident": (Bracket(0, -1),)}, "à partir de 0 : montant"),
        ({"resident": (Bracket(0, 0, LARGEST_CENTS + 1),)}, "montant impossible"),
        ({"resident": (Bracket(), Bracket(HIGHEST_QUOTIENT + 1))}, "trop grand"),
        ({"method": TariffMethod.FIXED}, "prix unique n’a qu’une tranche, cette grille en a 3"),
        ({"late": Surcharge(Adjustment.PERCENT, WHOLE + 1)}, "Majoration"),
        ({"late": Surcharge(Adjustment.AMOUNT, -1)}, "Majoration"),
        ({"unplanned": Surcharge(Adjustment.PERCENT, WHOLE + 1)}, "Présence non prévue"),
        ({"siblings": SiblingDiscount(Adjustment.PERCENT, (1_000, WHOLE + 1))}, "fratrie"),
        ({"resident": (Bracket(0, 100, 50, rate=10),)}, "seul le taux d’effort"),
        ({"method": TariffMethod.EFFORT}, "taux d’effort n’a qu’une tranche"),
        ({"method": TariffMethod.EFFORT, "resident": (Bracket(0, 9, 0, 1_000_001),)}, "de 0 à 100"),
        ({"method": TariffMethod.EFFORT, "resident": (Bracket(0, 100, 50, 10, 151),)}, "plancher .* dépasse"),
    ],
)
def test_a_grid_with_a_hole_or_an_overlap_is_refused_and_named(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(WrongGridError, match=named):
        check_grid(replace(CANTEEN, **wrong))


@pytest.mark.parametrize("right", [CANTEEN, FIXED, EVENING])
def test_right_grids_pass_and_price_everybody(right: Grid) -> None:
    check_grid(right)
    for quotient, inside in product((None, 0, 400, 401, 800, 801, HIGHEST_QUOTIENT), (True, False)):
        found = cost([right], DAY, quotient=quotient, is_resident=inside)
        assert found.cents > 0
        assert found.formula


# ── Le quotient d'un jour, la commune ────────────────────────────────────────────────────────────


def test_the_latest_quotient_still_valid_counts() -> None:
    year = timedelta(days=365)
    old, new = Quotient(400, SCHOOL_YEAR, SCHOOL_YEAR + year), Quotient(850, DAY, DAY + timedelta(days=9))
    history = [old, new]
    assert quotient_on(history, SCHOOL_YEAR) == 400
    assert quotient_on(history, DAY) == 850
    assert quotient_on(history, DAY + timedelta(days=9)) == 850
    assert quotient_on(history, DAY + timedelta(days=10)) == 400
    assert quotient_on(history, SCHOOL_YEAR - timedelta(days=1)) is None
    assert quotient_on(history, SCHOOL_YEAR + 2 * year) is None
    assert quotient_on([], DAY) is None


@pytest.mark.parametrize("city", ["VALBOURG SUR LOIRE", "valbourg-sur-loire", " Valbourg sur-Loire "])
def test_the_town_is_known_however_it_is_written(city: str) -> None:
    assert same_town(city, "Valbourg-sur-Loire")


@pytest.mark.parametrize("city", ["", " ", "-", "Valbourg", "Valbourg-sur-Seine", "Saint-Aubin"])
def test_another_town_or_none_is_not_the_town(city: str) -> None:
    assert not same_town(city, "Valbourg-sur-Loire")


def test_saint_may_be_shortened() -> None:
    assert same_town("St Aubin des Prés", "Saint-Aubin-des-Prés")
    assert not same_town("-", "-")
