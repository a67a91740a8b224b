"""Une règle tapée par un agent : lue, refusée champ par champ, et remise dans les champs sans rien perdre."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.booking_rules import BookingRule
from portail.domain.deadlines import RANGES, Deadline, DeadlineKind, Excluded, Shift, WeekdayGroup
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError
from portail.domain.rule_forms import FALLBACKS, STARTING_RULE, fill_rule, read_groups, read_rule, rule_sentences
from tests.factories.settled import rule_form

HOURS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@st.composite
def groups(draw: st.DrawFn) -> tuple[WeekdayGroup, ...]:
    days = draw(st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True))
    cut = draw(st.integers(0, len(days)))
    parts = [frozenset(part) for part in (days[:cut], days[cut:]) if part]
    return tuple(WeekdayGroup(part, draw(st.integers(0, 6)), draw(HOURS)) for part in parts)


@st.composite
def deadlines(draw: st.DrawFn, kinds: tuple[DeadlineKind, ...] = tuple(DeadlineKind)) -> Deadline:
    kind = draw(st.sampled_from(kinds))
    made: dict[str, object] = {}
    if kind in {DeadlineKind.WORKING_DAYS_BEFORE, DeadlineKind.DAYS_BEFORE}:
        made["days"] = draw(st.integers(*RANGES["days"]))
    if kind is DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK:
        made |= {"weekday": draw(st.integers(0, 6)), "weeks": draw(st.integers(*RANGES["weeks"]))}
    if kind is DeadlineKind.NTH_OF_PREVIOUS_MONTH:
        made |= {"day_of_month": draw(st.integers(1, 31)), "months": draw(st.integers(1, 12))}
    if kind is DeadlineKind.FIXED:
        made["on"] = draw(DAYS)
    if kind is DeadlineKind.WEEKDAY_GROUPS:
        made["groups"] = draw(groups())
    if kind is DeadlineKind.LAST_CLASS_DAY:
        made |= {"after": draw(st.integers(*RANGES["after"])), "fallback": draw(deadlines(FALLBACKS))}
    if kind not in {DeadlineKind.WEEKDAY_GROUPS, DeadlineKind.NONE}:
        made["hour"] = draw(HOURS)
    if kind is not DeadlineKind.NONE and draw(st.booleans()):
        excluded = draw(st.frozensets(st.sampled_from(list(Excluded)), min_size=1))
        made |= {"excluded": excluded, "shift": draw(st.sampled_from(list(Shift)))}
    return Deadline(kind, **made)  # type: ignore[arg-type]


@st.composite
def rules(draw: st.DrawFn) -> BookingRule:
    return BookingRule(
        valid_from=draw(DAYS),
        add=draw(deadlines()),
        cancel=draw(deadlines()),
        late_until=draw(st.none() | deadlines()),
        opens_days_ahead=draw(st.none() | st.integers(0, 400)),
        opens_on=draw(st.none() | DAYS),
        opens_hour=draw(HOURS),
        absence_hours=draw(st.integers(0, 720)),
        carence_days=draw(st.integers(0, 30)),
    )


@given(rules())
def test_a_rule_put_in_the_fields_is_read_back_the_same(rule: BookingRule) -> None:
    assert read_rule(fill_rule(rule)) == rule
    assert all(one.endswith(".") for one in rule_sentences(rule))


def test_the_usual_form_reads_as_two_working_days() -> None:
    rule = read_rule(rule_form())
    assert rule == BookingRule(valid_from=date(2026, 9, 1), add=STARTING_RULE.add, cancel=STARTING_RULE.cancel)
    assert rule_sentences(rule) == [
        "Réserver : deux jours ouvrés avant, à 12\u00a0h.",
        "Hors délai : refusé.",
        "Annuler sans frais : deux jours ouvrés avant, à 12\u00a0h.",
        "Absence : justificatif attendu sous 48 heures.",
    ]


def test_opening_late_booking_and_carence_are_said() -> None:
    late = {"late-kind": "days_before", "late-days": "0", "late-hour": "09:00", "late-shift": "none"}
    opening = {"opens_days_ahead": "60", "opens_on": "2026-10-01", "opens_hour": "08:00", "carence_days": "2"}
    said = rule_sentences(read_rule(rule_form(**late, **opening)))
    assert said[1] == "Hors délai, avec majoration : le jour même, à 9\u00a0h."
    assert said[3] == "Ouverture des réservations : 60 jours avant, pas avant le 01/10/2026, à 8\u00a0h\u00a000."
    assert said[5] == "Carence : 2 jours restent dus."


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"valid_from": ""}, {"valid_from"}),
        ({"valid_from": "1999-12-31"}, {"valid_from"}),
        ({"add-kind": None}, {"add-kind"}),
        ({"add-kind": "demain"}, {"add-kind"}),
        ({"cancel-kind": ""}, {"cancel-kind"}),
        ({"add-days": "61"}, {"add-days"}),
        ({"add-days": "-1"}, {"add-days"}),
        ({"add-days": "deux"}, {"add-days"}),
        ({"add-days": "1e9"}, {"add-days"}),
        ({"add-hour": "25:00"}, {"add-hour"}),
        ({"add-hour": "12:00:30"}, {"add-hour"}),
        ({"add-hour": "12:00+01:00"}, {"add-hour"}),
        ({"add-shift": "jamais"}, {"add-shift"}),
        ({"add-shift": "before"}, {"add-shift"}),  # aucun jour coché
        ({"add-kind": "fixed", "add-on": ""}, {"add-on"}),
        ({"add-kind": "fixed", "add-on": "2026-02-30"}, {"add-on"}),
        ({"add-kind": "weekday_of_previous_week", "add-weekday": "7", "add-weeks": "1"}, {"add-weekday"}),
        ({"add-kind": "weekday_of_previous_week", "add-weekday": "3", "add-weeks": "0"}, {"add-weeks"}),
        ({"add-kind": "weekday_groups", "add-groups": ""}, {"add-groups"}),
        ({"add-kind": "weekday_groups", "add-groups": "lundi : mardi 9 h\nlundi : jeudi 9 h"}, {"add-kind"}),
        ({"add-kind": "last_class_day", "add-after": "1"}, {"add-else-kind"}),
        ({"add-kind": "last_class_day", "add-after": "11", "add-else-kind": "none"}, {"add-after"}),
        ({"add-kind": "last_class_day", "add-after": "1", "add-else-kind": "weekday_groups"}, {"add-else-kind"}),
        ({"late-kind": "days_before", "late-shift": "none", "late-hour": "12:00"}, {"late-days"}),
        ({"opens_days_ahead": "401"}, {"opens_days_ahead"}),
        ({"opens_on": "bientôt"}, {"opens_on"}),
        ({"opens_hour": ""}, {"opens_hour"}),
        ({"absence_hours": "721"}, {"absence_hours"}),
        ({"carence_days": "31"}, {"carence_days"}),
        ({"valid_from": "", "add-days": "", "cancel-hour": ""}, {"valid_from", "add-days", "cancel-hour"}),
    ],
)
def test_every_fault_is_put_beside_its_field(changes: dict[str, str | None], wrong: set[str]) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        read_rule(rule_form(**changes))
    assert set(refusal.value.fields) == wrong


def test_groups_of_weekdays_read_as_people_write_them() -> None:
    nine = WeekdayGroup(frozenset({0, 1}), 4, time(9))
    assert read_groups("lundi, mardi : vendredi 9 h") == (nine,)
    assert read_groups("le lundi et le mardi: vendredi à 9:00") == (nine,)
    assert read_groups("Lundi,MARDI : Vendredi 9h00 ; jeudi : mardi 12h30")[1].hour == time(12, 30)


@pytest.mark.parametrize(
    "text", ["", "   ", "lundi", "lundi : ", ": vendredi 9 h", "lundi : vendredi 25 h", "lune : mars 9 h"]
)
def test_groups_that_make_no_sense_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInputError):
        read_groups(text)
    with pytest.raises(BadInputError):
        read_groups("\n".join(["lundi : mardi 9 h"] * 8))
