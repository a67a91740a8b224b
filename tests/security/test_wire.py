"""Chaque action, chaque rôle, par un vrai websocket : la porte tient aussi là où passent les vrais clients."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio
from sqlalchemy import Engine, create_engine, text

from tests.security.assaults import (
    BAD_FORM,
    ROLES,
    Assault,
    Handler,
    assaults,
    handlers,
    hidden,
    is_mere_refusal,
    snapshot,
)
from tests.tools.rxclient import EMAILS, Tab, signed_client
from tests.tools.server import Running

MESSAGES_PER_TAB = 50  # sous la réserve de soixante messages d'affilée
CHOSEN = {"plausible", "extra", "missing", "framework", "none", "nested", "negative", "script", "form_malformed"}


@contextmanager
def reading_base(server: Running) -> Iterator[Engine]:
    """La base du serveur, en lecture seule, une fois que son travailleur n'a plus rien à y faire."""
    path = server.data / "portail.sqlite"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True))
    deadline = time.monotonic() + 20
    waiting = text(
        "select (select count(*) from outbox_mail where status = 'waiting')"
        " + (select count(*) from invoice where state = 'issued' and file_id is null)"
    )
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if not connection.execute(waiting).scalar_one():
                break
        time.sleep(0.1)
    yield engine
    engine.dispose()


def chosen(handler: Handler, *, acceptable: bool | None = None) -> list[Assault]:
    return [
        one for one in assaults(handler) if one.label in CHOSEN and (acceptable is None or one.acceptable is acceptable)
    ]


class Crowd:
    """Assez d'onglets pour que le débit ne soit jamais le sujet."""

    def __init__(self, visitor) -> None:
        self.visitor, self.sent, self.tab, self.tabs = visitor, MESSAGES_PER_TAB, None, []

    async def tab_for(self, messages: int) -> Tab:
        if self.sent + messages > MESSAGES_PER_TAB:
            self.tab, self.sent = await self.visitor.open_tab("/contact"), 0
            self.tabs.append(self.tab)
        self.sent += messages
        return self.tab


@pytest.mark.parametrize("role", ROLES)
async def test_what_policy_forbids_is_refused_on_the_wire(besieged: Running, role: str) -> None:
    forbidden = [handler for handler in handlers() if not handler.is_open_to(role)]
    async with signed_client(besieged.url, role) as visitor:
        with reading_base(besieged) as engine:
            hide = hidden(engine, EMAILS.get(role, ""), *filter(None, [visitor.session_cookie]))
            before, crowd = snapshot(engine), Crowd(visitor)
            for handler in forbidden:
                sent = chosen(handler)
                tab = await crowd.tab_for(len(sent) + 1)
                for assault in sent:
                    await tab.emit(handler.name, assault.payload)
                answer = await tab.barrier()
                assert is_mere_refusal(answer), (handler.name, answer.updates)
                assert not hide.found_in(answer, persons=True), (handler.name, answer.updates)
            assert snapshot(engine) == before
        for tab in crowd.tabs:
            assert tab.is_open
            assert not tab.incidents


@pytest_asyncio.fixture
async def first_comer(besieged: Running) -> None:
    """La connexion numéro 1 est à une autre personne que celle du test."""
    async with signed_client(besieged.url, "parent"), signed_client(besieged.url, "animation"):
        pass


@pytest.mark.usefixtures("first_comer")
@pytest.mark.parametrize("role", ROLES)
async def test_what_policy_allows_answers_or_refuses_politely_on_the_wire(besieged: Running, role: str) -> None:
    async with signed_client(besieged.url, role) as visitor:
        with reading_base(besieged) as engine:
            hide = hidden(engine, EMAILS.get(role, ""), *filter(None, [visitor.session_cookie]))
        crowd = Crowd(visitor)
        for handler in handlers():
            if not handler.is_open_to(role):
                continue
            bad = chosen(handler, acceptable=False)
            tab = await crowd.tab_for(len(bad) + 4)
            answer = await tab.call(handler.name, handler.plausible())
            assert not hide.found_in(answer, persons=role in {"anonymous", "parent", "other_parent"}), handler.name
            for assault in bad:
                await tab.emit(handler.name, assault.payload)
            answer = await tab.barrier()
            assert is_mere_refusal(answer), (handler.name, answer.updates)
            if not handler.name.endswith("report_incident"):
                assert answer.notice == BAD_FORM, (handler.name, answer.updates)
        for tab in crowd.tabs:
            await tab.barrier()
            assert not tab.incidents
