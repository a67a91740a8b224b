"""L'horloge murale de Paris, ses deux nuits de l'année, et la façon de dire un jour ou une heure."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.dates import (
    PARIS,
    full_stop,
    monday_of,
    months_away,
    paris_day,
    said_date,
    said_day,
    said_hour,
    said_instant,
    said_list,
    said_number,
    said_rank,
    wall_instant,
)

days = st.dates(date(2016, 1, 1), date(2040, 12, 31))
hours = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (date(2026, 12, 8), time(12), utc(2026, 12, 8, 11)),
        (date(2026, 7, 8), time(12), utc(2026, 7, 8, 10)),
        (SPRING, time(1, 59), utc(2027, 3, 28, 0, 59)),
        (SPRING, time(3), utc(2027, 3, 28, 1)),
        (AUTUMN, time(1, 59), utc(2026, 10, 24, 23, 59)),
        (AUTUMN, time(3), utc(2026, 10, 25, 2)),
        (date(2026, 1, 1), time(0, 30), utc(2025, 12, 31, 23, 30)),
    ],
)
def test_a_wall_clock_hour_of_paris_is_one_instant(day: date, hour: time, expected: datetime) -> None:
    assert wall_instant(day, hour) == expected
    assert wall_instant(day, hour).utcoffset() == timedelta(0)


@pytest.mark.parametrize("minute", [0, 1, 30, 59])
def test_an_hour_that_does_not_exist_is_the_first_instant_after(minute: int) -> None:
    assert wall_instant(SPRING, time(2, minute)) == utc(2027, 3, 28, 1)
    assert wall_instant(SPRING, time(2, minute)).astimezone(PARIS).time() == time(3)


@pytest.mark.parametrize("fold", [0, 1])
def test_an_hour_that_comes_twice_is_the_first_one_whatever_the_fold(fold: int) -> None:
    assert wall_instant(AUTUMN, time(2, 30, fold=fold)) == utc(2026, 10, 25, 0, 30)


@given(days, hours)
def test_the_clock_shows_that_hour_or_the_hour_is_jumped_over(day: date, hour: time) -> None:
    shown = wall_instant(day, hour).astimezone(PARIS)
    if (shown.date(), shown.time()) != (day, hour):
        assert (day.month, day.weekday(), hour.hour, shown.time()) == (3, 6, 2, time(3))
        assert shown.date() == day
    minute_before = wall_instant(day, hour) - timedelta(minutes=1)
    assert minute_before.astimezone(PARIS).replace(tzinfo=None) < datetime.combine(day, hour)


@given(days, hours, hours)
def test_later_on_the_wall_is_never_earlier_in_time(day: date, one: time, other: time) -> None:
    low, high = sorted((one, other))
    assert wall_instant(day, low) <= wall_instant(day, high)
    assert wall_instant(day, high) < wall_instant(day + timedelta(days=1), low) or high >= time(23)


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland", "UTC"])
def test_the_zone_of_the_machine_changes_nothing(zone: str) -> None:
    script = (
        "from datetime import date, time; from portail.domain.dates import wall_instant, said_instant;"
        "at = wall_instant(date(2026, 12, 8), time(12)); print(at.isoformat(), said_instant(at))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "2026-12-08T11:00:00+00:00 le mardi 8 décembre à 12\u00a0h"


def test_a_day_is_the_one_paris_lives() -> None:
    assert paris_day(utc(2026, 12, 31, 23, 30)) == date(2027, 1, 1)
    assert paris_day(utc(2026, 7, 31, 21, 59)) == date(2026, 7, 31)
    assert paris_day(datetime(2026, 12, 31, 18, 30, tzinfo=ZoneInfo("America/New_York"))) == date(2027, 1, 1)


@given(days)
def test_the_monday_of_a_day_opens_its_week(day: date) -> None:
    monday = monday_of(day)
    assert monday.weekday() == 0
    assert timedelta(0) <= day - monday < timedelta(days=7)
    assert monday.isocalendar()[:2] == day.isocalendar()[:2]


@pytest.mark.parametrize(
    ("day", "months", "on", "expected"),
    [
        (date(2026, 12, 3), -1, 20, date(2026, 11, 20)),
        (date(2027, 1, 3), -1, 20, date(2026, 12, 20)),
        (date(2027, 3, 31), -1, 0, date(2027, 2, 28)),
        (date(2028, 3, 31), -1, 31, date(2028, 2, 29)),
        (date(2026, 8, 31), 18, 0, date(2028, 2, 29)),
        (date(2026, 12, 3), 0, 0, date(2026, 12, 3)),
        (date(2026, 1, 15), -13, 0, date(2024, 12, 15)),
    ],
)
def test_months_stop_at_the_end_of_short_ones(day: date, months: int, on: int, expected: date) -> None:
    assert months_away(day, months, on=on) == expected


@given(days, st.integers(-30, 30))
def test_going_away_and_back_only_loses_days_a_month_does_not_have(day: date, months: int) -> None:
    there = months_away(day, months)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day == day.day or (there + timedelta(days=1)).day == 1
    assert months_away(there, -months) <= day


@pytest.mark.parametrize(
    ("hour", "said"),
    [(time(12), "12 h"), (time(9, 5), "9 h 05"), (time(0), "0 h"), (time(23, 59), "23 h 59"), (time(0, 30), "0 h 30")],
)
def test_an_hour_is_said_without_useless_minutes(hour: time, said: str) -> None:
    assert said_hour(hour) == said.replace(" ", "\u00a0")


def test_a_day_is_said_in_full() -> None:
    assert said_day(date(2026, 12, 3)) == "jeudi 3 décembre"
    assert said_day(date(2027, 1, 1)) == "vendredi 1er janvier"
    assert said_date(date(2027, 8, 1)) == "1er août"
    assert [said_date(date(2027, month, 2)).split()[1] for month in (1, 2, 12)] == ["janvier", "février", "décembre"]


def test_an_instant_is_said_at_paris() -> None:
    assert said_instant(utc(2026, 12, 8, 11)) == "le mardi 8 décembre à 12\u00a0h"
    assert said_instant(utc(2026, 12, 31, 23)) == "le vendredi 1er janvier à 0\u00a0h"


def test_numbers_and_lists_are_said_in_words() -> None:
    assert [said_number(n) for n in (0, 1, 2, 10, 11, 45)] == ["zéro", "un", "deux", "dix", "11", "45"]
    assert [said_rank(n) for n in (1, 2, 31)] == ["1er", "2", "31"]
    assert said_list([]) == ""
    assert said_list(["lundi"]) == "lundi"
    assert said_list(["lundi", "mardi"]) == "lundi et mardi"
    assert said_list(["lundi", "mardi", "jeudi"]) == "lundi, mardi et jeudi"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Travaux", "Travaux."), (" Travaux. ", "Travaux."), ("Pourquoi ?", "Pourquoi ?"), ("", ""), ("  ", "")],
)
def test_a_sentence_ends_once(text: str, expected: str) -> None:
    assert full_stop(text) == expected
