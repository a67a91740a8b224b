"""Les places en direct : qui regarde quoi, ce qui a changé, et à qui le dire."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reflex.state import StateUpdate

from portail import clock
from portail.models.activities import Slot
from portail.models.database import reading, transaction
from portail.services.bookings import places
from portail.services.bookings.places import Period
from portail.state import live
from portail.state.base import PortalState
from portail.state.bookings import CalendarState
from portail.state.live import Board, changes
from tests.factories import activities
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline
from tests.tools.rxclient import Answer

PLACES = st.dictionaries(st.integers(1, 6), st.integers(0, 3))
PERIOD = Period(1, date(2026, 12, 1), date(2026, 12, 31))
NAME = CalendarState.get_full_name()


class Sockets:
    """Ce que les onglets branchés ici reçoivent."""

    def __init__(self, *tokens: str) -> None:
        self.sid_to_token = {f"prise-{token}": token for token in tokens}
        self.sent: list[tuple[dict[int, int], list[str]]] = []

    async def emit(self, name: str, update: StateUpdate, to: list[str]) -> None:
        assert name == "event"
        assert to, "à personne voudrait dire à tous"
        self.sent.append((dict(update.delta[NAME]["places_rx_state_"]), sorted(to)))

    async def look(self, *, rounds: int = 1) -> list[tuple[dict[int, int], list[str]]]:
        self.sent.clear()
        for _ in range(rounds):
            await live._look(self, NAME)  # type: ignore[arg-type]
        return list(self.sent)


@pytest.fixture(autouse=True)
def nobody_watching() -> Iterator[None]:
    for token in list(live._period_of):
        live.forget(token)
    yield
    for token in list(live._period_of):
        live.forget(token)


def set_slot(slot: int, **values: Any) -> None:
    with transaction() as db:
        row = db.get_one(Slot, slot)
        for name, value in values.items():
            setattr(row, name, value)


def make_slots(capacity: int = 2) -> tuple[Period, list[int]]:
    offering = activities.make_offering(activities.make_activity(), capacity=capacity)
    slots = activities.make_slots(offering, date(2026, 12, 1), date(2026, 12, 4))
    with reading() as db:
        activity = db.get_one(Slot, slots[0]).activity_id
    return Period(activity, PERIOD.first, PERIOD.last), slots


# ── ce qui a changé ──


@given(PLACES, PLACES)
def test_changes_lead_from_before_to_now_and_say_nothing_else(before: dict[int, int], now: dict[int, int]) -> None:
    found = changes(before, now)
    assert before | found == {slot: now.get(slot, 0) for slot in before}
    assert all(before[slot] != left for slot, left in found.items())


@given(st.lists(PLACES, min_size=1, max_size=8))
def test_what_was_told_is_always_enough_to_know_the_places(pictures: list[dict[int, int]]) -> None:
    """Ce qui part remplace ce qui était parti : la dernière annonce, sur la page d'origine, donne le vrai."""
    shown, board, screen = pictures[0], Board(), dict[int, int]()
    board.coming["a"] = shown
    board.look(shown)
    for now in pictures:
        if board.look(now):
            screen = dict(board.told)
        seen = shown | {slot: left for slot, left in screen.items() if slot in shown}
        assert seen == {slot: now.get(slot, 0) for slot in shown}


def test_a_tab_that_arrives_hears_what_moved_while_its_page_was_on_its_way() -> None:
    board = Board(tabs={"ancien"}, known={1: 2, 2: 5})
    board.coming["nouveau"] = {1: 3, 2: 5}
    assert board.look({1: 2, 2: 5}) == set()
    assert board.look({1: 2, 2: 5}) >= {"nouveau"}
    assert board.told == {1: 2}
    assert board.look({1: 2, 2: 5}) == set()


# ── qui regarde quoi ──


def test_a_tab_shows_one_period_at_a_time_and_leaves_nothing_behind() -> None:
    later = Period(1, date(2027, 1, 1), date(2027, 1, 31))
    live.show("a", PERIOD, {1: 2})
    live.show("b", PERIOD, {1: 2})
    assert live._boards[PERIOD].coming.keys() == {"a", "b"}
    live.show("a", later, {9: 1})
    assert (live._boards[PERIOD].coming.keys(), live._boards[later].coming.keys()) == ({"b"}, {"a"})
    live.forget("a")
    live.forget("b")
    live.forget("inconnu")
    assert (live._boards, live._period_of) == ({}, {})


@pytest.mark.usefixtures("base")
async def test_open_calendars_hear_of_a_place_taken_elsewhere_and_only_those_that_show_it() -> None:
    (period, slots), (other, others) = make_slots(), make_slots()
    sockets = Sockets("a", "b", "c")
    live.show("a", period, dict.fromkeys(slots, 2))
    live.show("b", period, dict.fromkeys(slots, 2))
    live.show("c", other, dict.fromkeys(others, 2))
    assert await sockets.look(rounds=3) == []
    set_slot(slots[0], taken=2)
    assert await sockets.look(rounds=2) == [({slots[0]: 0}, ["prise-a", "prise-b"])]
    set_slot(slots[1], taken=1)
    set_slot(slots[0], taken=1)
    assert await sockets.look(rounds=2) == [({slots[0]: 1, slots[1]: 1}, ["prise-a", "prise-b"])]


@pytest.mark.usefixtures("base_sqlite")
async def test_a_place_somebody_waits_for_or_of_a_closed_day_is_not_to_be_taken() -> None:
    period, slots = make_slots()
    sockets = Sockets("a")
    live.show("a", period, dict.fromkeys(slots, 2))
    await sockets.look(rounds=2)
    set_slot(slots[0], waiting=1)
    set_slot(slots[1], closed_why="Grève")
    assert await sockets.look() == [({slots[0]: 0, slots[1]: places.CLOSED}, ["prise-a"])]


@pytest.mark.usefixtures("base_sqlite")
async def test_a_place_gone_between_the_page_and_the_first_look_is_told() -> None:
    period, slots = make_slots()
    sockets = Sockets("a")
    live.show("a", period, dict.fromkeys(slots, 2))
    set_slot(slots[0], taken=2)
    assert await sockets.look(rounds=2) == [({slots[0]: 0}, ["prise-a"])]


@pytest.mark.usefixtures("base_sqlite")
async def test_a_tab_that_is_gone_is_forgotten_and_nothing_is_read_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    period, slots = make_slots()
    sockets = Sockets("a")
    live.show("a", period, dict.fromkeys(slots, 2))
    await sockets.look(rounds=2)
    sockets.sid_to_token.clear()
    monkeypatch.setattr(live.places, "left", lambda _: pytest.fail("une lecture pour personne"))
    assert await sockets.look() == []
    assert live._boards == {}


@pytest.mark.usefixtures("base_sqlite")
async def test_an_outage_does_not_end_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    async def look(*_: object) -> None:
        looks.append(1)
        if len(looks) == 1:
            raise ConnectionError("la base redémarre")
        raise KeyboardInterrupt

    monkeypatch.setattr(live, "_look", look)
    monkeypatch.setattr(live, "EVERY_SECONDS", 0)
    with pytest.raises(KeyboardInterrupt):
        await live.watch(SimpleNamespace(event_namespace=Sockets()), CalendarState)  # type: ignore[arg-type]
    assert len(looks) == 2


# ── la page s'inscrit d'elle-même ──


@dataclass(frozen=True)
class Front:
    """Un parent devant le calendrier d'une cantine, et ses séances d'un mois à venir."""

    page: Page
    path: str
    first: date
    slots: list[int]

    async def call(self, handler: Any, **payload: object) -> Answer:
        return await self.page.call(handler, payload, path=self.path)


def make_front(events: Pipeline) -> Front:
    now = clock.now()
    account = make_account("alba@famille.example", now=now)
    token, _ = open_session(account, now=now)
    make_child("Léa", make_family("Alba", account))
    activity = activities.make_activity(day_kinds=["class", "wednesday", "holiday"])
    offering = activities.make_offering(activity, weekdays=[0, 1, 2, 3, 4])
    first = (now.date().replace(day=1) + timedelta(days=62)).replace(day=1)
    slots = activities.make_slots(offering, first, first + timedelta(days=20))
    return Front(events.page(session=token), f"/reservations/{activity}", first, slots)


@pytest.mark.usefixtures("base_sqlite")
async def test_the_calendar_watches_the_month_it_shows_until_the_page_changes(events: Pipeline) -> None:
    front = make_front(events)
    await front.call(CalendarState.load)
    assert front.page.token in live._period_of
    answer = await front.call(CalendarState.turn, wanted=f"{front.first:%Y-%m}")
    assert ("calendar_state", "places") in answer.changed(), "la page repart sans les places d'avant"
    ((period, board),) = live._boards.items()
    assert period.first <= front.first <= period.last
    shown = board.coming[front.page.token]
    assert shown
    assert shown.items() <= dict.fromkeys(front.slots, 10).items()
    await front.page.call(PortalState.enter, path="/accueil")
    assert live._boards == {}


@pytest.mark.usefixtures("base_sqlite")
async def test_a_calendar_that_is_refused_watches_nothing(events: Pipeline) -> None:
    front = make_front(events)
    await front.page.call(CalendarState.load, path="/reservations/999999")
    assert live._boards == {}
