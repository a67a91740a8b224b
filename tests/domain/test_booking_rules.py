"""Les règles datées d'une activité, et où en est un jour à la seconde près."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.booking_rules import (
    BookingRule,
    Stage,
    StageAnswer,
    can_cancel_until,
    rule_on,
    stage_in,
    stage_of,
    window_of,
)
from portail.domain.custody import WrongFieldError
from portail.domain.dates import PARIS, wall_instant
from portail.domain.deadlines import Deadline, DeadlineKind, cutoff
from portail.domain.school_calendar import Zone
from portail.domain.town_calendar import TownCalendar
from tests.domain.test_deadlines import deadlines

TOWN = TownCalendar(Zone.B)
DAY, LUNCH = date(2026, 12, 10), time(11, 30)
SECOND = timedelta(seconds=1)
TWO_DAYS = Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2)
EVE = Deadline(DeadlineKind.DAYS_BEFORE, days=1)
SAME_DAY = Deadline(DeadlineKind.DAYS_BEFORE, time(8), days=0)
RULE = BookingRule(date(2026, 9, 1), add=TWO_DAYS, cancel=EVE)
LATE = BookingRule(date(2026, 9, 1), add=TWO_DAYS, cancel=EVE, late_until=SAME_DAY, opens_days_ahead=60)
STARTS = wall_instant(DAY, LUNCH)

days = st.dates(date(2020, 1, 1), date(2028, 6, 30))
hours = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))


@st.composite
def rules(draw: st.DrawFn) -> BookingRule:
    return BookingRule(
        draw(days),
        add=draw(deadlines),
        cancel=draw(deadlines),
        late_until=draw(st.none() | deadlines),
        opens_days_ahead=draw(st.none() | st.integers(0, 400)),
        opens_on=draw(st.none() | days),
        opens_hour=draw(hours),
        absence_hours=draw(st.integers(0, 720)),
        carence_days=draw(st.integers(0, 30)),
    )


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)


def stage(rule: BookingRule, now: datetime) -> StageAnswer:
    return stage_of(rule, DAY, LUNCH, now, TOWN)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (paris(2026, 10, 10, 23, 59), Stage.TOO_EARLY),
        (paris(2026, 10, 11, 0), Stage.FREE),
        (paris(2026, 12, 8, 12), Stage.FREE),
        (paris(2026, 12, 8, 12) + SECOND, Stage.LATE),
        (paris(2026, 12, 10, 8), Stage.LATE),
        (paris(2026, 12, 10, 8) + SECOND, Stage.LOCKED),
        (paris(2026, 12, 10, 11, 30), Stage.LOCKED),
        (paris(2026, 12, 10, 11, 30) + SECOND, Stage.PAST),
    ],
)
def test_a_day_goes_through_its_stages_to_the_second(now: datetime, expected: Stage) -> None:
    assert stage(LATE, now).stage is expected


def test_each_stage_says_since_when_and_until_when() -> None:
    opens, add, late = paris(2026, 10, 11), paris(2026, 12, 8, 12), paris(2026, 12, 10, 8)
    assert stage(LATE, opens - SECOND) == StageAnswer(Stage.TOO_EARLY, until=opens)
    assert stage(LATE, add) == StageAnswer(Stage.FREE, until=add, since=opens)
    assert stage(LATE, late) == StageAnswer(Stage.LATE, until=late, since=add)
    assert stage(LATE, STARTS) == StageAnswer(Stage.LOCKED, until=STARTS, since=late)
    assert stage(LATE, STARTS + SECOND) == StageAnswer(Stage.PAST, since=STARTS)


def test_without_a_late_window_the_day_closes_at_once() -> None:
    add = paris(2026, 12, 8, 12)
    assert stage(RULE, add).stage is Stage.FREE
    assert stage(RULE, add + SECOND) == StageAnswer(Stage.LOCKED, until=STARTS, since=add)


def test_a_late_window_that_ends_before_the_deadline_does_not_exist() -> None:
    odd = BookingRule(date(2026, 9, 1), add=EVE, cancel=EVE, late_until=TWO_DAYS)
    assert window_of(odd, DAY, LUNCH, TOWN).late_until is None
    add = paris(2026, 12, 9, 12)
    assert stage(odd, add + SECOND) == StageAnswer(Stage.LOCKED, until=STARTS, since=add)


def test_until_the_start_there_is_no_locked_stage() -> None:
    always = BookingRule(date(2026, 9, 1), add=Deadline(DeadlineKind.NONE), cancel=Deadline(DeadlineKind.NONE))
    assert stage(always, STARTS).stage is Stage.FREE
    assert stage(always, STARTS + SECOND).stage is Stage.PAST
    assert can_cancel_until(always, DAY, LUNCH, TOWN) == STARTS


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ({}, None),
        ({"opens_days_ahead": 30}, paris(2026, 11, 10)),
        ({"opens_days_ahead": 30, "opens_hour": time(8)}, paris(2026, 11, 10, 8)),
        ({"opens_on": date(2026, 11, 20), "opens_hour": time(7, 30)}, paris(2026, 11, 20, 7, 30)),
        ({"opens_on": date(2026, 11, 20), "opens_days_ahead": 30}, paris(2026, 11, 20)),
        ({"opens_on": date(2026, 11, 1), "opens_days_ahead": 30}, paris(2026, 11, 10)),
    ],
)
def test_bookings_open_when_every_condition_is_met(opening: dict[str, object], expected: datetime | None) -> None:
    rule = BookingRule(date(2026, 9, 1), add=EVE, cancel=EVE, **opening)
    assert window_of(rule, DAY, LUNCH, TOWN).opens == expected


def test_an_opening_on_the_night_of_the_change_is_right() -> None:
    rule = BookingRule(date(2026, 9, 1), add=EVE, cancel=EVE, opens_on=date(2027, 3, 28), opens_hour=time(2, 30))
    opens = datetime(2027, 3, 28, 1, tzinfo=UTC)
    day = date(2027, 4, 1)
    assert stage_of(rule, day, LUNCH, opens - SECOND, TOWN) == StageAnswer(Stage.TOO_EARLY, until=opens)
    assert stage_of(rule, day, LUNCH, opens, TOWN).stage is Stage.FREE


def test_cancelling_has_its_own_deadline() -> None:
    assert can_cancel_until(RULE, DAY, LUNCH, TOWN) == paris(2026, 12, 9, 12)
    assert window_of(RULE, DAY, LUNCH, TOWN).add_until == paris(2026, 12, 8, 12)


@given(rules(), days, hours)
def test_a_window_is_in_order_and_made_of_its_deadlines(rule: BookingRule, day: date, starts: time) -> None:
    window = window_of(rule, day, starts, TOWN)
    assert window.add_until == cutoff(rule.add, day, starts, TOWN)
    assert window.cancel_until == can_cancel_until(rule, day, starts, TOWN) == cutoff(rule.cancel, day, starts, TOWN)
    assert window.begins == wall_instant(day, starts)
    last = window.late_until or window.add_until
    assert window.add_until <= last <= window.begins
    assert window.cancel_until <= window.begins


ORDER = list(Stage)


@given(rules(), days, hours, st.lists(st.integers(-500 * 86_400, 86_400), min_size=2, max_size=5))
def test_time_only_moves_a_day_forward(rule: BookingRule, day: date, starts: time, seconds: list[int]) -> None:
    """Du trop tôt au passé, jamais en arrière ; et chaque instant a une étape et une seule."""
    window = window_of(rule, day, starts, TOWN)
    moments = sorted([window.begins + timedelta(seconds=s) for s in seconds] + [window.add_until, window.begins])
    answers = [stage_in(window, now) for now in moments]
    ranks = [ORDER.index(answer.stage) for answer in answers]
    assert ranks == sorted(ranks)
    for now, answer in zip(moments, answers, strict=True):
        assert answer.since is None or answer.since <= now
        assert answer.until is None or answer.until >= now


@given(rules(), days, hours)
def test_a_stage_lasts_until_what_it_says(rule: BookingRule, day: date, starts: time) -> None:
    window = window_of(rule, day, starts, TOWN)
    for now in (window.add_until, window.late_until, window.begins, window.opens):
        answer = stage_in(window, now) if now else None
        if answer and answer.until and answer.stage is not Stage.TOO_EARLY:
            assert stage_in(window, answer.until).stage is answer.stage
            assert stage_in(window, answer.until + SECOND).stage is not answer.stage


def test_the_rule_of_a_day_is_the_latest_already_in_force() -> None:
    old, new = BookingRule(date(2026, 9, 1), EVE, EVE), BookingRule(date(2027, 1, 1), TWO_DAYS, EVE)
    for given_rules in ((old, new), (new, old)):
        assert rule_on(given_rules, date(2026, 12, 31)) is old
        assert rule_on(given_rules, date(2027, 1, 1)) is new
        assert rule_on(given_rules, date(2030, 1, 1)) is new
        assert rule_on(given_rules, date(2026, 8, 31)) is None
    assert rule_on((), DAY) is None


@given(rules())
def test_a_rule_is_read_back_the_same(rule: BookingRule) -> None:
    kept = json.loads(json.dumps(rule.dump()))
    assert BookingRule.load(kept) == rule
    assert hash(BookingRule.load(kept)) == hash(rule)


def test_a_rule_is_kept_in_plain_words() -> None:
    assert LATE.dump() == {
        "valid_from": "2026-09-01",
        "add": {"kind": "working_days_before", "days": 2},
        "cancel": {"kind": "days_before", "days": 1},
        "late_until": {"kind": "days_before", "hour": "08:00"},
        "opens_days_ahead": 60,
        "opens_hour": "00:00",
        "absence_hours": 48,
        "carence_days": 0,
    }
    least = {"valid_from": "2026-09-01", "add": TWO_DAYS.dump(), "cancel": EVE.dump()}
    assert BookingRule.load(least) == RULE
    assert BookingRule.load({**least, "late_until": None, "opens_on": None}) == RULE


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"valid_from": None}, "valid_from", "Indiquez à partir de quel jour la règle vaut."),
        ({"valid_from": "demain"}, "valid_from", "Date d’effet : une date comme 2026-12-03 est attendue."),
        ({"valid_from": "1999-12-31"}, "valid_from", "Date d’effet : une année de 2000 à 2100 est attendue."),
        ({"add": None}, "add", "Indiquez jusqu’à quand on réserve."),
        ({"cancel": None}, "cancel", "Indiquez jusqu’à quand on annule."),
        ({"add": {"kind": "none", "days": 99}}, "add.days", "Nombre de jours : un nombre de 0 à 60 est attendu."),
        ({"cancel": {"days": 2}}, "cancel.kind", "Choisissez la forme de la date limite."),
        ({"late_until": "no"}, "late_until.deadline", "Date limite : un réglage complet est attendu."),
        ({"opens_days_ahead": -1}, "opens_days_ahead", "Ouverture, en jours avant : un nombre de 0 à 400 est attendu."),
        ({"opens_days_ahead": "60"}, "opens_days_ahead", "Ouverture, en jours avant : un nombre entier est attendu."),
        ({"opens_on": "2026-13-01"}, "opens_on", "Date d’ouverture : une date comme 2026-12-03 est attendue."),
        ({"opens_on": "3000-01-01"}, "opens_on", "Date d’ouverture : une année de 2000 à 2100 est attendue."),
        ({"opens_hour": "8h"}, "opens_hour", "Heure d’ouverture : une heure comme 12:00 est attendue."),
        ({"absence_hours": 721}, "absence_hours", "Délai du justificatif, en heures : un nombre de 0 à 720 est attendu."),
        ({"carence_days": 31}, "carence_days", "Jours de carence : un nombre de 0 à 30 est attendu."),
        ({"color": "red"}, "rule", "Le champ « color » n’existe pas dans ce réglage."),
    ],
)  # fmt: skip
def test_a_wrong_rule_names_the_field(changed: dict[str, object], field: str, sentence: str) -> None:
    with pytest.raises(WrongFieldError) as refusal:
        BookingRule.load({**RULE.dump(), **changed})
    assert (refusal.value.field, refusal.value.sentence) == (field, sentence)


@pytest.mark.parametrize("value", [None, "rule", 3, []])
def test_what_is_not_a_rule_is_refused(value: object) -> None:
    with pytest.raises(WrongFieldError, match="Règle de réservation : un réglage complet est attendu"):
        BookingRule.load(value)


def test_a_rule_built_by_hand_is_checked_too() -> None:
    for wrong in ({"opens_hour": time(8, 0, 1)}, {"carence_days": -1}, {"opens_on": date(1990, 1, 1)}):
        with pytest.raises(WrongFieldError):
            BookingRule(date(2026, 9, 1), EVE, EVE, **wrong)


def test_stages_have_labels() -> None:
    assert len({one.label for one in Stage}) == len(Stage)
