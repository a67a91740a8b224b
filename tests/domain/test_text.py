"""Ce qui est tapé : rien d'invisible n'entre, rien d'ordinaire n'est refusé."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.refusals import BadInputError
from portail.domain.text import clean_line, clean_text, fold, mask_email, row_number


def cleaned(value: str, limit: int = 200) -> str:
    return clean_line(value, label="Nom", limit=limit)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Durand ", "Durand"),
        ("Le\u00a0Goff", "Le Goff"),
        ("De  La   Tour", "De La Tour"),
        ("e\u0301te\u0301", "été"),
        ("D’Artagnan-Œuf", "D’Artagnan-Œuf"),
        ("Нина", "Нина"),
        ("نینا", "نینا"),
        ("Zoé 👩‍👧", "Zoé 👩‍👧"),
        ("Durand\u2028Durand", "Durand Durand"),
        ("Durand\n", "Durand"),
        ("", ""),
    ],
)
def test_ordinary_text_is_kept_and_tidied(typed: str, kept: str) -> None:
    assert cleaned(typed) == kept


@pytest.mark.parametrize(
    "hostile",
    [
        "Dur\0and",
        "Durand\r\nBcc: tous@exemple.fr",
        "Dur\tand",
        "Dur\x1band",
        "Dur\x85and",
        "Dur\u202eand",
        "\u2066Durand\u2069",
        "Dur\u200eand",
        "Dur\u200band",
        "Dur\u2060and",
        "Dur\ufeffand",
        "Dur\u00adand",
        "Dur\U000e0041and",
        "Dur\u206aand",
        "Dur\ud800and",
        "Dur\ue000and",
        "Dur\uffffand",
    ],
    ids=ascii,
)
def test_invisible_or_control_character_is_refused(hostile: str) -> None:
    with pytest.raises(BadInputError, match="Nom : des caractères invisibles"):
        cleaned(hostile)


def test_length_is_counted_after_tidying() -> None:
    assert cleaned(" " * 20 + "a" * 10, limit=10) == "a" * 10
    with pytest.raises(BadInputError, match="Nom : 10 caractères au plus"):
        cleaned("a" * 11, limit=10)


def test_five_thousand_characters_are_refused_whatever_they_are() -> None:
    for char in ("a", "\0", " ", "e\u0301"):
        with pytest.raises(BadInputError):
            cleaned(char * 5_000)


@given(st.text(st.characters(), max_size=60))
def test_what_is_accepted_is_stable_and_printable(typed: str) -> None:
    try:
        once = cleaned(typed, limit=50)
    except BadInputError:
        return
    assert cleaned(once, limit=50) == once
    assert len(once) <= 50
    assert unicodedata.is_normalized("NFC", once)
    once.encode()
    assert "\0" not in once
    assert "\n" not in once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Élodie", "elodie"),
        ("E\u0301lodie", "ÉLODIE"),
        (" Noël ", "noel"),
        ("Straße", "STRASSE"),
        ("ﬁn", "fin"),
        ("Ａlba", "alba"),
    ],
)
def test_fold_ignores_accents_case_and_spaces_around(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Léa", "Léo"), ("anne marie", "annemarie"), ("a-b", "ab")])
def test_fold_keeps_people_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(st.characters(), max_size=60))
def test_fold_twice_is_fold_once(value: str) -> None:
    assert fold(fold(value)) == fold(value)


def test_a_text_keeps_its_paragraphs_and_loses_the_rest() -> None:
    assert clean_text("  Bonjour,\r\n\r\n\r\n\r\nLéa   a  10 ans.  \n", label="Message", limit=100) == (
        "Bonjour,\n\nLéa a 10 ans."
    )


@pytest.mark.parametrize("value", ["a\u200bb", "a\u202eb", "a\x00b", "a\x07b"])
def test_a_text_with_something_invisible_is_refused(value: str) -> None:
    with pytest.raises(BadInputError, match="Message"):
        clean_text(f"Bonjour\n{value}", label="Message", limit=100)


@given(st.text(max_size=400))
def test_a_text_is_never_longer_than_allowed(value: str) -> None:
    try:
        text = clean_text(value, label="Message", limit=50)
    except BadInputError:
        return
    assert len(text) <= 50
    assert clean_text(text, label="Message", limit=50) == text


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("nora@famille.example", "n•••@famille.example"),
        ("é@x.example", "é•••@x.example"),
        ("@x.example", "•••@x.example"),
    ],
)
def test_a_masked_address_keeps_one_letter(email: str, shown: str) -> None:
    assert mask_email(email) == shown


@given(st.integers(0, 999_999_999))
def test_a_row_number_is_read_back(number: int) -> None:
    assert row_number(str(number)) == number


@pytest.mark.parametrize("typed", ["", "essai", "-1", "+1", " 1", "1\n", "1.0", "1e3", "²", "٣", "9" * 10])
def test_what_is_not_a_row_number_designates_nothing(typed: str) -> None:
    assert row_number(typed) == -1
