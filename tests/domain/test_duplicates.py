"""Deux noms, deux personnes, deux familles : quand la ressemblance compte, et ce qui s'en dit."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.duplicates import (
    LIKELY,
    LIKELY_FAMILY,
    Household,
    Person,
    address_key,
    are_dates_close,
    compare_families,
    compare_people,
    likeness,
    name_keys,
    phone_key,
    swapped,
)
from portail.domain.phonetics import phonetic, skeleton, words

DAY = date(2018, 3, 12)
NAMES = st.text(max_size=40)
PEOPLE = st.builds(
    Person, NAMES, NAMES, st.none() | st.dates(), st.frozensets(st.sampled_from(["611223344", "2"])), NAMES
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lefebvre", "Lefèvre"),
        ("Dupond", "Dupont"),
        ("Émilie", "Emily"),
        ("Philippe", "Filipe"),
        ("Renault", "Renaud"),
        ("Guérin", "Guerrin"),
        ("François", "Francois"),
        ("Thierry", "Tiery"),
        ("Mathieu", "Matthieu"),
        ("Laurent", "Lorent"),
        ("Chloé", "Kloé"),
        ("Mickaël", "Michael"),
        ("Gonçalves", "Goncalves"),
        ("De La Tour", "Delatour"),
        ("Christophe", "Cristof"),
        ("Leroy", "Leroi"),
        ("Beaulieu", "Bolieu"),
        ("Hélène", "Elene"),
        ("Saint-Arroman", "St Aroman"),
    ],
)
def test_names_that_sound_the_same_share_one_key(one: str, other: str) -> None:
    assert phonetic(one) == phonetic(other)
    assert skeleton(one) == skeleton(other)
    assert likeness(one, other) >= 0.9


@pytest.mark.parametrize(
    ("one", "other"),
    [("Martin", "Bernard"), ("Léa", "Noé"), ("Durand", "Moreau"), ("Paul", "Jean"), ("", "Paul"), ("", "")],
)
def test_names_that_differ_stay_apart(one: str, other: str) -> None:
    assert likeness(one, other) < 0.6


def test_order_case_accents_and_hyphens_do_not_count() -> None:
    assert likeness("LEFÈVRE-Martin", "martin lefevre") == 1
    assert words("L'Été-Œuvre") == ("l", "ete", "oeuvre")
    assert words("Иван") == ("иван",)


@given(NAMES, NAMES)
def test_likeness_is_the_same_both_ways_and_bounded(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
    assert not words(one) or likeness(one, one) == 1


@given(PEOPLE, PEOPLE)
def test_comparing_people_never_breaks_and_stays_within_a_hundred(one: Person, other: Person) -> None:
    assert 0 <= compare_people(one, other).score <= 100
    assert all(key[:2] in {"n:", "s:", "l:", "f:"} for key in name_keys(one.first_name, one.last_name))


@given(NAMES, NAMES)
def test_the_same_name_always_shares_a_key_with_itself(first: str, last: str) -> None:
    keys = name_keys(first, last)
    assert keys == name_keys(first.upper().lower(), last) or not first.isascii()
    assert bool(keys) == bool(words(first) and words(last))


def test_reasons_are_said_in_french() -> None:
    known = Person("Léa", "Lefèvre", DAY, frozenset({"611223344"}), "a@famille.example")
    typed = Person("Lea", "Lefebvre", DAY, frozenset({"611223344"}), "A@famille.example")
    found = compare_people(typed, known)
    assert found.score == 100
    assert found.reasons == (
        "nom proche : Lefebvre / Lefèvre",
        "même prénom : Léa",
        "même date de naissance",
        "même téléphone",
        "même e-mail",
    )
    assert compare_people(known, known).reasons[0] == "même nom : Léa Lefèvre"


def test_first_and_last_name_swapped_are_recognised() -> None:
    found = compare_people(Person("Martineau", "Élodie"), Person("Elodie", "Martineau"))
    assert found.score >= LIKELY
    assert found.reasons == ("nom et prénom inversés",)


def test_a_different_birth_date_denies_and_the_same_one_confirms() -> None:
    alone = compare_people(Person("Léa", "Durand"), Person("Léa", "Durand")).score
    same = compare_people(Person("Léa", "Durand", DAY), Person("Léa", "Durand", DAY)).score
    other = compare_people(Person("Léa", "Durand", DAY), Person("Léa", "Durand", date(2011, 7, 1))).score
    assert other < LIKELY <= alone < same


def test_twins_are_two_people_and_a_new_surname_is_one() -> None:
    assert compare_people(Person("Léa", "Durand", DAY), Person("Hugo", "Durand", DAY)).score < LIKELY
    renamed = compare_people(
        Person("Léa", "Durand", DAY, frozenset({"611223344"})), Person("Léa", "Moreau", DAY, frozenset({"611223344"}))
    )
    assert renamed.score >= LIKELY


@pytest.mark.parametrize(
    ("other", "close"),
    [
        (date(2018, 12, 3), True),
        (date(2018, 3, 13), True),
        (date(2008, 3, 12), True),
        (date(2018, 4, 21), False),
        (date(2011, 7, 1), False),
    ],
)
def test_one_wrong_digit_or_a_swap_makes_close_dates(other: date, close: bool) -> None:
    assert are_dates_close(DAY, other) is close


def test_a_swap_that_is_no_date_is_none() -> None:
    assert swapped(date(2018, 3, 12)) == date(2018, 12, 3)
    assert swapped(date(2018, 3, 25)) is None
    assert swapped(date(2020, 2, 2)) == date(2020, 2, 2)


@pytest.mark.parametrize("written", ["06 11 22 33 44", "+33 6 11 22 33 44", "0033611223344", "06.11.22.33.44"])
def test_a_phone_has_one_key_however_it_is_written(written: str) -> None:
    assert phone_key(written) == "611223344"


@pytest.mark.parametrize("written", ["", "12", "standard", "06 11 22"])
def test_what_is_no_phone_has_no_key(written: str) -> None:
    assert phone_key(written) == ""


def test_an_address_is_known_by_its_number_and_the_end_of_its_street() -> None:
    assert address_key("12, r. des Accacias", " 49999") == address_key("12 rue des acacias", "49999")
    assert address_key("12 rue des Acacias", "49999") != address_key("14 rue des Acacias", "49999")
    assert address_key("", "49999") == ""
    assert address_key("  12 ", "49999") == ""


def test_weak_clues_add_up_in_a_family() -> None:
    lea = Person("Léa", "Durand", DAY)
    mother = Person("Camille", "Durand", None, frozenset({"611223344"}))
    home = Household((mother,), (lea,), "12 rue des Acacias", "49999")
    assert compare_families(home, home).score >= 95
    assert compare_families(home, Household()).score == 0
    only_child = compare_families(home, Household((), (lea,))).score
    only_mother = compare_families(home, Household((mother,), ())).score
    assert LIKELY_FAMILY <= only_mother < only_child < compare_families(home, home).score
    neighbour = Household((Person("Paul", "Martin"),), (Person("Zoé", "Martin", DAY),), "12 rue des Acacias", "49999")
    assert compare_families(home, neighbour).score < LIKELY_FAMILY
    assert compare_families(home, neighbour).reasons == ("même adresse",)


def test_a_shared_phone_counts_even_between_unlike_people() -> None:
    one = Household((Person("Paul", "Martin", None, frozenset({"611223344"})),))
    other = Household((Person("Zoé", "Garnier", None, frozenset({"611223344"})),))
    assert compare_families(one, other).reasons == ("même téléphone",)
    assert 0 < compare_families(one, other).score < LIKELY_FAMILY


def test_one_child_is_never_matched_twice() -> None:
    lea = Person("Léa", "Durand", DAY)
    found = compare_families(Household((), (lea, lea)), Household((), (lea,)))
    assert found.score == compare_families(Household((), (lea,)), Household((), (lea,))).score
