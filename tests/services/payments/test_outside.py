"""L'argent rendu hors du portail : au tableau de bord, par la banque ; compté une fois, jamais plus que reçu."""

from typing import Any

import pytest
from sqlmodel import col, func, select, update

from portail.domain.accounts import Actor, Role
from portail.domain.payments import RefundOrigin, RefundSource, RefundState
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.invoices import Invoice
from portail.models.mails import OutboxMail
from portail.models.payments import Payment, PaymentAllocation, PaymentAttempt, PaymentRefund, ProviderEvent
from portail.services import wallet
from portail.services.invoices import history
from portail.services.invoices.checking import check_invoices
from portail.services.payments import refunding
from portail.services.payments.recovering import recover
from portail.standins.stripe.bank import Outcome
from portail.standins.stripe.dashboard import RefundOutcome
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen
from tests.factories.cards import Cards, attempts, payments, top_up
from tests.factories.crowds import together
from tests.factories.invoices import make_invoice
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session
from tests.services.payments.test_settling_invoices import paid_on, start

EUROS = "\u00a0€"


@pytest.fixture
def agent(cards: Cards) -> Actor:
    return open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]


@pytest.fixture
def paid(cards: Cards, home: Home) -> Payment:
    """45 € sur le porte-monnaie."""
    cards.pay(top_up(home.actor, home.family))
    cards.deliver()
    return payments()[0]


def refunds() -> list[PaymentRefund]:
    with reading() as db:
        return list(db.exec(select(PaymentRefund).order_by(PaymentRefund.id)))  # type: ignore[arg-type]


def review() -> str:
    return attempts()[0].review


def spend(home: Home, cents: int) -> None:
    activity, slots = make_canteen(cents=cents)
    home.book(activity, slots[-1])


def card_total() -> int:
    """Ce que le grand livre dit avoir reçu par carte, moins ce qui en est rendu."""
    from portail.domain.wallet import LedgerAccountKind
    from portail.models.wallet import LedgerAccount, LedgerEntry

    query = select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0)).join(LedgerAccount)
    with reading() as db:
        return -db.exec(query.where(LedgerAccount.kind == LedgerAccountKind.CARD)).one()


def sound() -> bool:
    return wallet.check_ledger() == [] == check_invoices()


def test_a_refund_of_the_dashboard_leaves_the_wallet_once(cards: Cards, home: Home, paid: Payment) -> None:
    cards.dashboard.refund(cards.page(), 2000)
    events = list(cards.kept.events)
    assert [event["type"] for event in events] == ["refund.created", "charge.refunded"]
    assert cards.deliver() == [200, 200]
    for event in (*events, *events):
        assert cards.hand(event) == 200
    assert (balance(home.family), payments()[0].refunded_cents, card_total()) == (2500, 2000, 2500)
    (one,) = refunds()
    assert (one.origin, one.source, one.state) == (RefundOrigin.DASHBOARD, RefundSource.WALLET, RefundState.DONE)
    assert (review(), sound()) == ("", True)
    with reading() as db:
        assert (
            db.exec(select(func.count()).select_from(OutboxMail).where(OutboxMail.subject.contains("Rembours"))).one()
            == 1
        )  # type: ignore[attr-defined]
        assert "payment.refunded_outside" in db.exec(select(AuditEntry.action)).all()


def test_events_at_the_same_instant_count_the_refund_once(cards: Cards, home: Home, paid: Payment) -> None:
    cards.dashboard.refund(cards.page(), 2000)
    events, cards.kept.events = cards.kept.events, []
    said = together(*[lambda event=event: cards.hand(event) for event in (*events, *events)])
    assert set(said) == {200}
    assert (balance(home.family), payments()[0].refunded_cents, len(refunds()), sound()) == (2500, 2000, 1, True)


def test_the_refund_of_the_portal_is_not_counted_twice(cards: Cards, agent: Actor, home: Home, paid: Payment) -> None:
    form = {"amount": "10", "reason": "Double versement", "token": "jeton-de-remboursement"}
    refunding.refund(actor=agent, payment_id=paid.key, form=form, now=NOW)
    assert cards.deliver() == [200, 200]
    assert (balance(home.family), payments()[0].refunded_cents, len(refunds()), sound()) == (3500, 1000, 1, True)


def test_its_event_before_our_own_answer_is_recognised_by_our_key(
    cards: Cards, agent: Actor, home: Home, paid: Payment
) -> None:
    cards.wire.cut_after = True
    form = {"amount": "10", "reason": "Double versement", "token": "jeton-de-remboursement"}
    refunding.refund(actor=agent, payment_id=paid.key, form=form, now=NOW)
    cards.wire.cut_after = False
    refunding.perform(refunds()[0].key, NOW)
    with transaction() as db:
        db.exec(update(PaymentRefund).values(state=RefundState.ASKED, provider_ref=None))
    cards.deliver()
    (one,) = refunds()
    assert (one.state, one.provider_ref is not None, balance(home.family)) == (RefundState.DONE, True, 3500)


def test_a_refund_told_before_the_payment_settles_it_first(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family))
    (success,) = cards.kept.events
    cards.kept.events = []
    cards.dashboard.refund(cards.page(), 2000)
    assert cards.deliver() == [200, 200]
    assert cards.hand(success) == 200
    assert (balance(home.family), len(payments()), payments()[0].refunded_cents) == (2500, 1, 2000)
    assert sound()


def test_an_attempt_whose_page_is_not_known_yet_is_told_again(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family), Outcome.SILENT)
    cards.dashboard.refund(cards.page(), 2000)
    with transaction() as db:
        db.exec(update(PaymentAttempt).values(provider_ref=None))
    assert cards.deliver() == [503, 503]
    assert refunds() == []


def test_what_the_event_says_is_not_believed(cards: Cards, home: Home, paid: Payment) -> None:
    made = cards.dashboard.refund(cards.page(), 500)
    event = dict(cards.kept.events[0], id="evt_menteur")
    event["data"] = {"object": made | {"amount": 4500, "payment_intent": "pi_autre", "status": "failed"}}
    assert cards.hand(event) == 200
    assert (balance(home.family), payments()[0].refunded_cents) == (4000, 500)


@pytest.mark.parametrize("values", [{"amount": 100}, {"livemode": True}, {"currency": "usd"}, {"metadata": {}}])
def test_a_payment_that_is_not_the_one_we_asked_changes_nothing(
    cards: Cards, home: Home, paid: Payment, values: dict[str, Any]
) -> None:
    made = cards.dashboard.refund(cards.page(), 500)
    cards.change(made["payment_intent"], **values)
    assert cards.deliver() == [200, 200]
    assert (refunds(), balance(home.family)) == ([], 4500)


def test_an_event_of_the_other_mode_or_of_an_unknown_object_is_refused(cards: Cards, home: Home, paid: Payment) -> None:
    made = cards.dashboard.refund(cards.page(), 500)
    event = cards.kept.events[0]
    assert cards.hand(event | {"livemode": True}) == 400
    assert cards.hand(event | {"data": {"object": made | {"id": "re_inconnu"}}}) == 400
    cards.wire.cut = True
    assert cards.hand(event) == 503
    assert (refunds(), balance(home.family)) == ([], 4500)
    with reading() as db:
        kinds = db.exec(select(ProviderEvent.kind)).all()
    assert "refund.created" not in kinds


def test_without_money_left_the_invoices_it_paid_are_due_again(cards: Cards, home: Home) -> None:
    first, second = make_invoice(home.family, 3000), make_invoice(home.family, 1500)
    cards.pay(start(home, (first, 3000), (second, 1500)))
    cards.deliver()
    cards.dashboard.refund(cards.page(), 2000)
    cards.deliver()
    assert (paid_on(first), paid_on(second), balance(home.family), card_total()) == (2500, 0, 0, 2500)
    assert (refunds()[0].source, "de nouveau dues" in review(), sound()) == (RefundSource.INVOICES, True, True)
    with reading() as db:
        assert db.exec(select(PaymentAllocation.cents)).all() == [2500]
        mail = db.exec(select(OutboxMail).order_by(col(OutboxMail.id).desc())).first()
    assert mail is not None
    assert mail.subject == f"Remboursement de 20,00{EUROS}"


def test_the_history_and_the_journal_say_which_invoices_are_due_again(cards: Cards, home: Home) -> None:
    first, second = make_invoice(home.family, 3000), make_invoice(home.family, 1500)
    cards.pay(start(home, (first, 3000), (second, 1500)))
    cards.deliver()
    again = f"ENF-2026-000001 (5,00{EUROS}), ENF-2026-000002 (15,00{EUROS})"
    cards.dashboard.refund(cards.page(), 2000)
    cards.deliver()
    with reading() as db:
        said = db.exec(select(AuditEntry.detail).where(AuditEntry.action == "payment.reopened")).all()
    shown = history.show(actor=home.actor, family_id=home.family)
    assert said == [again]
    assert [(row.label, row.debit, row.credit, row.balance) for row in shown.rows[:2]] == [
        (f"Remboursement sur votre carte ; de nouveau dû\u00a0: {again}", f"20,00{EUROS}", "", f"20,00{EUROS}"),
        ("Paiement : Carte bancaire", "", f"45,00{EUROS}", f"0,00{EUROS}"),
    ]
    cards.dashboard.refund(cards.page(), 2500)
    cards.deliver()
    shown = history.show(actor=home.actor, family_id=home.family)
    assert (shown.balance, shown.rows[0].debit, len(shown.rows), sound()) == (f"45,00{EUROS}", f"25,00{EUROS}", 5, True)


def test_a_wallet_that_can_pay_comes_before_the_invoices(cards: Cards, home: Home) -> None:
    invoice = make_invoice(home.family, 3000)
    cards.pay(start(home, (invoice, 3000)))
    cards.deliver()
    fill(home.family, 5000)
    cards.dashboard.refund(cards.page(), 3000)
    cards.deliver()
    assert (paid_on(invoice), balance(home.family), refunds()[0].source) == (3000, 2000, RefundSource.WALLET)


def test_a_sum_spent_elsewhere_is_owed_then_taken_back_once(
    cards: Cards, agent: Actor, home: Home, paid: Payment
) -> None:
    spend(home, 4000)
    cards.dashboard.refund(cards.page(), 2000)
    cards.deliver()
    (one,) = refunds()
    assert (one.source, balance(home.family), card_total(), sound()) == (RefundSource.OWED, 500, 2500, True)
    assert "à reprendre à la famille" in review()
    with pytest.raises(RefusalError, match=f"ne contient que 5,00{EUROS}"):
        recover(actor=agent, refund_id=one.key, now=NOW)
    fill(home.family, 1500)
    said = together(*[lambda: recover(actor=agent, refund_id=one.key, now=NOW)] * 3)
    assert sum(isinstance(answer, str) for answer in said) == 1
    assert (balance(home.family), refunds()[0].source, sound()) == (0, RefundSource.WALLET, True)


@pytest.mark.parametrize("refund_id", [0, -1, 999, 2**40])
def test_there_is_nothing_to_take_back_of_an_unknown_or_paid_refund(
    cards: Cards, agent: Actor, paid: Payment, refund_id: int
) -> None:
    cards.dashboard.refund(cards.page(), 2000)
    cards.deliver()
    for number in (refund_id, refunds()[0].key):
        with pytest.raises(NotOpenError):
            recover(actor=agent, refund_id=number, now=NOW)


@pytest.mark.parametrize("role", [Role.PARENT, Role.RECEPTION, Role.DIRECTION])
def test_only_the_regie_takes_back(cards: Cards, home: Home, paid: Payment, role: Role) -> None:
    spend(home, 4500)
    cards.dashboard.refund(cards.page(), 2000)
    cards.deliver()
    actor = open_session(make_account("quelquun@mairie.example", role=role))[1]
    with pytest.raises(NotOpenError):
        recover(actor=actor, refund_id=refunds()[0].key, now=NOW)


def test_ours_still_on_its_way_waits_then_gives_way(cards: Cards, agent: Actor, home: Home, paid: Payment) -> None:
    cards.wire.cut = True
    form = {"amount": "30", "reason": "Double versement", "token": "jeton-de-remboursement"}
    refunding.refund(actor=agent, payment_id=paid.key, form=form, now=NOW)
    cards.wire.cut = False
    cards.dashboard.refund(cards.page(), 4500)
    events = list(cards.kept.events)
    assert cards.deliver() == [503, 503]
    refunding.perform(refunds()[0].key, NOW)
    assert [cards.hand(event) for event in events] == [200, 200]
    assert [(one.cents, one.state) for one in refunds()] == [(3000, RefundState.FAILED), (4500, RefundState.DONE)]
    assert (balance(home.family), payments()[0].refunded_cents, sound()) == (0, 4500, True)


def test_more_than_what_is_left_is_told_and_not_counted(cards: Cards, home: Home, paid: Payment) -> None:
    made = cards.dashboard.refund(cards.page(), 4500)
    cards.change(made["id"], amount=4600)
    cards.deliver()
    assert (refunds(), payments()[0].refunded_cents, balance(home.family)) == ([], 0, 4500)
    assert "plus que ce qui restait" in review()


def test_one_that_fails_later_is_put_back_once(cards: Cards, home: Home, paid: Payment) -> None:
    cards.dashboard.choose(cards.page(), RefundOutcome.FAILS)
    made = cards.dashboard.refund(cards.page(), 2000)
    cards.deliver()
    assert balance(home.family) == 2500
    cards.dashboard.advance(made["id"])
    (event,) = cards.kept.events
    together(*[lambda: cards.hand(event)] * 3)
    assert cards.hand(event | {"id": "evt_encore", "type": "refund.updated"}) == 200
    assert (balance(home.family), payments()[0].refunded_cents, card_total()) == (4500, 0, 4500)
    assert (refunds()[0].state, refunds()[0].failure) == (RefundState.FAILED, "carte expirée ou annulée")
    assert ("convenez d’un virement" in review(), sound()) == (True, True)


def test_a_debt_is_forgotten_when_the_refund_fails(cards: Cards, home: Home, paid: Payment) -> None:
    spend(home, 4500)
    cards.dashboard.choose(cards.page(), RefundOutcome.FAILS)
    made = cards.dashboard.refund(cards.page(), 2000)
    cards.deliver()
    cards.dashboard.advance(made["id"])
    cards.deliver()
    assert (balance(home.family), card_total(), payments()[0].refunded_cents, sound()) == (0, 4500, 0, True)
    assert "ne doit plus cette somme" in review()


def test_one_already_failed_when_we_hear_of_it_is_not_money(cards: Cards, home: Home, paid: Payment) -> None:
    cards.dashboard.choose(cards.page(), RefundOutcome.FAILS)
    made = cards.dashboard.refund(cards.page(), 2000)
    cards.dashboard.advance(made["id"])
    cards.kept.events.reverse()
    assert cards.deliver() == [200, 200, 200]
    assert (refunds(), balance(home.family)) == ([], 4500)


def test_a_pending_one_is_counted_at_once_and_told_when_done(cards: Cards, home: Home, paid: Payment) -> None:
    cards.dashboard.choose(cards.page(), RefundOutcome.PENDING)
    made = cards.dashboard.refund(cards.page(), 2000)
    cards.deliver()
    assert (refunds()[0].state, balance(home.family)) == (RefundState.ASKED, 2500)
    cards.dashboard.advance(made["id"])
    cards.deliver()
    assert (refunds()[0].state, balance(home.family), len(refunds())) == (RefundState.DONE, 2500, 1)


def test_a_payment_never_credited_has_nothing_to_undo(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family))
    cards.kept.events = []
    cards.dashboard.refund(cards.page(), 2000)
    cards.change(cards.page(), amount_total=1)
    assert cards.deliver() == [200, 200]
    assert (payments(), refunds(), balance(home.family)) == ([], [], 0)
    assert "sans avoir été crédité" in review()


def test_the_family_gone_the_town_owed_it(cards: Cards, home: Home, paid: Payment) -> None:
    with transaction() as db:
        db.exec(update(Payment).values(family_id=None))
    cards.dashboard.refund(cards.page(), 2000)
    cards.deliver()
    assert (balance(home.family), card_total(), sound()) == (4500, 2500, True)


def test_refunds_never_exceed_the_payment_whatever_comes_together(
    cards: Cards, agent: Actor, home: Home, paid: Payment
) -> None:
    cards.dashboard.refund(cards.page(), 3000)
    events, cards.kept.events = cards.kept.events, []

    def ours() -> str:
        form = {"amount": "30", "reason": "Double versement", "token": "jeton-de-remboursement"}
        return refunding.refund(actor=agent, payment_id=paid.key, form=form, now=NOW)

    together(ours, *[lambda event=event: cards.hand(event) for event in events])
    for event in events:
        cards.hand(event)
    assert (payments()[0].refunded_cents, balance(home.family), card_total(), sound()) == (3000, 1500, 1500, True)
    with reading() as db:
        assert db.exec(select(Invoice.id)).all() == []
