"""Les vacances scolaires : les dates officielles, zone par zone, ponts compris."""

import itertools
import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.school_calendar import BRIDGE, BRIDGES, ONE_DAY, Holiday, Zone, holidays_between, is_published

EASTERS = {
    2016: date(2016, 3, 27),
    2019: date(2019, 4, 21),
    2022: date(2022, 4, 17),
    2024: date(2024, 3, 31),
    2026: date(2026, 4, 5),
    2027: date(2027, 3, 28),
}


def year_of(zone: Zone, year: int) -> tuple[Holiday, ...]:
    return holidays_between(zone, date(year, 9, 1), date(year + 1, 8, 31))


def test_a_school_year_of_zone_b_is_the_official_one() -> None:
    assert [(one.name, one.first, one.last) for one in year_of(Zone.B, 2026)] == [
        ("Vacances de la Toussaint", date(2026, 10, 17), date(2026, 11, 1)),
        ("Vacances de Noël", date(2026, 12, 19), date(2027, 1, 3)),
        ("Vacances d’hiver", date(2027, 2, 20), date(2027, 3, 7)),
        ("Vacances de printemps", date(2027, 4, 17), date(2027, 5, 2)),
        ("Pont de l’Ascension", date(2027, 5, 6), date(2027, 5, 9)),
        ("Vacances d’été", date(2027, 7, 3), date(2027, 8, 31)),
    ]


@pytest.mark.parametrize(
    ("zone", "winter", "spring"),
    [
        (Zone.A, date(2026, 2, 7), date(2026, 4, 4)),
        (Zone.B, date(2026, 2, 14), date(2026, 4, 11)),
        (Zone.C, date(2026, 2, 21), date(2026, 4, 18)),
    ],
)
def test_zones_differ_in_winter_and_spring_only(zone: Zone, winter: date, spring: date) -> None:
    found = {one.name: one.first for one in year_of(zone, 2025)}
    assert (found["Vacances d’hiver"], found["Vacances de printemps"]) == (winter, spring)
    assert found["Vacances de Noël"] == date(2025, 12, 20)


@pytest.mark.parametrize("zone", list(Zone))
@pytest.mark.parametrize("year", range(2016, 2028))
def test_every_year_has_its_five_holidays_and_its_bridge(zone: Zone, year: int) -> None:
    found = [one for one in holidays_between(zone, date(year, 1, 1), date(year, 12, 31)) if one.first.year == year]
    assert [one.name for one in found] == [
        "Vacances d’hiver",
        "Vacances de printemps",
        "Pont de l’Ascension",
        "Vacances d’été",
        "Vacances de la Toussaint",
        "Vacances de Noël",
    ]
    assert all(before.last < after.first for before, after in itertools.pairwise(found))
    assert all(14 <= one.days <= 66 for one in found if one.name != BRIDGE)


def test_the_bridge_of_2026_that_the_library_forgets_is_there() -> None:
    """Officiel : du mercredi 13 mai après la classe au lundi 18 mai."""
    (bridge,) = holidays_between(Zone.B, date(2026, 5, 13), date(2026, 5, 18))
    assert bridge == Holiday(date(2026, 5, 14), date(2026, 5, 17), "Pont de l’Ascension")


def test_every_bridge_goes_from_thursday_to_sunday_forty_days_after_easter() -> None:
    assert [(one.first.weekday(), one.last.weekday(), one.days) for one in BRIDGES] == [(3, 6, 4)] * len(BRIDGES)
    by_year = {one.first.year: one.first for one in BRIDGES}
    assert {year: by_year[year] - easter for year, easter in EASTERS.items()} == dict.fromkeys(
        EASTERS, timedelta(days=39)
    )


@given(st.dates(date(2016, 1, 1), date(2028, 1, 1)), st.integers(0, 400), st.sampled_from(Zone))
def test_a_period_finds_whole_holidays_that_touch_it_and_no_other(first: date, days: int, zone: Zone) -> None:
    last = first + timedelta(days=days)
    found = holidays_between(zone, first, last)
    assert all(one.first <= last and one.last >= first for one in found)
    everything = holidays_between(zone, date(2015, 1, 1), date(2029, 1, 1))
    assert found == tuple(one for one in everything if one in found)
    touched = {one for one in everything for day in (first, last) if one.first <= day <= one.last}
    assert touched <= set(found)


def test_a_holiday_is_found_whole_from_any_of_its_days() -> None:
    noel = Holiday(date(2026, 12, 19), date(2027, 1, 3), "Vacances de Noël")
    for day in (noel.first, date(2026, 12, 31), date(2027, 1, 1), noel.last):
        assert holidays_between(Zone.C, day, day) == (noel,)
    for day in (noel.first - ONE_DAY, noel.last + ONE_DAY):
        assert holidays_between(Zone.C, day, day) == ()


def test_what_is_not_published_yet_is_said_and_not_invented() -> None:
    assert is_published(date(2028, 8, 31))
    assert not is_published(date(2028, 9, 1))
    assert holidays_between(Zone.A, date(2028, 9, 1), date(2040, 1, 1)) == ()


def test_zones_have_a_label() -> None:
    assert [zone.label for zone in Zone] == ["Zone A", "Zone B", "Zone C"]


def test_the_library_is_loaded_only_when_asked() -> None:
    script = "import sys, portail.domain.custody; print('vacances_scolaires_france' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
