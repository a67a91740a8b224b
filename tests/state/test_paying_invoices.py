"""Payer ses factures en ligne, sans navigateur : partir par carte ou par PayFiP, revenir, ne rien croire du retour."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portail import clock
from portail.services import regies
from portail.services.invoices import paying
from portail.services.payments import topping_up
from portail.state.base import PortalState
from portail.state.invoices import BillPaymentState
from portail.state.paying import PaymentReturnState, TopUpState
from tests.factories import treasury
from tests.factories.cards import PAGES, Cards, attempts, make_cards, payments
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session
from tests.factories.treasury import Treasury
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cards:
    regies.prepare()
    found = make_cards(tmp_path, monkeypatch)
    found.now[0] = clock.now()
    return found


@pytest.fixture
def payfip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Treasury]:
    with treasury.made(tmp_path, monkeypatch) as found:
        treasury.offer("payfip")
        found.now[0] = clock.now()
        yield found


async def at_the_last_step(events: Pipeline, name: str = "Durand") -> tuple[Page, int, int]:
    """L'onglet, le dossier, la facture de 45 € qu'il va payer."""
    account = make_account(f"{name.lower()}@famille.example", now=clock.now())
    family = make_family(name, account)
    bill = make_invoice(family, 45_00, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    page.path = "/paiement"
    await page.visit(page.path)
    await page.call(BillPaymentState.load, path=page.path)
    await page.call(BillPaymentState.review, {"form_data": {f"facture-{bill}": "on"}}, page.path)
    await page.call(BillPaymentState.go_on, path=page.path)
    return page, family, bill


async def leave(page: Page, means: str) -> str:
    """L'adresse où part le navigateur."""
    await page.call(BillPaymentState.pay, {"form_data": {"means": means}}, page.path)
    state = await page.state(BillPaymentState)
    assert (state.fault, state.busy) == ("", True)
    mark, _, url = state.leaving.partition(" ")
    assert len(mark) == 12
    return url


async def come_back(page: Page, more: str = "") -> Any:
    path = f"/paiement/retour?tentative={attempts()[0].reference}{more}"
    await page.call(PaymentReturnState.load, path=path)
    return (await page.state(PaymentReturnState)).result


async def test_an_invoice_is_paid_by_card(events: Pipeline, cards: Cards) -> None:
    page, family, bill = await at_the_last_step(events)
    url = await leave(page, "stripe")
    assert url.startswith(f"{PAGES}/payer/cs_test_")
    assert (await come_back(page)).is_waiting
    cards.pay(url)
    assert ((await come_back(page)).is_waiting, invoice(bill).paid_cents) == (True, 0)
    cards.deliver(clock.now())
    result = await come_back(page)
    assert (result.title, result.href, invoice(bill).paid_cents) == ("Paiement reçu", "/factures", 45_00)
    assert ([one.means for one in payments()], balance(family)) == (["card"], 0)


async def test_an_invoice_is_paid_by_payfip(events: Pipeline, payfip: Treasury) -> None:
    page, family, bill = await at_the_last_step(events)
    url = await leave(page, "payfip")
    key = payfip.pay(paying.Way(url))
    assert ((await come_back(page, f"&idop={key}")).is_waiting, invoice(bill).paid_cents) == (True, 0)
    payfip.tell(key, clock.now())
    result = await come_back(page)
    assert (result.title, invoice(bill).paid_cents, balance(family)) == ("Paiement reçu", 45_00, 0)
    assert [one.means for one in payments()] == ["payfip"]


@pytest.mark.parametrize("forged", ["", "x", "81bdf4c0-8edb-11e5-99d5-00000a634c44", "../..", "a%00b", "' or 1=1 --"])
async def test_a_return_with_a_forged_number_credits_nothing(events: Pipeline, payfip: Treasury, forged: str) -> None:
    page, _, bill = await at_the_last_step(events)
    await leave(page, "payfip")
    result = await come_back(page, f"&idop={forged}&resultrans=P&montant=4500")
    assert (result.is_waiting, invoice(bill).paid_cents, payments()) == (True, 0, [])


async def test_the_number_of_another_family_s_payment_credits_nothing_here(events: Pipeline, payfip: Treasury) -> None:
    page, _, bill = await at_the_last_step(events)
    await leave(page, "payfip")
    other, _, theirs = await at_the_last_step(events, "Martin")
    paid = payfip.pay(paying.Way(await leave(other, "payfip")))
    assert (await come_back(page, f"&idop={paid}")).is_waiting
    payfip.tell(paid, clock.now())
    assert ((await come_back(page, f"&idop={paid}")).is_waiting, invoice(bill).paid_cents) == (True, 0)
    assert invoice(theirs).paid_cents == 45_00


async def test_a_payment_under_way_is_said_to_the_other_tab(events: Pipeline, cards: Cards) -> None:
    page, _, bill = await at_the_last_step(events)
    assert (await page.state(BillPaymentState)).plan.pending == []
    await leave(page, "stripe")
    await page.call(BillPaymentState.load, path=page.path)
    await page.call(BillPaymentState.review, {"form_data": {f"facture-{bill}": "on"}}, page.path)
    (said,) = (await page.state(BillPaymentState)).plan.pending
    assert said.startswith("Un paiement de 45,00\u00a0€ par carte bancaire est en cours depuis le ")


@pytest.mark.parametrize("means", ["", "bitcoin", "payfip"])
async def test_a_means_that_is_not_offered_leaves_the_form_ready(events: Pipeline, cards: Cards, means: str) -> None:
    page, _, _ = await at_the_last_step(events)
    await page.call(BillPaymentState.pay, {"form_data": {"means": means}}, page.path)
    state = await page.state(BillPaymentState)
    assert (bool(state.fault), state.busy, state.leaving, state.step) == (True, False, "", 3)


def broken(**_: object) -> None:
    raise ValueError("imprévu")


async def test_an_unexpected_fault_never_leaves_the_button_off(
    events: Pipeline, cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, family, _ = await at_the_last_step(events)
    monkeypatch.setattr(paying, "pay_online", broken)
    monkeypatch.setattr(topping_up, "start", broken)
    await page.call(BillPaymentState.pay, {"form_data": {"means": "stripe"}}, page.path)
    assert not (await page.state(BillPaymentState)).busy
    fill(family, now=clock.now())
    form = {"amount": "20", "provider": "stripe", "token": "jeton-de-versement-1", "family": str(family)}
    await page.call(TopUpState.pay, {"form_data": form}, "/porte-monnaie")
    assert not (await page.state(TopUpState)).busy
    assert not (await page.state(PortalState)).closed
