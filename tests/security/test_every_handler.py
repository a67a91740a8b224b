"""Chaque action, chaque rôle, chaque forme d'argument : aucune liste à tenir, le registre fait foi."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail import clock
from portail.demo import town
from portail.integrations import storage
from portail.models import database
from portail.models.accounts import Account, LoginSession
from portail.models.database import reading
from tests.factories.people import make_account, open_session
from tests.security.assaults import (
    BAD_FORM,
    ROLES,
    Handler,
    Hidden,
    assaults,
    handlers,
    hidden,
    is_mere_refusal,
    knocks,
    snapshot,
)
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline
from tests.tools.rxclient import EMAILS
from tests.tools.towns import TownAt

ON_POSTGRES = ("anonymous", "parent", "direction", "admin")  # à eux quatre, ils ouvrent toutes les actions
UNKNOWN = (
    "reflex___state____state.portail___state___base____portal_state._say",
    "reflex___state____state.portail___state___base____portal_state._actor",
    "reflex___state____state.portail___state___base____portal_state.__init__",
    "reflex___state____state.portail___state___base____portal_state.__class__",
    "reflex___state____state.portail___state___base____portal_state.reset",
    "reflex___state____state.portail___state___base____portal_state.get_state",
    "reflex___state____state.portail___state___base____portal_state.set_notice",
    "reflex___state____state.reset",
    "reflex___state____state.get_state",
    "reflex___state____state.set_is_hydrated.__call__",
    "portal_state.enter",
    "_redirect",
    "",
)


@pytest.fixture
def town_sqlite(town_at: TownAt) -> Engine:
    return town_at(clock.now().replace(hour=0, minute=0))


@pytest.fixture
def town_postgres(empty_postgres: Engine) -> Iterator[Engine]:
    database.use(empty_postgres)
    storage.use(storage.MemoryStorage())
    town.load_if_empty(clock.now())
    yield empty_postgres
    storage.use(None)
    database.use(None)


def page_of(events: Pipeline, role: str, now: datetime) -> Page:
    if role == "anonymous":
        return events.page()
    open_session(make_account("voisine@famille.example", now=now), now=now)  # la connexion numéro 1 est à une autre
    with reading() as db:
        account = db.exec(select(Account).where(Account.email == EMAILS[role])).one()
    return events.page(session=open_session(account, now=now)[0])


def arrive(events: Pipeline, engine: Engine, role: str) -> tuple[Page, Hidden]:
    """Une page de ce rôle, et ce que personne d'autre ne doit y lire."""
    page = page_of(events, role, clock.now())
    return page, hidden(engine, EMAILS.get(role, ""), page.cookies.get("session", "password_hash"))


def twin(page: Page) -> Page:
    return Page(page.pipeline, page.cookies)


async def assail(
    page: Page, handler: Handler, role: str, hide, journal: Kept, *, closed: bool, whole: bool = True
) -> None:
    await page.visit("/contact")
    refused_once = False
    for assault in assaults(handler) if whole else knocks(handler):
        answer = await page.call(handler.name, assault.payload, "/contact")
        told = (assault.label, role, handler.name.rpartition("____")[2], answer.updates)
        assert not journal.incidents(), (told, journal.incidents()[-1])
        assert not hide.found_in(answer, persons=closed or "parent" in role or role == "anonymous"), told
        if closed or not assault.acceptable:
            assert is_mere_refusal(answer), told
        if closed and not refused_once and isinstance(assault.payload, dict):
            assert answer.is_closed or answer.redirects, told
            refused_once = True
    if not closed and not handler.name.endswith("report_incident"):
        fresh = twin(page)
        await fresh.visit("/contact")
        answer = await fresh.call(handler.name, {"intrus": 1}, "/contact")
        assert answer.notice == BAD_FORM, (handler.name, role, answer.updates)


@pytest.mark.parametrize("role", ROLES)
async def test_what_policy_forbids_tells_nothing_and_changes_nothing(
    town_sqlite: Engine, events: Pipeline, journal: Kept, role: str
) -> None:
    page, hide = arrive(events, town_sqlite, role)
    before = snapshot(town_sqlite)
    forbidden = [handler for handler in handlers() if not handler.is_open_to(role)]
    assert forbidden
    tried: set[object] = set()  # toutes les formes, une fois par signature
    for handler in forbidden:
        whole = handler.signature not in tried
        tried.add(handler.signature)
        await assail(twin(page), handler, role, hide, journal, closed=True, whole=whole)
    assert snapshot(town_sqlite) == before


@pytest.mark.parametrize("role", ROLES)
async def test_what_policy_allows_never_breaks_nor_leaks(
    town_sqlite: Engine, events: Pipeline, journal: Kept, role: str
) -> None:
    await assail_what_is_open(events, town_sqlite, journal, role)


@pytest.mark.parametrize("role", ON_POSTGRES)
async def test_what_policy_allows_never_breaks_on_postgresql_either(
    town_postgres: Engine, events: Pipeline, journal: Kept, role: str
) -> None:
    await assail_what_is_open(events, town_postgres, journal, role)


def test_nothing_is_left_out_on_postgresql() -> None:
    opened = [handler for handler in handlers() if any(map(handler.is_open_to, ROLES))]
    assert [one.name for one in opened if not any(map(one.is_open_to, ON_POSTGRES))] == []


async def assail_what_is_open(events: Pipeline, engine: Engine, journal: Kept, role: str) -> None:
    page, hide = arrive(events, engine, role)
    for handler in handlers():
        if handler.is_open_to(role):
            await assail(twin(page), handler, role, hide, journal, closed=False)
    with reading() as db:
        first = db.exec(select(LoginSession).order_by(LoginSession.id)).first()
    assert first is None or first.ended_at is None


@pytest.mark.parametrize("role", ["anonymous", "admin"])
async def test_unknown_and_private_names_do_nothing(
    town_sqlite: Engine, events: Pipeline, journal: Kept, role: str
) -> None:
    page = page_of(events, role, clock.now())
    await page.visit("/")
    before = snapshot(town_sqlite)
    for name in UNKNOWN:
        assert not (await page.call(name, {"value": "x"})).updates, name
    assert snapshot(town_sqlite) == before
    assert not journal.incidents()


def test_the_registry_is_not_empty_and_knows_every_audience() -> None:
    policies = {handler.policy for handler in handlers()}
    assert {"public", "signed_in", "parent", "staff", "admin", "refused"} <= policies
