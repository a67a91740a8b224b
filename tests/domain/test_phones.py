"""Un numéro de téléphone : écrit d'une seule façon, ou refusé avec une phrase qui dit quoi corriger."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.phones import LONGEST, clean_phone
from portail.domain.refusals import BadInputError


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0612345678", "06 12 34 56 78"),
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("06.12.34.56.78", "06 12 34 56 78"),
        ("06-12-34-56-78", "06 12 34 56 78"),
        ("06/12/34/56/78", "06 12 34 56 78"),
        ("  0612 345 678 ", "06 12 34 56 78"),
        ("06\u00a012\u202f34 56 78", "06 12 34 56 78"),
        ("\u202a06 12 34 56 78\u202c", "06 12 34 56 78"),
        ("06‑12‑34‑56‑78", "06 12 34 56 78"),
        ("０６１２３４５６７８", "06 12 34 56 78"),
        ("+33612345678", "06 12 34 56 78"),
        ("+33 (0)6 12 34 56 78", "06 12 34 56 78"),
        ("0033612345678", "06 12 34 56 78"),
        ("06 00 00 00 11", "06 00 00 00 11"),
        ("02 99 00 00 00", "02 99 00 00 00"),
        ("07 56 00 00 00", "07 56 00 00 00"),
    ],
)
def test_a_french_number_is_written_in_pairs(typed: str, kept: str) -> None:
    assert clean_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+32470123456", "+32 470 12 34 56"),
        ("0032 470 12 34 56", "+32 470 12 34 56"),
        ("+44 7911 123456", "+44 7911 123456"),
        ("+41 79 123 45 67", "+41 79 123 45 67"),
        ("+212612345678", "+212 6 12 34 56 78"),
        ("+1 212 555 0100", "+1 212-555-0100"),
        ("0692 12 34 56", "+262 692 12 34 56"),
        ("0690 30 12 34", "+590 690 30 12 34"),
    ],
)
def test_a_number_from_elsewhere_keeps_its_country(typed: str, kept: str) -> None:
    assert clean_phone(typed) == kept


@pytest.mark.parametrize("nothing", ["", "   ", "\u00a0", "\u200b"])
def test_nothing_stays_nothing(nothing: str) -> None:
    assert clean_phone(nothing) == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("FR76 3000 6000 0112 3456 7890 189", "IBAN"),
        ("fr7630006000011234567890189", "IBAN"),
        ("BE71 0961 2345 6769", "IBAN"),
        ("maman au bureau", "sans lettres"),
        ("06 12 34 56 78 poste 4", "sans lettres"),
        ("zoe@famille.example", "sans lettres"),
        ("<script>", "sans lettres"),
        ("06 12 34 56 78; 06 12 34 56 79", "sans lettres"),
        ("06\x0012345678", "sans lettres"),
        ("06 12 34 56", "il manque des chiffres"),
        ("+33 6 12", "il manque des chiffres"),
        ("12", "il manque des chiffres"),
        ("+", "il manque des chiffres"),
        ("()", "il manque des chiffres"),
        ("06 12 34 56 78 90", "trop de chiffres"),
        ("1" * 190, "trop de chiffres"),
        ("0000000000", "n’existe pas"),
        ("+999 12 34 56 78", "n’existe pas"),
        ("٠٦١٢٣٤٥٦٧٨", "sans lettres"),
    ],
)
def test_what_is_no_number_is_refused_in_words(typed: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said) as refusal:
        clean_phone(typed)
    assert refusal.value.sentence.startswith("Téléphone : ")
    assert refusal.value.next_step


def test_the_field_is_named_as_on_the_screen() -> None:
    with pytest.raises(BadInputError, match=r"^Portable : "):
        clean_phone("12", label="Portable")


def test_a_number_started_with_plus_is_told_how_countries_are_written() -> None:
    with pytest.raises(BadInputError) as refusal:
        clean_phone("+32 470")
    assert "+32 470 12 34 56" in refusal.value.next_step


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_country_of_the_world_fits_the_column(region: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
        example = phonenumbers.example_number_for_type(region, kind)
        if example is not None:
            written = clean_phone(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))
            assert len(written) <= LONGEST
            assert clean_phone(written) == written


@given(st.text(st.characters(), max_size=40))
def test_anything_typed_is_either_refused_or_stable(typed: str) -> None:
    try:
        once = clean_phone(typed)
    except BadInputError:
        return
    assert clean_phone(once) == once
    assert len(once) <= LONGEST


@given(st.from_regex(r"\A0[67][0-9]{8}\Z"))
def test_a_mobile_number_that_is_kept_keeps_its_digits(typed: str) -> None:
    try:
        kept = clean_phone(typed)
    except BadInputError:
        return
    digits = kept.replace(" ", "").replace("-", "")
    assert digits.removeprefix("+262").removeprefix("+590").removeprefix("+594").removeprefix("+596")[-8:] in typed
