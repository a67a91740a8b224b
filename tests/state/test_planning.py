"""« Planning », sans navigateur : les vues, l'enfant choisi, le lien privé."""

from datetime import timedelta
from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Actor
from portail.domain.dates import paris_day
from portail.domain.refusals import NotOpenError
from portail.services.planning import feed
from portail.state.base import PortalState
from portail.state.planning import PlanningState
from tests.factories.activities import make_canteen
from tests.factories.booked import book
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
PATH = "/planning"


async def arrive(events: Pipeline) -> tuple[Page, Actor, int]:
    account = make_account(now=clock.now())
    family = make_family("Essai", account)
    lou, zoe = make_child("Lou", family), make_child("Zoé", family)
    _, slot = make_canteen(day=paris_day(clock.now()))
    for child in (lou, zoe):
        book(slot, child, family)
    token, actor = open_session(account, now=clock.now())
    page = events.page(session=token)
    await page.visit(PATH)
    return page, actor, zoe


async def seen(page: Page) -> list[str]:
    planning = (await page.state(PlanningState)).planning
    return [line.child for day in planning.days for line in day.lines]


async def test_the_page_shows_this_month_for_everyone(events: Pipeline) -> None:
    page, _, _ = await arrive(events)
    state = await page.state(PlanningState)
    assert (state.planning.ready, state.planning.span, state.feed.exists) == (True, "month", False)
    assert await seen(page) == ["Lou", "Zoé"]


async def test_views_periods_and_children_go_together(events: Pipeline) -> None:
    page, _, zoe = await arrive(events)
    await page.call(PlanningState.show_span, {"span": "week"}, PATH)
    await page.call(PlanningState.choose_child, {"child_id": zoe}, PATH)
    today = paris_day(clock.now())
    await page.call(PlanningState.turn, {"day": today.isoformat()}, PATH)
    state = await page.state(PlanningState)
    assert (state.planning.span, len(state.planning.days), await seen(page)) == ("week", 7, ["Zoé"])
    await page.call(PlanningState.turn, {"day": (today + timedelta(days=14)).isoformat()}, PATH)
    assert await seen(page) == []
    assert (await page.state(PlanningState)).planning.is_empty


@pytest.mark.parametrize(
    ("handler", "payload"),
    [
        (PlanningState.show_span, {"span": "' or 1=1"}),
        (PlanningState.turn, {"day": "9999-99-99"}),
        (PlanningState.turn, {"day": "x" * 2_000}),
        (PlanningState.choose_child, {"child_id": -5}),
    ],
)
async def test_bad_input_shows_the_same_page(events: Pipeline, handler: Any, payload: dict[str, Any]) -> None:
    page, _, _ = await arrive(events)
    await page.call(handler, payload, PATH)
    assert await seen(page) == ["Lou", "Zoé"]


async def test_a_link_is_made_renewed_and_revoked(events: Pipeline) -> None:
    page, _, _ = await arrive(events)
    await page.call(PlanningState.subscribe, {}, PATH)
    first = (await page.state(PlanningState)).feed
    assert first.address.endswith(".ics")
    assert (await page.state(PortalState)).notice == "Votre lien est prêt."
    await page.call(PlanningState.subscribe, {}, PATH)
    second = (await page.state(PlanningState)).feed
    assert second.address != first.address
    assert "renouvelé" in (await page.state(PortalState)).notice
    await page.call(PlanningState.ask_to_revoke, {"wanted": True}, PATH)
    assert (await page.state(PlanningState)).asking_to_revoke
    await page.call(PlanningState.revoke, {}, PATH)
    state = await page.state(PlanningState)
    assert (state.feed.exists, state.asking_to_revoke) == (False, False)
    with pytest.raises(NotOpenError):
        feed.read(second.address.rpartition("/")[2].removesuffix(".ics"), clock.now())


async def test_a_link_seen_once_is_not_shown_again(events: Pipeline) -> None:
    page, _, _ = await arrive(events)
    await page.call(PlanningState.subscribe, {}, PATH)
    await page.visit(PATH)
    view = (await page.state(PlanningState)).feed
    assert (view.exists, view.address) == (True, "")


async def test_a_signed_out_visitor_gets_nothing(events: Pipeline) -> None:
    page = events.page()
    await page.visit(PATH)
    state = await page.state(PlanningState)
    assert (state.planning.ready, state.feed.exists) == (False, False)
