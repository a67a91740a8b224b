"""« Mon tableau de bord » et le choix d'un enfant, sans navigateur."""

from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.services import audit
from portail.state.base import PortalState
from portail.state.chooser import ChooserState
from portail.state.history import HistoryState
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
PATH = "/tableau-de-bord"


def family() -> tuple[Account, int, int]:
    alba = make_account(now=clock.now())
    home = make_family("Essai", alba)
    lou, zoe = make_child("Lou", home), make_child("Zoé", home)
    for child in (lou, zoe):
        note("health.confirmed", alba, child)
    note("account.password_changed", alba, 0)
    return alba, lou, zoe


def note(action: str, account: Account, subject: int) -> None:
    with transaction() as db:
        audit.record(db, action, at=clock.now(), actor_id=account.key, subject_id=subject)


async def arrive(events: Pipeline, account: Account, path: str = PATH) -> Page:
    page = events.page(session=open_session(account, now=clock.now())[0])
    await go(page, path)
    return page


async def go(page: Page, path: str) -> None:
    page.path = path
    await page.visit(path)
    await page.call(ChooserState.load_chooser, path=path)
    if path == PATH:
        await page.call(HistoryState.load, path=path)


async def do(tab: Page, handler: Any, **payload: Any) -> HistoryState:
    await tab.call(handler, payload, tab.path)
    return await tab.state(HistoryState)


async def test_the_history_is_shown_and_filtered_one_filter_keeping_the_other(events: Pipeline) -> None:
    alba, *_ = family()
    page = await arrive(events, alba)
    state = await page.state(HistoryState)
    assert (state.history.ready, len(state.history.rows)) == (True, 3)
    state = await do(page, HistoryState.show_kind, kind="health")
    assert [line.kind for line in state.history.rows] == ["Santé", "Santé"]
    state = await do(page, HistoryState.show_period, period="month")
    assert (state.history.kind, state.history.period, len(state.history.rows)) == ("health", "month", 2)
    state = await do(page, HistoryState.turn, page=9)
    assert (state.history.page, state.history.kind) == (1, "health")


async def test_the_child_chosen_here_is_chosen_there(events: Pipeline) -> None:
    alba, lou, zoe = family()
    page = await arrive(events, alba)
    state = await do(page, HistoryState.choose_child, child_id=zoe)
    assert (state.chooser.chosen, [line.about for line in state.history.rows]) == (zoe, ["Zoé"])
    await go(page, f"/dossier/enfants/{lou}/sante")
    assert (await page.state(ChooserState)).chooser.chosen == lou
    await go(page, PATH)
    state = await page.state(HistoryState)
    assert [line.about for line in state.history.rows] == ["Lou"]
    state = await do(page, HistoryState.choose_child, child_id=0)
    assert len(state.history.rows) == 3


@pytest.mark.parametrize("suffix", ["", "/sante", "/garde"])
async def test_another_child_opens_the_same_page(events: Pipeline, suffix: str) -> None:
    alba, lou, zoe = family()
    page = await arrive(events, alba, f"/dossier/enfants/{lou}{suffix}")
    answer = await page.call(ChooserState.go, {"child_id": zoe}, page.path)
    assert answer.redirects == [f"/dossier/enfants/{zoe}{suffix}"]
    assert (await page.state(ChooserState)).chooser.chosen == zoe


@pytest.mark.parametrize(
    "path", ["/dossier", "/demarches/12", "/admin/enfants/12/sante", "/dossier/enfants/[child_id]"]
)
async def test_elsewhere_an_address_chooses_no_child(events: Pipeline, path: str) -> None:
    alba, lou, _ = family()
    page = await arrive(events, alba, path)
    answer = await page.call(ChooserState.go, {"child_id": lou}, path)
    assert answer.redirects == []
    assert (await page.state(ChooserState)).chooser.chosen == 0


@pytest.mark.parametrize("forged", [-3, 999_999, 2**40])
async def test_a_forged_child_is_not_chosen(events: Pipeline, forged: int, journal: Kept) -> None:
    alba, lou, _ = family()
    stranger = make_child("Noé", make_family("Loin", make_account("loin@famille.example", now=clock.now())))
    for key in (forged, stranger):
        page = await arrive(events, alba)
        await do(page, HistoryState.choose_child, child_id=key)
        assert (await page.state(PortalState)).closed
        page = await arrive(events, alba, f"/dossier/enfants/{lou}")
        answer = await page.call(ChooserState.go, {"child_id": key}, page.path)
        assert answer.redirects == []
        assert (await page.state(ChooserState)).chooser.chosen == lou
    assert journal.incidents() == []


async def test_the_page_is_closed_to_an_agent(events: Pipeline) -> None:
    agent = make_account("odile@mairie.example", role=Role.RECEPTION, now=clock.now())
    page = await arrive(events, agent)
    state = await page.state(HistoryState)
    assert (state.history.ready, state.chooser.children) == (False, [])
