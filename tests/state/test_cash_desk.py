"""La régie à l'écran : caisse, remises, impayés, remboursements, sans navigateur."""

from datetime import timedelta
from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.domain.payments import Means
from portail.services.cash_desk import slips
from portail.services.unpaid import rounds
from portail.services.wallet import refunding
from portail.state.base import PortalState
from portail.state.cash_desk import CashDeskState
from portail.state.daily_income import DailyIncomeState
from portail.state.invoice_desk import InvoiceDeskState
from portail.state.slips import SlipsState
from portail.state.unpaid import UnpaidState
from portail.state.wallet import WalletState
from portail.state.wallet_desk import WalletDeskState
from tests.factories.desk import regie_id, take
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice, make_payment, make_regie
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
    assert (state.cash.total, len(state.payments.rows)) == ("27,00\u00a0€", 2)
    assert state.cash.months[0].total == "27,00\u00a0€"
    assert len(state.cash.months) == 12
    state = await act(page, CashDeskState, CashDeskState.search, form_data={"words": "7"})
    (row,) = state.payments.rows
    state = await act(page, CashDeskState, CashDeskState.undo, payment_id=row.id)
    assert (state.cash.total, state.payments.rows[0].state) == ("20,00\u00a0€", "Annulé")
    state = await act(page, CashDeskState, CashDeskState.count_day, form_data={"day": "demain"})
    assert (list(state.errors), state.count.ready, state.busy) == (["day"], False, False)
    state = await act(page, CashDeskState, CashDeskState.count_day, form_data={"day": state.cash.day})
    assert (state.count.expected, state.errors, state.fault) == ("20,00\u00a0€", {}, "")
    state = await act(page, CashDeskState, CashDeskState.choose_another_day)
    assert not state.count.ready
    state = await act(page, CashDeskState, CashDeskState.count_left_open, day=state.cash.day)
    form = {"day": state.count.day, "counted": "19", "note": ""}
    state = await act(page, CashDeskState, CashDeskState.close_day, form_data=form)
    assert (list(state.errors), state.cash.is_closed, state.count.ready) == (["note"], False, True)
    state = await act(page, CashDeskState, CashDeskState.close_day, form_data=form | {"note": "un euro perdu"})
    assert (state.cash.is_closed, state.closings.rows[0].gap, state.fault) == (True, "−\u00a01,00\u00a0€", "")
    assert not state.count.ready
    state = await act(page, CashDeskState, CashDeskState.close_day, form_data=form | {"note": "encore"})
    assert "déjà arrêtée" in state.fault
    given = {"closing_id": str(state.closings.rows[0].id), "reason": ""}
    state = await act(page, CashDeskState, CashDeskState.reopen, form_data=given)
    assert "Dites pourquoi" in await notice(page)
    state = await act(page, CashDeskState, CashDeskState.reopen, form_data=given | {"reason": "Mauvais jour"})
    assert (state.cash.is_closed, state.closings.rows[0].can_reopen, state.busy) == (False, False, False)
    assert (await act(page, CashDeskState, CashDeskState.turn_closings, page=2**40)).closings.page == 1


async def test_an_error_of_another_day_is_corrected_from_the_till_and_from_the_family(events: Pipeline) -> None:
    family = make_family("Durand")
    agent_account = make_account("hier@mairie.example", role=Role.REGIE, now=clock.now())
    actor = open_session(agent_account, now=clock.now())[1]
    for note in ("1", "2", "3"):
        take(actor, family, amount="20", note=note, now=clock.now() - timedelta(days=1))
    page = await arrive(events, "/admin/caisse", CashDeskState.load)
    state = await page.state(CashDeskState)
    first, second, third = (row.id for row in state.payments.rows)
    state = await act(page, CashDeskState, CashDeskState.correct, form_data={"payment_id": str(first), "reason": ""})
    assert ("Dites pourquoi" in await notice(page), state.busy) == (True, False)
    form = {"payment_id": str(first), "reason": "Chèque d’une autre famille"}
    state = await act(page, CashDeskState, CashDeskState.correct, form_data=form)
    assert (state.payments.rows[0].why, state.cash.given_back) == ("Chèque d’une autre famille", "20,00\u00a0€")
    slips.make(actor=actor, regie_id=regie_id(), means="cheque", pieces=[second], now=clock.now())
    state = await act(page, CashDeskState, CashDeskState.bounce, payment_id=second)
    assert "rejeté" in await notice(page)
    desk = await at_family(events, family)
    form = {"payment_id": str(third), "reason": "Saisi deux fois"}
    shown = await act(desk, WalletDeskState, WalletDeskState.correct, form_data=form)
    assert ([one.can_correct for one in shown.file.payments], shown.busy, balance(family)) == ([False] * 3, False, 0)
    await act(desk, WalletDeskState, WalletDeskState.correct, form_data={"payment_id": "x", "reason": "x"})
    assert (await desk.state(PortalState)).closed


async def test_the_list_follows_the_regie_once_there_are_two(events: Pipeline) -> None:
    family = make_family("Durand")
    actor = open_session(make_account("deux@mairie.example", role=Role.REGIE, now=clock.now()), now=clock.now())[1]
    take(actor, family, amount="20", means="cash", now=clock.now())
    page = await arrive(events, "/admin/caisse", CashDeskState.load)
    assert len((await page.state(CashDeskState)).payments.rows) == 1
    sport = make_regie("SPO")
    state = await act(page, CashDeskState, CashDeskState.choose_regie, regie_id=str(sport))
    assert (state.cash.regie_id, state.payments.rows) == (sport, [])
    state = await act(page, CashDeskState, CashDeskState.choose_regie, regie_id=str(regie_id()))
    assert len(state.payments.rows) == 1


async def test_a_forged_regie_shows_the_first(events: Pipeline, journal: Kept) -> None:
    wanted = regie_id()
    page = await arrive(events, "/admin/caisse", CashDeskState.load)
    first = (await page.state(CashDeskState)).cash.regie_id
    for forged in ("", "abc", "-1", "999999", "9" * 30):
        state = await act(page, CashDeskState, CashDeskState.choose_regie, regie_id=forged)
        assert state.cash.regie_id == first == wanted
    assert journal.incidents() == []


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


async def test_the_invoices_of_a_family_open_from_its_till(events: Pipeline) -> None:
    family, other = make_family("Durand"), make_family("Martin")
    mine = make_invoice(family, 30_00, now=clock.now())
    make_invoice(other, 20_00, now=clock.now())
    desk = await at_family(events, family)
    number = (await desk.state(WalletDeskState)).file.number
    path = f"/admin/factures?mots={number}"
    listed = (await (await arrive(events, path, InvoiceDeskState.load_list)).state(InvoiceDeskState)).listing
    assert ([row.id for row in listed.rows], listed.words) == ([mine], number)


async def test_a_payment_leads_to_the_invoices_it_pays(events: Pipeline) -> None:
    family = make_family("Durand")
    key = make_invoice(family, 30_00, now=clock.now())
    page = await at_family(events, family)
    form = {"amount": "40", "means": "cash", "note": "", "token": "a", "split": "auto"}
    state = await act(page, WalletDeskState, WalletDeskState.credit, form_data=form)
    (paid,) = state.file.payments[0].invoices
    assert (paid.value, paid.label) == (str(key), f"Facture {state.file.payments[0].uses.partition(' ')[0]}")


async def test_everything_due_leaves_in_two_steps_and_is_followed(events: Pipeline) -> None:
    key = make_invoice(
        make_family("Durand", make_account("camille@famille.example", now=clock.now())),
        30_00,
        now=clock.now() - timedelta(days=45),
    )
    make_invoice(make_family("Sans"), 20_00, now=clock.now() - timedelta(days=45))
    page = await arrive(events, "/admin/impayes", UnpaidState.load)
    state = await page.state(UnpaidState)
    assert (state.reminders.gentle, state.reminders.silent) == ("1 rappel", "1 lettre à poster")
    state = await act(page, UnpaidState, UnpaidState.remind_all, form_data={"with_last": "on"})
    assert (await notice(page), state.busy, state.reminders.is_busy) == (
        "Les relances partent : 1 lettre.",
        False,
        True,
    )
    await act(page, UnpaidState, UnpaidState.remind_all, form_data={})
    assert (await notice(page)).startswith("Une tournée de relances est déjà en cours")
    while rounds.advance(clock.now()):
        pass
    state = await act(page, UnpaidState, UnpaidState.look)
    assert not state.reminders.is_busy
    assert {row.id: row.next_level for row in state.view.rows}[key] == "", "la liste suit"
    state = await act(page, UnpaidState, UnpaidState.prepare_letters, level="1")
    assert ((await notice(page)).startswith("Rappel : 1 lettre"), state.busy) == (True, False)
    assert [one.href != "" for one in state.reminders.rounds] == [True, False]
    state = await act(page, UnpaidState, UnpaidState.prepare_letters, level="9")
    assert (await notice(page), state.busy) == ("Choisissez une relance.", False)


async def test_the_unpaid_are_sought_by_words_and_by_regie(events: Pipeline) -> None:
    key = make_invoice(make_family("Durand"), 30_00, now=clock.now() - timedelta(days=45))
    page = await arrive(events, "/admin/impayes", UnpaidState.load)
    for words, rows in (("durand", [key]), ("martin", [])):
        state = await act(page, UnpaidState, UnpaidState.search, form_data={"words": words})
        assert ([row.id for row in state.view.rows], state.view.words) == (rows, words)
    state = await act(page, UnpaidState, UnpaidState.search, form_data={"words": ""})
    state = await act(page, UnpaidState, UnpaidState.show_regie, regie_id=str(regie_id()))
    assert ([row.id for row in state.view.rows], state.view.regie) == ([key], str(regie_id()))
    for wrong in ("", "999999", "SPO"):
        assert (await act(page, UnpaidState, UnpaidState.show_regie, regie_id=wrong)).view.regie == ""
    await act(page, UnpaidState, UnpaidState.search, form_data={"words": "x" * 200})
    assert (await notice(page)).startswith("Recherche")


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


async def test_the_income_of_a_month_day_by_day(events: Pipeline) -> None:
    family, sport = make_family("Alba"), make_regie("SPO")
    make_payment(family, 10_00, means=Means.CASH, now=clock.now())
    make_payment(family, 5_00, means=Means.CHEQUE, regie_id=sport, now=clock.now())
    tab = await arrive(events, "/admin/caisse/recettes", DailyIncomeState.load)
    view = (await tab.state(DailyIncomeState)).view
    assert ([one.total for one in view.rows], len(view.totals)) == (["10,00\u00a0€", "5,00\u00a0€"], 3)
    view = (await act(tab, DailyIncomeState, DailyIncomeState.choose_regie, regie_id=str(sport))).view
    assert ([one.cheque for one in view.rows], view.regie_id) == (["5,00\u00a0€"], sport)
    view = (await act(tab, DailyIncomeState, DailyIncomeState.choose_month, month="2024-01")).view
    assert (view.said_month, view.rows, view.regie_id) == ("Janvier 2024", [], sport)
    for forged in ("x", "", "2026-99", "9" * 400):
        view = (await act(tab, DailyIncomeState, DailyIncomeState.choose_month, month=forged)).view
        assert view.month == f"{clock.now():%Y-%m}"
    view = (await act(tab, DailyIncomeState, DailyIncomeState.choose_regie, regie_id="x")).view
    assert view.regie_id == 0
