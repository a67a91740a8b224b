"""S'inscrire : ce que les formulaires acceptent, et ce qui nomme le même dossier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.forms import FormRefusedError, Reader
from portail.domain.merging import is_same_name
from portail.domain.registration import StepNumber, clean_number, is_named, read_home, read_identity

ANYTHING = st.dictionaries(
    st.sampled_from(
        ["first_name", "last_name", "email", "email_again", "username", "role", "phone", "with_other", "other_phone"]
    ),
    st.text(max_size=60),
)


def plain(value: str) -> str:
    return value.strip().casefold()


@given(ANYTHING)
def test_any_form_is_read_or_refused_never_broken(form: dict[str, str]) -> None:
    reader = Reader(form)
    identity = read_identity(reader, plain)
    assert all(reader.errors.values())
    if not reader.errors:
        assert identity.first_name
        assert identity.username
        assert identity.about == (identity.email, identity.first_name, identity.last_name, identity.username)


@given(ANYTHING)
def test_any_home_is_read_or_refused_never_broken(form: dict[str, str]) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        read_home(Reader(form), plain)
    assert {"address", "postcode", "city"} <= set(refusal.value.fields)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("Lefèvre", "Lefèvre"),
        ("LEFEVRE", "Lefèvre"),
        ("Famille Lefèvre", "Lefèvre"),
        ("Durand-Martin", "Martin Durand"),
        ("M. et Mme Durand", "Durand"),
        ("St Aubin", "Saint-Aubin"),
    ],
)
def test_one_file_is_named_in_several_ways(typed: str, known: str) -> None:
    assert is_named(typed, known)


@pytest.mark.parametrize(
    ("typed", "known"),
    [("Durand", "Durant"), ("Durand", "Durand Martin"), ("famille", "Famille"), ("", ""), ("%", "%"), ("Lefèvre", "")],
)
def test_another_name_or_no_name_never_passes(typed: str, known: str) -> None:
    assert not is_named(typed, known)


def test_a_number_is_written_as_on_the_invoice() -> None:
    assert clean_number(" f - 10 01 ") == "F-1001"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Léa", "Durand"), ("LEA", "durand"), True),
        (("Jean-Paul", "De La Tour"), ("Paul Jean", "Tour de la"), True),
        (("Léa", "Durand"), ("Léa", "Durant"), False),
        (("Léa", "Durand"), ("Durand", "Léa"), False),
        (("", ""), ("", ""), False),
    ],
)
def test_the_same_name_is_the_same_words(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    assert is_same_name(one, other) is same


def test_the_five_steps_follow_each_other() -> None:
    assert [step.value for step in StepNumber] == [1, 2, 3, 4, 5]
