"""L'inscription : à qui une activité est ouverte, ce que le formulaire dit, où l'on va ensuite."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.activities import ENROLMENT_TRANSITIONS, EnrolmentKind, EnrolmentState
from portail.domain.bookability import ChildFacts
from portail.domain.enrolments import (
    Welcome,
    booking_url,
    check_transition,
    chosen_child,
    day_field,
    read_form,
    said_template,
    why_not_child,
)
from portail.domain.families import age_on
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, RefusalError
from portail.domain.why_not import Reason

DAY = date(2026, 12, 2)
LEA = ChildFacts("Léa", date(2016, 4, 4), "CM2", 1, child_url="/dossier/enfants/7")
OFFERINGS = {12: [2], 13: [0, 1]}


def why(welcome: Welcome, child: ChildFacts = LEA) -> Reason | None:
    found = why_not_child(welcome, child, DAY)
    return found.reason if found else None


@pytest.mark.parametrize(
    ("welcome", "reason"),
    [
        (Welcome(), None),
        (Welcome(((3, 5), (6, 11))), None),
        (Welcome(((3, 5),)), Reason.WRONG_AGE),
        (Welcome(((11, 17),)), Reason.WRONG_AGE),
        (Welcome(levels=frozenset({"CM2"})), None),
        (Welcome(levels=frozenset({"CP"})), Reason.WRONG_LEVEL),
        (Welcome(schools=frozenset({1, 2})), None),
        (Welcome(schools=frozenset({2}), school_names=("École des Tilleuls",)), Reason.WRONG_SCHOOL),
    ],
)
def test_age_level_and_school_each_answer_with_their_reason(welcome: Welcome, reason: Reason | None) -> None:
    assert why(welcome) is reason


def test_the_sentence_names_the_ages_of_the_whole_activity() -> None:
    young = ChildFacts("Zoé", DAY - timedelta(days=800))
    found = why_not_child(Welcome(((3, 5), (6, 11))), young, DAY)
    assert found.sentence == "Zoé a 2 ans le 2 décembre ; cette activité accueille les enfants de 3 à 11 ans."
    assert found.next_step


@given(
    st.dates(date(2008, 1, 1), date(2026, 12, 1)),
    st.lists(st.tuples(st.integers(0, 17), st.integers(0, 17)).map(sorted).map(tuple), min_size=1, max_size=4),
)
def test_a_child_comes_when_one_offering_at_least_takes_their_age(birth, ages) -> None:
    refused = why(Welcome(tuple(ages)), ChildFacts("Léa", birth))
    age = age_on(birth, DAY)
    assert (refused is None) == any(age in range(least, most + 1) for least, most in ages)


@pytest.mark.parametrize("child", ["", "abc", "-1", "7.0", "1" * 10, "٣", None, ["7"]])
def test_a_child_who_is_not_a_number_is_asked_for(child) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        chosen_child({"child": child})
    assert set(refusal.value.fields) == {"child"}


def test_everything_that_lacks_is_said_at_once() -> None:
    with pytest.raises(FormRefusedError) as refusal:
        read_form({}, OFFERINGS)
    assert set(refusal.value.fields) == {"kind", "rules"}
    with pytest.raises(FormRefusedError) as refusal:
        read_form({"kind": "regular"}, OFFERINGS)
    assert set(refusal.value.fields) == {"days", "rules"}


def test_an_occasional_enrolment_needs_no_day_and_forgets_those_ticked() -> None:
    wanted = read_form({"kind": "occasional", "rules": "on", day_field(12, 2): "on"}, OFFERINGS)
    assert (wanted.kind, wanted.template) == (EnrolmentKind.OCCASIONAL, {})


def test_a_regular_one_keeps_the_days_of_each_offering_in_order() -> None:
    form = {"kind": "regular", "rules": True, day_field(13, 1): "on", day_field(12, 2): True, day_field(13, 0): "on"}
    assert read_form(form, OFFERINGS).template == {"12": [2], "13": [0, 1]}


@pytest.mark.parametrize("field", [day_field(12, 3), day_field(99, 2), "jour-", "jour-12", "jour-12-2-2", "jour-x-y"])
def test_a_day_that_is_not_offered_is_refused(field: str) -> None:
    with pytest.raises(BadInputError):
        read_form({"kind": "regular", "rules": "on", field: "on"}, OFFERINGS)


@pytest.mark.parametrize("rules", [None, "", "off", "true", False, 1.5])
def test_the_rules_are_accepted_by_ticking_and_by_nothing_else(rules) -> None:
    with pytest.raises(FormRefusedError):
        read_form({"kind": "occasional", "rules": rules}, OFFERINGS)


def test_a_template_is_said_in_words_even_when_an_offering_is_gone() -> None:
    assert said_template({"12": [2], "13": [0, 1]}, {12: "Journée", 13: "Soir"}) == (
        "Journée : mercredi ; Soir : lundi et mardi"
    )
    assert said_template({"14": [4]}, {}) == "Formule retirée : vendredi"


def test_a_regular_enrolment_leads_to_the_days_already_filled() -> None:
    assert booking_url(3, 7, {}) == "/reservations/3"
    assert booking_url(3, 7, {"12": [2], "13": [0, 1]}) == "/reservations/3/avancee?enfant=7&jours=12.2,13.0,13.1"


@pytest.mark.parametrize("before", EnrolmentState)
@pytest.mark.parametrize("after", EnrolmentState)
def test_only_the_passages_of_the_table_are_open(before: EnrolmentState, after: EnrolmentState) -> None:
    if after in ENROLMENT_TRANSITIONS[before]:
        check_transition(before, after)
    else:
        with pytest.raises(RefusalError):
            check_transition(before, after)
