"""Le français des dates."""

from datetime import UTC, date, datetime

import pytest

from portail.views import wording


@pytest.mark.parametrize(
    ("day", "full", "short", "badge"),
    [
        (date(2026, 11, 1), "dimanche 1er novembre 2026", "dimanche 1er novembre", "1er nov."),
        (date(2026, 12, 11), "vendredi 11 décembre 2026", "vendredi 11 décembre", "11 déc."),
        (date(2026, 11, 21), "samedi 21 novembre 2026", "samedi 21 novembre", "21 nov."),
        (date(2026, 5, 31), "dimanche 31 mai 2026", "dimanche 31 mai", "31 mai"),
    ],
)
def test_only_the_first_of_a_month_is_an_ordinal(day: date, full: str, short: str, badge: str) -> None:
    assert (wording.full_day(day), wording.day_without_year(day), wording.badge_day(day)) == (full, short, badge)


def test_an_instant_is_said_at_the_hour_of_paris() -> None:
    assert wording.instant(datetime(2026, 11, 30, 23, 5, tzinfo=UTC)) == "1er décembre à 0\u00a0h\u00a005"
    assert wording.instant(datetime(2026, 11, 1, 0, 1, tzinfo=UTC)) == "1er novembre à 1\u00a0h\u00a001"
    assert wording.instant(datetime(2026, 7, 14, 12, 30, tzinfo=UTC)) == "14 juillet à 14\u00a0h\u00a030"


@pytest.mark.parametrize(
    ("cents", "said"), [(0, "sera"), (1_00, "sera"), (1_99, "sera"), (2_00, "seront"), (10**7, "seront")]
)
def test_a_sum_under_two_euros_is_singular(cents: int, said: str) -> None:
    assert wording.agreed(cents, "sera", "seront") == said


def test_a_month_and_the_case_of_a_sentence() -> None:
    assert wording.month(date(2026, 8, 31)) == "août 2026"
    assert (wording.capitalised("élan"), wording.uncapitalised("Élan")) == ("Élan", "élan")
    assert (wording.capitalised(""), wording.uncapitalised("")) == ("", "")


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
    assert wording.hour(datetime(2026, 7, 13, 22, 5, tzinfo=UTC)) == "0\u00a0h\u00a005"
    assert wording.instant(datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) == "20 novembre à 10\u00a0h\u00a000"


@pytest.mark.parametrize(("number", "said"), [(0, "0 dose"), (1, "1 dose"), (2, "2 doses")])
def test_zero_is_singular(number: int, said: str) -> None:
    assert wording.count(number, "dose", "doses") == said
