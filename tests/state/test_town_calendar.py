"""« Calendrier » et « Réservations » des agents sans navigateur : chaque refus à sa place."""

from datetime import timedelta
from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.domain.dates import paris_day
from portail.state.base import PortalState
from portail.state.occupancy import OccupancyState
from portail.state.town_calendar import TownCalendarState
from tests.factories.activities import make_activity, make_offering, make_slot
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.settled import book, slots_of
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
CALENDAR, PLACES = "/admin/calendrier", "/admin/reservations"


async def arrive(events: Pipeline, path: str, handler: Any, role: Role = Role.DIRECTION) -> Page:
    account = make_account(f"{role}@mairie.example", role=role, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit(path)
    await page.call(handler, path=path)
    return page


async def calendar(page: Page, handler: Any, **payload: Any) -> TownCalendarState:
    await page.call(handler, payload, CALENDAR)
    return await page.state(TownCalendarState)


async def notice(page: Page) -> str:
    return (await page.state(PortalState)).notice


def form(days: int = 5, **changes: str) -> dict[str, str]:
    day = (paris_day(clock.now()) + timedelta(days=days)).isoformat()
    return {"what": "town_closure", "first": day, "last": "", "name": "Pont"} | changes


async def test_a_period_is_added_and_removed_from_the_page(events: Pipeline) -> None:
    page = await arrive(events, CALENDAR, TownCalendarState.load)
    await calendar(page, TownCalendarState.start)
    state = await calendar(page, TownCalendarState.add, form_data=form(name=""))
    assert (state.adding, set(state.errors)) == (True, {"name"})
    state = await calendar(page, TownCalendarState.add, form_data=form())
    assert (state.adding, [one.name for one in state.shown.periods]) == (False, ["Pont"])
    state = await calendar(page, TownCalendarState.remove, period_id=state.shown.periods[0].id)
    assert state.shown.periods == []
    await calendar(page, TownCalendarState.remove, period_id=2**40)
    assert "n’est plus au calendrier" in await notice(page)


async def test_booked_days_keep_the_form_open_with_the_count(events: Pipeline) -> None:
    key = make_activity(day_kinds=["any"])
    slot = make_slot(make_offering(key, weekdays=[]), paris_day(clock.now()) + timedelta(days=5))
    family = make_family("Essai")
    book(slot, make_child("Lou", family), family)
    page = await arrive(events, CALENDAR, TownCalendarState.load)
    await calendar(page, TownCalendarState.start)
    state = await calendar(page, TownCalendarState.add, form_data=form())
    assert state.adding
    assert "1 réservation est déjà faite" in state.fault
    assert slots_of(key)[0].closed_why == ""
    state = await calendar(page, TownCalendarState.cancel)
    assert (state.adding, state.fault) == (False, "")


async def test_the_year_turns_and_unknown_choices_change_nothing(events: Pipeline) -> None:
    page = await arrive(events, CALENDAR, TownCalendarState.load)
    state = await page.state(TownCalendarState)
    year = state.shown.years[0].value
    state = await calendar(page, TownCalendarState.turn, year=year)
    assert state.shown.year == year
    state = await calendar(page, TownCalendarState.choose, wish="holiday")
    assert state.wish == "holiday"
    state = await calendar(page, TownCalendarState.choose, wish="tout")
    assert state.wish == "holiday"


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.REGIE, Role.ANIMATION])
async def test_the_calendar_is_closed_to_other_agents(events: Pipeline, role: Role) -> None:
    page = await arrive(events, CALENDAR, TownCalendarState.load, role)
    assert not (await page.state(TownCalendarState)).shown.ready
    assert (await page.call(TownCalendarState.add, {"form_data": form()}, CALENDAR)).is_closed


async def test_every_agent_sees_the_places_and_wrong_dates_are_said(events: Pipeline, journal: Kept) -> None:
    key = make_activity(name="Cantine")
    slot = make_slot(make_offering(key), paris_day(clock.now()))
    page = await arrive(events, PLACES, OccupancyState.load, Role.ANIMATION)
    state = await page.state(OccupancyState)
    assert [row.id for row in state.shown.rows] == [slot]
    await page.call(OccupancyState.search, {"form_data": {"first": "hier", "activity_id": "x"}}, PLACES)
    state = await page.state(OccupancyState)
    assert set(state.errors) == {"first"}
    assert len(state.shown.rows) == 1
    await page.call(OccupancyState.load_slot, path=f"{PLACES}/{slot}")
    assert (await page.state(OccupancyState)).slot.ready
    await page.call(OccupancyState.load_slot, path=f"{PLACES}/999")
    assert (await page.state(PortalState)).closed
    assert journal.incidents() == []
