"""L'IBAN : une faute de frappe se voit, la longueur suit le pays, hors zone SEPA c'est non."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.iban import LENGTHS, OUTSIDE_EEA, checked_bic, checked_iban, grouped, is_keyed, shown
from portail.domain.refusals import BadInputError

FRENCH = "FR7630006000011234567890189"
PUBLISHED = (  # les exemples du registre des IBAN
    *("AD1200012030200359100100", "AT611904300234573201", "BE68539007547034", "BG80BNBG96611020345678"),
    *("CH9300762011623852957", "CY17002001280000001200527600", "CZ6508000000192000145399", "DE89370400440532013000"),
    *("DK5000400440116243", "EE382200221020145685", "ES9121000418450200051332", "FI2112345600000785"),
    *("GB29NWBK60161331926819", "GI75NWBK000000007099453", "GR1601101250000000012300695", "HR1210010051863000160"),
    *("HU42117730161111101800000000", "IE29AIBK93115212345678", "IS140159260076545510730339"),
    *("IT60X0542811101000000123456", "LI21088100002324013AA", "LT121000011101001000", "LU280019400644750000"),
    *("LV80BANK0000435195001", "MC5811222000010123456789030", "MT84MALT011000012345MTLCAST001S"),
    *("NL91ABNA0417164300", "NO9386011117947", "PL61109010140000071219812874", "PT50000201231234567890154"),
    *("RO49AAAA1B31007593840000", "SE4550000000058398257466", "SI56263300012039086", "SK3112000000198742637541"),
    *("SM86U0322509800000000270100", "VA59001123000012345678", "AL47212110090000000235698741"),
    *("MD24AG000225100013104168", "ME25505000012345678951", "MK07250120000058984", "RS35260005601001611379"),
)


@pytest.mark.parametrize("iban", PUBLISHED)
def test_the_published_examples_are_taken(iban: str) -> None:
    assert checked_iban(iban) == iban
    assert len(iban) == LENGTHS[iban[:2]]


def test_every_country_has_its_example() -> None:
    assert {iban[:2] for iban in PUBLISHED} | {"FR"} == set(LENGTHS)
    assert set(LENGTHS) > OUTSIDE_EEA


@pytest.mark.parametrize(
    "typed",
    ["fr76 3000 6000 0112 3456 7890 189", " FR76-3000-6000-0112-3456-7890-189 ", "FR76\u00a030006000011234567890189"],
)
def test_the_usual_ways_of_writing_it_are_understood(typed: str) -> None:
    assert checked_iban(typed) == FRENCH


@pytest.mark.parametrize(
    "typed",
    [
        *("", "FR76", "FR7630006000011234567890188", "FR763000600001123456789018", "FR76300060000112345678901890"),
        *("3000600001123456789018976FR", "FR76３０００6000011234567890189", "BR1800360305000010009795493C1", "9" * 400),
        *(
            "US64SVBKUS6S3300958879",
            "FR76 3000 6000\x00 0112 3456 7890 189",
            "<script>",
            "FR７６30006000011234567890189",
        ),
    ],
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(BadInputError):
        checked_iban(typed)


@given(st.integers(4, 26), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_seen(place: int, digit: str) -> None:
    wrong = FRENCH[:place] + digit + FRENCH[place + 1 :]
    assert is_keyed(wrong) is (wrong == FRENCH)


@given(st.integers(4, 25))
def test_two_digits_swapped_are_always_seen(place: int) -> None:
    swapped = FRENCH[:place] + FRENCH[place + 1] + FRENCH[place] + FRENCH[place + 2 :]
    assert is_keyed(swapped) is (swapped == FRENCH)


@given(st.text(max_size=80))
def test_no_text_ever_breaks_it(typed: str) -> None:
    with contextlib.suppress(BadInputError):
        assert checked_iban(typed)[:2] in LENGTHS


@pytest.mark.parametrize("typed", ["", "BNPAFRPP", "bnpa frpp xxx"])
def test_a_bic_is_optional_here(typed: str) -> None:
    assert checked_bic(typed, FRENCH) == typed.upper().replace(" ", "")


@pytest.mark.parametrize(
    ("bic", "iban"),
    [("CEPAFRPP831", "MC5811222000010123456789030"), ("RBOSJESH", "GB29NWBK60161331926819"), ("REVOLT21", FRENCH)],
)
def test_a_bic_from_next_door_is_taken(bic: str, iban: str) -> None:
    """L'agence monégasque d'une banque française, Jersey pour un compte britannique, une banque en ligne."""
    assert checked_bic(bic, iban) == bic


@pytest.mark.parametrize(
    ("typed", "iban"), [("BNPAFR", FRENCH), ("1NPAFRPP", FRENCH), ("", "CH9300762011623852957"), ("x" * 99, FRENCH)]
)
def test_a_wrong_or_missing_bic_is_refused(typed: str, iban: str) -> None:
    with pytest.raises(BadInputError):
        checked_bic(typed, iban)


def test_only_the_end_is_shown() -> None:
    assert shown("0189") == "••••\u00a00189"


def test_written_whole_it_reads_as_on_a_bank_statement() -> None:
    assert grouped("FR7630006000011234567890189") == "FR76 3000 6000 0112 3456 7890 189"
    assert checked_iban(grouped(FRENCH)) == FRENCH
    assert grouped("") == ""
