"""Les couleurs de la commune se lisent toujours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.colors import contrast, luminance, mix, readable_on

WHITE, BLACK, NIGHT = "#FFFFFF", "#000000", "#1C1D24"
COLORS = st.integers(min_value=0, max_value=0xFFFFFF).map("#{:06X}".format)


def test_black_on_white_is_the_greatest_contrast() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(WHITE, WHITE) == pytest.approx(1)
    assert luminance(WHITE) == pytest.approx(1)
    assert luminance(BLACK) == pytest.approx(0)


@pytest.mark.parametrize(
    ("color", "expected"), [("#767676", 4.54), ("#777777", 4.48), ("#FF0000", 4.0), ("#0000FF", 8.59)]
)
def test_contrast_matches_known_values(color: str, expected: float) -> None:
    assert contrast(WHITE, color) == pytest.approx(expected, abs=0.01)


@given(COLORS, COLORS)
def test_contrast_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0001


@given(COLORS, COLORS)
def test_mix_goes_from_one_to_the_other(one: str, other: str) -> None:
    assert mix(one, other, 0) == one
    assert mix(one, other, 1) == other
    assert mix(one, one, 0.37) == one


@given(COLORS)
def test_any_color_becomes_readable_on_white(color: str) -> None:
    assert contrast(WHITE, readable_on(WHITE, color, toward=BLACK)) >= 4.5


@given(COLORS)
def test_any_color_becomes_readable_at_night(color: str) -> None:
    assert contrast(NIGHT, readable_on(NIGHT, color, toward=WHITE, wanted=6)) >= 6


@given(COLORS)
def test_a_readable_color_is_left_alone(color: str) -> None:
    found = readable_on(WHITE, color, toward=BLACK)
    assert (found == color) is (contrast(WHITE, color) >= 4.5)
