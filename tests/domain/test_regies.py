"""Les numéros d'une régie : une faute de frappe d'un seul chiffre se voit."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.refusals import BadInputError
from portail.domain.regies import read_bic, read_code, read_creditor, read_days, read_digits, read_iban, read_siret

SIRET, CREDITOR = "21350014000008", "FR72ZZZ123456"


@given(st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_of_a_siret_is_always_seen(rank: int, step: int) -> None:
    wrong = SIRET[:rank] + str((int(SIRET[rank]) + step) % 10) + SIRET[rank + 1 :]
    with pytest.raises(BadInputError):
        read_siret(wrong)


@given(st.integers(7, 12), st.integers(1, 9))
def test_one_wrong_digit_of_a_creditor_is_always_seen(rank: int, step: int) -> None:
    wrong = CREDITOR[:rank] + str((int(CREDITOR[rank]) + step) % 10) + CREDITOR[rank + 1 :]
    with pytest.raises(BadInputError):
        read_creditor(wrong)


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=3, max_size=3))
def test_the_business_code_does_not_count_in_the_key(business: str) -> None:
    assert read_creditor(CREDITOR.replace("ZZZ", business)) == CREDITOR.replace("ZZZ", business)


@given(st.text())
def test_nothing_typed_breaks_the_reading(typed: str) -> None:
    for read in (read_code, read_days, read_iban, read_bic, read_creditor, read_siret):
        with suppress(BadInputError):
            assert len(str(read(typed))) <= 35


@pytest.mark.parametrize("read", [read_iban, read_bic, read_creditor, read_siret])
def test_a_number_not_known_yet_stays_empty(read: Callable[[str], str]) -> None:
    assert (read(""), read("  ")) == ("", "")


@pytest.mark.parametrize(("typed", "code"), [("enf", "ENF"), (" s p o ", "SPO"), ("R2", "R2")])
def test_a_code_is_written_in_capitals(typed: str, code: str) -> None:
    assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "0", "91", "-1", "1.5", "٣", "1000"])
def test_the_days_to_pay_are_a_small_number(typed: str) -> None:
    with pytest.raises(BadInputError, match="de 1 à 90"):
        read_days(typed)
    assert (read_days("1"), read_days("90")) == (1, 90)


@pytest.mark.parametrize("typed", ["12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_digits_are_counted(typed: str) -> None:
    with pytest.raises(BadInputError, match="6 chiffres"):
        read_digits(typed, 6)
