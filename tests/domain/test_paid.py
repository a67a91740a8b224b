"""Chaque centime reçu revient à une part, une seule fois."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.paid import Parts, is_young, share, share_payments

WEIGHTS = st.lists(st.integers(-5_000, 50_000), min_size=1, max_size=12).filter(lambda found: sum(found) > 0)
POSITIVE = st.lists(st.integers(0, 50_000), min_size=1, max_size=12).filter(any)


@given(st.integers(0, 10**9), WEIGHTS)
def test_parts_sum_to_what_was_paid(cents: int, weights: list[int]) -> None:
    parts = share(cents, weights)
    assert sum(parts) == cents
    exact = [cents * weight / sum(weights) for weight in weights]
    assert all(abs(part - wanted) <= 1 for part, wanted in zip(parts, exact, strict=True))


@given(POSITIVE, st.lists(st.integers(0, 100_000), max_size=8))
def test_each_payment_is_shared_whole_until_the_invoice_is_paid(weights: list[int], payments: list[int]) -> None:
    shared = share_payments(payments, weights)
    left = sum(weights)
    for payment, parts in zip(payments, shared, strict=True):
        assert sum(parts) == min(payment, left)
        assert all(part >= 0 for part in parts)
        left -= sum(parts)
    totals = [sum(column) for column in zip(*shared, strict=True)] or [0] * len(weights)
    assert all(total <= weight for total, weight in zip(totals, weights, strict=True))
    if not left:
        assert totals == weights, "soldée, chaque part vaut son montant exact"


@given(WEIGHTS)
def test_a_cancelled_line_takes_back_its_own_part(weights: list[int]) -> None:
    assert share_payments([sum(weights)], weights) == [weights]


@pytest.mark.parametrize("weights", [[], [0], [5, -5], [-3]])
def test_nothing_to_pay_is_not_shared(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        share(100, weights)
    assert share_payments([100], weights) == [[0] * len(weights)]


def test_the_largest_rest_takes_the_lost_cent() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(1, [1, 99]) == [0, 1]


@pytest.mark.parametrize(
    ("birth", "young"),
    [(date(2020, 1, 1), False), (date(2020, 1, 2), True), (date(2019, 12, 31), False), (date(2025, 6, 1), True)],
)
def test_six_on_the_first_of_january_is_too_old(birth: date, young: bool) -> None:
    assert is_young(birth, 2026) is young


def test_parts_add_up() -> None:
    assert Parts(1, 2, 3) + Parts(10, 20, 30) == Parts(11, 22, 33)
    assert Parts(11, 22, 33).total_cents == 66
    assert Parts(1, 2, 3) + -Parts(1, 2, 3) == Parts()
