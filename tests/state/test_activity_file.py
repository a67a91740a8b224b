"""« Activités » sans navigateur : ajouter, régler, ouvrir des dates ; chaque refus à sa place, rien de perdu."""

from datetime import timedelta
from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.domain.dates import paris_day
from portail.domain.refusals import NotOpenError
from portail.services.activities import desk
from portail.state.activity_desk import ActivityListState
from portail.state.activity_file import ActivityFileState
from portail.state.base import PortalState
from tests.factories.activities import make_activity, make_offering, make_slot, make_tariff
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.settled import activity_form, activity_row, book, edit_of, offering_form, rule_form, slots_of
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
LIST = "/admin/activites"


async def arrive(events: Pipeline, path: str, role: Role = Role.DIRECTION) -> Page:
    account = make_account(f"{role}@mairie.example", role=role, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit(path)
    handler = ActivityListState.load if path == LIST else ActivityFileState.load
    await page.call(handler, path=path)
    return page


class Desk:
    """La page d'une activité, ouverte par la direction."""

    def __init__(self, page: Page, key: int) -> None:
        self.page, self.path = page, f"{LIST}/{key}"

    async def do(self, handler: Any, **payload: Any) -> ActivityFileState:
        await self.page.call(handler, payload, self.path)
        return await self.page.state(ActivityFileState)

    async def said(self) -> str:
        return (await self.page.state(PortalState)).notice


async def opened(events: Pipeline, **options: Any) -> tuple[Desk, int]:
    key = make_activity(**options)
    return Desk(await arrive(events, f"{LIST}/{key}"), key), key


def coming(days: int) -> str:
    return (paris_day(clock.now()) + timedelta(days=days)).isoformat()


async def test_an_activity_is_added_from_the_list(events: Pipeline) -> None:
    page = await arrive(events, LIST)
    await page.call(ActivityListState.start, {}, LIST)
    await page.call(ActivityListState.add, {"form_data": activity_form(name="")}, LIST)
    state = await page.state(ActivityListState)
    assert (state.adding, set(state.errors), state.listing.rows) == (True, {"name"}, [])
    await page.call(ActivityListState.add, {"form_data": activity_form()}, LIST)
    state = await page.state(ActivityListState)
    assert (state.adding, state.fault, [row.title for row in state.listing.rows]) == (
        False,
        "",
        ["Cantine · Jean-Macé"],
    )
    assert state.listing.rows[0].opened == "aucune séance ouverte"


async def test_the_list_counts_parts_slots_and_bookings(events: Pipeline) -> None:
    key = make_activity(name="Cantine")
    slot = make_slot(make_offering(key), paris_day(clock.now()) + timedelta(days=3))
    family = make_family("Essai")
    book(slot, make_child("Lou", family), family)
    state = await (await arrive(events, LIST)).state(ActivityListState)
    (row,) = state.listing.rows
    assert (row.parts, row.bookings, row.closed) == ("1 séance type", "1 réservation", False)
    assert row.opened.startswith("jusqu’au ")


async def test_an_offering_a_rule_and_dates_make_an_activity_bookable(events: Pipeline) -> None:
    work, key = await opened(events, day_kinds=["any"])
    await work.do(ActivityFileState.edit, what="offering-0")
    form = offering_form(make_tariff(), **{f"day-{rank}": "on" for rank in range(7)})
    state = await work.do(ActivityFileState.save_offering, form_data=form)
    assert (state.editing, [one.name for one in state.file.offerings]) == ("", ["Midi"])
    state = await work.do(ActivityFileState.turn, tab="rules")
    state = await work.do(ActivityFileState.edit, what="rule-0")
    assert state.shapes["add"] == "days_before"  # la dernière règle sert de départ
    form = rule_form(valid_from=coming(0), **{"add-days": "3"})
    state = await work.do(ActivityFileState.review_rule, form_data=form)
    assert state.reviewed[0] == "Réserver : trois jours ouvrés avant, à 12\u00a0h."
    assert len(state.file.rules) == 1
    state = await work.do(ActivityFileState.save_rule)
    assert (len(state.file.rules), state.reviewed, state.editing) == (2, [], "")
    assert [one.current for one in state.file.rules] == [True, False]
    state = await work.do(ActivityFileState.open_days, form_data={"first": coming(1), "last": coming(10)})
    assert len(slots_of(key)) >= 8
    assert "séances ouvertes" in await work.said()
    state = await work.do(ActivityFileState.turn, tab="preview")
    assert state.seen.ready
    assert {row.part for row in state.seen.rows} == {"Midi"}


async def test_lowering_places_below_bookings_is_refused_with_the_count(events: Pipeline) -> None:
    work, key = await opened(events)
    day = paris_day(clock.now()) + timedelta(days=4)
    slot = make_slot(make_offering(key), day)
    family = make_family("Essai")
    for name in ("Lou", "Zoé"):
        book(slot, make_child(name, family), family)
    form = {"first": day.isoformat(), "last": "", "capacity": "1", "gesture": "capacity"}
    state = await work.do(ActivityFileState.except_days, form_data=form)
    assert "2 réservations occupent déjà la séance" in state.fault
    assert state.editing == "except-days"
    assert slots_of(key)[0].capacity == 10
    state = await work.do(ActivityFileState.except_days, form_data=form | {"capacity": "2"})
    assert (state.fault, slots_of(key)[0].capacity) == ("", 2)
    assert state.file.exceptions[0].what == "2 places au lieu de 10"


async def test_closing_a_day_needs_its_reason_and_shows_it(events: Pipeline) -> None:
    work, key = await opened(events)
    day = paris_day(clock.now()) + timedelta(days=4)
    make_slot(make_offering(key), day)
    await work.do(ActivityFileState.choose_gesture, gesture="close")
    state = await work.do(ActivityFileState.except_days, form_data={"first": day.isoformat()})
    assert set(state.errors) == {"why"}
    form = {"first": day.isoformat(), "why": "Grève"}
    state = await work.do(ActivityFileState.except_days, form_data=form)
    assert [(one.what, one.tone) for one in state.file.exceptions] == [("Grève", "err")]
    await work.do(ActivityFileState.choose_gesture, gesture="reopen")
    state = await work.do(ActivityFileState.except_days, form_data={"first": day.isoformat()})
    assert state.file.exceptions == []
    assert await work.said() == "1 séance rouverte."


async def test_the_second_agent_keeps_what_was_typed_and_sees_the_new_settings(events: Pipeline) -> None:
    work, key = await opened(events)
    other = open_session(make_account("claire@mairie.example", role=Role.DIRECTION, now=clock.now()), now=clock.now())[
        1
    ]
    desk.change(actor=other, edit=edit_of(key), form=activity_form(name="Repas"), now=clock.now())
    await work.do(ActivityFileState.turn, tab="settings")
    state = await work.do(ActivityFileState.save_settings, form_data=activity_form(name="Midi"))
    assert "Un autre agent" in state.fault
    assert (state.tab, state.file.title) == ("settings", "Repas · Jean-Macé")
    state = await work.do(ActivityFileState.save_settings, form_data=activity_form(name="Midi"))
    assert (state.fault, activity_row(key).name) == ("", "Midi")


async def test_a_rule_that_is_wrong_keeps_the_form_with_its_faults(events: Pipeline) -> None:
    work, _ = await opened(events)
    await work.do(ActivityFileState.edit, what="rule-0")
    form = rule_form(valid_from="", **{"add-days": "99", "cancel-hour": "midi"})
    state = await work.do(ActivityFileState.review_rule, form_data=form)
    assert set(state.errors) == {"valid_from", "add-days", "cancel-hour"}
    assert (state.reviewed, state.editing, state.typed["add-days"]) == ([], "rule-0", "99")
    state = await work.do(ActivityFileState.review_rule, form_data=rule_form())
    assert state.reviewed
    state = await work.do(ActivityFileState.correct_rule)
    assert (state.reviewed, state.typed["add-days"]) == ([], "2")


async def test_two_rules_do_not_start_the_same_day(events: Pipeline) -> None:
    work, _ = await opened(events)
    await work.do(ActivityFileState.edit, what="rule-0")
    await work.do(ActivityFileState.review_rule, form_data=rule_form(valid_from="2020-01-01"))
    state = await work.do(ActivityFileState.save_rule)
    assert set(state.errors) == {"valid_from"}
    assert state.reviewed == []
    key = state.file.rules[0].id
    await work.do(ActivityFileState.edit, what=f"rule-{key}")
    await work.do(ActivityFileState.review_rule, form_data=rule_form(valid_from="2020-01-01"))
    state = await work.do(ActivityFileState.save_rule)
    assert (state.fault, state.file.rules[0].sentences[0]) == ("", "Réserver : deux jours ouvrés avant, à 12\u00a0h.")
    state = await work.do(ActivityFileState.remove_rule, rule_id=key)
    assert state.file.rules == []


async def test_the_shape_of_a_deadline_follows_the_choice(events: Pipeline) -> None:
    work, _ = await opened(events)
    await work.do(ActivityFileState.edit, what="rule-0")
    state = await work.do(ActivityFileState.reshape, which="late", kind="fixed")
    assert state.shapes["late"] == "fixed"
    state = await work.do(ActivityFileState.reshape, which="autre", kind="fixed")
    assert set(state.shapes) == {"add", "add-else", "late", "late-else", "cancel", "cancel-else"}


async def test_the_preview_says_its_faults(events: Pipeline) -> None:
    work, _ = await opened(events)
    await work.do(ActivityFileState.turn, tab="preview")
    form = {"moment": "demain", "age": "-1"}
    state = await work.do(ActivityFileState.preview, form_data=form)
    assert set(state.errors) == {"moment", "age"}
    state = await work.do(ActivityFileState.preview, form_data={"moment": "2019-01-01T12:00", "age": "8"})
    assert "trop lointain" in state.errors["moment"]


async def test_an_activity_closes_and_reopens(events: Pipeline) -> None:
    work, key = await opened(events)
    state = await work.do(ActivityFileState.open_activity, opened=False)
    assert state.file.closed
    state = await work.do(ActivityFileState.open_activity, opened=True)
    assert not state.file.closed
    slot = make_slot(make_offering(key), paris_day(clock.now()) + timedelta(days=2))
    family = make_family("Essai")
    book(slot, make_child("Lou", family), family)
    state = await work.do(ActivityFileState.open_activity, opened=False)
    assert "1 réservation est déjà faite" in state.fault
    assert not state.file.closed


@pytest.mark.parametrize("what", ["", "offering-", "offering--1", "rule-x", "rule-999", "x" * 2000])
async def test_forged_targets_touch_nothing(events: Pipeline, what: str, journal: Kept) -> None:
    work, key = await opened(events)
    await work.do(ActivityFileState.edit, what=what)
    await work.do(ActivityFileState.save_offering, form_data=offering_form(make_tariff()))
    state = await work.do(ActivityFileState.save_rule)
    assert (state.file.offerings, len(state.file.rules)) == ([], 1)
    for handler, payload in (
        (ActivityFileState.open_offering, {"offering_id": 2**40, "opened": False}),
        (ActivityFileState.remove_rule, {"rule_id": -5}),
        (ActivityFileState.choose_gesture, {"gesture": "tout"}),
        (ActivityFileState.turn, {"tab": "secrets"}),
    ):
        await work.do(handler, **payload)
    assert (state.gesture, state.tab) == ("capacity", "offerings")
    assert slots_of(key) == []
    assert journal.incidents() == []


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.REGIE, Role.ANIMATION])
async def test_both_pages_are_closed_to_other_agents(events: Pipeline, role: Role) -> None:
    key = make_activity()
    page = await arrive(events, f"{LIST}/{key}", role)
    assert not (await page.state(ActivityFileState)).file.ready
    assert (await page.call(ActivityListState.load, path=LIST)).is_closed
    account = open_session(make_account("autre@mairie.example", role=role))[1]
    with pytest.raises(NotOpenError):
        desk.add(actor=account, form=activity_form(), now=clock.now())


async def test_an_unknown_activity_is_a_closed_page(events: Pipeline) -> None:
    page = await arrive(events, f"{LIST}/999")
    assert (await page.state(PortalState)).closed
