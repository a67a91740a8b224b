"""« Écoles » sans navigateur : un formulaire ouvert à la fois, les refus à leur place."""

from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.state.base import PortalState
from portail.state.schools import SchoolsState
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
PATH = "/admin/ecoles"


async def arrive(events: Pipeline, role: Role = Role.DIRECTION) -> Page:
    account = make_account(f"{role}@mairie.example", role=role, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit(PATH)
    await page.call(SchoolsState.load, path=PATH)
    return page


async def do(page: Page, handler: Any, **payload: Any) -> SchoolsState:
    await page.call(handler, payload, PATH)
    return await page.state(SchoolsState)


async def notice(page: Page) -> str:
    return (await page.state(PortalState)).notice


async def test_a_school_and_a_class_are_added_from_the_page(events: Pipeline) -> None:
    page = await arrive(events)
    await do(page, SchoolsState.edit, what="school-0")
    state = await do(page, SchoolsState.save, form_data={"name": "École du Port"})
    assert (state.editing, state.fault, [one.name for one in state.listing.rows]) == ("", "", ["École du Port"])
    key = state.listing.rows[0].id
    await do(page, SchoolsState.edit, what=f"class-{key}-0")
    state = await do(page, SchoolsState.save, form_data={"name": "CP A", "CP": "on"})
    assert [(one.name, one.levels) for one in state.listing.rows[0].classes] == [("CP A", "CP")]
    group = state.listing.rows[0].classes[0].id
    await do(page, SchoolsState.edit, what=f"class-{key}-{group}")
    state = await do(page, SchoolsState.save, form_data={"name": "CP B"})
    assert state.listing.rows[0].classes[0].name == "CP B"
    assert await notice(page) == "La classe est enregistrée."


async def test_a_class_goes_to_the_year_on_screen(events: Pipeline) -> None:
    school, page = make_school(), await arrive(events)
    year = (await page.state(SchoolsState)).listing.years[0].value
    await do(page, SchoolsState.turn, year=year)
    await do(page, SchoolsState.edit, what=f"class-{school}-0")
    state = await do(page, SchoolsState.save, form_data={"name": "CP A", "year": "1999-2000"})
    assert (state.listing.year, len(state.listing.rows[0].classes)) == (year, 1)


async def test_a_refusal_keeps_the_form_open_beside_its_field(events: Pipeline) -> None:
    make_school("École du Port")
    page = await arrive(events)
    await do(page, SchoolsState.edit, what="school-0")
    state = await do(page, SchoolsState.save, form_data={"name": "ecole du port"})
    assert (state.editing, set(state.errors)) == ("school-0", {"name"})
    assert "existe déjà" in state.fault
    state = await do(page, SchoolsState.edit, what="")
    assert (state.editing, state.errors, state.fault) == ("", {}, "")


async def test_a_school_with_children_closes_and_is_not_removed(events: Pipeline) -> None:
    school = make_school()
    make_child("Lou", make_family("Essai"), school_id=school)
    page = await arrive(events)
    state = await do(page, SchoolsState.remove_school, school_id=school)
    assert "1 enfant y est" in await notice(page)
    assert len(state.listing.rows) == 1
    state = await do(page, SchoolsState.open_school, school_id=school, opened=False)
    assert state.listing.rows[0].closed
    state = await do(page, SchoolsState.open_school, school_id=school, opened=True)
    assert not state.listing.rows[0].closed


@pytest.mark.parametrize("what", ["", "school-", "school--1", "school-²", "class-", "class-1", "class-1-x", "x" * 2000])
async def test_forged_targets_touch_nothing(events: Pipeline, what: str, journal: Kept) -> None:
    page = await arrive(events)
    await do(page, SchoolsState.edit, what=what)
    state = await do(page, SchoolsState.save, form_data={"name": "École du Port"})
    assert state.listing.rows == []
    for handler, payload in (
        (SchoolsState.open_school, {"school_id": 2**40, "opened": False}),
        (SchoolsState.open_class, {"class_id": -5, "opened": True}),
        (SchoolsState.remove_school, {"school_id": 0}),
    ):
        await do(page, handler, **payload)
        assert "n’existe plus" in await notice(page)
    assert journal.incidents() == []


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.REGIE, Role.ANIMATION])
async def test_the_page_is_closed_to_other_agents(events: Pipeline, role: Role) -> None:
    make_school()
    page = await arrive(events, role)
    assert not (await page.state(SchoolsState)).listing.ready
    assert (await page.call(SchoolsState.open_school, {"school_id": 1, "opened": False}, PATH)).is_closed
