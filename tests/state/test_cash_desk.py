"""La régie à l'écran : caisse, remises, impayés, remboursements, sans navigateur."""

from datetime import timedelta
from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.services.wallet import refunding
from portail.state.base import PortalState
from portail.state.cash_desk import CashDeskState
from portail.state.slips import SlipsState
from portail.state.unpaid import UnpaidState
from portail.state.wallet import WalletState
from portail.state.wallet_desk import WalletDeskState
from tests.factories.desk import regie_id
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


async def arrive(events: Pipeline, path: str, load: Any, role: Role = Role.REGIE) -> Page:
    account = make_account(f"{role}{path.count('/')}@mairie.example", role=role, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    page.path = path  # type: ignore[attr-defined]
    await page.visit(path)
    await page.call(load, path=path)
    return page


async def act(tab: Page, state: Any, handler: Any, **payload: Any) -> Any:
    await tab.call(handler, payload, tab.path)  # type: ignore[attr-defined]
    return await tab.state(state)


async def notice(tab: Page) -> str:
    return (await tab.state(PortalState)).notice


async def at_family(events: Pipeline, family: int) -> Page:
    return await arrive(events, f"/admin/encaissements/{family}", WalletDeskState.load_one)


async def test_a_proposal_follows_the_amount_and_a_cheque_pays_the_invoices(events: Pipeline) -> None:
    family = make_family("Durand")
    key = make_invoice(family, 30_00, now=clock.now())
    page = await at_family(events, family)
    state = await act(page, WalletDeskState, WalletDeskState.propose, amount="12,50")
    assert [one.proposed for one in state.file.dues] == ["12,50\u00a0€"]
    state = await act(page, WalletDeskState, WalletDeskState.propose, amount="douze")
    assert [one.proposed for one in state.file.dues] == [""]
    state = await act(page, WalletDeskState, WalletDeskState.choose_split, split="typed")
    assert state.split == "typed"
    form = {"amount": "40", "means": "cheque", "note": "12", "token": state.file.token, "split": "auto"}
    state = await act(page, WalletDeskState, WalletDeskState.credit, form_data=form)
    assert (invoice(key).paid_cents, balance(family), state.split, state.file.dues) == (30_00, 10_00, "auto", [])
    assert (await notice(page)).startswith("30,00\u00a0€ sur les factures")


@pytest.mark.parametrize("split", ["", "tout", "TYPED", "1' or '1'='1"])
async def test_a_forged_split_is_the_usual_one(events: Pipeline, split: str) -> None:
    page = await at_family(events, make_family("Durand"))
    assert (await act(page, WalletDeskState, WalletDeskState.choose_split, split=split)).split == "auto"


async def test_the_till_is_searched_undone_and_closed(events: Pipeline) -> None:
    family = make_family("Durand")
    desk = await at_family(events, family)
    for amount, token in (("20", "a"), ("7", "b")):
        form = {"amount": amount, "means": "cash", "note": "", "token": token}
        await act(desk, WalletDeskState, WalletDeskState.credit, form_data=form)
    page = await arrive(events, "/admin/caisse", CashDeskState.load)
    state = await page.state(CashDeskState)
    assert (state.cash.total, state.cash.expected, len(state.payments.rows)) == ("27,00\u00a0€", "27,00\u00a0€", 2)
    assert state.cash.months[0].total == "27,00\u00a0€"
    assert len(state.cash.months) == 12
    state = await act(page, CashDeskState, CashDeskState.search, form_data={"words": "7"})
    (row,) = state.payments.rows
    state = await act(page, CashDeskState, CashDeskState.undo, payment_id=row.id)
    assert (state.cash.total, state.payments.rows[0].state) == ("20,00\u00a0€", "Annulé")
    form = {"day": state.cash.day, "counted": "19", "note": ""}
    state = await act(page, CashDeskState, CashDeskState.close_day, form_data=form)
    assert (list(state.errors), state.cash.is_closed) == (["note"], False)
    state = await act(page, CashDeskState, CashDeskState.close_day, form_data=form | {"note": "un euro perdu"})
    assert (state.cash.is_closed, state.cash.closings[0].gap, state.fault) == (True, "−\u00a01,00\u00a0€", "")
    state = await act(page, CashDeskState, CashDeskState.close_day, form_data=form | {"note": "encore"})
    assert "déjà arrêtée" in state.fault


async def test_a_forged_regie_shows_the_first(events: Pipeline, journal: Kept) -> None:
    wanted = regie_id()
    page = await arrive(events, "/admin/caisse", CashDeskState.load)
    first = (await page.state(CashDeskState)).cash.regie_id
    for forged in ("", "abc", "-1", "999999", "9" * 30):
        state = await act(page, CashDeskState, CashDeskState.choose_regie, regie_id=forged)
        assert state.cash.regie_id == first == wanted
    assert journal.incidents() == []


async def test_pieces_ticked_leave_on_a_slip_once(events: Pipeline) -> None:
    desk = await at_family(events, make_family("Durand"))
    for note in ("1", "2"):
        form = {"amount": "20", "means": "cheque", "note": note, "token": note}
        await act(desk, WalletDeskState, WalletDeskState.credit, form_data=form)
    page = await arrive(events, "/admin/remises", SlipsState.load)
    (pile,) = (await page.state(SlipsState)).view.piles
    form = {"regie_id": str(pile.regie_id), "means": pile.means, f"piece-{pile.pieces[0].id}": "on"}
    state = await act(page, SlipsState, SlipsState.make, form_data=form)
    assert ([one.count for one in state.view.slips], state.view.piles[0].count) == (["1 pièce"], "1 pièce")
    await act(page, SlipsState, SlipsState.make, form_data=form)
    assert "déjà remise" in await notice(page)
    await act(page, SlipsState, SlipsState.make, form_data={"piece-x": "on", "regie_id": "x", "means": "cheque"})
    assert (await notice(page)).startswith("Cochez au moins une pièce")


async def test_a_slip_made_by_mistake_is_cancelled_with_a_reason(events: Pipeline) -> None:
    desk = await at_family(events, make_family("Durand"))
    form = {"amount": "20", "means": "cheque", "note": "1", "token": "1"}
    await act(desk, WalletDeskState, WalletDeskState.credit, form_data=form)
    page = await arrive(events, "/admin/remises", SlipsState.load)
    (pile,) = (await page.state(SlipsState)).view.piles
    form = {"regie_id": str(pile.regie_id), "means": pile.means, f"piece-{pile.pieces[0].id}": "on"}
    state = await act(page, SlipsState, SlipsState.make, form_data=form)
    slip = str(state.view.slips[0].id)
    state = await act(page, SlipsState, SlipsState.cancel, form_data={"slip_id": slip, "reason": " "})
    assert (await notice(page)).startswith("Dites pourquoi")
    assert state.view.piles == []
    state = await act(page, SlipsState, SlipsState.cancel, form_data={"slip_id": slip, "reason": "Oubli"})
    assert "annulé : 1 pièce attend de nouveau" in await notice(page)
    assert (state.view.slips[0].count, state.view.piles[0].count) == ("Annulé : Oubli", "1 pièce")
    await act(page, SlipsState, SlipsState.cancel, form_data={"slip_id": slip, "reason": "Oubli"})
    assert "déjà annulé" in await notice(page)


async def test_late_invoices_are_reminded_from_the_list(events: Pipeline) -> None:
    family = make_family("Durand", make_account("durand@famille.example", now=clock.now()))
    key = make_invoice(family, 30_00, now=clock.now() - timedelta(days=60))
    page = await arrive(events, "/admin/impayes", UnpaidState.load)
    state = await page.state(UnpaidState)
    assert [(row.id, row.next_level) for row in state.view.rows] == [(key, "Rappel")]
    assert (await act(page, UnpaidState, UnpaidState.show_age, age="older")).view.rows == []
    state = await act(page, UnpaidState, UnpaidState.show_age, age="month")
    state = await act(page, UnpaidState, UnpaidState.remind, form_data={f"facture-{key}": "on", "facture-x": "on"})
    assert await notice(page) == "1 facture relancée."
    assert (state.view.age, state.view.rows[0].next_level) == ("month", "")
    await act(page, UnpaidState, UnpaidState.remind, form_data={})
    assert (await notice(page)).startswith("Cochez au moins une facture")
    assert (await act(page, UnpaidState, UnpaidState.turn, page=2**40)).view.page == 1


async def test_a_refund_is_asked_by_the_family_and_paid_by_the_regie(events: Pipeline) -> None:
    account = make_account("camille@famille.example", now=clock.now())
    family = make_family("Durand", account)
    fill(family, 60_00, now=clock.now())
    home = events.page(session=open_session(account, now=clock.now())[0])
    home.path = "/porte-monnaie"  # type: ignore[attr-defined]
    await home.visit("/porte-monnaie")
    await home.call(WalletState.load, path="/porte-monnaie")
    form = {"amount": "20", "holder": "Camille Durand", "iban": "FR7630006000011234567890189"}
    state = await act(home, WalletState, WalletState.ask_refund, form_data=form | {"iban": "FR00"})
    assert (list(state.refund_errors), state.busy) == (["iban"], False)
    state = await act(home, WalletState, WalletState.ask_refund, form_data=form)
    assert ([one.state for one in state.wallet.refunds], state.wallet.may_ask) == (["Demandé"], False)
    state = await act(home, WalletState, WalletState.withdraw_refund)
    assert (state.wallet.refunds[0].state, state.wallet.may_ask) == ("Retiré par la famille", True)
    await act(home, WalletState, WalletState.ask_refund, form_data=form)
    page = await arrive(events, "/admin/caisse", CashDeskState.load)
    (line,) = (await page.state(CashDeskState)).refunds
    state = await act(
        page, CashDeskState, CashDeskState.refuse_refund, form_data={"refund_id": str(line.id), "reason": ""}
    )
    assert "pourquoi" in state.refund_fault
    state = await act(page, CashDeskState, CashDeskState.pay_refund, refund_id=line.id)
    assert (state.refunds, balance(family)) == ([], 40_00)
    await act(home, WalletState, WalletState.ask_refund, form_data=form)
    (line,) = refunding.waiting(actor=open_session(make_account("r@mairie.example", role=Role.REGIE))[1])
    state = await act(
        page,
        CashDeskState,
        CashDeskState.refuse_refund,
        form_data={"refund_id": str(line.id), "reason": "RIB illisible"},
    )
    assert (state.refunds, state.refund_fault, balance(family)) == ([], "", 40_00)


@pytest.mark.parametrize("role", [Role.PARENT, Role.RECEPTION, Role.DIRECTION, Role.ANIMATION])
@pytest.mark.parametrize(
    ("path", "load", "state", "name"),
    [
        ("/admin/caisse", CashDeskState.load, CashDeskState, "cash"),
        ("/admin/remises", SlipsState.load, SlipsState, "view"),
        ("/admin/impayes", UnpaidState.load, UnpaidState, "view"),
    ],
)
async def test_these_pages_are_for_the_regie(  # noqa: PLR0917
    events: Pipeline, role: Role, path: str, load: Any, state: Any, name: str
) -> None:
    page = await arrive(events, path, load, role)
    assert not getattr(await page.state(state), name).ready
