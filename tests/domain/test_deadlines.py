"""Les dates limites : chaque forme contre un calcul lent écrit autrement, nuits de changement d'heure comprises."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.dates import PARIS
from portail.domain.deadline_kinds import is_excluded, shifted
from portail.domain.deadlines import Deadline, DeadlineKind, Excluded, Shift, WeekdayGroup, cutoff
from portail.domain.school_calendar import Holiday, Zone
from portail.domain.town_calendar import LONGEST_SEARCH, TownCalendar

ONE_DAY = timedelta(days=1)
CALENDARS = (
    TownCalendar(Zone.A, alsace_moselle=True),
    TownCalendar(Zone.B),
    TownCalendar(Zone.B, closures=frozenset({date(2027, 5, 7), date(2026, 12, 24), date(2026, 12, 2)})),
    TownCalendar(Zone.C, holiday_overrides=(Holiday(date(2026, 12, 1), date(2026, 12, 1), "Élections"),)),
)
TOWN = CALENDARS[1]
LUNCH = time(11, 30)
THURSDAY = date(2026, 12, 10)

days = st.dates(date(2016, 9, 1), date(2028, 8, 31))
hours = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))
calendars = st.sampled_from(CALENDARS)
excluded_days = st.frozensets(st.sampled_from(Excluded))
shifts = st.sampled_from(Shift)
weekdays = st.integers(0, 6)
plain_kinds = st.sampled_from(
    [
        DeadlineKind.WORKING_DAYS_BEFORE,
        DeadlineKind.DAYS_BEFORE,
        DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK,
        DeadlineKind.NTH_OF_PREVIOUS_MONTH,
        DeadlineKind.FIXED,
        DeadlineKind.NONE,
    ]
)


@st.composite
def week_groups(draw: st.DrawFn) -> tuple[WeekdayGroup, ...]:
    """Une partition d'une partie de la semaine."""
    owners = draw(st.lists(st.integers(-1, 3), min_size=7, max_size=7).filter(lambda found: max(found) >= 0))
    return tuple(
        WeekdayGroup(frozenset(d for d in range(7) if owners[d] == owner), draw(weekdays), draw(hours))
        for owner in sorted(set(owners) - {-1})
    )


@st.composite
def plain(draw: st.DrawFn) -> Deadline:
    """Une forme qui n'en appelle pas d'autre."""
    return Deadline(
        draw(plain_kinds),
        draw(hours),
        days=draw(st.integers(0, 12)),
        weekday=draw(weekdays),
        weeks=draw(st.integers(1, 4)),
        day_of_month=draw(st.integers(1, 31)),
        months=draw(st.integers(1, 4)),
        on=draw(days),
        excluded=draw(excluded_days),
        shift=draw(shifts),
    )


@st.composite
def grouped(draw: st.DrawFn, *, alone: bool = False) -> Deadline:
    return Deadline(
        DeadlineKind.WEEKDAY_GROUPS,
        groups=draw(week_groups()),
        fallback=None if alone else draw(st.none() | plain()),
        excluded=draw(excluded_days),
        shift=draw(shifts),
    )


@st.composite
def after_holidays(draw: st.DrawFn) -> Deadline:
    return Deadline(
        DeadlineKind.LAST_CLASS_DAY,
        draw(hours),
        after=draw(st.integers(1, 5)),
        fallback=draw(plain() | grouped(alone=True)),
        excluded=draw(excluded_days),
        shift=draw(shifts),
    )


deadlines = plain() | grouped() | after_holidays()


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)


# ── Un calcul lent, écrit autrement ──


def slow_instant(day: date, hour: time) -> datetime:
    """La première minute, en UTC, où l'horloge de Paris marque au moins cette heure ce jour-là."""
    at = datetime.combine(day, time(0), UTC) - timedelta(hours=3)
    wanted = datetime.combine(day, hour)
    quarter, minute = timedelta(minutes=15), timedelta(minutes=1)
    while (at + quarter).astimezone(PARIS).replace(tzinfo=None) < wanted:
        at += quarter
    while at.astimezone(PARIS).replace(tzinfo=None) < wanted:
        at += minute
    return at


def slow_excluded(deadline: Deadline, day: date, town: TownCalendar) -> bool:
    answers = {
        Excluded.WEEKENDS: f"{day:%u}" in "67",
        Excluded.PUBLIC_HOLIDAYS: town.public_holiday(day) != "",
        Excluded.SCHOOL_HOLIDAYS: town.school_holiday(day) != "",
        Excluded.CLOSURES: day in town.closures,
    }
    return any(answers[kind] for kind in deadline.excluded)


def slow_return_rank(day: date, town: TownCalendar) -> int | None:
    """Le rang de ce jour depuis la fin des vacances ; aucun s'il est dedans."""
    if town.school_holiday(day):
        return None
    last = max(d for back in range(1, 200) if town.school_holiday(d := day - back * ONE_DAY))
    since = [last + rank * ONE_DAY for rank in range(1, (day - last).days + 1)]
    return sum(1 for one in since if one.isoweekday() <= 5 and not town.public_holiday(one))


def slow_day(deadline: Deadline, day: date, town: TownCalendar) -> tuple[date, time] | None:  # noqa: PLR0911 — une forme, un retour
    hour = deadline.hour
    before = [day - rank * ONE_DAY for rank in range(1, 130)]
    if deadline.kind is DeadlineKind.WORKING_DAYS_BEFORE:
        working = [
            one for one in before if one.isoweekday() < 6 and not town.public_holiday(one) and one not in town.closures
        ]
        return ([day, *working][deadline.days]), hour
    if deadline.kind is DeadlineKind.DAYS_BEFORE:
        return [day, *before][deadline.days], hour
    if deadline.kind is DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK:
        year, week, _ = (day - timedelta(weeks=deadline.weeks)).isocalendar()
        return date.fromisocalendar(year, week, deadline.weekday + 1), hour
    if deadline.kind is DeadlineKind.NTH_OF_PREVIOUS_MONTH:
        month = day.replace(day=1)
        for _ in range(deadline.months):
            end = month - ONE_DAY
            month = end.replace(day=1)
        return min(month + (deadline.day_of_month - 1) * ONE_DAY, end), hour
    if deadline.kind is DeadlineKind.FIXED:
        return deadline.on, hour
    if deadline.kind is DeadlineKind.WEEKDAY_GROUPS:
        group = next((one for one in deadline.groups if day.weekday() in one.targets), None)
        return (next(one for one in before if one.weekday() == group.weekday), group.hour) if group else None
    if deadline.kind is DeadlineKind.LAST_CLASS_DAY:
        rank = slow_return_rank(day, town)
        if rank is not None and rank <= deadline.after:
            in_holidays = next(one for one in before if town.school_holiday(one))
            return next(one for one in before if one < in_holidays and town.is_class_day(one)), hour
    return None


def slow_cutoff(deadline: Deadline, day: date, starts: time, town: TownCalendar) -> datetime:
    found = slow_day(deadline, day, town)
    if found is None:
        return slow_cutoff(deadline.fallback, day, starts, town) if deadline.fallback else slow_instant(day, starts)
    cut, hour = found
    step = {Shift.NONE: 0, Shift.BEFORE: -1, Shift.AFTER: 1}[deadline.shift]
    while step and slow_excluded(deadline, cut, town):
        cut += step * ONE_DAY
    return min(slow_instant(cut, hour), slow_instant(day, starts))


# ── Ce qui vaut pour toutes les formes ──


@given(deadlines, days, hours, calendars)
def test_every_form_equals_the_slow_calculation(
    deadline: Deadline, day: date, starts: time, town: TownCalendar
) -> None:
    assert cutoff(deadline, day, starts, town) == slow_cutoff(deadline, day, starts, town)


@given(deadlines, days, hours, calendars)
def test_a_deadline_never_comes_after_the_start(
    deadline: Deadline, day: date, starts: time, town: TownCalendar
) -> None:
    at = cutoff(deadline, day, starts, town)
    assert at <= slow_instant(day, starts)
    assert at.utcoffset() == timedelta(0)
    assert (at.second, at.microsecond) == (0, 0)


@given(plain() | grouped(), days, hours, calendars, st.sampled_from([Shift.BEFORE, Shift.AFTER]))
def test_a_shifted_deadline_never_falls_on_an_excluded_day(
    deadline: Deadline, day: date, starts: time, town: TownCalendar, shift: Shift
) -> None:
    """Sauf quand c'est le début de l'activité qui la borne."""
    moved = Deadline(**{**vars_of(deadline), "shift": shift, "fallback": None})
    at = cutoff(moved, day, starts, town)
    if at != slow_instant(day, starts):
        assert not is_excluded(at.astimezone(PARIS).date(), moved.excluded, town)


def vars_of(deadline: Deadline) -> dict[str, object]:
    return deadline.__getstate__()


@given(plain(), days, st.integers(0, 70), hours, calendars)
def test_a_later_day_never_has_an_earlier_deadline(
    deadline: Deadline, day: date, later: int, starts: time, town: TownCalendar
) -> None:
    """Vrai des formes qui ne dépendent pas du jour de la semaine ni des vacances."""
    first = cutoff(deadline, day, starts, town)
    assert first <= cutoff(deadline, day + later * ONE_DAY, starts, town)


@given(deadlines, days, hours, hours, calendars)
def test_a_later_start_never_has_an_earlier_deadline(
    deadline: Deadline, day: date, one: time, other: time, town: TownCalendar
) -> None:
    low, high = sorted((one, other))
    assert cutoff(deadline, day, low, town) <= cutoff(deadline, day, high, town)


@given(plain(), days, hours, calendars)
def test_moving_before_is_never_later_than_not_moving_nor_moving_after(
    deadline: Deadline, day: date, starts: time, town: TownCalendar
) -> None:
    before, still, after = (
        cutoff(Deadline(**{**vars_of(deadline), "shift": shift}), day, starts, town)
        for shift in (Shift.BEFORE, Shift.NONE, Shift.AFTER)
    )
    assert before <= still <= after


@given(deadlines, days, hours, calendars)
def test_asking_twice_gives_the_same_answer(deadline: Deadline, day: date, starts: time, town: TownCalendar) -> None:
    copy = Deadline(**vars_of(deadline))
    assert copy is not deadline
    assert cutoff(deadline, day, starts, town) == cutoff(copy, day, starts, TownCalendar(**vars_of(town)))


# ── Chaque forme, sur un exemple que l'on peut relire ──


@pytest.mark.parametrize(
    ("deadline", "day", "expected"),
    [
        # J-2 ouvrés à midi : du lundi, on remonte par-dessus le week-end
        (Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2), date(2026, 12, 7), paris(2026, 12, 3, 12)),
        (Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2), THURSDAY, paris(2026, 12, 8, 12)),
        # le 11 novembre 2026 est un mercredi
        (Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=1), date(2026, 11, 12), paris(2026, 11, 10, 12)),
        (Deadline(DeadlineKind.DAYS_BEFORE, days=2), date(2026, 12, 7), paris(2026, 12, 5, 12)),
        (Deadline(DeadlineKind.DAYS_BEFORE, time(8), days=0), THURSDAY, paris(2026, 12, 10, 8)),
        # le jeudi pour la semaine suivante, puis le mardi pour S+2
        (Deadline(DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK, weekday=3), date(2026, 12, 7), paris(2026, 12, 3, 12)),
        (Deadline(DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK, weekday=3), date(2026, 12, 13), paris(2026, 12, 3, 12)),
        (Deadline(DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK, weekday=1, weeks=2), THURSDAY, paris(2026, 11, 24, 12)),
        # la semaine 53 de 2026 précède la semaine 1 de 2027
        (Deadline(DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK, weekday=3), date(2027, 1, 4), paris(2026, 12, 31, 12)),
        (Deadline(DeadlineKind.NTH_OF_PREVIOUS_MONTH, day_of_month=20), THURSDAY, paris(2026, 11, 20, 12)),
        (Deadline(DeadlineKind.NTH_OF_PREVIOUS_MONTH, day_of_month=20, months=2), date(2027, 1, 5), paris(2026, 11, 20, 12)),
        (Deadline(DeadlineKind.NTH_OF_PREVIOUS_MONTH, day_of_month=31), date(2027, 3, 5), paris(2027, 2, 28, 12)),
        (Deadline(DeadlineKind.FIXED, time(18), on=date(2026, 11, 30)), THURSDAY, paris(2026, 11, 30, 18)),
        (Deadline(DeadlineKind.FIXED, on=date(2027, 6, 1)), THURSDAY, paris(2026, 12, 10, 11, 30)),
        (Deadline(DeadlineKind.NONE), THURSDAY, paris(2026, 12, 10, 11, 30)),
    ],
)  # fmt: skip
def test_a_form_read_on_an_example(deadline: Deadline, day: date, expected: datetime) -> None:
    assert cutoff(deadline, day, LUNCH, TOWN) == expected


def test_friday_nine_for_monday_and_tuesday() -> None:
    deadline = Deadline(
        DeadlineKind.WEEKDAY_GROUPS,
        groups=(
            WeekdayGroup(frozenset({0, 1}), 4, time(9)),
            WeekdayGroup(frozenset({3, 4}), 1, time(10)),
            WeekdayGroup(frozenset({5}), 5, time(9)),
        ),
        fallback=Deadline(DeadlineKind.DAYS_BEFORE, days=7),
    )
    asked = {
        date(2026, 12, 7): paris(2026, 12, 4, 9),
        date(2026, 12, 8): paris(2026, 12, 4, 9),
        date(2026, 12, 10): paris(2026, 12, 8, 10),
        date(2026, 12, 11): paris(2026, 12, 8, 10),
        date(2026, 12, 12): paris(2026, 12, 5, 9),  # jamais le jour même : le samedi d'avant
        date(2026, 12, 9): paris(2026, 12, 2, 12),  # le mercredi n'est dans aucun groupe
    }
    assert {day: cutoff(deadline, day, LUNCH, TOWN) for day in asked} == asked


def test_a_day_outside_every_group_stays_open_until_it_starts() -> None:
    deadline = Deadline(DeadlineKind.WEEKDAY_GROUPS, groups=(WeekdayGroup(frozenset({0}), 4, time(9)),))
    assert cutoff(deadline, THURSDAY, LUNCH, TOWN) == paris(2026, 12, 10, 11, 30)


def last_class_day(after: int = 1, **changed: object) -> Deadline:
    return Deadline(
        DeadlineKind.LAST_CLASS_DAY,
        after=after,
        fallback=Deadline(DeadlineKind.DAYS_BEFORE, time(10), days=2),
        **changed,
    )


@pytest.mark.parametrize(
    ("after", "day", "expected"),
    [
        (1, date(2027, 1, 4), paris(2026, 12, 18, 12)),  # la rentrée de janvier
        (1, date(2027, 1, 5), paris(2027, 1, 3, 10)),  # le lendemain suit la règle ordinaire
        (2, date(2027, 1, 5), paris(2026, 12, 18, 12)),
        (5, date(2027, 1, 8), paris(2026, 12, 18, 12)),
        (5, date(2027, 1, 11), paris(2027, 1, 9, 10)),
        (1, date(2026, 9, 1), paris(2026, 7, 3, 12)),  # la rentrée de septembre
        (1, date(2026, 12, 28), paris(2026, 12, 26, 10)),  # un jour de vacances suit la règle ordinaire
        (1, date(2027, 5, 10), paris(2027, 5, 4, 12)),  # le pont de l'Ascension : dernier jour de classe, mardi
        (1, THURSDAY, paris(2026, 12, 8, 10)),
    ],
)
def test_the_last_day_of_class_before_the_holidays(after: int, day: date, expected: datetime) -> None:
    assert cutoff(last_class_day(after), day, LUNCH, TOWN) == expected


def test_without_any_known_holiday_the_ordinary_deadline_applies() -> None:
    """Au-delà du calendrier publié, rien ne dit quand est la rentrée."""
    day = date(2032, 3, 3)
    assert cutoff(last_class_day(), day, LUNCH, TOWN) == paris(2032, 3, 1, 10)


@pytest.mark.parametrize(
    ("shift", "excluded", "expected"),
    [
        (Shift.NONE, {Excluded.WEEKENDS}, paris(2026, 12, 5, 12)),
        (Shift.BEFORE, {Excluded.WEEKENDS}, paris(2026, 12, 4, 12)),
        (Shift.BEFORE, {Excluded.CLOSURES}, paris(2026, 12, 5, 12)),
        (Shift.AFTER, {Excluded.WEEKENDS}, paris(2026, 12, 7, 11, 30)),  # bornée par le début de l'activité
        (Shift.BEFORE, set(), paris(2026, 12, 5, 12)),
    ],
)
def test_a_deadline_on_saturday_moves_as_asked(shift: Shift, excluded: set[Excluded], expected: datetime) -> None:
    deadline = Deadline(DeadlineKind.DAYS_BEFORE, days=2, excluded=frozenset(excluded), shift=shift)
    assert cutoff(deadline, date(2026, 12, 7), LUNCH, TOWN) == expected


def test_a_deadline_in_the_holidays_goes_back_before_them_or_on_to_the_return() -> None:
    back = Deadline(
        DeadlineKind.WORKING_DAYS_BEFORE, days=2, excluded=frozenset({Excluded.SCHOOL_HOLIDAYS}), shift=Shift.BEFORE
    )
    assert cutoff(back, date(2027, 1, 4), LUNCH, TOWN) == paris(2026, 12, 18, 12)
    on = Deadline(DeadlineKind.DAYS_BEFORE, days=4, excluded=frozenset({Excluded.SCHOOL_HOLIDAYS}), shift=Shift.AFTER)
    assert cutoff(on, date(2027, 1, 7), LUNCH, TOWN) == paris(2027, 1, 4, 12)


def test_good_friday_counts_in_alsace_only() -> None:
    """Vendredi saint 26 mars 2027, lundi de Pâques le 29 : mardi 30 moins deux jours ouvrés."""
    deadline = Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2)
    assert cutoff(deadline, date(2027, 3, 30), LUNCH, CALENDARS[0]) == paris(2027, 3, 24, 12)
    assert cutoff(deadline, date(2027, 3, 30), LUNCH, TOWN) == paris(2027, 3, 25, 12)


def test_the_bridge_of_ascension_closed_by_the_town_counts_no_more() -> None:
    deadline = Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=1)
    assert cutoff(deadline, date(2027, 5, 10), LUNCH, TOWN) == paris(2027, 5, 7, 12)
    assert cutoff(deadline, date(2027, 5, 10), LUNCH, CALENDARS[2]) == paris(2027, 5, 5, 12)


# ── Les nuits de changement d'heure ──


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (date(2027, 3, 28), time(1, 30), utc(2027, 3, 28, 0, 30)),
        (date(2027, 3, 28), time(2, 30), utc(2027, 3, 28, 1)),
        (date(2027, 3, 28), time(3, 30), utc(2027, 3, 28, 1, 30)),
        (date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),
        (date(2026, 10, 25), time(3, 30), utc(2026, 10, 25, 2, 30)),
    ],
)
def test_the_two_nights_of_the_year(day: date, hour: time, expected: datetime) -> None:
    for deadline, asked in (
        (Deadline(DeadlineKind.FIXED, hour, on=day), day + 3 * ONE_DAY),
        (Deadline(DeadlineKind.DAYS_BEFORE, hour, days=1), day + ONE_DAY),
        (Deadline(DeadlineKind.NONE), day),
    ):
        starts = hour if deadline.kind is DeadlineKind.NONE else LUNCH
        assert cutoff(deadline, asked, starts, TOWN) == expected


def test_noon_stays_noon_on_both_sides_of_a_change() -> None:
    deadline = Deadline(DeadlineKind.DAYS_BEFORE, days=2)
    for day in (date(2027, 3, 29), date(2026, 10, 26), date(2026, 10, 27)):
        assert cutoff(deadline, day, LUNCH, TOWN).astimezone(PARIS).time() == time(12)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_the_zone_of_the_machine_changes_no_deadline(zone: str) -> None:
    script = (
        "from datetime import date, time; from portail.domain.deadlines import *;"
        "from portail.domain.town_calendar import TownCalendar; from portail.domain.school_calendar import Zone;"
        "d = Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2);"
        "print(cutoff(d, date(2026, 12, 10), time(11, 30), TownCalendar(Zone.B)).isoformat())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "2026-12-08T11:00:00+00:00"


@given(days, excluded_days, calendars)
def test_moving_stops_at_the_first_day_that_is_not_excluded(
    day: date, excluded: frozenset[Excluded], town: TownCalendar
) -> None:
    for shift, step in ((Shift.BEFORE, -1), (Shift.AFTER, 1)):
        moved = shifted(day, excluded, shift, town)
        assert (moved - day).days * step >= 0
        crossed = [day + rank * step * ONE_DAY for rank in range(abs((moved - day).days))]
        assert all(is_excluded(one, excluded, town) for one in crossed)
    assert shifted(day, excluded, Shift.NONE, town) == day


def test_when_every_day_is_excluded_the_deadline_stays() -> None:
    always = TownCalendar(
        Zone.B, closures=frozenset(THURSDAY + rank * ONE_DAY for rank in range(-LONGEST_SEARCH, LONGEST_SEARCH))
    )
    for shift in Shift:
        assert shifted(THURSDAY, frozenset({Excluded.CLOSURES}), shift, always) == THURSDAY
