"""« Voici ce que verra un parent le … » : la règle réelle, à l'instant choisi, pour l'âge choisi."""

from datetime import date
from typing import Any

import pytest

from portail.domain.accounts import Actor
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.services.activities import preview, rules
from portail.views.activity_desk import Preview
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering, make_slot
from tests.factories.settled import edit_of, rule_form

THURSDAY = date(2026, 12, 3)


def seen(actor: Actor, key: int, **form: str) -> Preview:
    return preview.show(actor=actor, activity_id=key, form=form, now=NOW)


def a_day(capacity: int = 10, **options: Any) -> int:
    key = make_activity(**options)
    make_slot(make_offering(key, name="Midi", capacity=capacity, min_age=6, max_age=11), THURSDAY)
    return key


def test_a_day_in_time_says_until_when(chief: Actor) -> None:
    (row,) = seen(chief, a_day()).rows
    assert (row.day, row.part, row.status, row.why) == ("Jeudi 3 décembre 2026", "Midi", "Libre", "Réservable.")
    assert row.add_until == row.cancel_until == "jusqu’au mercredi 2 décembre à 12\u00a0h"


def test_one_second_decides(chief: Actor) -> None:
    key = a_day()
    assert seen(chief, key, moment="2026-12-02T12:00").rows[0].status == "Libre"
    (row,) = seen(chief, key, moment="2026-12-02T12:01").rows
    assert row.status == "Fermé"
    assert "le mercredi 2 décembre à 12\u00a0h" in row.why
    assert row.next_step


@pytest.mark.parametrize(("age", "status"), [("5", "Fermé"), ("6", "Libre"), ("11", "Libre"), ("12", "Fermé")])
def test_the_age_counts(chief: Actor, age: str, status: str) -> None:
    (row,) = seen(chief, a_day(), age=age).rows
    assert row.status == status


def test_a_late_window_a_full_day_and_a_closed_one_show_as_such(chief: Actor) -> None:
    key = a_day()
    late = {"late-kind": "days_before", "late-days": "0", "late-hour": "09:00", "late-shift": "none"}
    rules.save(actor=chief, edit=edit_of(key), rule_id=0, form=rule_form(**late), now=NOW)
    (row,) = seen(chief, key, moment="2026-12-02T18:00").rows
    assert (row.status, row.why) == ("Majoré", "Réservable avec majoration.")
    assert seen(chief, a_day(capacity=0)).rows[0].status == "Complet"
    other = make_activity()
    make_slot(make_offering(other), THURSDAY, closed_why="Grève du personnel")
    (row,) = seen(chief, other).rows
    assert "Grève du personnel" in row.why


def test_a_new_rule_is_seen_at_once(chief: Actor) -> None:
    key = a_day()
    assert seen(chief, key).rows[0].status == "Libre"
    form = rule_form(valid_from="2026-11-01", **{"add-days": "20"})
    rules.save(actor=chief, edit=edit_of(key), rule_id=0, form=form, now=NOW)
    assert seen(chief, key).rows[0].status == "Fermé"


def test_schools_and_levels_do_not_hide_what_the_rule_says(chief: Actor) -> None:
    key = a_day(levels=["CP"], school_ids=[1], needs_health=True, enrolment_mode="validated")
    assert seen(chief, key).rows[0].status == "Libre"


def test_only_four_weeks_are_shown(chief: Actor) -> None:
    key = a_day()
    assert seen(chief, key, moment="2026-11-05T12:00").rows == []
    assert len(seen(chief, key, moment="2026-11-06T12:00").rows) == 1


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"moment": "demain"}, "moment"),
        ({"moment": "2026-12-01T12:00+01:00"}, "moment"),
        ({"moment": "0001-01-01T00:00"}, "moment"),
        ({"moment": "2099-01-01T00:00"}, "moment"),
        ({"age": "26"}, "age"),
        ({"age": "huit"}, "age"),
    ],
)
def test_a_moment_or_an_age_that_makes_no_sense_is_said(chief: Actor, form: dict[str, str], field: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        seen(chief, a_day(), **form)
    assert set(refusal.value.fields) == {field}


def test_the_hour_that_does_not_exist_is_the_first_one_after(chief: Actor) -> None:
    shown = seen(chief, a_day(), moment="2027-03-28T02:30")
    assert shown.moment == "2027-03-28T03:00"


def test_only_who_settles_the_town_previews(chief: Actor, agent: Actor) -> None:
    with pytest.raises(NotOpenError):
        seen(agent, a_day())
    with pytest.raises(NotOpenError):
        seen(chief, 999)
