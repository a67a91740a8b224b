"""Une famille conteste auprès de sa banque : un agent le sait avant l'échéance ; perdue, la somme est reprise."""

import pytest
from sqlmodel import col, select

from portail.domain.payments import RefundOrigin, RefundSource, RefundState
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.mails import OutboxMail
from portail.models.payments import Payment, PaymentAttempt
from tests.conftest import NOW
from tests.factories.booking import Home
from tests.factories.cards import Cards, payments, top_up
from tests.factories.crowds import together
from tests.factories.invoices import make_invoice
from tests.factories.money import balance
from tests.services.payments.test_outside import EUROS, card_total, refunds, review, sound, spend
from tests.services.payments.test_settling_invoices import paid_on, start


@pytest.fixture
def paid(cards: Cards, home: Home) -> Payment:
    cards.pay(top_up(home.actor, home.family))
    cards.deliver()
    return payments()[0]


@pytest.fixture
def dispute(cards: Cards, paid: Payment) -> str:
    return str(cards.dashboard.contest(cards.page())["id"])


def actions() -> list[str]:
    with reading() as db:
        found = db.exec(select(AuditEntry.action).where(col(AuditEntry.action).startswith("payment.disp")))
        return sorted(found)


def test_an_open_dispute_says_the_sum_the_reason_and_the_deadline(cards: Cards, home: Home, dispute: str) -> None:
    (event,) = cards.kept.events
    assert cards.deliver() == [200]
    assert review() == (
        f"Contestation de 45,00{EUROS} par la famille (paiement non reconnu)\u00a0: "
        "répondez dans Stripe avant le 29 novembre 2026."
    )
    assert (balance(home.family), refunds(), actions()) == (4500, [], ["payment.disputed"])
    with transaction() as db:
        db.exec(select(PaymentAttempt)).one().reviewed_at = NOW
    for _ in range(3):
        assert cards.hand(event) == 200
    with reading() as db:
        assert db.exec(select(PaymentAttempt.reviewed_at)).one() == NOW


def test_a_lost_one_is_taken_from_the_wallet_once(cards: Cards, home: Home, dispute: str) -> None:
    cards.deliver()
    cards.dashboard.close(dispute, is_lost=True)
    (event,) = cards.kept.events
    assert set(together(*[lambda: cards.hand(event)] * 3)) == {200}
    assert cards.hand(event | {"id": "evt_encore"}) == 200
    assert (balance(home.family), payments()[0].refunded_cents, card_total(), sound()) == (0, 4500, 0, True)
    (one,) = refunds()
    assert (one.origin, one.state, one.provider_ref) == (RefundOrigin.DISPUTE, RefundState.DONE, dispute)
    assert review() == f"Contestation perdue\u00a0: 45,00{EUROS}, la somme est prise au porte-monnaie de la famille."
    with reading() as db:
        subjects = db.exec(select(OutboxMail.subject)).all()
    assert subjects.count(f"Paiement contesté : 45,00{EUROS} repris par votre banque") == 1


def test_a_lost_one_the_wallet_cannot_pay_is_owed(cards: Cards, home: Home, dispute: str) -> None:
    spend(home, 4000)
    cards.dashboard.close(dispute, is_lost=True)
    cards.deliver()
    assert (refunds()[0].source, balance(home.family), card_total(), sound()) == (RefundSource.OWED, 500, 0, True)
    assert "à reprendre à la famille" in review()


def test_a_lost_one_opens_the_invoice_again(cards: Cards, home: Home) -> None:
    invoice = make_invoice(home.family, 3000)
    cards.pay(start(home, (invoice, 3000)))
    cards.deliver()
    made = cards.dashboard.contest(cards.page())
    cards.dashboard.close(made["id"], is_lost=True)
    cards.deliver()
    assert (paid_on(invoice), refunds()[0].source, sound()) == (0, RefundSource.INVOICES, True)


def test_a_won_one_says_so_and_moves_nothing(cards: Cards, home: Home, dispute: str) -> None:
    cards.deliver()
    cards.dashboard.close(dispute, is_lost=False)
    cards.deliver()
    won = f"Contestation de 45,00{EUROS} close en faveur de la mairie\u00a0: il n’y a rien à faire."
    assert (review(), balance(home.family), refunds()) == (won, 4500, [])
    assert actions() == ["payment.dispute_closed", "payment.disputed"]


def test_told_in_the_other_order_it_is_lost_once(cards: Cards, home: Home, dispute: str) -> None:
    cards.dashboard.close(dispute, is_lost=True)
    cards.kept.events.reverse()
    assert cards.deliver() == [200, 200]
    assert (balance(home.family), len(refunds()), "répondez" in review(), sound()) == (0, 1, False, True)


def test_one_already_refunded_is_told_and_not_taken_twice(cards: Cards, home: Home, paid: Payment) -> None:
    cards.dashboard.refund(cards.page(), 2000)
    made = cards.dashboard.contest(cards.page())
    cards.dashboard.close(made["id"], is_lost=True)
    cards.deliver()
    assert (balance(home.family), payments()[0].refunded_cents, len(refunds())) == (2500, 2000, 1)
    assert "plus que ce qui restait" in review()


def test_a_forged_sum_or_a_dispute_of_another_site_moves_nothing(cards: Cards, home: Home, dispute: str) -> None:
    (event,) = cards.kept.events
    lying = event["data"]["object"] | {"amount": 1, "status": "lost"}
    assert cards.hand(event | {"data": {"object": lying}}) == 200
    assert ("45,00" in review(), refunds()) == (True, [])
    cards.change(dispute, payment_intent=None)
    assert cards.hand(event | {"id": "evt_ailleurs"}) == 200
    unknown = event["data"]["object"] | {"id": "dp_inconnu"}
    assert cards.hand(event | {"data": {"object": unknown}}) == 400
    cards.wire.cut = True
    assert cards.hand(event) == 503
    assert balance(home.family) == 4500
