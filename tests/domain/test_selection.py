"""Ce qui est coché : relu strictement, quoi que le navigateur envoie."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.bookings import Intent
from portail.domain.refusals import BadInputError
from portail.domain.selection import MOST, Choice, EmptySelectionError, digest, read_choices, write_choices

CHOICES = st.builds(Choice, st.integers(1, 2**31 - 1), st.integers(1, 2**31 - 1), st.sampled_from(list(Intent)))


def test_days_are_read_in_a_stable_order() -> None:
    read = read_choices("413.7=remove,412.7=add,")
    assert read == (Choice(412, 7, Intent.ADD), Choice(413, 7, Intent.REMOVE))


@given(st.lists(CHOICES, min_size=1, max_size=30, unique_by=lambda choice: choice.key))
def test_what_is_written_is_read_back(choices: list[Choice]) -> None:
    assert read_choices(write_choices(choices)) == tuple(sorted(choices))


@pytest.mark.parametrize("text", ["", ",", ",,,"])
def test_nothing_chosen_is_said(text: str) -> None:
    with pytest.raises(EmptySelectionError, match="Aucun jour"):
        read_choices(text)


@pytest.mark.parametrize(
    "text",
    [
        "412.7",
        "412=add",
        "412.7=buy",
        "-1.7=add",
        "0.7=add",
        "412.0=add",
        "412.7.8=add",
        "4e2.7=add",
        "٤.7=add",
        "²..7=add",
        f"{2**31}.7=add",
        "9" * 5_000 + ".1=add",
        "412.7=add;drop table booking",
        "NaN.7=add",
        "412.7=add,412.7=remove",
        "\0.1=add",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        read_choices(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    with suppress(BadInputError):
        assert write_choices(read_choices(text))


def test_too_many_days_are_refused_with_a_way_out() -> None:
    text = ",".join(f"{rank}.1=add" for rank in range(1, MOST + 2))
    with pytest.raises(BadInputError, match="trop grande"):
        read_choices(text)


def test_same_content_has_the_same_digest() -> None:
    assert digest("4", "412.7=add") == digest("4", "412.7=add")
    assert digest("4", "412.7=add") != digest("4412", ".7=add")
