"""Les pages de l'attente, sans navigateur : réponses, file des agents, campagnes, salle, vœux, et ce qui est mal formé."""

from datetime import timedelta
from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.domain.activities import WaitlistMode
from portail.state.base import PortalState
from portail.state.campaigns import CampaignsState
from portail.state.room import RoomState
from portail.state.validations import ValidationsState
from portail.state.waitlist import WaitlistState
from portail.state.wishes import WishesState
from tests.factories.activities import make_activity, make_canteen
from tests.factories.campaigns import make_campaign
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.waitlist import Home, cancel, check_counts, entry_of, fill, make_home, state_of, wait
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, now: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


async def parent(events: Pipeline, name: str, now: Any) -> tuple[Page, Home]:
    account = make_account(f"{name}@famille.example", now=now)
    family = make_family(name, account)
    token, actor = open_session(account, now=now)
    return events.page(session=token), Home(actor, family, make_child(name.capitalize(), family), account.email)


def agent(events: Pipeline, now: Any, role: Role = Role.DIRECTION) -> Page:
    account = make_account(f"{role}@mairie.example", role=role, now=now)
    return events.page(session=open_session(account, now=now)[0])


async def do(page: Page, path: str, handler: Any, state: Any, **payload: Any) -> Any:
    await page.call(handler, payload, path)
    return await page.state(state)


async def notice(page: Page) -> str:
    return (await page.state(PortalState)).notice


LISTS = "/listes-attente"


async def offered(events: Pipeline, now: Any) -> tuple[Page, Home, int]:
    page, bruno = await parent(events, "bruno", now)
    alba = make_home("alba")
    _, slot = make_canteen(capacity=1, waitlist_mode=WaitlistMode.OFFER)
    fill(slot, alba)
    wait(slot, bruno)
    cancel(slot, alba)
    return page, bruno, slot


async def test_an_offer_is_accepted_from_the_page(events: Pipeline, now: Any) -> None:
    page, bruno, slot = await offered(events, now)
    state = await do(page, LISTS, WaitlistState.load, WaitlistState)
    (line,) = state.lists.offers
    state = await do(page, LISTS, WaitlistState.accept, WaitlistState, entry_id=line.id)
    assert state.lists.offers == []
    assert state_of(slot, bruno) == "booked"
    assert "à vous" in await notice(page)


async def test_an_offer_is_declined_from_the_page(events: Pipeline, now: Any) -> None:
    page, bruno, slot = await offered(events, now)
    entry = entry_of(slot, bruno)
    assert entry is not None
    await do(page, LISTS, WaitlistState.withdraw, WaitlistState, entry_id=entry.key)
    assert state_of(slot, bruno) == "left"
    assert check_counts(slot).taken == 0


@pytest.mark.parametrize("handler", [WaitlistState.accept, WaitlistState.withdraw])
@pytest.mark.parametrize("number", [0, -1, 999, 2**40])
async def test_unknown_offers_answer_like_a_missing_page(events: Pipeline, now: Any, handler: Any, number: int) -> None:
    page, _ = await parent(events, "bruno", now)
    await do(page, LISTS, handler, WaitlistState, entry_id=number)
    assert (await page.state(PortalState)).closed


async def test_junk_instead_of_a_number_is_refused(events: Pipeline, now: Any) -> None:
    page, bruno, slot = await offered(events, now)
    for junk in ("1", 1.5, None, [1], {"a": 1}):
        await page.call(WaitlistState.accept, {"entry_id": junk}, LISTS)
    assert state_of(slot, bruno) == "offered"


DESK = "/admin/validations"


async def test_ticked_days_are_answered_together(events: Pipeline, now: Any) -> None:
    page = agent(events, now)
    alba, bruno = make_home("alba"), make_home("bruno")
    _, slot = make_canteen(capacity=2)
    fill(slot, alba, bruno, state="pending")  # type: ignore[arg-type]
    state = await do(page, DESK, ValidationsState.load, ValidationsState)
    form = {f"jour-{row.id}": "on" for row in state.pending.rows}
    assert len(form) == 2
    state = await do(page, DESK, ValidationsState.answer, ValidationsState, form_data=form | {"answer": "accept"})
    assert (state.fault, state.pending.rows) == ("", [])
    assert await notice(page) == "2 jours acceptés : les familles sont prévenues."
    assert [state_of(slot, one) for one in (alba, bruno)] == ["booked", "booked"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"answer": "refuse", "why": "Non."},
        {"jour-x": "on", "answer": "accept"},
        {"jour-1": "on", "answer": "refuse", "why": "  "},
        {"jour-999": "on", "answer": "accept"},
        {"jour--1": "on", "answer": "accept"},
    ],
)
async def test_a_bad_answer_stays_beside_the_form(events: Pipeline, now: Any, form: dict[str, str]) -> None:
    page, alba = agent(events, now), make_home("alba")
    _, slot = make_canteen(capacity=2)
    fill(slot, alba, state="pending")  # type: ignore[arg-type]
    await do(page, DESK, ValidationsState.load, ValidationsState)
    state = await do(page, DESK, ValidationsState.answer, ValidationsState, form_data=form)
    assert state.fault
    assert state_of(slot, alba) == "pending"


async def test_the_list_is_kept_to_one_activity(events: Pipeline, now: Any) -> None:
    page, alba = agent(events, now), make_home("alba")
    activity, slot = make_canteen(capacity=2)
    _, other = make_canteen(capacity=2)
    fill(slot, alba, state="pending")  # type: ignore[arg-type]
    fill(other, alba, state="pending")  # type: ignore[arg-type]
    await do(page, DESK, ValidationsState.load, ValidationsState)
    state = await do(page, DESK, ValidationsState.look_at, ValidationsState, activity=str(activity))
    assert (state.pending.activity, len(state.pending.activities)) == (str(activity), 2)
    (row,) = state.pending.rows
    assert row.activity == next(one.label for one in state.pending.activities if one.value == str(activity))
    state = await do(page, DESK, ValidationsState.look_at, ValidationsState, activity="n'importe quoi")
    assert len(state.pending.rows) == 2


SET = "/admin/campagnes"
TYPED = {
    "name": "Noël",
    "first_day": "2026-12-21",
    "last_day": "2027-01-01",
    "residents_at": "2026-11-23T18:00",
    "everyone_at": "2026-11-25T18:00",
    "closes_at": "",
    "admitted_a_minute": "60",
}


async def test_a_campaign_is_added_changed_and_removed(events: Pipeline, now: Any) -> None:
    page, activity = agent(events, now), make_activity()
    await do(page, SET, CampaignsState.load, CampaignsState)
    state = await do(page, SET, CampaignsState.edit, CampaignsState, campaign_id=0)
    assert state.editing
    form = TYPED | {f"activite-{activity}": "on"}
    state = await do(page, SET, CampaignsState.save, CampaignsState, form_data=form)
    assert (state.editing, state.fault, [row.name for row in state.campaigns.rows]) == (False, "", ["Noël"])
    key = state.campaigns.rows[0].id
    state = await do(page, SET, CampaignsState.edit, CampaignsState, campaign_id=key)
    assert (state.typed.residents_at, state.typed.activities) == ("2026-11-23T18:00", [str(activity)])
    state = await do(page, SET, CampaignsState.save, CampaignsState, form_data=form | {"name": "Hiver"})
    assert [row.name for row in state.campaigns.rows] == ["Hiver"]
    state = await do(
        page, SET, CampaignsState.change_rate, CampaignsState, form_data={"campaign": str(key), "rate": "5"}
    )
    assert state.campaigns.rows[0].room == "5 entrées par minute"
    state = await do(page, SET, CampaignsState.remove, CampaignsState, campaign_id=key)
    assert state.campaigns.rows == []


async def test_a_refused_campaign_keeps_what_was_typed(events: Pipeline, now: Any) -> None:
    page, activity = agent(events, now), make_activity()
    await do(page, SET, CampaignsState.load, CampaignsState)
    await do(page, SET, CampaignsState.edit, CampaignsState, campaign_id=0)
    form = TYPED | {f"activite-{activity}": "on", "last_day": "2026-12-20"}
    state = await do(page, SET, CampaignsState.save, CampaignsState, form_data=form)
    assert (state.editing, state.faulty) == (True, "last_day")
    assert (state.typed.last_day, state.typed.activities) == ("2026-12-20", [str(activity)])
    assert state.campaigns.rows == []


@pytest.mark.parametrize("form", [{}, {"campaign": "x", "rate": "3"}, {"campaign": "999", "rate": "3"}])
async def test_a_rate_for_no_campaign_changes_nothing(events: Pipeline, now: Any, form: dict[str, str]) -> None:
    page = agent(events, now)
    key = make_campaign(make_activity())
    state = await do(page, SET, CampaignsState.change_rate, CampaignsState, form_data=form)
    assert [row.id for row in state.campaigns.rows] == [key]
    assert state.campaigns.rows[0].room == "60 entrées par minute"


async def test_the_room_shows_the_hour_then_the_place_then_the_door(
    events: Pipeline, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _ = await parent(events, "bruno", now)
    activity, _ = make_canteen()
    opens = now + timedelta(minutes=1)
    campaign = make_campaign(activity, residents_at=opens, everyone_at=opens, admitted_a_minute=1)
    path = f"/salle-attente/{campaign}"
    state = await do(page, path, RoomState.load, RoomState)
    assert (state.room.is_open, state.room.opens_at) == (False, opens.isoformat())
    monkeypatch.setattr(clock, "now", lambda: opens)
    assert (await do(page, path, RoomState.look, RoomState)).room.position == 1
    monkeypatch.setattr(clock, "now", lambda: opens + timedelta(minutes=1))
    state = await do(page, path, RoomState.look, RoomState)
    assert state.room.is_admitted
    assert [door.value for door in state.room.doors] == [str(activity)]


@pytest.mark.parametrize("number", ["0", "999", "99999999999"])
async def test_no_room_without_a_campaign(events: Pipeline, now: Any, number: str) -> None:
    page, _ = await parent(events, "bruno", now)
    state = await do(page, f"/salle-attente/{number}", RoomState.load, RoomState)
    assert not state.room.ready
    assert (await page.state(PortalState)).closed


async def test_wishes_are_touched_kept_and_booked(events: Pipeline, now: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page, bruno = await parent(events, "bruno", now)
    activity, slot = make_canteen()
    opens = now + timedelta(minutes=1)
    make_campaign(activity, residents_at=opens, everyone_at=opens, admitted_a_minute=0)
    path = f"/voeux/{activity}"
    state = await do(page, path, WishesState.load, WishesState)
    assert [cell.price for day in state.wishes.days for cell in day.cells] == ["3,20\u00a0€"]
    touch = {"slot_id": slot, "child_id": bruno.child_id}
    state = await do(page, path, WishesState.touch, WishesState, **touch)
    assert (state.wishes.wished, state.wishes.days[0].cells[0].is_wished) == ("1 vœu préparé", True)
    state = await do(page, path, WishesState.touch, WishesState, **touch)
    assert state.wishes.wished == ""
    await do(page, path, WishesState.touch, WishesState, **touch)
    monkeypatch.setattr(clock, "now", lambda: opens)
    state = await do(page, path, WishesState.open_now, WishesState)
    assert state.wishes.is_open
    state = await do(page, path, WishesState.submit, WishesState)
    assert state.recap.can_confirm
    form = {"choices": state.recap.choices, "token": state.recap.token}
    state = await do(page, path, WishesState.confirm, WishesState, form_data=form)
    assert state.outcome.batch
    assert state_of(slot, bruno) == "booked"
    state = await do(page, path, WishesState.undo, WishesState)
    assert state_of(slot, bruno) == ""


async def test_a_day_already_held_is_not_wished_again(events: Pipeline, now: Any) -> None:
    page, bruno = await parent(events, "bruno", now)
    activity, slot = make_canteen()
    make_campaign(activity)
    fill(slot, bruno)
    state = await do(page, f"/voeux/{activity}", WishesState.load, WishesState)
    (cell,) = state.wishes.days[0].cells
    assert "déjà" in cell.why


async def test_wishes_of_another_child_or_day_are_refused(events: Pipeline, now: Any) -> None:
    page, bruno = await parent(events, "bruno", now)
    alba = make_home("alba")
    activity, slot = make_canteen()
    make_campaign(activity)
    for slot_id, child_id in ((slot, alba.child_id), (999, bruno.child_id), (-1, -1), (2**40, bruno.child_id)):
        await page.call(WishesState.touch, {"slot_id": slot_id, "child_id": child_id}, f"/voeux/{activity}")
    state = await page.state(WishesState)
    assert state.wishes.wished == ""


async def test_a_bad_confirmation_changes_nothing(events: Pipeline, now: Any) -> None:
    page, bruno = await parent(events, "bruno", now)
    activity, slot = make_canteen()
    make_campaign(activity)
    for form in ({}, {"choices": "x", "token": "y"}, {"choices": f"{slot}.{bruno.child_id}=add", "token": ""}):
        state = await do(page, f"/voeux/{activity}", WishesState.confirm, WishesState, form_data=form)
        assert (state.busy, state.outcome.batch) == (False, 0)
    assert state_of(slot, bruno) == ""


async def test_pages_of_agents_are_closed_to_parents(events: Pipeline, now: Any) -> None:
    page, _ = await parent(events, "bruno", now)
    for handler in (ValidationsState.load, CampaignsState.load, CampaignsState.watch):
        await page.call(handler, path=DESK)
        assert (await page.state(PortalState)).closed or not (await page.state(CampaignsState)).campaigns.ready
    assert not (await page.state(ValidationsState)).pending.ready
