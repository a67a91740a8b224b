"""Un paiement en ligne qui n'a pas abouti se dit sur le récapitulatif, et n'empêche pas de payer."""

from datetime import timedelta

import pytest
from sqlmodel import update

from portail.domain.payments import AttemptState
from portail.models.database import transaction
from portail.models.payments import PaymentAttempt
from portail.services import wallet
from portail.services.invoices import paying
from portail.services.invoices.paying import Order
from tests.conftest import NOW
from tests.factories.booking import Home
from tests.factories.cards import Cards, payments
from tests.factories.invoices import invoice, make_invoice
from tests.factories.money import balance, fill

EUROS = "\u00a0€"
SAID = (
    f"Un paiement de 45,00{EUROS} par carte bancaire est en cours depuis le 20 novembre à 10\u00a0h\u00a000. "
    "S’il aboutit, ce qui serait payé deux fois ira au porte-monnaie."
)


def pending(home: Home, *keys: int) -> list[str]:
    return paying.plan(actor=home.actor, choices=",".join(map(str, keys)), now=NOW + timedelta(minutes=5)).pending


@pytest.fixture
def bill(cards: Cards, home: Home) -> int:
    return make_invoice(home.family, 4500)


@pytest.fixture
def way(cards: Cards, home: Home, bill: int) -> paying.Way:
    order = Order(str(bill), 4500, "jeton-de-factures-1")
    return paying.pay_online(actor=home.actor, order=order, provider="stripe", now=NOW)


def test_a_page_left_open_is_said_for_its_own_invoices_only(home: Home, bill: int, way: paying.Way) -> None:
    other = make_invoice(home.family, 1000)
    assert (pending(home, bill, other), pending(home, other)) == ([SAID], [])


def test_the_family_can_go_on_and_what_comes_twice_is_in_the_wallet(
    cards: Cards, home: Home, bill: int, way: paying.Way
) -> None:
    fill(home.family, 4500)
    order = Order(str(bill), 4500, "jeton-de-porte-monnaie")
    paying.pay_from_wallet(actor=home.actor, order=order, now=NOW)
    cards.pay(way)
    cards.deliver()
    assert (invoice(bill).paid_cents, balance(home.family), len(payments())) == (4500, 4500, 2)
    assert wallet.check_ledger() == []


@pytest.mark.parametrize("state", [one for one in AttemptState if one is not AttemptState.PENDING])
def test_what_was_never_opened_or_is_over_is_not_said(
    home: Home, bill: int, way: paying.Way, state: AttemptState
) -> None:
    with transaction() as db:
        db.exec(update(PaymentAttempt).values(state=state))
    assert pending(home, bill) == []


def test_a_doubt_is_said_until_an_agent_has_seen_it(home: Home, bill: int, way: paying.Way) -> None:
    with transaction() as db:
        db.exec(update(PaymentAttempt).values(review="Paiement non crédité."))
    assert pending(home, bill) == [SAID]
    with transaction() as db:
        db.exec(update(PaymentAttempt).values(reviewed_at=NOW))
    assert pending(home, bill) == []
