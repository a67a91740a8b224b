"""Les prix : en entiers, expliqués, datés ; une grille qui laisserait quelqu'un sans prix est refusée."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.money import LARGEST_CENTS
from portail.domain.tariffs import (
    HIGHEST_QUOTIENT,
    WHOLE,
    Bracket,
    Grid,
    Late,
    LateMethod,
    NoTariffError,
    Quotient,
    TariffMethod,
    WrongGridError,
    check_grid,
    price,
    quotient_on,
    same_town,
)

DAY = date(2026, 12, 3)
SCHOOL_YEAR = date(2026, 9, 1)
INSIDE = (Bracket(0, 100, 50), Bracket(401, 200, 80), Bracket(801, 320, 100))
OUTSIDE = (Bracket(0, 600, 200),)
CANTEEN = Grid(SCHOOL_YEAR, TariffMethod.BRACKETS, INSIDE, OUTSIDE, Late(LateMethod.PERCENT, 5000))
FIXED = Grid(SCHOOL_YEAR, TariffMethod.FIXED, (Bracket(0, 0, 250),), (Bracket(0, 0, 400),))


def cents_of(quotient: int | None, *, is_resident: bool = True, is_late: bool = False, day: date = DAY) -> int:
    return price([CANTEEN], day, quotient=quotient, is_resident=is_resident, is_late=is_late).cents


@pytest.mark.parametrize(
    ("quotient", "cents"), [(0, 150), (400, 150), (401, 280), (800, 280), (801, 420), (HIGHEST_QUOTIENT, 420)]
)
def test_a_bracket_starts_at_its_quotient_and_stops_before_the_next(quotient: int, cents: int) -> None:
    assert cents_of(quotient) == cents


def test_meal_and_care_stay_apart() -> None:
    found = price([CANTEEN], DAY, quotient=850, is_resident=True, is_late=True)
    assert (found.meal_cents, found.care_cents, found.surcharge_cents, found.cents) == (320, 100, 210, 630)


@pytest.mark.parametrize(
    ("quotient", "is_resident", "is_late", "said"),
    [
        (850, True, False, "quotient familial 850, tranche à partir de 801"),
        (400, True, False, "quotient familial 400, tranche de 0 à 400"),
        (None, True, False, "tarif maximum : quotient familial inconnu"),
        (None, False, False, "tarif maximum : quotient familial inconnu, hors commune"),
        (
            850,
            True,
            True,
            "quotient familial 850, tranche à partir de 801, majoration hors délais de 50\u00a0%",
        ),
    ],
)
def test_a_price_explains_itself(quotient: int | None, is_resident: bool, is_late: bool, said: str) -> None:
    assert price([CANTEEN], DAY, quotient=quotient, is_resident=is_resident, is_late=is_late).formula == said


def test_an_unknown_quotient_pays_the_most_whatever_the_order_of_the_amounts() -> None:
    assert cents_of(None) == 420
    odd = replace(CANTEEN, resident=(Bracket(0, 100), Bracket(500, 900), Bracket(900, 300)))
    assert price([odd], DAY, quotient=None, is_resident=True).cents == 900


def test_a_fixed_price_ignores_the_quotient() -> None:
    for quotient in (None, 0, 850):
        assert price([FIXED], DAY, quotient=quotient, is_resident=True).cents == 250
        assert price([FIXED], DAY, quotient=quotient, is_resident=False).cents == 400
    assert price([FIXED], DAY, quotient=None, is_resident=True).formula == "prix unique"


def test_the_grid_of_the_day_counts_not_the_one_of_today() -> None:
    january = replace(CANTEEN, valid_from=date(2027, 1, 1), resident=(Bracket(0, 1000),))
    grids = [january, CANTEEN]
    assert price(grids, date(2026, 12, 31), quotient=0, is_resident=True).cents == 150
    assert price(grids, date(2027, 1, 1), quotient=0, is_resident=True).cents == 1000


def test_a_day_before_every_grid_has_no_price() -> None:
    for grids in ([], [CANTEEN], [replace(CANTEEN, valid_from=DAY, resident=())]):
        with pytest.raises(NoTariffError, match="tarif"):
            price(grids, date(2026, 8, 31) if grids != [] and grids[0].resident else DAY, quotient=0, is_resident=True)


@pytest.mark.parametrize(
    ("late", "cents", "said"),
    [
        (Late(), 0, ""),
        (Late(LateMethod.AMOUNT, 160), 160, "majoration hors délais de 1,60\u00a0€"),
        (Late(LateMethod.PERCENT, 1250), 53, "majoration hors délais de 12,5\u00a0%"),
        (Late(LateMethod.PERCENT, 0), 0, ""),
    ],
)
def test_a_late_booking_costs_its_surcharge(late: Late, cents: int, said: str) -> None:
    found = price([replace(CANTEEN, late=late)], DAY, quotient=850, is_resident=True, is_late=True)
    assert found.surcharge_cents == cents
    assert found.formula.endswith(said)
    assert "majoration" in found.formula or not said


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


@st.composite
def grids(draw: st.DrawFn, *, monotone: bool = False) -> Grid:
    late = draw(
        st.one_of(
            st.just(Late()),
            st.builds(Late, st.just(LateMethod.AMOUNT), amounts),
            st.builds(Late, st.just(LateMethod.PERCENT), st.integers(0, WHOLE)),
        )
    )
    one, other = draw(sides(monotone=monotone)), draw(sides(monotone=monotone))
    return Grid(SCHOOL_YEAR, TariffMethod.BRACKETS, one, other, late)


quotients = st.one_of(st.none(), st.integers(0, HIGHEST_QUOTIENT))


@given(grids(), quotients, st.booleans(), st.booleans())
def test_a_price_is_the_sum_of_whole_parts(grid: Grid, quotient: int | None, resident: bool, late: bool) -> None:
    check_grid(grid)
    found = price([grid], DAY, quotient=quotient, is_resident=resident, is_late=late)
    parts = (found.meal_cents, found.care_cents, found.surcharge_cents)
    assert all(type(part) is int and part >= 0 for part in parts)
    assert sum(parts) == found.cents
    assert len(found.formula) <= 200
    assert late or found.surcharge_cents == 0


@given(grids(monotone=True), st.integers(0, 4000), st.integers(0, 4000), st.booleans(), st.booleans())
def test_a_larger_quotient_never_pays_less(grid: Grid, one: int, other: int, resident: bool, late: bool) -> None:
    low, high, unknown = (
        price([grid], DAY, quotient=quotient, is_resident=resident, is_late=late).cents
        for quotient in (min(one, other), max(one, other), None)
    )
    assert low <= high <= unknown


@given(st.integers(0, LARGEST_CENTS), st.integers(0, WHOLE))
def test_a_rate_is_rounded_as_on_paper(cents: int, rate: int) -> None:
    exact = (Decimal(cents) * Decimal(rate) / Decimal(WHOLE)).quantize(Decimal(1), ROUND_HALF_UP)
    assert Late(LateMethod.PERCENT, rate).surcharge_on(cents) == int(exact)


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
        ({"method": TariffMethod.FIXED}, "prix unique n’a qu’une tranche, celle-ci en a 3"),
        ({"late": Late(LateMethod.PERCENT, WHOLE + 1)}, "Majoration"),
        ({"late": Late(LateMethod.AMOUNT, -1)}, "Majoration"),
    ],
)
def test_a_grid_with_a_hole_or_an_overlap_is_refused_and_named(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(WrongGridError, match=named):
        check_grid(replace(CANTEEN, **wrong))


@pytest.mark.parametrize("right", [CANTEEN, FIXED])
def test_right_grids_pass_and_price_everybody(right: Grid) -> None:
    check_grid(right)
    for quotient, inside in product((None, 0, 400, 401, 800, 801, HIGHEST_QUOTIENT), (True, False)):
        found = price([right], DAY, quotient=quotient, is_resident=inside)
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
