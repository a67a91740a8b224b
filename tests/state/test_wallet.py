"""Le porte-monnaie et le guichet de la régie, sans navigateur."""

import re
from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.models.accounts import Account
from portail.state.base import PortalState
from portail.state.wallet import WalletState
from portail.state.wallet_desk import WalletDeskState
from tests.factories.families import make_child, make_family
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
PATH = "/porte-monnaie"
CREDIT = {"amount": "20,50", "means": "cash", "note": ""}


async def arrive(events: Pipeline, account: Account, path: str, load: Any) -> Page:
    page = events.page(session=open_session(account, now=clock.now())[0])
    page.path = path
    await page.visit(path)
    await page.call(load, path=path)
    return page


async def mine(events: Pipeline, account: Account, path: str = PATH) -> Page:
    return await arrive(events, account, path, WalletState.load)


async def do(tab: Page, handler: Any, **payload: Any) -> WalletState:
    await tab.call(handler, payload, tab.path)
    return await tab.state(WalletState)


async def test_a_parent_activates_the_wallet_once_the_box_is_ticked(events: Pipeline) -> None:
    camille = make_account("camille@famille.example", now=clock.now())
    make_family("Durand", camille)
    page = await mine(events, camille)
    state = await do(page, WalletState.activate, form_data={})
    assert (state.wallet.is_active, state.fault) == (
        False,
        "Cochez la case pour accepter les conditions du porte-monnaie.",
    )
    state = await do(page, WalletState.activate, form_data={"accepted": "on"})
    assert (state.wallet.is_active, state.fault, state.busy) == (True, "", False)
    assert (await page.state(PortalState)).notice == "Votre compte famille est activé."


async def test_the_regie_filters_the_movements_of_a_family(events: Pipeline) -> None:
    family = make_family("Durand")
    child = make_child("Léa", family)
    fill(family, 6000, now=clock.now())
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    page = await arrive(events, agent, f"/admin/encaissements/{family}", WalletDeskState.load_one)
    for handler, payload in (
        (WalletDeskState.show_kind, {"kind": "top_up"}),
        (WalletDeskState.show_period, {"period": "month"}),
        (WalletDeskState.turn_movements, {"page": 1}),
    ):
        await page.call(handler, payload, page.path)
    shown = (await page.state(WalletDeskState)).file.statement
    assert (shown.kind, shown.period, len(shown.rows)) == ("top_up", "month", 1)
    await page.call(WalletDeskState.show_child, {"child": str(child)}, page.path)
    shown = (await page.state(WalletDeskState)).file.statement
    assert (shown.kind, shown.child, shown.rows) == ("top_up", str(child), [])
    await page.call(WalletDeskState.show_child, {"child": "x"}, page.path)
    assert len((await page.state(WalletDeskState)).file.statement.rows) == 1


async def test_the_regie_allows_an_overdraft_and_the_parent_reads_it(events: Pipeline) -> None:
    camille = make_account("camille@famille.example", now=clock.now())
    family = make_family("Durand", camille)
    fill(family, 500, now=clock.now())
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    page = await arrive(events, agent, f"/admin/encaissements/{family}", WalletDeskState.load_one)
    answer = await page.call(WalletDeskState.allow_overdraft, {"form_data": {"overdraft": "abc"}}, page.path)
    state = await page.state(WalletDeskState)
    assert (set(state.overdraft_errors), state.busy, state.file.overdraft) == ({"overdraft"}, False, "0,00")
    assert re.search(r"'busy\w*': True", str(answer.updates)), "le bouton se dit occupé"
    await page.call(WalletDeskState.allow_overdraft, {"form_data": {"overdraft": "50"}}, page.path)
    state = await page.state(WalletDeskState)
    assert (state.overdraft_errors, state.overdraft_fault, state.file.overdraft) == ({}, "", "50,00")
    assert (await page.state(PortalState)).notice == "La famille Durand peut descendre à −50,00\u00a0€."
    assert (await (await mine(events, camille)).state(WalletState)).wallet.overdraft == "50,00\u00a0€"


async def test_a_parent_may_not_allow_an_overdraft(events: Pipeline) -> None:
    camille = make_account("camille@famille.example", now=clock.now())
    fill(make_family("Durand", camille), 500, now=clock.now())
    page = await mine(events, camille)
    answer = await page.call(WalletDeskState.allow_overdraft, {"form_data": {"overdraft": "50"}}, page.path)
    assert answer.is_closed
    assert (await do(page, WalletState.turn, page=1)).wallet.overdraft == ""


async def test_new_terms_are_accepted_from_the_page(events: Pipeline) -> None:
    camille = make_account("camille@famille.example", now=clock.now())
    fill(make_family("Durand", camille), 500, now=clock.now())
    page = await mine(events, camille)
    state = await do(page, WalletState.activate, form_data={})
    assert (state.wallet.must_accept, state.fault != "") == (True, True)
    state = await do(page, WalletState.activate, form_data={"accepted": "on"})
    assert (state.wallet.must_accept, state.busy) == (False, False)
    assert (await page.state(PortalState)).notice == "Vous avez accepté les nouvelles conditions."


async def test_a_parent_filters_by_child(events: Pipeline) -> None:
    camille = make_account("camille@famille.example", now=clock.now())
    family = make_family("Durand", camille)
    child = make_child("Léa", family)
    fill(family, 6000, now=clock.now())
    page = await mine(events, camille)
    state = await do(page, WalletState.show_child, child=str(child))
    assert (state.wallet.statement.child, state.wallet.statement.rows) == (str(child), [])
    state = await do(page, WalletState.show_period, period="month")
    assert (state.wallet.statement.child, state.wallet.statement.period) == (str(child), "month")


async def test_filters_and_pages_are_kept_together(events: Pipeline) -> None:
    camille = make_account("camille@famille.example", now=clock.now())
    fill(make_family("Durand", camille), 6000, now=clock.now())
    page = await mine(events, camille)
    assert (await do(page, WalletState.show_kind, kind="top_up")).wallet.statement.kind == "top_up"
    state = await do(page, WalletState.show_period, period="month")
    assert (state.wallet.statement.kind, len(state.wallet.statement.rows)) == ("top_up", 1)
    state = await do(page, WalletState.show_kind, kind="refund")
    assert state.wallet.statement.rows == []
    assert (await do(page, WalletState.turn, page=2**40)).wallet.statement.page == 1


@pytest.mark.parametrize(
    ("suite", "back"),
    [
        ("/reservations/3", "/reservations/3"),
        ("https://ailleurs.example", ""),
        ("//ailleurs.example", ""),
        ("/\\ailleurs.example", ""),
        ("", ""),
    ],
)
async def test_only_a_page_of_the_portal_is_a_way_back(events: Pipeline, suite: str, back: str) -> None:
    camille = make_account("camille@famille.example", now=clock.now())
    page = await mine(events, camille, f"{PATH}?suite={suite}")
    assert (await page.state(WalletState)).back == back


@pytest.mark.parametrize("forged", ["", "abc", "-1", "999999", "9" * 30, "1' or '1'='1"])
async def test_a_forged_family_shows_nothing_of_it(events: Pipeline, forged: str, journal: Kept) -> None:
    camille = make_account("camille@famille.example", now=clock.now())
    home = make_family("Durand", camille)
    page = await mine(events, camille)
    state = await do(page, WalletState.choose_family, family_id=forged)
    assert (state.closed, state.wallet.family_id) == (True, home)
    assert journal.incidents() == []


async def test_the_family_of_someone_else_stays_closed(events: Pipeline) -> None:
    camille = make_account("camille@famille.example", now=clock.now())
    make_family("Durand", camille)
    stranger = make_family("Loin")
    fill(stranger, 9900, now=clock.now())
    page = await mine(events, camille)
    state = await do(page, WalletState.choose_family, family_id=str(stranger))
    assert (state.closed, state.wallet.balance) == (True, "0,00\u00a0€")


# ── La régie ─────────────────────────────────────────────────────────────────────────────────────


async def at_desk(events: Pipeline, family_id: int, role: Role = Role.REGIE) -> Page:
    agent = make_account("regie@mairie.example", role=role, now=clock.now())
    return await arrive(events, agent, f"/admin/encaissements/{family_id}", WalletDeskState.load_one)


async def act(tab: Page, handler: Any, **payload: Any) -> WalletDeskState:
    await tab.call(handler, payload, tab.path)
    return await tab.state(WalletDeskState)


async def test_an_agent_credits_a_wallet_and_the_form_is_new(events: Pipeline) -> None:
    family = make_family("Durand")
    page = await at_desk(events, family)
    token = (await page.state(WalletDeskState)).file.token
    state = await act(page, WalletDeskState.credit, form_data=CREDIT | {"token": token})
    assert (state.file.balance, state.credit_fault, state.busy) == ("20,50\u00a0€", "", False)
    assert state.file.token not in {"", token}
    state = await act(page, WalletDeskState.credit, form_data=CREDIT | {"token": token})
    assert (balance(family), state.credit_fault) == (2050, "Ce mouvement est déjà enregistré.")


async def test_an_agent_takes_back_a_wrong_credit(events: Pipeline) -> None:
    family = make_family("Durand")
    page = await at_desk(events, family)
    state = await act(page, WalletDeskState.credit, form_data=CREDIT | {"token": "x"})
    payment = state.file.payments[0].id
    state = await act(page, WalletDeskState.undo, payment_id=payment)
    assert (state.file.balance, balance(family)) == ("0,00\u00a0€", 0)
    await act(page, WalletDeskState.undo, payment_id=payment)
    assert (await page.state(PortalState)).notice.startswith("Cet encaissement ne peut plus")


async def test_a_wrong_amount_is_told_beside_its_field(events: Pipeline) -> None:
    family = make_family("Durand")
    page = await at_desk(events, family)
    state = await act(page, WalletDeskState.credit, form_data=CREDIT | {"amount": "12,345", "token": "x"})
    assert (list(state.credit_errors), state.quotient_errors, balance(family)) == (["amount"], {}, 0)
    state = await act(page, WalletDeskState.save_quotient, form_data={"value": "-3"})
    assert set(state.quotient_errors) == {"value", "source", "valid_from", "valid_to"}
    assert state.credit_errors == {}


async def test_an_agent_sets_a_quotient(events: Pipeline) -> None:
    family = make_family("Durand")
    page = await at_desk(events, family)
    today = (await page.state(WalletDeskState)).file.today
    form = {"value": "850", "source": "caf", "valid_from": today, "valid_to": today}
    state = await act(page, WalletDeskState.save_quotient, form_data=form)
    assert [(one.value, one.is_current) for one in state.file.quotients] == [("850", True)]


async def test_the_list_is_searched_and_turned(events: Pipeline) -> None:
    for rank in range(27):
        make_family(f"Famille{rank:02d}")
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    page = await arrive(events, agent, "/admin/encaissements", WalletDeskState.load_list)
    assert len((await page.state(WalletDeskState)).listing.rows) == 25
    assert len((await act(page, WalletDeskState.turn, page=2)).listing.rows) == 2
    assert (await act(page, WalletDeskState.search, form_data={"words": "zzz"})).listing.rows == []
    assert (await act(page, WalletDeskState.search, form_data={})).listing.total == 27


@pytest.mark.parametrize("role", [Role.PARENT, Role.RECEPTION, Role.ANIMATION])
async def test_the_desk_is_closed_to_others(events: Pipeline, role: Role) -> None:
    family = make_family("Durand")
    page = await at_desk(events, family, role)
    state = await act(page, WalletDeskState.credit, form_data=CREDIT | {"token": "x"})
    assert (state.file.ready, balance(family)) == (False, 0)
