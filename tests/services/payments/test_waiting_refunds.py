"""La tournée des remboursements : celui qui échoue n'arrête pas les autres, un prestataire en panne n'est pas harcelé."""

from datetime import timedelta

import pytest
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.payments import RefundState
from portail.integrations.payments import RefundOrder
from portail.integrations.stripe_gateway import StripeGateway
from portail.models.database import reading
from portail.models.payments import PaymentRefund
from portail.services import wallet
from portail.services.payments.refunding import perform_waiting, refund
from tests.conftest import NOW
from tests.factories.booking import Home
from tests.factories.cards import Cards, payments, top_up
from tests.factories.people import make_account, open_session

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def waiting(cards: Cards, home: Home) -> Actor:
    """Trois remboursements demandés pendant une panne."""
    agent = open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]
    cards.pay(top_up(home.actor, home.family))
    cards.deliver()
    cards.wire.cut = True
    for rank in range(3):
        form = {"amount": "5", "reason": "Essai", "token": f"jeton-de-remboursement-{rank}"}
        refund(actor=agent, payment_id=payments()[0].key, form=form, now=NOW)
    cards.wire.calls.clear()
    return agent


def states() -> list[str]:
    with reading() as db:
        return list(db.exec(select(PaymentRefund.state).order_by(PaymentRefund.id)))  # type: ignore[arg-type]


def test_a_provider_that_is_down_is_asked_once_a_round(cards: Cards, waiting: Actor) -> None:
    assert (perform_waiting(LATER), len(cards.wire.calls)) == (0, 1)
    cards.wire.cut = False
    assert (perform_waiting(LATER), states()) == (3, [RefundState.DONE] * 3)
    assert wallet.check_ledger() == []


def test_a_refund_that_breaks_leaves_the_others_alone(
    cards: Cards, waiting: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cards.wire.cut = False
    give_back = StripeGateway.refund

    def broken(self: StripeGateway, order: RefundOrder) -> str:
        if order.key.endswith("-1"):
            raise ValueError("réponse illisible")
        return give_back(self, order)

    monkeypatch.setattr(StripeGateway, "refund", broken)
    assert (perform_waiting(LATER), states()) == (2, [RefundState.ASKED, RefundState.DONE, RefundState.DONE])
    assert "remboursement impossible" in caplog.messages
