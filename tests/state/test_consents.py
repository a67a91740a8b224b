"""« Autorisations » sans navigateur : le formulaire ouvert, les refus à leur place, le second agent prévenu."""

from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.services.health import consent_desk
from portail.services.health.consent_desk import Seen
from portail.state.base import PortalState
from portail.state.consents import NOTHING, ConsentsState
from portail.state.health import HealthState
from tests.factories.health import make_consents, make_home
from tests.factories.people import make_account, open_session
from tests.security.conftest import Kept
from tests.state.test_health import arrive as arrive_at_health
from tests.state.test_health import call, state_of
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
PATH = "/admin/autorisations"
NEW = {"label": "Vélo", "text": "J’autorise le vélo.", "compulsory": "on"}


async def arrive(events: Pipeline, role: Role = Role.DIRECTION, email: str = "claire@mairie.example") -> Page:
    account = make_account(email, role=role, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit(PATH)
    await page.call(ConsentsState.load, path=PATH)
    return page


async def do(page: Page, handler: Any, **payload: Any) -> ConsentsState:
    await page.call(handler, payload, PATH)
    return await page.state(ConsentsState)


async def notice(page: Page) -> str:
    return (await page.state(PortalState)).notice


async def test_a_consent_is_added_changed_moved_withdrawn_and_restored(events: Pipeline) -> None:
    page = await arrive(events)
    await do(page, ConsentsState.edit, consent_id=0, revision=0)
    state = await do(page, ConsentsState.save, form_data=NEW)
    assert (state.editing, [one.label for one in state.listing.rows]) == (NOTHING, ["Vélo"])
    (one,) = state.listing.rows
    await do(page, ConsentsState.edit, consent_id=one.id, revision=one.revision)
    state = await do(page, ConsentsState.save, form_data=NEW | {"text": "J’autorise le vélo et la trottinette."})
    (one,) = state.listing.rows
    assert "trottinette" in one.text
    state = await do(page, ConsentsState.ask_for, consent_id=one.id, revision=one.revision, active=False)
    assert (state.listing.rows, len(state.listing.withdrawn)) == ([], 1)
    state = await do(page, ConsentsState.ask_for, consent_id=one.id, revision=one.revision + 1, active=True)
    assert len(state.listing.rows) == 1
    assert await notice(page) == "L’autorisation est demandée de nouveau."


async def test_a_refusal_keeps_the_form_open_beside_its_field(events: Pipeline) -> None:
    page = await arrive(events)
    await do(page, ConsentsState.edit, consent_id=0, revision=0)
    state = await do(page, ConsentsState.save, form_data={"label": "", "text": ""})
    assert (state.editing, set(state.errors)) == (0, {"label", "text"})
    state = await do(page, ConsentsState.cancel)
    assert (state.editing, state.errors, state.fault) == (NOTHING, {}, "")


async def test_the_second_agent_is_told_then_saves_knowingly(events: Pipeline) -> None:
    key, *_ = make_consents()
    page = await arrive(events)
    await do(page, ConsentsState.edit, consent_id=key, revision=1)
    other = open_session(make_account("ada@mairie.example", role=Role.ADMIN, now=clock.now()))[1]
    consent_desk.save(actor=other, seen=Seen(key, 1), form=NEW, now=clock.now())
    mine = NEW | {"text": "Le mien."}
    state = await do(page, ConsentsState.save, form_data=mine)
    assert "par Ada Essai" in state.fault
    assert (state.editing, state.revision, state.listing.rows[0].text) == (key, 2, NEW["text"])
    state = await do(page, ConsentsState.save, form_data=mine)
    assert (state.editing, state.listing.rows[0].text) == (NOTHING, "Le mien.")


async def test_a_stale_move_is_said_and_the_list_read_again(events: Pipeline) -> None:
    key, *_ = make_consents()
    page = await arrive(events)
    state = await do(page, ConsentsState.move, consent_id=key, revision=7, up=False)
    assert "vient d’être modifiée" in await notice(page)
    assert state.listing.rows[0].id == key
    state = await do(page, ConsentsState.move, consent_id=key, revision=1, up=False)
    assert state.listing.rows[1].id == key


async def test_a_parent_who_reads_a_text_that_changes_is_told_and_sees_the_new_one(events: Pipeline) -> None:
    key, *_ = make_consents()
    page = await arrive_at_health(events, make_home(email="alba@famille.example"))
    await call(page, HealthState.edit, part="consents")
    chief = open_session(make_account("claire@mairie.example", role=Role.DIRECTION, now=clock.now()))[1]
    consent_desk.save(actor=chief, seen=Seen(key, 1), form=NEW, now=clock.now())
    await call(page, HealthState.save, form_data={f"consent_{key}": "yes"}, part="consents")
    state = await state_of(page)
    assert "vient de changer" in state.error
    assert (state.health.consents[0].text, state.health.consents[0].answer) == (NEW["text"], "")
    await call(page, HealthState.save, form_data={f"consent_{key}": "yes"}, part="consents")
    assert (await state_of(page)).health.consents[0].answer == "yes"


@pytest.mark.parametrize("consent_id", [-5, 999_999, 2**40])
async def test_forged_numbers_touch_nothing(events: Pipeline, consent_id: int, journal: Kept) -> None:
    make_consents()
    page = await arrive(events)
    await do(page, ConsentsState.edit, consent_id=consent_id, revision=1)
    await do(page, ConsentsState.save, form_data=NEW)
    assert "n’existe plus" in await notice(page)
    await do(page, ConsentsState.ask_for, consent_id=consent_id, revision=1, active=False)
    state = await do(page, ConsentsState.save, form_data=NEW)
    assert (len(state.listing.rows), state.listing.withdrawn) == (5, [])
    assert journal.incidents() == []


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.REGIE, Role.ANIMATION])
async def test_the_page_is_closed_to_other_agents(events: Pipeline, role: Role) -> None:
    make_consents()
    page = await arrive(events, role, f"{role}@mairie.example")
    assert not (await page.state(ConsentsState)).listing.ready
    payload = {"consent_id": 1, "revision": 1, "active": False}
    assert (await page.call(ConsentsState.ask_for, payload, PATH)).is_closed
