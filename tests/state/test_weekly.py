"""« Modification avancée », sans navigateur : remplir, voir, confirmer, défaire, et ce qui ne passe pas."""

from typing import Any
from urllib.parse import unquote

import pytest
from sqlmodel import select

from portail import clock
from portail.domain.bookings import HOLDING
from portail.domain.refusals import RefusalError
from portail.models.accounts import Account
from portail.models.activities import Offering
from portail.models.bookings import Booking
from portail.models.database import reading
from portail.services.payments import keeping, resuming
from portail.state.base import PortalState
from portail.state.weekly import WeeklyState
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen, make_home
from tests.factories.money import fill
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


@pytest.fixture(autouse=True)
def _at_a_known_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


class Visit:
    """Camille devant la page d'une cantine."""

    def __init__(self, cents: int = 10_000) -> None:
        self.home: Home = make_home(cents=cents)
        self.activity, self.slots = make_canteen()
        with reading() as db:
            self.offering = db.exec(select(Offering.id)).one()
        self.path = f"/reservations/{self.activity}/avancee"

    def form(self, **changes: str) -> dict[str, Any]:
        ticks = {f"jour-{self.offering}-{day}": "on" for day in (0, 1, 3, 4)}
        period = {"du": "2026-12-01", "au": "2026-12-18", "rythme": "1", "mode": "add"}
        return {f"enfant-{self.home.child}": "on", **ticks, **period, **changes}

    async def arrive(self, events: Pipeline, query: str = "") -> Page:
        with reading() as db:
            account = db.get_one(Account, self.home.actor.account_id)
        page = events.page(session=open_session(account, now=NOW)[0])
        await page.visit(self.path + query)
        return page

    async def send(self, page: Page, **changes: str) -> WeeklyState:
        await page.call(WeeklyState.prepare, {"form_data": self.form(**changes)}, self.path)
        return await page.state(WeeklyState)

    async def confirm(self, page: Page, **changes: str) -> WeeklyState:
        found = (await page.state(WeeklyState)).preview
        form = {"wish": found.wish, "seen": found.seen, "token": found.token} | changes
        await page.call(WeeklyState.confirm, {"form_data": form}, self.path)
        return await page.state(WeeklyState)


def booked() -> int:
    with reading() as db:
        return sum(row.state in HOLDING for row in db.exec(select(Booking)))


async def test_a_week_is_filled_in_shown_confirmed_and_undone(events: Pipeline) -> None:
    visit = Visit()
    page = await visit.arrive(events)
    state = await visit.send(page)
    days = len(visit.slots)
    assert (state.preview.title, state.busy, booked()) == (f"{days} séances à réserver", False, 0)
    state = await visit.confirm(page)
    assert (state.outcome.message, state.outcome.can_undo, state.preview.token) == (
        f"{days} séances réservées.",
        True,
        "",
    )
    assert booked() == days
    await page.call(WeeklyState.undo, {}, visit.path)
    assert (booked(), (await page.state(WeeklyState)).outcome.batch) == (0, 0)
    assert (await page.state(PortalState)).notice.startswith("Votre modification est annulée")


async def test_an_address_fills_the_form(events: Pipeline) -> None:
    visit = Visit()
    page = await visit.arrive(events, f"?enfant={visit.home.child}&jours={visit.offering}.3")
    form = (await page.state(WeeklyState)).form
    assert [one.checked for one in form.children] == [True, False]
    boxes = [box for activity in form.activities for part in activity.parts for box in part.boxes]
    assert [box.long for box in boxes if box.checked] == ["jeudi"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"au": "2026-11-30"}, "au"),
        ({"du": "bientôt"}, "du"),
        ({"au": "2031-01-01"}, "au"),
        ({"rythme": "9"}, "rythme"),
        ({"mode": "effacer"}, "mode"),
        ({"jour-999999-1": "on"}, "jours"),
        ({"enfant-999999": "on"}, "enfants"),
    ],
)
async def test_each_fault_is_written_near_its_field(events: Pipeline, changes: dict[str, str], field: str) -> None:
    visit = Visit()
    page = await visit.arrive(events)
    state = await visit.send(page, **changes)
    assert list(state.errors) == [field]
    assert state.fault
    assert (state.preview.token, state.busy) == ("", False)


async def test_an_empty_form_says_everything_at_once(events: Pipeline) -> None:
    visit = Visit()
    page = await visit.arrive(events)
    await page.call(WeeklyState.prepare, {"form_data": {}}, visit.path)
    assert list((await page.state(WeeklyState)).errors) == ["enfants", "jours", "du", "au", "rythme", "mode"]


@pytest.mark.parametrize(
    "form",
    [
        {f"jour-{'9' * 40}-1": "on", "enfant-x": "on", "jour": "on", "jour--": "on", "enfant-": "on"},
        {"wish": "x" * 1_900, "seen": "1.2.3", "token": "x" * 16},
        {"wish": "&" * 500, "seen": "", "token": "x" * 16},
    ],
)
async def test_junk_changes_nothing(events: Pipeline, form: dict[str, str]) -> None:
    visit = Visit()
    page = await visit.arrive(events)
    for handler in (WeeklyState.prepare, WeeklyState.confirm):
        await page.call(handler, {"form_data": form}, visit.path)
    state = await page.state(WeeklyState)
    assert (state.outcome.batch, state.busy, booked()) == (0, False, 0)


async def test_a_preview_that_is_no_longer_true_is_shown_again(events: Pipeline) -> None:
    visit = Visit()
    page = await visit.arrive(events)
    await visit.send(page)
    visit.home.book(visit.activity, visit.slots[0])
    state = await visit.confirm(page)
    assert (state.outcome.message, state.outcome.batch) == ("Rien n’a été changé.", 0)
    assert state.preview.title == f"{len(visit.slots) - 1} séances à réserver"
    assert state.preview.changed


async def test_a_stranger_finds_nothing(events: Pipeline) -> None:
    visit = Visit()
    page = events.page(session=open_session(make_account("autre@famille.example", now=NOW), now=NOW)[0])
    await page.visit(visit.path)
    state = await page.state(WeeklyState)
    assert (state.form.ready, (await page.state(PortalState)).closed) == (False, True)


async def test_a_week_too_dear_is_kept_and_comes_back_to_be_confirmed_in_one_click(events: Pipeline) -> None:
    visit = Visit(cents=100)
    page = await visit.arrive(events)
    state = await visit.send(page)
    assert (state.preview.can_settle, state.preview.can_confirm) == (True, False)
    answer = await page.call(WeeklyState.settle_first, {}, visit.path)
    (address,) = answer.redirects
    suite = unquote(address.partition("=")[2])
    assert suite.startswith(f"{visit.path}?reprise=SE")
    fill(visit.home.family, 10_000)
    await page.visit(suite)
    await page.call(WeeklyState.load, path=suite)
    state = await page.state(WeeklyState)
    assert [box.checked for box in state.form.children] == [True, False]
    assert (state.form.first, state.form.last) == ("2026-12-01", "2026-12-18")
    assert (state.preview.can_confirm, (await page.state(PortalState)).notice) == (True, resuming.BACK)
    state = await visit.confirm(page)
    assert (booked(), state.draft.reference, state.busy) == (len(visit.slots), "", False)
    await page.call(WeeklyState.load, path=suite)
    state = await page.state(WeeklyState)
    assert (state.preview.token, (await page.state(PortalState)).notice) == ("", resuming.LOST)


async def test_a_week_kept_by_another_fills_nothing(events: Pipeline) -> None:
    visit = Visit(cents=100)
    other = make_home("Boris")
    wish = "enfants=1&jours=1.0&du=2026-12-01&au=2026-12-18&rythme=1&mode=add"
    with pytest.raises(RefusalError):
        keeping.keep_week(actor=other.actor, activity_id=visit.activity, wish=wish, now=NOW)
    wish = wish.replace("enfants=1", f"enfants={other.child}").replace("jours=1", f"jours={visit.offering}")
    address = keeping.keep_week(actor=other.actor, activity_id=visit.activity, wish=wish, now=NOW)
    page = await visit.arrive(events)
    path = unquote(address.partition("=")[2])
    await page.call(WeeklyState.load, path=path)
    state = await page.state(WeeklyState)
    assert (state.form.ready, state.preview.token, state.draft.wish) == (True, "", "")


async def test_nothing_to_settle_leads_nowhere(events: Pipeline) -> None:
    visit = Visit()
    page = await visit.arrive(events)
    answer = await page.call(WeeklyState.settle_first, {}, visit.path)
    assert (answer.redirects, (await page.state(WeeklyState)).busy) == ([], False)
    assert (await page.state(PortalState)).notice_tone == "err"
