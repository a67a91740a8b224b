"""Les montants : ce qu'on tape, ce qu'on lit, et l'arrondi."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.money import LARGEST_CENTS, euros, half_up, signed_euros, typed_cents
from portail.domain.refusals import BadInputError


@pytest.mark.parametrize(
    ("cents", "said"),
    [
        (0, "0,00\u00a0€"),
        (5, "0,05\u00a0€"),
        (320, "3,20\u00a0€"),
        (-320, "−3,20\u00a0€"),
        (124_000, "1\u00a0240,00\u00a0€"),
    ],
)
def test_amounts_read_in_french(cents: int, said: str) -> None:
    assert euros(cents) == said


def test_the_sign_is_a_word_apart() -> None:
    assert signed_euros(2000) == "+\u00a020,00\u00a0€"
    assert signed_euros(-320) == "−\u00a03,20\u00a0€"


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("20", 2000),
        (" 20,50 ", 2050),
        ("20,5", 2050),
        ("20.50", 2050),
        ("20,50 €", 2050),
        ("1 240,00\u00a0€", 124_000),
        ("0,01", 1),
        ("1000000", LARGEST_CENTS),
    ],
)
def test_usual_ways_of_writing_an_amount_are_understood(typed: str, cents: int) -> None:
    assert typed_cents(typed) == cents


@pytest.mark.parametrize(
    "typed",
    [
        *("", "€", "0", "0,00", "-5", "−5", "+5", "12,345", "NaN", "inf", "1e3", "vingt", "9223372036854775808"),
        *(
            "1,2,3",
            "20,",
            ",5",
            "20\n",
            "20\x00",
            "٢٠",
            "２０",
            "²",
            "20 $",
            "1000000,01",
            "0x10",
            "1_000",
            " " * 5_000,
        ),
    ],
)
def test_anything_else_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(BadInputError) as refusal:
        typed_cents(typed)
    assert "montant" in refusal.value.full_sentence


def test_a_ceiling_is_told() -> None:
    assert typed_cents("50", highest=5000) == 5000
    with pytest.raises(BadInputError, match="50,00\u00a0€"):
        typed_cents("50,01", highest=5000)


@given(st.integers(1, LARGEST_CENTS))
def test_what_is_shown_can_be_typed_back(cents: int) -> None:
    assert typed_cents(euros(cents)) == cents


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_rounding_is_to_the_nearest_and_half_goes_up(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / Decimal(denominator)
    assert half_up(numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
