"""Le français des dates : le premier du mois, l'heure de Paris, les pluriels."""

from datetime import UTC, date, datetime

import pytest

from portail.views import wording


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 12, 1), "1er décembre 2026"),
        (date(2026, 11, 11), "11 novembre 2026"),
        (date(2016, 5, 4), "4 mai 2016"),
        (date(2021, 8, 31), "31 août 2021"),
    ],
)
def test_a_date_is_written_in_full(day: date, said: str) -> None:
    assert wording.long_date(day) == said


def test_a_short_date_keeps_its_zeros() -> None:
    assert wording.short_date(date(2026, 3, 4)) == "04/03/2026"


def test_the_hour_is_the_one_of_paris() -> None:
    assert wording.hour(datetime(2026, 7, 13, 22, 5, tzinfo=UTC)) == "0 h 05"
    assert wording.instant(datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) == "20 novembre à 10 h 00"


@pytest.mark.parametrize(("number", "said"), [(0, "0 dose"), (1, "1 dose"), (2, "2 doses")])
def test_zero_is_singular(number: int, said: str) -> None:
    assert wording.count(number, "dose", "doses") == said
