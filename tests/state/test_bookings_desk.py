"""Le calendrier d'une famille devant un agent, sans navigateur : réserver en son nom, passer outre, et à qui c'est fermé."""

from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.state.base import PortalState
from portail.state.bookings_desk import DeskCalendarState
from tests.conftest import NOW
from tests.factories.booking import make_canteen, make_home, states, taken
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


@pytest.fixture(autouse=True)
def _at_a_known_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


class Counter:
    """Un agent au guichet, devant la cantine des Alba ; son premier jour est complet."""

    def __init__(self, role: Role = Role.ADMIN) -> None:
        self.home = make_home()
        self.activity, self.slots = make_canteen(capacity=1)
        make_home("Bruno").book(self.activity, self.slots[0])
        self.agent = make_account("guichet@mairie.example", role=role, now=NOW)
        self.path = f"/admin/familles/{self.home.family}/reservations/{self.activity}"

    async def arrive(self, events: Pipeline) -> Page:
        page = events.page(session=open_session(self.agent, now=NOW)[0])
        await page.visit(self.path)
        return page

    async def call(self, page: Page, handler: Any, **form: str) -> DeskCalendarState:
        await page.call(handler, {"form_data": form}, self.path)
        return await page.state(DeskCalendarState)


async def test_an_agent_books_for_the_family(events: Pipeline) -> None:
    desk = Counter()
    page = await desk.arrive(events)
    recap = (await desk.call(page, DeskCalendarState.preview_desk, choices=desk.home.choices(desk.slots[1]))).recap
    assert recap.can_confirm
    state = await desk.call(page, DeskCalendarState.confirm_desk, choices=recap.choices, token=recap.token)
    assert (state.outcome.message, state.month.family, state.busy) == ("1 jour réservé.", desk.home.family, False)
    assert states(desk.slots[1]) == ["booked"]
    await page.call(DeskCalendarState.undo_desk, {}, desk.path)
    assert states(desk.slots[1]) == []


async def test_a_full_day_asks_for_a_reason_then_is_booked(events: Pipeline) -> None:
    desk = Counter()
    page = await desk.arrive(events)
    choices = desk.home.choices(desk.slots[0])
    state = await desk.call(page, DeskCalendarState.preview_desk, choices=choices)
    assert (state.recap.can_force, state.recap.can_confirm) == (True, False)
    state = await desk.call(page, DeskCalendarState.override, **{choices: "on", "reason": "non"})
    assert "dites pourquoi" in state.reason_error
    assert state.recap.can_force
    state = await desk.call(page, DeskCalendarState.override, **{choices: "on", "reason": "Accord du directeur"})
    recap = state.recap
    assert (state.reason_error, recap.reason, recap.can_confirm) == ("", "Accord du directeur", True)
    sent = {"choices": recap.choices, "token": recap.token, "reason": recap.reason}
    state = await desk.call(page, DeskCalendarState.confirm_desk, **sent)
    assert state.outcome.message == "1 jour réservé."
    assert taken(desk.slots[0]) == 2


async def test_an_empty_wallet_is_billed_when_the_box_is_ticked(events: Pipeline) -> None:
    desk = Counter()
    home = make_home("Cadet", cents=0)
    desk.home, desk.path = home, f"/admin/familles/{home.family}/reservations/{desk.activity}"
    page = await desk.arrive(events)
    choices = home.choices(desk.slots[1])
    recap = (await desk.call(page, DeskCalendarState.preview_desk, choices=choices)).recap
    assert (bool(recap.blocked), recap.can_force, recap.can_confirm) == (True, True, False)
    state = await desk.call(page, DeskCalendarState.override, bill="on", reason="Paiement en mairie")
    recap = state.recap
    assert (recap.is_billed, recap.can_confirm, recap.choices) == (True, True, choices)
    sent = {"choices": recap.choices, "token": recap.token, "reason": recap.reason, "bill": "on"}
    state = await desk.call(page, DeskCalendarState.confirm_desk, **sent)
    assert (state.outcome.message, states(desk.slots[1])) == ("1 jour réservé.", ["booked"])


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"reason": "Accord du directeur"},
        {"x=y": "on", "reason": "Accord du directeur"},
        {"1.1=effacer": "on", "reason": "Accord du directeur"},
        {"choices": "1.1=add,1.1=remove", "token": "x" * 16},
    ],
)
async def test_junk_changes_nothing(events: Pipeline, form: dict[str, str]) -> None:
    desk = Counter()
    page = await desk.arrive(events)
    for handler in (DeskCalendarState.preview_desk, DeskCalendarState.override, DeskCalendarState.confirm_desk):
        state = await desk.call(page, handler, **form)
    assert (state.outcome.batch, state.busy) == (0, False)
    assert taken(desk.slots[0]) == 1


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE])
async def test_who_does_not_hold_the_files_sees_nothing(events: Pipeline, role: Role) -> None:
    desk = Counter(role)
    page = await desk.arrive(events)
    state = await page.state(DeskCalendarState)
    assert (state.month.activity, (await page.state(PortalState)).closed) == (0, True)
