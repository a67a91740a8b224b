"""Une activité et ses formules : réglées, vérifiées, protégées de deux agents et des réservations."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from portail.domain.accounts import Actor
from portail.domain.activity_settings import BookedAboveError, BookedSlotsError, ChangedMeanwhileError
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.models.activities import Offering, Slot
from portail.models.database import reading, transaction
from portail.models.documents import ActivityDocument
from portail.models.tariffs import Tariff
from portail.services.activities import desk, offerings, opening
from portail.services.activities.editing import Edit
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_document_type, make_offering, make_slot, make_tariff
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family, make_school
from tests.factories.settled import (
    activity_form,
    activity_row,
    book,
    edit_of,
    offering_form,
    offering_row,
    open_days_of,
    slot_on,
    slots_of,
    traces,
)
from tests.services.activities.conftest import FRIDAY, MONDAY

THURSDAY = date(2026, 12, 3)


def add(actor: Actor, **changes: Any) -> int:
    return desk.add(actor=actor, form=activity_form(**changes), now=NOW)


def offer(actor: Actor, activity_id: int, offering_id: int = 0, *, tariff: int = 0, **changes: Any) -> int:
    form = offering_form(tariff or make_tariff(), **changes)
    offerings.save(actor=actor, edit=edit_of(activity_id), offering_id=offering_id, form=form, now=NOW)
    with reading() as db:
        query = select(Offering).where(Offering.activity_id == activity_id)
        return db.exec(query.order_by(col(Offering.id).desc())).all()[0].key


def open_two_weeks(actor: Actor, activity_id: int) -> int:
    form = {"first": MONDAY.isoformat(), "last": FRIDAY.isoformat()}
    return opening.open_days(actor=actor, activity_id=activity_id, form=form, now=NOW)


def booked(slot_id: int, count: int = 1, state: str = "booked") -> None:
    family = make_family(f"Réservé {slot_id}")
    for rank in range(count):
        book(slot_id, make_child(f"Enfant{rank}", family), family, state)


def test_an_activity_keeps_all_that_was_typed_with_a_trace(chief: Actor) -> None:
    school, paper = make_school(), make_document_type()
    ticks = {f"school-{school}": "on", "level-CP": "on", f"document-{paper}": "on", "is_prepaid": "on"}
    key = add(chief, name="  Cantine ", kind="canteen", waitlist_mode="offer", offer_hours="12", **ticks)
    row = activity_row(key)
    assert (row.title, row.kind, row.day_kinds) == ("Cantine · Jean-Macé", "canteen", ["class"])
    assert (row.school_ids, row.levels, row.is_prepaid, row.needs_health) == ([school], ["CP"], True, False)
    assert (row.waitlist_mode, row.offer_hours, row.months_ahead) == ("offer", 12, 0)
    with reading() as db:
        assert [one.type_id for one in db.exec(select(ActivityDocument))] == [paper]
    assert traces("activity.added") == ["Cantine · Jean-Macé"]


def test_documents_are_added_and_taken_away(chief: Actor) -> None:
    first, second = make_document_type("Assurance"), make_document_type("Vaccins")
    key = add(chief, **{f"document-{first}": "on"})
    form = activity_form(**{f"document-{second}": "on", "document-999": "on", "school-999": "on"})
    desk.change(actor=chief, edit=edit_of(key), form=form, now=NOW)
    with reading() as db:
        assert [one.type_id for one in db.exec(select(ActivityDocument))] == [second]
    assert activity_row(key).school_ids == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("name", "a\x00b"),
        ("place", "x" * 81),
        ("summary", "x" * 1001),
        ("kind", "piscine"),
        ("kind", ""),
        ("when-class", None),
        ("enrolment_mode", "peut-être"),
        ("waitlist_mode", None),
        ("waitlist_priority", "amis"),
        ("waitlist_priority", "residents"),  # une cantine
        ("offer_hours", "0"),
        ("offer_hours", "169"),
        ("offer_hours", "²"),
        ("months_ahead", "13"),
        ("months_ahead", "-1"),
        ("months_ahead", "trois"),
    ],
)
def test_a_field_that_is_wrong_refuses_the_whole_and_is_named(chief: Actor, field: str, value: str | None) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        add(chief, **{field: value})
    assert set(refusal.value.fields) == {"day_kinds" if field == "when-class" else field}


def test_a_leisure_centre_may_have_a_priority(chief: Actor) -> None:
    key = add(chief, kind="extra", waitlist_priority="siblings")
    assert activity_row(key).waitlist_priority == "siblings"


def test_a_doubled_title_is_refused_while_the_other_is_open(chief: Actor) -> None:
    first = add(chief)
    with pytest.raises(FormRefusedError, match="existe déjà"):
        add(chief, name="cantine", place="jean mace")
    add(chief, place="Pasteur")
    desk.set_open(actor=chief, activity_id=first, opened=False, now=NOW)
    add(chief)


def test_only_who_settles_the_town_settles_activities(chief: Actor, agent: Actor) -> None:
    key = add(chief)
    for work in (
        lambda: add(agent, place="Ailleurs"),
        lambda: desk.change(actor=agent, edit=edit_of(key), form=activity_form(), now=NOW),
        lambda: desk.set_open(actor=agent, activity_id=key, opened=False, now=NOW),
        lambda: offer(agent, key),
        lambda: open_two_weeks(agent, key),
    ):
        with pytest.raises(NotOpenError):
            work()
    assert traces("activity.changed", "activity.closed") == []


@pytest.mark.parametrize("key", [0, -1, 999, 2**40])
def test_an_unknown_activity_answers_as_a_closed_door(chief: Actor, key: int) -> None:
    for work in (
        lambda: desk.change(actor=chief, edit=Edit(key, ""), form=activity_form(), now=NOW),
        lambda: desk.set_open(actor=chief, activity_id=key, opened=False, now=NOW),
        lambda: open_two_weeks(chief, key),
    ):
        with pytest.raises(NotOpenError):
            work()


def test_every_setting_renews_the_stamp_and_the_second_agent_is_told(chief: Actor) -> None:
    key = add(chief)
    seen = edit_of(key)
    desk.change(actor=chief, edit=seen, form=activity_form(summary="Premier"), now=NOW)
    with pytest.raises(ChangedMeanwhileError, match="rien n’est enregistré"):
        desk.change(actor=chief, edit=seen, form=activity_form(summary="Second"), now=NOW)
    with pytest.raises(ChangedMeanwhileError):
        offerings.save(actor=chief, edit=seen, offering_id=0, form=offering_form(make_tariff()), now=NOW)
    assert activity_row(key).summary == "Premier"
    assert edit_of(key) != seen


def test_two_agents_at_once_one_wins_the_other_knows(chief: Actor) -> None:
    key = add(chief)
    seen = edit_of(key)

    def change(words: str) -> None:
        desk.change(actor=chief, edit=seen, form=activity_form(summary=words), now=NOW)

    outcomes = together(lambda: change("Un"), lambda: change("Deux"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ChangedMeanwhileError", "NoneType"]
    assert activity_row(key).summary == ("Un" if outcomes[0] is None else "Deux")


def test_an_activity_with_bookings_to_come_is_not_closed(chief: Actor) -> None:
    key = make_activity()
    slot = make_slot(make_offering(key), THURSDAY)
    booked(slot, 2)
    with pytest.raises(BookedSlotsError, match="2 réservations sont déjà faites, sur un jour"):
        desk.set_open(actor=chief, activity_id=key, opened=False, now=NOW)
    assert activity_row(key).closed_at is None


def test_past_bookings_do_not_keep_an_activity_open(chief: Actor) -> None:
    key = make_activity()
    booked(make_slot(make_offering(key), date(2026, 11, 19)))
    stamp = edit_of(key).stamp
    for opened in (False, False, True):
        desk.set_open(actor=chief, activity_id=key, opened=opened, now=NOW)
    assert activity_row(key).closed_at is None
    assert edit_of(key).stamp != stamp
    assert len(traces("activity.closed")) == len(traces("activity.reopened")) == 1


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "x" * 61}, {"name"}),
        ({"starts_at": "25:00"}, {"starts_at"}),
        ({"starts_at": "midi"}, {"starts_at"}),
        ({"starts_at": "11:45:30"}, {"starts_at"}),
        ({"ends_at": "11:45"}, {"ends_at"}),
        ({"ends_at": "08:00"}, {"ends_at"}),
        ({"min_age": "-1"}, {"min_age"}),
        ({"min_age": "12"}, {"max_age"}),
        ({"max_age": "99"}, {"max_age"}),
        ({"capacity": "5001"}, {"capacity"}),
        ({"capacity": "-3"}, {"capacity"}),
        ({"capacity": "1e3"}, {"capacity"}),
        ({"capacity": "9" * 30}, {"capacity"}),
        ({"capacity": ""}, {"capacity"}),
        ({"tariff_id": "0"}, {"tariff_id"}),
        ({"tariff_id": "999"}, {"tariff_id"}),
        ({"tariff_id": "-1"}, {"tariff_id"}),
        ({"tariff_id": None}, {"tariff_id"}),
        ({"name": "", "capacity": "", "tariff_id": ""}, {"name", "capacity", "tariff_id"}),
    ],
)
def test_an_offering_that_is_wrong_says_every_fault(chief: Actor, changes: dict[str, Any], wrong: set[str]) -> None:
    key = add(chief)
    with pytest.raises(FormRefusedError) as refusal:
        offer(chief, key, **changes)
    assert set(refusal.value.fields) == wrong
    assert slots_of(key) == []


def test_a_tariff_without_price_is_not_offered(chief: Actor) -> None:
    with transaction() as db:
        empty = Tariff(name="Vide")
        db.add(empty)
    with pytest.raises(FormRefusedError, match="pas de prix"):
        offer(chief, add(chief), tariff=empty.key)


def test_an_offering_name_is_unique_in_its_activity_only(chief: Actor) -> None:
    key, other = add(chief), add(chief, place="Pasteur")
    offer(chief, key, name="Midi")
    with pytest.raises(FormRefusedError, match="existe déjà"):
        offer(chief, key, name="MIDI")
    offer(chief, other, name="Midi")


def test_an_offering_of_another_activity_is_not_changed(chief: Actor) -> None:
    key, other = add(chief), add(chief, place="Pasteur")
    offering = offer(chief, other)
    for bad in (offering, -1, 2**40):
        with pytest.raises(NotOpenError):
            offer(chief, key, bad, name="Autre")
    assert offering_row(offering).name == "Midi"


def test_more_places_in_the_offering_follow_in_its_slots_but_not_in_exceptions(chief: Actor) -> None:
    key = add(chief)
    offering = offer(chief, key, capacity="10")
    open_two_weeks(chief, key)
    special = make_slot_capacity(key, THURSDAY, 4)
    offer(chief, key, offering, capacity="12")
    assert {slot.capacity for slot in slots_of(key) if slot.id != special} == {12}
    assert slot_on(key, THURSDAY).capacity == 4


def make_slot_capacity(activity_id: int, day: date, capacity: int) -> int:
    with transaction() as db:
        slot = db.get_one(Slot, slot_on(activity_id, day).key)
        slot.capacity = capacity
        return slot.key


def test_fewer_places_than_bookings_is_refused_with_the_count(chief: Actor) -> None:
    key = add(chief)
    offering = offer(chief, key, capacity="10")
    open_two_weeks(chief, key)
    booked(slot_on(key, MONDAY).key, 2)
    booked(slot_on(key, THURSDAY).key, 3)
    with pytest.raises(BookedAboveError, match=r"03/12/2026, 3 réservations .* \(et 1 autre jour de même\)"):
        offer(chief, key, offering, capacity="1")
    assert offering_row(offering).capacity == 10
    assert {slot.capacity for slot in slots_of(key)} == {10}
    offer(chief, key, offering, capacity="3")
    assert {slot.capacity for slot in slots_of(key)} == {3}


def test_other_weekdays_close_empty_slots_and_open_new_ones(chief: Actor) -> None:
    key = add(chief)
    offering = offer(chief, key)
    open_two_weeks(chief, key)
    offer(chief, key, offering, **{"day-0": None})
    assert [day.weekday() for day in open_days_of(key)] == [1, 3, 4] * 2
    assert slot_on(key, MONDAY).closed_why == "Fermé le lundi."
    offer(chief, key, offering)
    assert [day.weekday() for day in open_days_of(key)] == [0, 1, 3, 4] * 2


def test_a_weekday_with_bookings_is_not_taken_away(chief: Actor) -> None:
    key = add(chief)
    offering = offer(chief, key)
    open_two_weeks(chief, key)
    booked(slot_on(key, MONDAY).key, 2)
    with pytest.raises(BookedSlotsError, match="2 réservations"):
        offer(chief, key, offering, **{"day-0": None})
    assert 0 in offering_row(offering).weekdays
    assert slot_on(key, MONDAY).closed_why == ""


def test_a_closed_offering_opens_no_slot_and_comes_back(chief: Actor) -> None:
    key = add(chief)
    offering = offer(chief, key)
    open_two_weeks(chief, key)
    offerings.set_open(actor=chief, edit=edit_of(key), offering_id=offering, opened=False, now=NOW)
    assert open_days_of(key) == []
    assert {slot.closed_why for slot in slots_of(key)} == {"Cette séance ne se propose plus."}
    offerings.set_open(actor=chief, edit=edit_of(key), offering_id=offering, opened=True, now=NOW)
    assert len(open_days_of(key)) == 8
    booked(slot_on(key, MONDAY).key)
    with pytest.raises(BookedSlotsError):
        offerings.set_open(actor=chief, edit=edit_of(key), offering_id=offering, opened=False, now=NOW)


def test_other_days_of_the_activity_move_its_slots(chief: Actor) -> None:
    key = add(chief, kind="extra")
    offer(chief, key, **{f"day-{rank}": None for rank in (0, 1, 3, 4)})
    open_two_weeks(chief, key)
    assert len(open_days_of(key)) == 8
    form = activity_form(kind="extra", **{"when-class": None, "when-wednesday": "on"})
    desk.change(actor=chief, edit=edit_of(key), form=form, now=NOW)
    assert [day.weekday() for day in open_days_of(key)] == [2, 2]
    booked(slot_on(key, date(2026, 11, 25)).key)
    with pytest.raises(BookedSlotsError):
        desk.change(actor=chief, edit=edit_of(key), form=activity_form(kind="extra"), now=NOW)
    assert activity_row(key).day_kinds == ["wednesday"]
