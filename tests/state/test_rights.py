"""« Droits des adultes » sans navigateur : régler, être refusé, deux onglets, formulaires forgés."""

from typing import Any

import pytest

from portail import clock
from portail.models.accounts import Account
from portail.state.base import PortalState
from portail.state.rights import RightsState
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
PATH = "/dossier/droits"
ALL = "can_edit,can_book,can_see_money,can_see_health"


async def arrive(events: Pipeline, account: Account) -> Page:
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit(PATH)
    await page.call(RightsState.load, path=PATH)
    return page


async def save(page: Page, **form: Any) -> RightsState:
    await page.call(RightsState.save, {"form_data": form}, PATH)
    return await page.state(RightsState)


def couple() -> tuple[Account, Account]:
    alba, zoe = make_account(now=clock.now()), make_account("zoe@famille.example", now=clock.now())
    make_family("Essai", alba, zoe)
    return alba, zoe


async def test_rights_are_ticked_and_saved(events: Pipeline) -> None:
    page = await arrive(events, couple()[0])
    state = await page.state(RightsState)
    zoe = state.families[0].adults[1]
    assert (state.ready, zoe.full_name, zoe.seen) == (True, "Zoe Essai", ALL)
    state = await save(page, guardian_id=str(zoe.guardian_id), seen=zoe.seen, can_book="on")
    assert (state.fault, state.families[0].adults[1].seen) == ("", "can_book")
    assert (await page.state(PortalState)).notice == "Les droits sont enregistrés."


async def test_a_refusal_stays_on_the_card_of_the_adult_and_redraws_the_boxes(events: Pipeline) -> None:
    alba, _ = couple()
    first, second = await arrive(events, alba), await arrive(events, alba)
    zoe = (await first.state(RightsState)).families[0].adults[1]
    await save(first, guardian_id=str(zoe.guardian_id), seen=zoe.seen, can_book="on")
    state = await save(second, guardian_id=str(zoe.guardian_id), seen=zoe.seen)
    assert "viennent d’être modifiés" in state.fault
    assert (state.faulty, state.redrawn, state.families[0].adults[1].seen) == (zoe.guardian_id, 1, "can_book")
    await second.call(RightsState.load, path=PATH)
    assert (state.fault, state.faulty) == ("", 0)


async def test_the_last_adult_with_every_right_keeps_them(events: Pipeline) -> None:
    page = await arrive(events, couple()[0])
    alba, zoe = (await page.state(RightsState)).families[0].adults
    await save(page, guardian_id=str(zoe.guardian_id), seen=ALL, can_book="on")
    state = await save(page, guardian_id=str(alba.guardian_id), seen=ALL, can_edit="on", can_book="on")
    assert "Au moins un adulte" in state.fault
    assert state.families[0].adults[0].seen == ALL


@pytest.mark.parametrize("number", ["", "0", "-1", "abc", "²", "9" * 30, "999999"])
async def test_a_forged_adult_closes_the_page(events: Pipeline, number: str, journal: Kept) -> None:
    alba, _ = couple()
    stranger = make_account("loin@famille.example", now=clock.now())
    make_family("Loin", stranger)
    page = await arrive(events, alba)
    await save(page, guardian_id=number, seen="", can_edit="on")
    assert (await page.state(PortalState)).closed
    assert journal.incidents() == []
