"""Du formulaire à la règle, de la règle à la démarche, et retour : rien ne se perd, rien d'étrange ne passe."""

import json
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import configuration, given, settings
from hypothesis import strategies as st

from portail.domain.custody import (
    Custody,
    DatedException,
    HolidayRule,
    Pattern,
    PatternKind,
    WrongFieldError,
    whose_day,
)
from portail.domain.refusals import BadInputError
from portail.domain.school_calendar import Zone, holidays_between
from portail.services.custody.forms import ExceptionForm, PatternForm, day_of, from_content, read, to_content

configuration.set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "portail-hypothesis")
DRAWN = settings(database=None, deadline=None, derandomize=True, max_examples=150)
MINE, THEIRS = 4, 5
SLOTS = (MINE, THEIRS)
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
patterns = st.builds(
    Pattern,
    kind=st.sampled_from(PatternKind),
    first=st.just(MINE),
    second=st.just(THEIRS),
    anchor=days,
    valid_from=days,
    valid_to=st.none() | days,
    change_day=st.integers(0, 6),
    holidays=st.sampled_from(HolidayRule),
)
exceptions = st.builds(DatedException, st.sampled_from(SLOTS), days, days)


@DRAWN
@given(patterns | exceptions)
def test_what_a_request_keeps_is_read_back_the_same(asked: Pattern | DatedException) -> None:
    assert from_content(json.loads(json.dumps(to_content(asked)))) == asked


@DRAWN
@given(patterns)
def test_a_form_is_read_as_it_was_filled(asked: Pattern) -> None:
    years = {HolidayRule.NONE: "none", HolidayRule.FIRST_IN_EVEN_YEARS: "even", HolidayRule.FIRST_IN_ODD_YEARS: "odd"}
    form = PatternForm(
        asked.kind.value,
        "a",
        asked.anchor.isoformat(),
        str(asked.change_day),
        years[asked.holidays],
        asked.valid_from.isoformat(),
        asked.valid_to.isoformat() if asked.valid_to else "",
    )
    assert read(form, SLOTS) == asked


@DRAWN
@given(patterns, st.sampled_from(["none", "even", "odd"]), st.sampled_from("ab"))
def test_both_parents_filling_the_mirrored_form_ask_for_the_same_days(asked: Pattern, years: str, home: str) -> None:
    """« chez moi » dit par l'une est « chez l'autre » dit par l'autre ; ses années paires sont les impaires de l'autre."""
    typed = (asked.anchor.isoformat(), str(asked.change_day))
    start = asked.valid_from.isoformat()
    mirrored_years = {"none": "none", "even": "odd", "odd": "even"}[years]
    mirrored_home = "b" if home == "a" else "a"
    one = read(PatternForm(asked.kind.value, home, *typed, years, start), (MINE, THEIRS))
    other = read(PatternForm(asked.kind.value, mirrored_home, *typed, mirrored_years, start), (THEIRS, MINE))
    assert one == other


@pytest.mark.parametrize("home", ["a", "b"])
@pytest.mark.parametrize("kind", list(PatternKind))
def test_my_even_years_are_mine_wherever_the_week_begins(kind: PatternKind, home: str) -> None:
    form = PatternForm(kind.value, home, "", "0", "even", "2026-01-01")
    asked = read(form, SLOTS)
    assert isinstance(asked, Pattern)
    custody = Custody((asked,), holidays=holidays_between(Zone.B, date(2026, 1, 1), date(2027, 12, 31)))
    assert whose_day(custody, date(2026, 12, 19)) == MINE
    assert whose_day(custody, date(2027, 12, 18)) == THEIRS


def test_without_a_reference_the_week_of_the_start_is_taken() -> None:
    asked = read(PatternForm("alternate_weeks", "b", "", "", "none", "2026-11-20"), SLOTS)
    assert isinstance(asked, Pattern)
    assert (asked.anchor, asked.change_day, asked.first, asked.valid_to) == (date(2026, 11, 20), 0, THEIRS, None)
    assert asked.cycle_start == date(2026, 11, 16)


def test_an_exception_goes_to_the_chosen_home() -> None:
    for home, family in (("a", MINE), ("b", THEIRS)):
        form = ExceptionForm(home, "2026-12-24", "2026-12-26")
        assert read(form, SLOTS) == DatedException(family, date(2026, 12, 24), date(2026, 12, 26))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "demain",
        "24/12/2026",
        "2026-02-29",
        "2026-13-01",
        "2026-12",
        "٢٠٢٦-١٢-٢٤",
        "2026-12-24T10:00",
        "x" * 2_000,
    ],
)
def test_what_is_not_a_date_is_asked_again_by_its_name(typed: str) -> None:
    with pytest.raises(WrongFieldError, match="Premier jour : indiquez une date") as refusal:
        day_of(typed, "first", "Premier jour")
    assert refusal.value.field == "first"


@pytest.mark.parametrize("typed", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_a_date_out_of_any_childhood_is_refused(typed: str) -> None:
    with pytest.raises(WrongFieldError, match="pas possible"):
        day_of(typed, "start", "Date de début")


def test_spaces_around_a_date_do_no_harm() -> None:
    assert day_of(" 2026-12-24 ", "first", "Premier jour") == date(2026, 12, 24)


@DRAWN
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
        max_leaves=4,
    ),
    st.sampled_from(sorted(to_content(Pattern(PatternKind.ALWAYS, 1, 2, date(2026, 1, 1), date(2026, 1, 1))))),
)
def test_a_content_of_another_shape_is_a_refusal_and_never_a_crash(intruder: object, name: str) -> None:
    whole = to_content(
        Pattern(PatternKind.ALWAYS, MINE, THEIRS, date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=3))
    )
    try:
        found = from_content({**whole, name: intruder})
    except BadInputError:
        return
    assert isinstance(found, Pattern | DatedException)


@pytest.mark.parametrize("name", ["what", "family", "first_day", "last_day"])
def test_a_content_with_a_hole_is_refused(name: str) -> None:
    whole = to_content(DatedException(MINE, date(2026, 12, 24), date(2026, 12, 26)))
    with pytest.raises(BadInputError):
        from_content({key: value for key, value in whole.items() if key != name})
