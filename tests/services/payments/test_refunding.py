"""Rembourser un paiement par carte : jamais plus que reçu, jamais deux fois, jamais d'argent que le foyer n'a plus."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY

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
from portail.services.payments import desk
from portail.services.payments.refunding import perform_waiting, preview, refund
from portail.standins.stripe.dashboard import RefundOutcome
from portail.views.payments import RefundPlan
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen
from tests.factories.cards import Cards, attempts, payments, top_up
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


def look(agent: Actor, payment: Payment, amount: str = "45", **more: Any) -> RefundPlan:
    form = {"amount": amount, "reason": "Double versement", "token": "jeton-de-remboursement"} | more
    return preview(actor=agent, payment_id=payment.key, form=form)


def test_the_figures_are_read_before_anything_moves(cards: Cards, agent: Actor, home: Home, paid: Payment) -> None:
    plan = look(agent, paid, "20,50")
    assert plan.sentence == (
        f"20,50{EUROS} reviendront sur la carte qui a payé. Le porte-monnaie de la famille passera de 45,00{EUROS} "
        f"à 24,50{EUROS}. Cela ne se défait pas."
    )
    assert (plan.ready, plan.amount, plan.reason, plan.token) == (True, "20,50", "Double versement", ANY)
    assert (balance(home.family), refunds(), sent(cards)) == (4500, [], [])


def test_what_could_not_be_refunded_is_said_at_the_first_step(
    cards: Cards, agent: Actor, home: Home, paid: Payment
) -> None:
    with pytest.raises(RefusalError, match=f"Il ne reste que 45,00{EUROS}"):
        look(agent, paid, "46")
    with pytest.raises(FormRefusedError):
        look(agent, paid, "abc")
    activity, slots = make_canteen(cents=4000)
    home.book(activity, slots[-1])
    with pytest.raises(RefusalError, match=f"ne contient que 5,00{EUROS}"):
        look(agent, paid, "20")
    for actor in (home.actor, open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]):
        with pytest.raises(NotOpenError):
            look(actor, paid, "1")
    with transaction() as db:
        db.get_one(Payment, paid.key).cancelled_at = NOW
    with pytest.raises(RefusalError, match="entièrement remboursé"):
        look(agent, paid, "1")


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


def test_the_same_form_for_another_amount_or_another_payment_is_refused(
    cards: Cards, agent: Actor, home: Home, paid: Payment
) -> None:
    cards.pay(top_up(home.actor, home.family, "30", token="jeton-de-versement-2"))
    cards.deliver()
    ask(agent, paid, "10")
    for payment, amount in ((paid, "11"), (payments()[1], "10")):
        with pytest.raises(RefusalError, match="déjà servi"):
            ask(agent, payment, amount)
    assert (sent(cards), balance(home.family), len(refunds())) == ([1000], 6500, 1)


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


def test_a_pending_refund_stays_asked_until_the_bank_takes_it(
    cards: Cards, agent: Actor, home: Home, paid: Payment
) -> None:
    cards.dashboard.choose(cards.page(), RefundOutcome.PENDING)
    assert "sera prévenue quand elle l’aura acceptée" in ask(agent, paid, "10")
    assert (refunds()[0].state, balance(home.family), "Remboursement" in str(subjects())) == ("asked", 3500, False)
    assert perform_waiting(NOW + timedelta(minutes=2)) == 1
    assert (refunds()[0].state, perform_waiting(NOW + timedelta(minutes=2, seconds=30))) == ("asked", 0)
    cards.dashboard.advance(refunds()[0].provider_ref or "")
    assert perform_waiting(NOW + timedelta(minutes=4)) == 1
    assert (refunds()[0].state, len(sent(cards)), f"Remboursement de 10,00{EUROS}" in subjects()) == ("done", 1, True)


def test_an_old_one_is_asked_less_often(cards: Cards, agent: Actor, paid: Payment) -> None:
    cards.dashboard.choose(cards.page(), RefundOutcome.PENDING)
    ask(agent, paid, "10")
    hour = NOW + timedelta(hours=1)
    found = [perform_waiting(hour + timedelta(minutes=rank)) for rank in (0, 5, 10, 15)]
    assert found == [1, 0, 1, 0]


def test_a_day_without_an_answer_is_a_task_said_once(cards: Cards, agent: Actor, paid: Payment) -> None:
    cards.wire.cut = True
    ask(agent, paid, "10")
    perform_waiting(NOW + timedelta(hours=23))
    assert attempts()[0].review == ""
    perform_waiting(NOW + timedelta(days=1))
    assert f"Remboursement de 10,00{EUROS} demandé le" in attempts()[0].review
    desk.reviewed(actor=agent, attempt_id=attempts()[0].key, now=NOW)
    perform_waiting(NOW + timedelta(days=2))
    assert attempts()[0].reviewed_at is not None


def test_one_refused_by_the_round_is_a_task(cards: Cards, agent: Actor, home: Home, paid: Payment) -> None:
    cards.wire.cut = True
    ask(agent, paid, "10")
    cards.wire.cut = False
    cards.change(cards.dashboard.intent_of(cards.page())["id"], amount_received=0)
    perform_waiting(NOW + timedelta(minutes=1))
    assert (refunds()[0].state, balance(home.family)) == (RefundState.FAILED, 4500)
    assert "refusé par la banque (demande refusée)" in attempts()[0].review


@pytest.mark.parametrize("told_by", ["refund.failed", "refund.updated"])
def test_one_that_fails_after_it_was_done_comes_back_once(
    cards: Cards, agent: Actor, home: Home, paid: Payment, told_by: str
) -> None:
    cards.dashboard.choose(cards.page(), RefundOutcome.FAILS)
    ask(agent, paid, "10")
    cards.deliver()
    cards.dashboard.advance(refunds()[0].provider_ref or "")
    (event,) = cards.kept.events
    assert set(together(*[lambda: cards.hand(event | {"type": told_by})] * 3)) == {200}
    assert cards.hand(event | {"id": "evt_encore"}) == 200
    assert (balance(home.family), payments()[0].refunded_cents, refunds()[0].state) == (4500, 0, RefundState.FAILED)
    assert "(carte expirée ou annulée)" in attempts()[0].review
    assert wallet.check_ledger() == []


def subjects() -> list[str]:
    with reading() as db:
        return list(db.exec(select(OutboxMail.subject)))
