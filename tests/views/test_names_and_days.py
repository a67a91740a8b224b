"""Le français des papiers : l'élision devant un prénom, le premier du mois."""

from datetime import date

import pytest

from portail.views import wording


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Léa", "de Léa"),
        ("Élodie", "d’Élodie"),
        ("Adam", "d’Adam"),
        ("Œdipe", "d’Œdipe"),
        ("Hugo", "de Hugo"),
        ("Yanis", "de Yanis"),
        ("李", "de 李"),
        ("", "de "),
    ],
)
def test_a_first_name_is_elided_before_a_vowel(name: str, words: str) -> None:
    assert wording.of(name) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 1), "1er décembre 2026"),
        (date(2021, 1, 11), "11 janvier 2021"),
        (date(2021, 1, 21), "21 janvier 2021"),
    ],
)
def test_the_first_of_a_month_is_said_as_such(day: date, words: str) -> None:
    assert wording.long_date(day) == words
