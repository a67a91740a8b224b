"""« Absences », sans navigateur : ce que voit un parent, ce que fait un agent pour une classe."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from portail import clock
from portail.domain.accounts import Role
from portail.domain.dates import paris_day
from portail.models.bookings import Booking
from portail.models.database import reading
from portail.services.absences import declaring
from portail.state.absences import AbsencesState, GroupState
from portail.state.base import PortalState
from tests.factories.activities import make_canteen
from tests.factories.booked import book, state_of
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
PATH, DESK = "/absences", "/admin/absences"


def tomorrow() -> str:
    return (paris_day(clock.now()) + timedelta(days=1)).isoformat()


async def arrive(events: Pipeline) -> tuple[Page, Any, int]:
    account = make_account(now=clock.now())
    token, actor = open_session(account, now=clock.now())
    family = make_family("Durand", account)
    lou, zoe = make_child("Lou", family), make_child("Zoé", family)
    _, slot = make_canteen(day=paris_day(clock.now()) + timedelta(days=1))
    for child in (lou, zoe):
        book(slot, child, family)
    page = events.page(session=token)
    await page.visit(PATH)
    return page, actor, zoe


async def test_the_page_opens_on_a_child_and_follows_the_choice(events: Pipeline) -> None:
    page, _, zoe = await arrive(events)
    state = await page.state(AbsencesState)
    assert (state.absences.first_name, len(state.absences.days)) == ("Lou", 1)
    await page.call(AbsencesState.choose_child, {"child_id": zoe}, PATH)
    state = await page.state(AbsencesState)
    assert (state.absences.child, state.chooser.chosen) == (zoe, zoe)


async def test_a_declaration_sent_is_read_again_and_said(events: Pipeline) -> None:
    page, actor, _ = await arrive(events)
    child = (await page.state(AbsencesState)).absences.child
    await page.call(AbsencesState.refused, {"text": "Indiquez le motif.", "files": ""}, PATH)
    assert (await page.state(AbsencesState)).fault == "Indiquez le motif."
    form = {"first": tomorrow(), "text": "Otite"}
    declaring.declare(actor=actor, child_id=child, form=form, now=clock.now())
    await page.call(AbsencesState.sent, {}, PATH)
    state = await page.state(AbsencesState)
    assert (state.fault, len(state.absences.declared), state.absences.days) == ("", 1, [])
    assert "envoyée" in (await page.state(PortalState)).notice


async def desk(events: Pipeline) -> tuple[Page, dict[str, str], int]:
    school = make_school("Jean-Macé")
    family = make_family("Durand", make_account("zoe@famille.example", now=clock.now()))
    child = make_child("Zoé", family, school_id=school)
    activity, slot = make_canteen(day=paris_day(clock.now()) + timedelta(days=1))
    key = book(slot, child, family)
    agent = make_account("accueil@mairie.example", role=Role.DIRECTION, now=clock.now())
    page = events.page(session=open_session(agent, now=clock.now())[0])
    await page.visit(DESK)
    return page, {"school": str(school), "first": tomorrow(), "why": "Grève", f"activity-{activity}": "on"}, key


async def test_an_agent_sees_then_confirms(events: Pipeline) -> None:
    page, form, key = await desk(events)
    await page.call(GroupState.look, {"form_data": form}, DESK)
    state = await page.state(GroupState)
    assert (state.preview.ready, state.preview.summary) == (True, "1 réservation · 1 enfant, 1 famille")
    assert state_of(key) == "booked"
    await page.call(GroupState.confirm, {}, DESK)
    state = await page.state(GroupState)
    assert (state.preview.ready, state.done) == (False, "1 réservation annulée ; 1 famille prévenue.")
    assert state_of(key) == "cancelled"


async def test_confirming_twice_or_without_a_preview_does_nothing(events: Pipeline) -> None:
    page, form, key = await desk(events)
    await page.call(GroupState.confirm, {}, DESK)
    assert state_of(key) == "booked"
    await page.call(GroupState.look, {"form_data": form}, DESK)
    await page.call(GroupState.give_up, {}, DESK)
    await page.call(GroupState.confirm, {}, DESK)
    assert (state_of(key), (await page.state(GroupState)).done) == ("booked", "")


@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"first": "x"},
        {"school": "-1"},
        {"school": "9" * 400},
        {"activity-9999999999999999999999": "on"},
        {"é": "é"},
    ],
)
async def test_bad_forms_are_refused_beside_their_fields(events: Pipeline, junk: dict[str, str]) -> None:
    page, form, key = await desk(events)
    known = {name: value for name, value in form.items() if not name.startswith("activity")}
    await page.call(GroupState.look, {"form_data": known | junk}, DESK)
    state = await page.state(GroupState)
    assert not state.preview.ready or state.preview.is_empty
    assert state_of(key) == "booked"


async def test_a_parent_cannot_call_the_desk(events: Pipeline) -> None:
    page, _, _ = await arrive(events)
    await page.call(GroupState.look, {"form_data": {"first": tomorrow()}}, DESK)
    await page.call(GroupState.confirm, {}, DESK)
    with reading() as db:
        assert {one.state for one in db.exec(select(Booking))} == {"booked"}
