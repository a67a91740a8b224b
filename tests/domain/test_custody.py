"""« À qui est ce jour ? » : chaque jour à un foyer et un seul, quoi que fasse le calendrier."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.custody import (
    CYCLE,
    LONGEST_EXCEPTION,
    ROTATIONS,
    SHORTEST_SHARED,
    Custody,
    DatedException,
    Decision,
    HolidayRule,
    OverlapError,
    Pattern,
    PatternKind,
    Reason,
    SingleFamilyError,
    ThirdFamilyError,
    WrongFieldError,
    check_exception_dates,
    check_may_join,
    check_pattern_dates,
    days_of,
    decide,
    in_words,
    succeed,
    whose_day,
)
from portail.domain.school_calendar import BRIDGE, Holiday, Zone, holidays_between

PAUL, SOPHIE = 4, 5
MONDAY = date(2026, 11, 16)
TODAY = date(2026, 11, 20)
LONG_AGO = date(2010, 1, 1)
ONE_DAY = timedelta(days=1)

days = st.dates(date(2019, 12, 1), date(2041, 1, 31))
kinds = st.sampled_from(PatternKind)
change_days = st.integers(0, 6)
rules = st.sampled_from(HolidayRule)


def pattern(kind: PatternKind = PatternKind.ALTERNATE_WEEKS, **changed: object) -> Pattern:
    return replace(Pattern(kind, PAUL, SOPHIE, MONDAY, LONG_AGO), **changed)


def week(custody: Custody, monday: date) -> str:
    letters = {PAUL: "p", SOPHIE: "s", None: "-"}
    return "".join(letters[whose_day(custody, monday + timedelta(days=rank))] for rank in range(7))


def holidays() -> tuple[Holiday, ...]:
    return holidays_between(Zone.B, date(2016, 1, 1), date(2028, 1, 2))


@pytest.mark.parametrize(
    ("kind", "first_week", "second_week"),
    [
        (PatternKind.ALTERNATE_WEEKS, "ppppppp", "sssssss"),
        (PatternKind.TWO_TWO_THREE, "ppssppp", "ssppsss"),
        (PatternKind.TWO_TWO_FIVE_FIVE, "ppssppp", "ppsssss"),
        (PatternKind.WEEKENDS, "pppppss", "ppppppp"),
        (PatternKind.ALWAYS, "ppppppp", "ppppppp"),
    ],
)
def test_each_rhythm_is_what_its_name_says(kind: PatternKind, first_week: str, second_week: str) -> None:
    custody = Custody((pattern(kind),))
    assert week(custody, MONDAY) == first_week
    assert week(custody, MONDAY + timedelta(days=7)) == second_week
    assert week(custody, MONDAY - timedelta(days=14)) == first_week


@given(days, days, kinds, change_days, rules)
def test_every_day_belongs_to_exactly_one_of_the_two(
    day: date, anchor: date, kind: PatternKind, change_day: int, rule: HolidayRule
) -> None:
    one = pattern(kind, anchor=anchor, change_day=change_day, holidays=rule)
    custody = Custody((one,), holidays=holidays())
    assert whose_day(custody, day) in {PAUL, SOPHIE}
    assert (day in days_of(custody, PAUL, day, day)) != (day in days_of(custody, SOPHIE, day, day))


@given(days, days, kinds, change_days)
def test_every_rhythm_comes_back_after_fourteen_days(
    day: date, anchor: date, kind: PatternKind, change_day: int
) -> None:
    custody = Custody((pattern(kind, anchor=anchor, change_day=change_day),))
    assert whose_day(custody, day) == whose_day(custody, day + timedelta(days=CYCLE))


@given(days, days, change_days)
def test_a_week_changes_hands_on_the_chosen_day_and_on_no_other(day: date, anchor: date, change_day: int) -> None:
    custody = Custody((pattern(anchor=anchor, change_day=change_day),))
    changes = whose_day(custody, day) != whose_day(custody, day - ONE_DAY)
    assert changes == (day.weekday() == change_day)
    assert whose_day(custody, anchor) == PAUL


@pytest.mark.parametrize("change_day", range(7))
def test_no_family_ever_has_two_weeks_in_a_row_from_2020_to_2040(change_day: int) -> None:
    """2020, 2026, 2032 et 2037 ont une semaine 53 : deux semaines impaires s'y suivent."""
    custody = Custody((pattern(change_day=change_day),))
    owners, long_years = [], set()
    start = pattern(change_day=change_day).cycle_start - timedelta(days=7 * 400)
    while start < date(2041, 1, 1):
        owners.append(whose_day(custody, start))
        long_years |= {start.isocalendar().year} if start.isocalendar().week == 53 else set()
        start += timedelta(days=7)
    assert long_years >= {2020, 2026, 2032, 2037}
    assert all(before != after for before, after in itertools.pairwise(owners))


def test_week_53_does_not_flip_who_has_the_next_one() -> None:
    custody = Custody((pattern(),))
    last_of_2026 = date.fromisocalendar(2026, 53, 1)
    assert week(custody, last_of_2026) == "ppppppp"
    assert week(custody, date.fromisocalendar(2027, 1, 1)) == "sssssss"
    assert week(custody, date.fromisocalendar(2026, 52, 1)) == "sssssss"


def test_a_week_may_begin_on_friday() -> None:
    custody = Custody((pattern(change_day=4),))
    assert pattern(change_day=4).cycle_start == date(2026, 11, 13)
    assert week(custody, MONDAY) == "ppppsss"
    assert week(custody, MONDAY + timedelta(days=7)) == "ssssppp"


def test_a_week_end_is_saturday_and_sunday_whatever_the_change_over_day() -> None:
    for change_day in range(7):
        assert week(Custody((pattern(PatternKind.WEEKENDS, change_day=change_day),)), MONDAY) == "pppppss"


@given(st.sampled_from([one for one in holidays() if one.name != BRIDGE]), kinds, change_days)
def test_halves_share_each_holiday_without_gap_nor_overlap(
    holiday: Holiday, kind: PatternKind, change_day: int
) -> None:
    for rule, mirror in (
        (HolidayRule.FIRST_IN_EVEN_YEARS, HolidayRule.FIRST_IN_ODD_YEARS),
        (HolidayRule.FIRST_IN_ODD_YEARS, HolidayRule.FIRST_IN_EVEN_YEARS),
    ):
        custody = Custody((pattern(kind, change_day=change_day, holidays=rule),), holidays=(holiday,))
        paul = days_of(custody, PAUL, holiday.first, holiday.last)
        sophie = days_of(custody, SOPHIE, holiday.first, holiday.last)
        assert len(paul) + len(sophie) == holiday.days
        assert abs(len(paul) - len(sophie)) <= 1
        begins, ends = sorted((paul, sophie))
        assert begins[-1] + ONE_DAY == ends[0]
        assert len(begins) >= len(ends)
        assert (begins == paul) == ((holiday.first.year % 2 == 0) == (rule is HolidayRule.FIRST_IN_EVEN_YEARS))
        swapped = replace(custody, patterns=(replace(custody.patterns[0], holidays=mirror),))
        assert days_of(swapped, SOPHIE, holiday.first, holiday.last) == paul


def test_an_odd_number_of_days_gives_the_extra_day_to_the_first_half() -> None:
    """Du 19 au 27 : cinq jours, puis quatre."""
    holiday = Holiday(date(2026, 12, 19), date(2026, 12, 27), "Vacances")
    custody = Custody((pattern(holidays=HolidayRule.FIRST_IN_EVEN_YEARS),), holidays=(holiday,))
    assert days_of(custody, PAUL, holiday.first, holiday.last)[-1] == date(2026, 12, 23)
    assert days_of(custody, SOPHIE, holiday.first, holiday.last)[0] == date(2026, 12, 24)


def test_the_year_of_a_holiday_is_the_year_it_begins_in() -> None:
    custody = Custody((pattern(holidays=HolidayRule.FIRST_IN_EVEN_YEARS),), holidays=holidays())
    assert decide(custody, date(2026, 12, 26)) == Decision(PAUL, Reason.HOLIDAY)
    assert decide(custody, date(2026, 12, 27)) == Decision(SOPHIE, Reason.HOLIDAY)
    assert decide(custody, date(2027, 1, 3)) == Decision(SOPHIE, Reason.HOLIDAY)
    assert decide(custody, date(2027, 1, 4)).reason is Reason.PATTERN


def test_a_bridge_is_never_cut_and_follows_the_rhythm() -> None:
    bridge = next(one for one in holidays() if one.name == BRIDGE)
    assert bridge.days < SHORTEST_SHARED
    shared = Custody((pattern(holidays=HolidayRule.FIRST_IN_EVEN_YEARS),), holidays=(bridge,))
    plain = Custody((pattern(),))
    for rank in range(bridge.days):
        day = bridge.first + timedelta(days=rank)
        assert decide(shared, day) == decide(plain, day)


def test_without_the_rule_holidays_follow_the_rhythm() -> None:
    with_holidays, without = Custody((pattern(),), holidays=holidays()), Custody((pattern(),))
    span = (date(2026, 7, 1), date(2026, 9, 1))
    assert days_of(with_holidays, PAUL, *span) == days_of(without, PAUL, *span)


@given(days, st.integers(0, 61), st.sampled_from([PAUL, SOPHIE]), kinds, days)
def test_an_exception_changes_exactly_its_own_days(
    first: date, length: int, family: int, kind: PatternKind, day: date
) -> None:
    exception = DatedException(family, first, first + timedelta(days=length))
    plain = Custody((pattern(kind, holidays=HolidayRule.FIRST_IN_ODD_YEARS),), holidays=holidays())
    changed = replace(plain, exceptions=(exception,))
    for one in (day, first, exception.last, first - ONE_DAY, exception.last + ONE_DAY):
        if exception.first <= one <= exception.last:
            assert decide(changed, one) == Decision(family, Reason.EXCEPTION)
        else:
            assert decide(changed, one) == decide(plain, one)


def test_the_latest_exception_wins() -> None:
    older, newer = DatedException(PAUL, TODAY, TODAY + 9 * ONE_DAY), DatedException(SOPHIE, TODAY, TODAY + ONE_DAY)
    custody = Custody((pattern(),), (older, newer))
    assert [whose_day(custody, TODAY + rank * ONE_DAY) for rank in range(3)] == [SOPHIE, SOPHIE, PAUL]
    swapped = replace(custody, exceptions=(newer, older))
    assert days_of(swapped, PAUL, TODAY, TODAY + 9 * ONE_DAY)[0] == TODAY


def test_nothing_set_belongs_to_nobody_in_particular() -> None:
    assert decide(Custody(), TODAY) is None
    assert whose_day(Custody(), TODAY) is None
    assert days_of(Custody(), PAUL, TODAY, TODAY + 30 * ONE_DAY) == ()
    assert days_of(Custody((pattern(),)), PAUL, TODAY, TODAY - ONE_DAY) == ()


def test_rhythms_follow_one_another_and_stop_on_their_last_day() -> None:
    until = pattern(PatternKind.ALWAYS, valid_from=MONDAY, valid_to=TODAY)
    then = Pattern(PatternKind.ALWAYS, SOPHIE, PAUL, MONDAY, TODAY + ONE_DAY)
    custody = Custody((until, then))
    assert whose_day(custody, MONDAY - ONE_DAY) is None
    assert [whose_day(custody, day) for day in (MONDAY, TODAY, TODAY + ONE_DAY)] == [PAUL, PAUL, SOPHIE]
    assert whose_day(Custody((until,)), TODAY + ONE_DAY) is None


def test_a_new_rhythm_ends_the_one_that_had_no_end() -> None:
    old, new = pattern(), pattern(PatternKind.ALWAYS, valid_from=TODAY)
    ended, added = succeed((old,), new)
    assert (ended.valid_to, added) == (TODAY - ONE_DAY, new)
    assert succeed((), new) == (new,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((date(2026, 1, 1), None), (date(2026, 1, 1), None)),
        ((date(2026, 6, 1), None), (date(2026, 1, 1), None)),
        ((date(2026, 1, 1), None), (date(2026, 7, 1), date(2026, 8, 31))),
        ((date(2026, 1, 1), date(2026, 12, 31)), (date(2026, 12, 31), None)),
        ((date(2026, 12, 31), date(2027, 12, 31)), (date(2026, 1, 1), date(2026, 12, 31))),
    ],
)
def test_rhythms_never_overlap(old: tuple[date, date | None], new: tuple[date, date | None]) -> None:
    before = pattern(valid_from=old[0], valid_to=old[1])
    with pytest.raises(OverlapError):
        succeed((before,), pattern(valid_from=new[0], valid_to=new[1]))


@given(st.lists(st.tuples(st.integers(0, 300), st.none() | st.integers(0, 300)), max_size=6))
def test_whatever_was_accepted_each_day_has_one_rhythm_at_most(asked: list[tuple[int, int | None]]) -> None:
    kept: tuple[Pattern, ...] = ()
    for start, length in asked:
        first = MONDAY + timedelta(days=start)
        new = pattern(valid_from=first, valid_to=None if length is None else first + timedelta(days=length))
        try:
            kept = succeed(kept, new)
        except OverlapError:
            continue
    for rank in range(0, 620, 7):
        assert sum(one.is_in_force(MONDAY + timedelta(days=rank)) for one in kept) <= 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"valid_from": TODAY - ONE_DAY}, "start"),
        ({"valid_from": date(2029, 1, 1), "anchor": date(2029, 1, 1)}, "start"),
        ({"valid_from": TODAY, "valid_to": TODAY - ONE_DAY}, "end"),
        ({"valid_from": TODAY, "valid_to": date(2029, 1, 1)}, "end"),
        ({"valid_from": TODAY, "anchor": date(2025, 11, 18)}, "anchor"),
        ({"valid_from": TODAY, "anchor": date(2027, 11, 23)}, "anchor"),
    ],
)
def test_impossible_dates_of_a_rhythm_name_their_field(changed: dict[str, date], field: str) -> None:
    with pytest.raises(WrongFieldError) as refusal:
        check_pattern_dates(pattern(**changed), TODAY, TODAY)
    assert refusal.value.field == field
    assert refusal.value.sentence


def is_refused(check: Callable[..., None], *given: object) -> bool:
    try:
        check(*given)
    except WrongFieldError:
        return True
    return False


@pytest.mark.parametrize(
    ("last_possible", "first_impossible"),
    [
        ({"valid_from": TODAY}, {"valid_from": TODAY - ONE_DAY}),
        ({"valid_from": TODAY, "valid_to": TODAY}, {"valid_from": TODAY, "valid_to": TODAY - ONE_DAY}),
        (
            {"valid_from": TODAY + timedelta(days=732), "anchor": TODAY + timedelta(days=732)},
            {"valid_from": TODAY + timedelta(days=733), "anchor": TODAY + timedelta(days=733)},
        ),
        (
            {"valid_from": TODAY, "anchor": TODAY - timedelta(days=366)},
            {"valid_from": TODAY, "anchor": TODAY - timedelta(days=367)},
        ),
    ],
)
def test_dates_of_a_rhythm_pass_up_to_their_bound(
    last_possible: dict[str, date], first_impossible: dict[str, date]
) -> None:
    assert not is_refused(check_pattern_dates, pattern(**last_possible), TODAY, TODAY)
    assert is_refused(check_pattern_dates, pattern(**first_impossible), TODAY, TODAY)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (TODAY - ONE_DAY, TODAY, "first"),
        (date(2029, 1, 1), date(2029, 1, 2), "first"),
        (TODAY, TODAY - ONE_DAY, "last"),
        (TODAY, TODAY + timedelta(days=LONGEST_EXCEPTION), "last"),
    ],
)
def test_impossible_dates_of_an_exception_name_their_field(first: date, last: date, field: str) -> None:
    with pytest.raises(WrongFieldError) as refusal:
        check_exception_dates(DatedException(PAUL, first, last), TODAY, TODAY)
    assert refusal.value.field == field


def test_an_exception_may_last_one_day_or_two_months() -> None:
    refused = [
        is_refused(check_exception_dates, DatedException(PAUL, TODAY, TODAY + timedelta(days=length - 1)), TODAY, TODAY)
        for length in (0, 1, LONGEST_EXCEPTION, LONGEST_EXCEPTION + 1)
    ]
    assert refused == [True, False, False, True]


def test_a_child_has_two_families_at_most() -> None:
    for families in ((), (PAUL,), (PAUL, SOPHIE)):
        check_may_join(families, PAUL)
    check_may_join((PAUL,), 9)
    with pytest.raises(ThirdFamilyError):
        check_may_join((PAUL, SOPHIE), 9)


@pytest.mark.parametrize(
    ("given_pattern", "words"),
    [
        (
            pattern(holidays=HolidayRule.FIRST_IN_EVEN_YEARS),
            "Une semaine sur deux, changement le lundi ; vacances par moitiés",
        ),
        (
            pattern(change_day=4),
            "Une semaine sur deux, changement le vendredi ; vacances comme le reste de l’année",
        ),
        (pattern(PatternKind.TWO_TWO_THREE, change_day=6), "2-2-3, changement le dimanche ; vacances comme le reste"),
        (pattern(PatternKind.WEEKENDS, change_day=6), "Un week-end sur deux ; vacances comme le reste de l’année"),
        (pattern(PatternKind.ALWAYS), "Toujours dans le même foyer ; vacances comme le reste de l’année"),
    ],
)
def test_a_rhythm_is_said_in_words(given_pattern: Pattern, words: str) -> None:
    assert in_words(given_pattern).startswith(words)


def test_every_rhythm_has_fourteen_days_and_begins_at_its_first_family() -> None:
    assert set(ROTATIONS) == set(PatternKind)
    assert {len(turns) for turns in ROTATIONS.values()} == {CYCLE}
    assert all(turns[0] == "1" and set(turns) <= {"1", "2"} for turns in ROTATIONS.values())


def test_reversing_a_holiday_rule_twice_changes_nothing() -> None:
    for rule in HolidayRule:
        assert rule.reversed.reversed is rule
    assert HolidayRule.NONE.reversed is HolidayRule.NONE
    assert HolidayRule.FIRST_IN_EVEN_YEARS.reversed is HolidayRule.FIRST_IN_ODD_YEARS


def test_a_single_family_is_told_what_to_do() -> None:
    said = SingleFamilyError("Léa").full_sentence
    assert said.startswith("Léa ")
    assert "contactez" in said
