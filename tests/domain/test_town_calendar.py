"""Le calendrier de la commune : ce qui ouvre, ce qui ferme, et la phrase qui le dit."""

import itertools
import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.school_calendar import ONE_DAY, Holiday, Zone, holidays_between
from portail.domain.town_calendar import LONGEST_SEARCH, DayKind, TownCalendar, kind_matches, why_closed

TOWN = TownCalendar(Zone.B)
ALSACE = TownCalendar(Zone.B, alsace_moselle=True)
CLOSED_FRIDAY = TownCalendar(Zone.B, closures=frozenset({date(2027, 5, 14), date(2026, 12, 24)}))
THURSDAY, WEDNESDAY, SATURDAY = date(2026, 12, 3), date(2026, 12, 2), date(2026, 12, 5)
NOEL, IN_HOLIDAYS = date(2026, 12, 25), date(2026, 12, 22)
EVERY_DAY = frozenset(range(7))

days = st.dates(date(2016, 1, 1), date(2028, 8, 31))
zones = st.sampled_from(Zone)
kinds = st.frozensets(st.sampled_from(DayKind))


def easter(year: int) -> date:
    """L'algorithme de Meeus, pour ne pas croire la bibliothèque sur parole."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


@pytest.mark.parametrize("year", range(2016, 2041))
def test_the_eleven_public_holidays_of_every_year(year: int) -> None:
    pascal = easter(year)
    expected = {
        date(year, 1, 1): "Jour de l’an",
        pascal + timedelta(days=1): "Lundi de Pâques",
        date(year, 5, 1): "Fête du Travail",
        date(year, 5, 8): "Fête de la Victoire",
        pascal + timedelta(days=39): "Ascension",
        pascal + timedelta(days=50): "Lundi de Pentecôte",
        date(year, 7, 14): "Fête nationale",
        date(year, 8, 15): "Assomption",
        date(year, 11, 1): "Toussaint",
        date(year, 11, 11): "Armistice",
        date(year, 12, 25): "Noël",
    }
    every_day = (date(year, 1, 1) + rank * ONE_DAY for rank in range((date(year + 1, 1, 1) - date(year, 1, 1)).days))
    found = {day: name for day in every_day if (name := TOWN.public_holiday(day))}
    assert set(found) == set(expected)
    assert {day: name for day, name in found.items() if " et " not in name}.items() <= expected.items()


@pytest.mark.parametrize("year", range(2016, 2041))
def test_alsace_and_moselle_have_two_more(year: int) -> None:
    good_friday, saint_stephen = easter(year) - 2 * ONE_DAY, date(year, 12, 26)
    assert ALSACE.public_holiday(good_friday) == "Vendredi saint"
    assert ALSACE.public_holiday(saint_stephen) == "Saint-Étienne"
    assert TOWN.public_holiday(good_friday) == TOWN.public_holiday(saint_stephen) == ""
    assert ALSACE.public_holiday(date(year, 7, 14)) == "Fête nationale"


def test_two_public_holidays_on_one_day_are_both_said() -> None:
    """Le 1er mai 2008 était aussi l'Ascension."""
    assert set(TOWN.public_holiday(date(2008, 5, 1)).split(" et ")) == {"Ascension", "Fête du Travail"}


@pytest.mark.parametrize(
    ("zone", "first"), [(Zone.A, date(2027, 2, 13)), (Zone.B, date(2027, 2, 20)), (Zone.C, date(2027, 2, 6))]
)
def test_each_zone_has_its_own_winter(zone: Zone, first: date) -> None:
    calendar = TownCalendar(zone)
    assert calendar.school_holiday(first) == calendar.school_holiday(first + 15 * ONE_DAY) == "Vacances d’hiver"
    assert calendar.school_holiday(first - ONE_DAY) == calendar.school_holiday(first + 16 * ONE_DAY) == ""
    assert calendar.is_class_day(first - ONE_DAY)
    assert not calendar.is_class_day(first + 2 * ONE_DAY)


@given(zones, days)
def test_a_day_is_in_the_holidays_that_contain_it(zone: Zone, day: date) -> None:
    inside = [one.name for one in holidays_between(zone, day, day)]
    assert [name for name in [TownCalendar(zone).school_holiday(day)] if name] == inside


def test_the_bridge_of_ascension_has_no_class() -> None:
    """En 2027 le jeudi est le 6 mai ; le vendredi n'est pas férié, mais n'a pas classe."""
    assert [TOWN.is_class_day(date(2027, 5, day)) for day in (4, 6, 7, 10)] == [True, False, False, True]
    assert TOWN.public_holiday(date(2027, 5, 6)) == "Ascension"
    assert TOWN.public_holiday(date(2027, 5, 7)) == ""
    assert TOWN.is_working_day(date(2027, 5, 7))
    assert TOWN.school_holiday(date(2027, 5, 7)) == "Pont de l’Ascension"


def test_a_day_of_class_is_monday_tuesday_thursday_or_friday() -> None:
    monday = date(2026, 11, 30)
    assert [TOWN.is_class_day(monday + rank * ONE_DAY) for rank in range(7)] == [
        True, True, False, True, True, False, False,
    ]  # fmt: skip
    assert not TOWN.is_class_day(date(2027, 3, 29))  # lundi de Pâques


def test_an_override_wins_day_by_day() -> None:
    """La dernière ligne l'emporte ; une ligne sans nom rend ses jours à l'école."""
    changed = TownCalendar(
        Zone.B,
        holiday_overrides=(
            Holiday(date(2026, 11, 30), date(2026, 12, 1), "Journée de solidarité"),
            Holiday(date(2027, 1, 1), date(2027, 1, 3), ""),
            Holiday(date(2026, 12, 1), date(2026, 12, 1), "Élections"),
        ),
    )
    assert changed.school_holiday(date(2026, 11, 30)) == "Journée de solidarité"
    assert changed.school_holiday(date(2026, 12, 1)) == "Élections"
    assert not changed.is_class_day(date(2026, 12, 1))
    assert changed.school_holiday(date(2027, 1, 2)) == ""
    assert changed.school_holiday(date(2026, 12, 31)) == "Vacances de Noël"
    assert TOWN.school_holiday(date(2027, 1, 2)) == "Vacances de Noël"


def test_a_late_return_to_school_is_one_override() -> None:
    """La rentrée 2027 est un jeudi : le mercredi 1er septembre n'a pas encore classe."""
    late = TownCalendar(Zone.B, holiday_overrides=(Holiday(date(2027, 9, 1), date(2027, 9, 1), "Vacances d’été"),))
    assert kind_matches(late, DayKind.HOLIDAY, date(2027, 9, 1))
    assert kind_matches(TOWN, DayKind.WEDNESDAY, date(2027, 9, 1))
    assert not kind_matches(late, DayKind.WEDNESDAY, date(2027, 9, 1))


@given(days)
def test_working_days_are_neither_week_ends_nor_holidays_nor_closures(day: date) -> None:
    closed = TownCalendar(Zone.B, closures=frozenset({day}))
    assert not closed.is_working_day(day)
    assert not closed.is_open(day)
    assert TOWN.is_working_day(day) == (day.weekday() < 5 and not TOWN.public_holiday(day))
    assert TOWN.is_weekend(day) == (day.weekday() in {5, 6})


@given(days)
def test_the_next_working_day_is_the_nearest_one_on_each_side(day: date) -> None:
    after, before = CLOSED_FRIDAY.next_working_day(day), CLOSED_FRIDAY.previous_working_day(day)
    assert before < day < after
    assert CLOSED_FRIDAY.is_working_day(after)
    assert CLOSED_FRIDAY.is_working_day(before)
    between = [day + rank * ONE_DAY for rank in range((before - day).days + 1, (after - day).days)]
    assert [one for one in between if one != day and CLOSED_FRIDAY.is_working_day(one)] == []


def test_working_days_step_over_a_long_week_end() -> None:
    """Ascension 2027 : jeudi férié, vendredi ouvré sauf si la mairie ferme."""
    assert TOWN.previous_working_day(date(2027, 5, 10)) == date(2027, 5, 7)
    bridged = TownCalendar(Zone.B, closures=frozenset({date(2027, 5, 7)}))
    assert bridged.previous_working_day(date(2027, 5, 10)) == date(2027, 5, 5)
    assert bridged.next_working_day(date(2027, 5, 5)) == date(2027, 5, 10)
    assert ALSACE.next_working_day(date(2027, 3, 25)) == date(2027, 3, 30)


def test_a_town_that_never_opens_does_not_hang() -> None:
    day = date(2026, 12, 3)
    never = TownCalendar(
        Zone.B, closures=frozenset(day + rank * ONE_DAY for rank in range(-LONGEST_SEARCH - 9, LONGEST_SEARCH + 9))
    )
    assert never.next_working_day(day) == day + ONE_DAY
    assert never.previous_working_day(day) == day - ONE_DAY


@pytest.mark.parametrize(
    ("day", "matching"),
    [
        (THURSDAY, {DayKind.CLASS, DayKind.ANY}),
        (WEDNESDAY, {DayKind.WEDNESDAY, DayKind.ANY}),
        (SATURDAY, {DayKind.ANY}),
        (IN_HOLIDAYS, {DayKind.HOLIDAY, DayKind.ANY}),
        (date(2026, 12, 23), {DayKind.HOLIDAY, DayKind.ANY}),
        (date(2026, 12, 20), {DayKind.ANY}),
        (NOEL, set()),
        (date(2026, 11, 11), set()),
    ],
)
def test_each_kind_has_its_days(day: date, matching: set[DayKind]) -> None:
    assert {kind for kind in DayKind if kind_matches(TOWN, kind, day)} == matching


@given(zones, days)
def test_class_wednesday_and_holiday_never_share_a_day(zone: Zone, day: date) -> None:
    calendar = TownCalendar(zone)
    sharing = [kind for kind in DayKind if kind is not DayKind.ANY and kind_matches(calendar, kind, day)]
    assert len(sharing) <= 1
    assert not sharing or kind_matches(calendar, DayKind.ANY, day)
    assert kind_matches(calendar, DayKind.ANY, day) == calendar.is_open(day)


@pytest.mark.parametrize(
    ("kinds", "weekdays", "day", "sentence"),
    [
        ({DayKind.CLASS}, EVERY_DAY, THURSDAY, ""),
        ({DayKind.CLASS}, EVERY_DAY, IN_HOLIDAYS, "Fermé : vacances de Noël."),
        ({DayKind.CLASS, DayKind.WEDNESDAY}, EVERY_DAY, date(2027, 5, 7), "Fermé : pont de l’Ascension."),
        ({DayKind.ANY}, EVERY_DAY, NOEL, "Fermé, jour férié : Noël."),
        ({DayKind.CLASS}, EVERY_DAY, NOEL, "Fermé, jour férié : Noël."),
        ({DayKind.CLASS}, EVERY_DAY, date(2026, 12, 6), "Fermé le dimanche."),
        ({DayKind.HOLIDAY}, EVERY_DAY, date(2026, 12, 20), "Fermé le dimanche."),
        ({DayKind.CLASS}, {0, 1}, THURSDAY, "Fermé le jeudi."),
        ({DayKind.ANY}, {0, 1}, SATURDAY, "Fermé le samedi."),
        ({DayKind.CLASS}, EVERY_DAY, WEDNESDAY, "Ouvert seulement les jours d’école."),
        ({DayKind.WEDNESDAY}, EVERY_DAY, THURSDAY, "Ouvert seulement les mercredis hors vacances."),
        (
            {DayKind.WEDNESDAY, DayKind.HOLIDAY},
            EVERY_DAY,
            THURSDAY,
            "Ouvert seulement les mercredis hors vacances et du lundi au vendredi pendant les vacances.",
        ),
        ({DayKind.HOLIDAY}, EVERY_DAY, IN_HOLIDAYS, ""),
        ({DayKind.ANY}, frozenset(), SATURDAY, ""),
        (set(), EVERY_DAY, THURSDAY, "Fermé ce jour-là."),
    ],
)
def test_a_closed_day_says_why(kinds: set[DayKind], weekdays: frozenset[int], day: date, sentence: str) -> None:
    assert why_closed(TOWN, kinds, weekdays, day) == sentence


def test_a_closure_is_the_towns_decision() -> None:
    assert why_closed(CLOSED_FRIDAY, {DayKind.ANY}, EVERY_DAY, date(2027, 5, 14)) == "Fermé ce jour-là par la mairie."
    assert not kind_matches(CLOSED_FRIDAY, DayKind.CLASS, date(2027, 5, 14))
    assert CLOSED_FRIDAY.is_class_day(date(2027, 5, 14))  # l'école, elle, n'est pas fermée


@given(zones, days, kinds, st.frozensets(st.integers(0, 6)))
def test_a_day_opens_or_says_why_and_never_both(
    zone: Zone, day: date, kinds: frozenset[DayKind], weekdays: frozenset[int]
) -> None:
    calendar = TownCalendar(zone, closures=frozenset({date(2026, 12, 24)}))
    sentence = why_closed(calendar, kinds, weekdays, day)
    opens = any(kind_matches(calendar, kind, day) for kind in kinds) and (not weekdays or day.weekday() in weekdays)
    assert (sentence == "") == opens
    assert sentence == "" or (sentence[0].isupper() and sentence.endswith(".") and not sentence.endswith(".."))


def test_a_calendar_is_a_key() -> None:
    same = TownCalendar(Zone.B, closures=frozenset({date(2026, 12, 24), date(2027, 5, 14)}))
    assert same == CLOSED_FRIDAY
    assert hash(same) == hash(CLOSED_FRIDAY)
    assert len({TOWN, ALSACE, same, CLOSED_FRIDAY, *(TownCalendar(zone) for zone in Zone)}) == 5
    assert all(one != other for one, other in itertools.combinations((TOWN, ALSACE, CLOSED_FRIDAY), 2))


def test_kinds_have_words_for_lists_and_for_sentences() -> None:
    assert DayKind.WEDNESDAY.label == "Mercredis hors vacances"
    assert len({kind.label for kind in DayKind} | {kind.when for kind in DayKind}) == 2 * len(DayKind)


def test_the_libraries_are_loaded_only_when_asked() -> None:
    script = (
        "import sys, portail.domain.bookability;"
        "print([name for name in ('holidays', 'vacances_scolaires_france') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
