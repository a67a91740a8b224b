"""Rembourser un paiement par carte : jamais plus que reçu, jamais deux fois, jamais d'argent que le foyer n'a plus."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.payments import RefundState
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.database import reading, transaction
from portail.models.mails import OutboxMail
from portail.models.payments import Payment, PaymentRefund
from portail.services import wallet
from portail.services.payments.refunding import perform_waiting, refund
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen
from tests.factories.cards import Cards, payments, top_up
from tests.factories.crowds import together
from tests.factories.money import balance
from tests.factories.people import make_account, open_session

EUROS = "\u00a0€"


@pytest.fixture
def agent(cards: Cards) -> Actor:
    return open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]


@pytest.fixture
def paid(cards: Cards, home: Home) -> Payment:
    cards.pay(top_up(home.actor, home.family))
    cards.deliver()
    return payments()[0]


def ask(agent: Actor, payment: Payment, amount: str = "45", **more: Any) -> str:
    form = {"amount": amount, "reason": "Double versement", "token": "jeton-de-remboursement"} | more
    return refund(actor=agent, payment_id=payment.key, form=form, now=NOW)


def refunds() -> list[PaymentRefund]:
    with reading() as db:
        return list(db.exec(select(PaymentRefund).order_by(PaymentRefund.id)))  # type: ignore[arg-type]


def sent(cards: Cards) -> list[int]:
    return [one["amount"] for one in cards.bank.store.every("refund")]


def test_a_refund_leaves_the_wallet_and_reaches_the_card(cards: Cards, agent: Actor, home: Home, paid: Payment) -> None:
    assert ask(agent, paid, "20,50") == f"20,50{EUROS} remboursés. La famille en est prévenue."
    assert (balance(home.family), payments()[0].refunded_cents, sent(cards)) == (2450, 2050, [2050])
    assert [(one.state, one.provider_ref is not None) for one in refunds()] == [(RefundState.DONE, True)]
    with reading() as db:
        assert f"Remboursement de 20,50{EUROS}" in db.exec(select(OutboxMail.subject)).all()
    assert wallet.check_ledger() == []


def test_several_refunds_never_exceed_the_payment(cards: Cards, agent: Actor, home: Home, paid: Payment) -> None:
    ask(agent, paid, "40")
    with pytest.raises(RefusalError, match=f"Il ne reste que 5,00{EUROS}"):
        ask(agent, paid, "5,01", token="un-second-formulaire")
    ask(agent, paid, "5", token="un-troisieme-formulaire")
    with pytest.raises(RefusalError, match="entièrement remboursé"):
        ask(agent, paid, "0,01", token="un-quatrieme-formulaire")
    assert (sorted(sent(cards)), balance(home.family)) == ([500, 4000], 0)


def test_two_refunds_at_once_give_back_only_what_was_paid(
    cards: Cards, agent: Actor, home: Home, paid: Payment
) -> None:
    works = [lambda rank=rank: ask(agent, paid, "30", token=f"formulaire-numero-{rank}") for rank in range(4)]
    said = together(*works)
    assert sum(isinstance(one, str) for one in said) == 1
    assert sum(isinstance(one, RefusalError) for one in said) == 3
    assert (sent(cards), payments()[0].refunded_cents, balance(home.family)) == ([3000], 3000, 1500)


def test_the_same_form_sent_twice_refunds_once(cards: Cards, agent: Actor, home: Home, paid: Payment) -> None:
    assert ask(agent, paid, "10") == ask(agent, paid, "10")
    together(*[lambda: ask(agent, paid, "10")] * 3)
    assert (sent(cards), balance(home.family)) == ([1000], 3500)


def test_what_the_family_has_spent_is_not_refunded(cards: Cards, agent: Actor, home: Home, paid: Payment) -> None:
    activity, slots = make_canteen(cents=4000)
    home.book(activity, slots[-1])
    with pytest.raises(RefusalError, match=f"ne contient que 5,00{EUROS}"):
        ask(agent, paid, "20")
    assert (refunds(), sent(cards), payments()[0].refunded_cents) == ([], [], 0)
    ask(agent, paid, "5")
    assert balance(home.family) == 0


def test_a_provider_that_is_down_keeps_the_refund_for_later(
    cards: Cards, agent: Actor, home: Home, paid: Payment
) -> None:
    cards.wire.cut = True
    assert "il partira tout seul" in ask(agent, paid, "10")
    assert (balance(home.family), refunds()[0].state) == (3500, RefundState.ASKED)
    assert perform_waiting(NOW + timedelta(seconds=30)) == 0
    cards.wire.cut = False
    assert perform_waiting(NOW + timedelta(minutes=1)) == 1
    assert (sent(cards), refunds()[0].state) == ([1000], RefundState.DONE)
    assert perform_waiting(NOW + timedelta(hours=1)) == 0


def test_cut_after_the_bank_has_refunded_nothing_is_sent_twice(
    cards: Cards, agent: Actor, home: Home, paid: Payment
) -> None:
    cards.wire.cut_after = True
    ask(agent, paid, "10")
    cards.wire.cut_after = False
    with cards.bank.store.change() as base:
        base.execute("delete from answered")  # un jour plus tard, la clé d'idempotence est oubliée
    perform_waiting(NOW + timedelta(days=1))
    assert (len(sent(cards)) <= 1, refunds()[0].state) == (True, RefundState.DONE)


def test_a_refund_the_bank_refuses_comes_back_to_the_wallet(
    cards: Cards, agent: Actor, home: Home, paid: Payment
) -> None:
    with cards.bank.store.change() as base:
        base.execute(
            "update thing set content = replace(content, '\"amount_received\": 4500', '\"amount_received\": 0')"
        )
    assert "refuse ce remboursement" in ask(agent, paid, "10")
    assert (balance(home.family), payments()[0].refunded_cents, refunds()[0].state) == (4500, 0, RefundState.FAILED)
    assert wallet.check_ledger() == []


@pytest.mark.parametrize("amount", ["", "0", "-1", "12,345", "NaN", str(2**63), "45,01"])
def test_an_impossible_amount_is_refused(cards: Cards, agent: Actor, paid: Payment, amount: str) -> None:
    with pytest.raises(RefusalError):
        ask(agent, paid, amount)
    assert (refunds(), sent(cards)) == ([], [])


def test_a_refund_needs_a_reason(agent: Actor, paid: Payment) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        ask(agent, paid, reason="  ")
    assert set(refusal.value.fields) == {"reason"}


@pytest.mark.parametrize("role", [Role.PARENT, Role.RECEPTION, Role.DIRECTION, Role.ANIMATION])
def test_only_the_regie_refunds(paid: Payment, role: Role) -> None:
    actor = open_session(make_account("quelquun@mairie.example", role=role))[1]
    with pytest.raises(NotOpenError):
        ask(actor, paid)
    assert refunds() == []


@pytest.mark.parametrize("payment_id", [0, -1, 999_999, 2**40])
def test_an_unknown_payment_does_not_exist(agent: Actor, paid: Payment, payment_id: int) -> None:
    form = {"amount": "1", "reason": "Essai", "token": "jeton-de-remboursement"}
    with pytest.raises(NotOpenError):
        refund(actor=agent, payment_id=payment_id, form=form, now=NOW)


def test_a_cheque_is_not_refunded_on_a_card(agent: Actor, paid: Payment, home: Home) -> None:
    with transaction() as db:
        received = {"received_on": NOW.date(), "at": NOW, "token": "cheque"}
        cheque = Payment(regie_id=paid.regie_id, family_id=home.family, means="cheque", amount_cents=100, **received)
        db.add(cheque)
    with pytest.raises(NotOpenError):
        ask(agent, cheque, "1")


def test_a_cancelled_payment_is_not_refunded(agent: Actor, paid: Payment) -> None:
    with transaction() as db:
        db.get_one(Payment, paid.key).cancelled_at = NOW
    with pytest.raises(RefusalError):
        ask(agent, paid, "1")
