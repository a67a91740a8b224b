"""Chaque page s'ouvre en peu de lectures, et pas une de plus quand la famille grandit."""

import asyncio
import inspect

import pytest
import reflex as rx
from reflex_base.registry import RegistrationContext
from sqlalchemy import Engine

from portail import clock
from portail.domain.accounts import Actor, Audience, Role
from portail.pages.routes import PAGES, Page
from portail.services import regies
from portail.state.base import ACTOR
from portail.state.policy import MARK
from tests.conftest import NOW
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

MOST = 10
WHO = {
    Audience.ADMIN: Role.ADMIN,
    Audience.STAFF: Role.ADMIN,
    Audience.FILES: Role.ADMIN,
    Audience.HEALTH: Role.DIRECTION,
    Audience.MONEY: Role.REGIE,
    Audience.TOWN: Role.ADMIN,
}


def state_of(handler: rx.event.EventHandler) -> type[rx.State]:
    registered = RegistrationContext.get().event_handlers
    return next(row.states[0] for row in registered.values() if row.handler.fn is handler.fn)


async def open_page(page: Page, actor: Actor) -> None:
    """Ce que l'arrivée sur la page déclenche, sans réseau."""
    ACTOR.set(actor)
    root = rx.State(_reflex_internal_init=True)
    for handler in page.on_load:
        result = handler.fn(await root.get_state(state_of(handler)))
        if inspect.isawaitable(result):
            await result


def actor_for(page: Page) -> Actor:
    audiences = [getattr(handler.fn, MARK).audience for handler in page.on_load]
    role = next((WHO[audience] for audience in audiences if audience in WHO), Role.PARENT)
    return open_session(make_account(role=role))[1]


def populate(actor: Actor, families: int) -> None:
    from portail.models.accounts import Account
    from portail.models.database import reading

    with reading() as db:
        account = db.get_one(Account, actor.account_id)
    school = make_school(f"École {families}")
    for rank in range(families):
        family = make_family(f"{families}-{rank}", account)
        for order in range(3):
            make_child(f"Enfant{order}", family, school_id=school)
        open_session(account)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.route)
def test_page_reads_little_and_never_more_for_a_larger_family(
    base: Engine, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    regies.prepare()
    actor = actor_for(page)
    populate(actor, 1)
    with counted(base) as small:
        asyncio.run(open_page(page, actor))
    populate(actor, 8)
    with counted(base) as large:
        asyncio.run(open_page(page, actor))
    assert len(small) <= MOST, small
    assert len(large) == len(small), large
