"""Le message du moment : il survit à la page où il mène, puis laisse voir la suivante."""

from datetime import timedelta
from typing import Any

import pytest

from portail import clock
from portail.state.account import AccountState
from portail.state.base import PortalState
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
PATH = "/compte"


async def said(page: Page) -> str:
    return (await page.state(PortalState)).notice


async def told(events: Pipeline) -> Page:
    """Un incident vient d'être dit."""
    page = events.page(session=open_session(make_account(now=clock.now()), now=clock.now())[0])
    await page.visit(PATH)
    await page.call(AccountState.load, {}, PATH)
    await page.call(PortalState.report_incident, {"reference": "ABCD2345"}, PATH)
    assert "Un incident est survenu" in await said(page)
    return page


@pytest.mark.parametrize(("seconds", "is_kept"), [(0, True), (4, True), (6, False), (60, False)])
async def test_a_message_is_read_on_arrival_and_does_not_follow_further(
    events: Pipeline, monkeypatch: pytest.MonkeyPatch, seconds: int, is_kept: bool
) -> None:
    page = await told(events)
    later = clock.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "now", lambda: later)
    await page.call(PortalState.enter, {}, "/aide")
    assert bool(await said(page)) is is_kept
    assert bool((await page.state(PortalState)).notice_reference) is is_kept


async def test_a_message_closed_stays_closed(events: Pipeline) -> None:
    page = await told(events)
    await page.call(PortalState.dismiss_notice, {}, PATH)
    await page.call(PortalState.enter, {}, PATH)
    assert await said(page) == ""


async def test_a_new_message_starts_its_own_time(events: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    page = await told(events)
    moments: dict[str, Any] = {"now": clock.now() + timedelta(seconds=30)}
    monkeypatch.setattr(clock, "now", lambda: moments["now"])
    await page.call(PortalState.report_incident, {"reference": "EFGH2345"}, PATH)
    moments["now"] += timedelta(seconds=3)
    await page.call(PortalState.enter, {}, PATH)
    assert (await page.state(PortalState)).notice_reference == "EFGH2345"
