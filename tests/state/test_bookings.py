"""Le calendrier d'une activité, sans navigateur : ce qu'il montre, ce qu'il envoie, et ce qui ne passe pas."""

import json
import pickle
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from sqlmodel import select

from portail import clock
from portail.domain.bookings import BookingState
from portail.models.activities import Slot
from portail.models.bookings import Booking, BookingBatch
from portail.models.database import reading, transaction
from portail.models.wallet import LedgerAccount
from portail.services.payments import resuming
from portail.state import bookings
from portail.state.base import PortalState
from portail.state.bookings import CalendarState
from portail.views.bookings import Cell, Month, Outcome, Recap
from tests.conftest import NOW
from tests.factories.activities import THURSDAY, make_activity, make_offering, make_slot, make_tariff, make_wallet
from tests.factories.families import make_child, make_family
from tests.factories.money import fill
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline
from tests.tools.rxclient import Answer

pytestmark = pytest.mark.usefixtures("base_sqlite")
FRIDAY = THURSDAY + timedelta(days=1)
DOWN, UP = 4_000, 1_000  # octets qu'une confirmation peut coûter


class School:
    """Une cantine de deux jours, et une famille qui y a ses enfants."""

    def __init__(self, *names: str, cents: int = 6_000, capacity: int = 10) -> None:
        self.parent = make_account("camille@famille.example", now=NOW)
        family = self.family = make_family("Durand", self.parent)
        self.children = [make_child(name, family, birth=date(2018, 5, 4)) for name in names or ("Léa",)]
        self.wallet = make_wallet(family, cents)
        self.activity = make_activity(name="Cantine", place="Jean-Macé", is_prepaid=True)
        offering = make_offering(self.activity, tariff_id=make_tariff(320, meal=160), capacity=capacity)
        self.slots = [make_slot(offering, day) for day in (THURSDAY, FRIDAY)]
        self.path = f"/reservations/{self.activity}"

    def key(self, day: int = 0, child: int = 0) -> str:
        return f"{self.slots[day]}.{self.children[child]}"

    async def arrive(self, events: Pipeline) -> Page:
        page = events.page(session=open_session(self.parent, now=NOW)[0])
        await page.visit(self.path)
        await page.call(CalendarState.turn, {"wanted": f"{THURSDAY:%Y-%m}"}, self.path)
        return page


@pytest.fixture(autouse=True)
def _at_a_known_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


async def state_of(page: Page) -> CalendarState:
    return await page.state(CalendarState)


async def said(page: Page) -> tuple[str, str]:
    state = await page.state(PortalState)
    return state.notice_tone, state.notice


async def prepare(page: Page, school: School, **form: str) -> Recap:
    await page.call(CalendarState.preview, {"form_data": form}, school.path)
    return (await state_of(page)).recap


async def confirm(page: Page, school: School, recap: Recap, **more: str) -> Answer:
    form = {"choices": recap.choices, "token": recap.token, **more}
    return await page.call(CalendarState.confirm, {"form_data": form}, school.path)


def cells(month: Month) -> dict[str, Cell]:
    return {cell.key: cell for day in month.days for cell in day.cells}


def booked() -> list[str]:
    with reading() as db:
        return [f"{row.slot_id}.{row.child_id}" for row in db.exec(select(Booking)) if row.state == BookingState.BOOKED]


def balance(school: School) -> int:
    with reading() as db:
        return db.get_one(LedgerAccount, school.wallet).balance_cents


def weight(answer: Answer) -> int:
    return len(json.dumps(answer.updates, ensure_ascii=False).encode())


async def test_the_page_shows_the_month_its_children_and_the_balance(events: Pipeline) -> None:
    school = School("Léa", "Noé")
    page = await school.arrive(events)
    state = await state_of(page)
    assert (state.month.title, state.month.month) == ("Cantine · Jean-Macé", "2026-12")
    assert [child.first_name for child in state.month.children] == ["Léa", "Noé"]
    assert (state.month.chosen, state.balance_cents) == (0, 6_000)
    cell = cells(state.month)[school.key()]
    assert (cell.status, cell.gesture, cell.cents, cell.child) == ("open", "add", 320, "Léa")
    assert cell.name.startswith("jeudi 3 décembre 2026, réservable, 3,20\u00a0€, 10 places")


async def test_turning_and_looking_at_a_week_keep_the_child(events: Pipeline) -> None:
    school = School("Léa", "Noé")
    page = await school.arrive(events)
    await page.call(CalendarState.choose_child, {"child_id": school.children[1]}, school.path)
    shown = (await state_of(page)).month
    assert shown.chosen == school.children[1]
    assert set(cells(shown)) == {school.key(0, 1), school.key(1, 1)}
    await page.call(CalendarState.turn, {"wanted": shown.next}, school.path)
    assert ((await state_of(page)).month.month, (await state_of(page)).month.chosen) == ("2027-01", school.children[1])
    await page.call(CalendarState.look, {"span": "week"}, school.path)
    state = await state_of(page)
    assert (state.month.span, len({day.date for day in state.month.days})) == ("week", len(state.month.days))
    assert len(state.month.days) <= 7


async def test_looking_at_the_week_of_the_current_month_shows_today(events: Pipeline) -> None:
    school = School()
    page = await school.arrive(events)
    await page.call(CalendarState.turn, {"wanted": "2026-11"}, school.path)
    await page.call(CalendarState.look, {"span": "week"}, school.path)
    assert any(day.is_today for day in (await state_of(page)).month.days)


async def test_the_chosen_child_is_remembered_from_page_to_page(events: Pipeline) -> None:
    school = School("Léa", "Noé")
    page = await school.arrive(events)
    await page.call(CalendarState.choose_child, {"child_id": school.children[1]}, school.path)
    await page.visit("/accueil")
    await page.visit(school.path)
    assert (await state_of(page)).month.chosen == school.children[1]


async def test_a_day_is_prepared_confirmed_told_and_undone(events: Pipeline) -> None:
    school = School()
    page = await school.arrive(events)
    recap = await prepare(page, school, choices=f"{school.key()}=add")
    assert (recap.total, recap.balance_before, recap.balance_after) == ("3,20\u00a0€", "60,00\u00a0€", "56,80\u00a0€")
    assert recap.can_confirm
    assert (booked(), balance(school)) == ([], 6_000)

    await confirm(page, school, recap)
    state = await state_of(page)
    assert (state.recap, state.done, state.busy) == (Recap(), 1, False)
    assert state.changed[school.key()].status == "booked"
    assert (state.balance_cents, state.outcome.can_undo) == (5_680, True)
    assert (await said(page))[0] == "ok"
    assert (booked(), balance(school)) == ([school.key()], 5_680)

    await page.call(CalendarState.undo, {}, school.path)
    state = await state_of(page)
    assert state.changed[school.key()].gesture == "add"
    assert (state.balance_cents, state.done, state.outcome.can_undo) == (6_000, 1, False)
    assert (booked(), balance(school)) == ([], 6_000)


async def test_without_the_script_each_ticked_box_is_a_field(events: Pipeline) -> None:
    school = School()
    page = await school.arrive(events)
    recap = await prepare(page, school, **{school.key(0): "add", school.key(1): "add"})
    assert [line.amount for line in recap.lines] == ["3,20\u00a0€", "3,20\u00a0€"]


async def test_siblings_are_booked_in_one_gesture(events: Pipeline) -> None:
    school = School("Léa", "Noé")
    page = await school.arrive(events)
    choices = ",".join(f"{school.key(day, child)}=add" for day in (0, 1) for child in (0, 1))
    await confirm(page, school, await prepare(page, school, choices=choices))
    assert len(booked()) == 4
    assert (await state_of(page)).balance_cents == 6_000 - 4 * 320


async def test_months_of_siblings_ticked_one_by_one_go_in_one_gesture(events: Pipeline) -> None:
    school = School("Léa", "Noé", "Zoé", cents=200_000)
    offering = make_offering(school.activity, tariff_id=make_tariff(320))
    days = [make_slot(offering, THURSDAY + timedelta(days=7 + rank)) for rank in range(110)]
    page = await school.arrive(events)
    wanted = [f"{slot}.{child}=add" for slot in days for child in school.children]
    recap = await prepare(page, school, choices=",".join(wanted))
    assert (len(recap.choices) > 2_000, recap.choices.count("=add")) == (True, 330)
    await confirm(page, school, recap)
    assert len(booked()) == 330
    await page.call(CalendarState.close_outcome, {}, school.path)
    recap = await prepare(page, school, **{key.removesuffix("=add"): "remove" for key in wanted})
    assert recap.choices.count("=remove") == 330


async def test_a_confirmation_costs_little_up_and_down(events: Pipeline) -> None:
    school = School("Léa", "Noé")
    page = await school.arrive(events)
    choices = ",".join(f"{school.key(day, child)}=add" for day in (0, 1) for child in (0, 1))
    recap = await prepare(page, school, choices=choices)
    assert len(json.dumps({"choices": recap.choices, "token": recap.token}).encode()) <= UP
    assert weight(await confirm(page, school, recap)) <= DOWN


async def test_a_double_click_books_once_and_says_the_same(events: Pipeline) -> None:
    school = School()
    page = await school.arrive(events)
    recap = await prepare(page, school, choices=f"{school.key()}=add")
    await confirm(page, school, recap)
    first = (await state_of(page)).outcome
    await confirm(page, school, recap)
    state = await state_of(page)
    assert (state.outcome.message, state.outcome.batch) == (first.message, first.batch)
    assert (booked(), balance(school), state.balance_cents) == ([school.key()], 5_680, 5_680)


async def test_a_token_used_for_other_days_changes_nothing(events: Pipeline) -> None:
    school = School()
    page = await school.arrive(events)
    recap = await prepare(page, school, choices=f"{school.key()}=add")
    await confirm(page, school, recap)
    form = {"choices": f"{school.key(1)}=add", "token": recap.token}
    await page.call(CalendarState.confirm, {"form_data": form}, school.path)
    assert (await said(page))[0] == "err"
    assert booked() == [school.key()]
    assert not (await state_of(page)).busy


async def test_a_place_lost_meanwhile_books_nothing_and_shows_what_remains(events: Pipeline) -> None:
    school = School(capacity=1)
    page = await school.arrive(events)
    recap = await prepare(page, school, choices=f"{school.key(0)}=add,{school.key(1)}=add")
    with transaction() as db:
        db.get_one(Slot, school.slots[0]).taken = 1
    await confirm(page, school, recap)
    state = await state_of(page)
    assert (booked(), balance(school), state.done) == ([], 6_000, 0)
    assert (await said(page))[0] == "err"
    assert [line.label for line in state.recap.refused] == [line.label for line in state.outcome.refused]
    assert (len(state.recap.lines), state.recap.token != recap.token) == (1, True)

    await confirm(page, school, state.recap)
    assert booked() == [school.key(1)]


async def test_partial_books_the_other_days_and_offers_to_wait(events: Pipeline) -> None:
    school = School(capacity=1)
    page = await school.arrive(events)
    recap = await prepare(page, school, choices=f"{school.key(0)}=add,{school.key(1)}=add")
    with transaction() as db:
        db.get_one(Slot, school.slots[0]).taken = 1
    await confirm(page, school, recap, partial="on")
    state = await state_of(page)
    assert (booked(), state.done) == ([school.key(1)], 1)
    assert [line.key for line in state.outcome.refused] == [school.key(0)]

    await page.call(CalendarState.wait_for_place, {"key": school.key(0)}, school.path)
    recap = (await state_of(page)).recap
    assert [line.gesture for line in recap.lines] == ["wait"]
    await confirm(page, school, recap)
    assert (await state_of(page)).changed[school.key(0)].status == "waitlisted"


async def test_an_empty_wallet_is_said_before_confirming(events: Pipeline) -> None:
    school = School(cents=100)
    page = await school.arrive(events)
    recap = await prepare(page, school, choices=f"{school.key()}=add")
    assert (recap.can_confirm, bool(recap.blocked), recap.can_settle) == (False, True, True)
    await confirm(page, school, recap)
    assert booked() == []


async def test_the_selection_is_kept_on_the_way_to_the_wallet_and_comes_back(events: Pipeline) -> None:
    school = School("Léa", "Noé", cents=100)
    page = await school.arrive(events)
    chosen = [school.key(day, child) for day in (0, 1) for child in (0, 1)]
    await prepare(page, school, choices=",".join(f"{key}=add" for key in chosen))
    answer = await page.call(CalendarState.settle_first, {}, school.path)
    (address,) = answer.redirects
    assert (len(address) < 200, (await state_of(page)).busy) == (True, False)
    suite = unquote(address.partition("=")[2])
    assert suite.startswith(f"{school.path}?reprise=SE")

    fill(school.family, 5_000)
    await page.visit(suite)
    await page.call(CalendarState.load, path=suite)
    state = await state_of(page)
    assert sorted(pick.key for pick in state.draft.picks) == sorted(chosen)
    assert (state.recap.can_confirm, (await said(page))[1]) == (True, resuming.BACK)
    await confirm(page, school, state.recap)
    assert (sorted(booked()), (await state_of(page)).draft.reference) == (sorted(chosen), "")
    await page.call(CalendarState.load, path=suite)
    assert (await said(page))[1] == resuming.LOST


async def test_nothing_to_settle_leads_nowhere(events: Pipeline) -> None:
    school = School(cents=100)
    page = await school.arrive(events)
    answer = await page.call(CalendarState.settle_first, {}, school.path)
    assert (answer.redirects, (await said(page))[0]) == ([], "err")
    assert not (await state_of(page)).busy


async def test_closing_forgets_the_recap_and_the_account(events: Pipeline) -> None:
    school = School()
    page = await school.arrive(events)
    await confirm(page, school, await prepare(page, school, choices=f"{school.key()}=add"))
    await prepare(page, school, choices=f"{school.key(1)}=add")
    await page.call(CalendarState.close_recap, {}, school.path)
    await page.call(CalendarState.close_outcome, {}, school.path)
    state = await state_of(page)
    assert (state.recap, state.outcome) == (Recap(), Outcome())


async def test_undoing_without_a_batch_is_refused(events: Pipeline) -> None:
    school = School()
    page = await school.arrive(events)
    await page.call(CalendarState.undo, {}, school.path)
    assert (await state_of(page)).outcome == Outcome()
    with reading() as db:
        assert db.exec(select(BookingBatch)).all() == []


async def test_after_a_minute_the_undo_is_refused_and_goes_away(
    events: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = School()
    page = await school.arrive(events)
    await confirm(page, school, await prepare(page, school, choices=f"{school.key()}=add"))
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1, seconds=1))
    await page.call(CalendarState.undo, {}, school.path)
    assert (await said(page))[0] == "err"
    assert ((await state_of(page)).outcome.can_undo, booked()) == (False, [school.key()])


JUNK: list[dict[str, Any]] = [
    {},
    {"choices": ""},
    {"choices": "x" * 5_000},
    {"choices": "412.7=steal"},
    {"choices": "1.1=add,1.1=remove"},
    {"choices": "-1.1=add"},
    {"choices": "1e308.1=add"},
    {"choices": "²·²=add"},
    {"choices": "1.1=add;drop table booking"},
    {"a": "b"},
    {"1.1": "on"},
    {"1.1": "\u202e"},
    {f"{rank}.1": "add" for rank in range(10_000)},
    {"choices": ["1.1=add"]},
    {"choices": {"a": 1}},
    {"choices": None},
    {"choices": 12},
    {"k" * 500: "add"},
]


@pytest.mark.parametrize("form", JUNK, ids=lambda form: str(form)[:30])
async def test_a_strange_form_is_refused_and_breaks_nothing(events: Pipeline, form: dict[str, Any]) -> None:
    school = School()
    page = await school.arrive(events)
    for handler in (CalendarState.preview, CalendarState.confirm):
        await page.call(handler, {"form_data": form}, school.path)
        assert (await said(page))[0] == "err"
    state = await state_of(page)
    assert (state.recap.can_confirm, state.busy, state.done) == (False, False, 0)
    assert booked() == []


@pytest.mark.parametrize("payload", [None, {"form_data": 5}, {"form_data": "x"}, {"autre": {}}, {"form_data": []}])
async def test_a_form_of_another_shape_is_refused(events: Pipeline, payload: Any) -> None:
    school = School()
    page = await school.arrive(events)
    await page.call(CalendarState.preview, payload, school.path)
    assert (await state_of(page)).recap == Recap()
    assert booked() == []


async def test_the_child_of_another_family_does_not_exist(events: Pipeline) -> None:
    school = School()
    other = make_child("Ali", make_family("Benali", make_account("karim@famille.example", now=NOW)))
    page = await school.arrive(events)
    recap = await prepare(page, school, choices=f"{school.slots[0]}.{other}=add")
    assert not recap.can_confirm
    form = {"choices": f"{school.slots[0]}.{other}=add", "token": "t" * 32}
    answer = await page.call(CalendarState.confirm, {"form_data": form}, school.path)
    assert (booked(), "Ali" in str(answer.updates)) == ([], False)
    await page.call(CalendarState.choose_child, {"child_id": other}, school.path)
    assert "Ali" not in str((await state_of(page)).month)


async def test_a_slot_of_another_activity_is_not_booked_from_this_page(events: Pipeline) -> None:
    school = School()
    elsewhere = make_slot(make_offering(make_activity(name="Ailleurs")), THURSDAY)
    page = await school.arrive(events)
    recap = await prepare(page, school, choices=f"{elsewhere}.{school.children[0]}=add")
    assert (recap.can_confirm, booked()) == (False, [])


@pytest.mark.parametrize("path", ["/reservations/0", "/reservations/999", "/reservations/abc", "/reservations/²"])
async def test_an_activity_that_does_not_exist_is_closed(events: Pipeline, path: str) -> None:
    school = School()
    page = events.page(session=open_session(school.parent, now=NOW)[0])
    await page.visit(path)
    assert (await page.state(PortalState)).closed
    assert (await state_of(page)).month == Month()


async def test_a_visitor_learns_nothing(events: Pipeline) -> None:
    school = School()
    page = events.page()
    answer = await page.visit(school.path)
    assert (await state_of(page)).month == Month()
    assert "Léa" not in str(answer.updates)


@pytest.mark.parametrize("month", ["", "2026-13", "x", "0001-01", "9999-12", "2026-12-03", "²"])
async def test_any_month_asked_shows_a_month(events: Pipeline, month: str) -> None:
    school = School()
    page = await school.arrive(events)
    await page.call(CalendarState.turn, {"wanted": month}, school.path)
    assert (await state_of(page)).month.days
    await page.call(CalendarState.look, {"span": month}, school.path)
    assert (await state_of(page)).month.span == "month"


async def test_the_state_survives_a_restart_of_its_store(events: Pipeline) -> None:
    school = School()
    page = await school.arrive(events)
    await confirm(page, school, await prepare(page, school, choices=f"{school.key()}=add"))
    state = await state_of(page)
    again = pickle.loads(pickle.dumps({"month": state.month, "changed": dict(state.changed), "outcome": state.outcome}))  # noqa: S301
    assert again["changed"][school.key()].status == "booked"


async def test_a_changed_cell_carries_the_child_only_when_several_are_shown(events: Pipeline) -> None:
    school = School("Léa", "Noé")
    page = await school.arrive(events)
    await confirm(page, school, await prepare(page, school, choices=f"{school.key()}=add"))
    assert (await state_of(page)).changed[school.key()].child == "Léa"
    await page.call(CalendarState.choose_child, {"child_id": school.children[0]}, school.path)
    await confirm(page, school, await prepare(page, school, choices=f"{school.key(1)}=add"))
    assert (await state_of(page)).changed[school.key(1)].child == ""


async def test_many_changes_make_the_month_be_read_again(events: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bookings, "MOST_CHANGED", 1)
    school = School()
    page = await school.arrive(events)
    await confirm(page, school, await prepare(page, school, choices=f"{school.key()}=add,{school.key(1)}=add"))
    state = await state_of(page)
    assert state.changed == {}
    assert {cell.status for day in state.month.days for cell in day.cells} == {"booked"}
