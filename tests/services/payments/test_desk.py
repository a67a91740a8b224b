"""La régie retrouve un paiement en ligne, et voit ceux qui demandent un regard."""

import pytest

from portail.domain.accounts import Actor, Role
from portail.domain.refusals import NotOpenError
from portail.domain.todos import Todo
from portail.services.home import parent as home_page
from portail.services.payments import desk
from portail.services.payments.recovering import recover
from portail.services.payments.refunding import refund
from portail.standins.stripe.dashboard import RefundOutcome
from portail.views.payments import OnlinePayments
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen, make_home
from tests.factories.cards import Cards, attempts, payments, top_up
from tests.factories.money import fill
from tests.factories.people import make_account, open_session


@pytest.fixture
def agent(cards: Cards) -> Actor:
    return open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]


def titles_of(agent: Actor) -> list[str]:
    return [item.title for item in home_page.show(actor=agent, now=NOW).todos]


def find(agent: Actor, words: str = "", only: str = "", page: int = 1) -> OnlinePayments:
    return desk.find(actor=agent, words=words, only=only, page=page)


def test_payments_come_latest_first_and_are_found_by_name_number_or_reference(
    cards: Cards, agent: Actor, home: Home
) -> None:
    other = make_home("Boris", cents=0)
    fill(other.family)
    cards.pay(top_up(home.actor, home.family, "20"))
    cards.deliver()
    top_up(other.actor, other.family, "30")
    assert [row.amount for row in find(agent).rows] == ["30,00\u00a0€", "20,00\u00a0€"]
    assert [row.amount for row in find(agent, "boris").rows] == ["30,00\u00a0€"]
    assert [row.state for row in find(agent, "F-Alba").rows] == ["Payé"]
    assert find(agent, attempts()[1].reference.lower()).total == 1
    assert (find(agent, "%").total, find(agent, "introuvable").rows) == (2, [])


def test_what_can_still_be_refunded_is_shown(cards: Cards, agent: Actor, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family, "20"))
    assert not find(agent).rows[0].can_refund
    cards.deliver()
    form = {"amount": "5,50", "reason": "Essai", "token": "jeton-de-remboursement"}
    refund(actor=agent, payment_id=payments()[0].key, form=form, now=NOW)
    (row,) = find(agent).rows
    assert (row.can_refund, row.left, row.refunded) == (True, "14,50", "5,50\u00a0€")


def test_each_refund_is_shown_with_its_state_and_its_reason(cards: Cards, agent: Actor, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family, "20"))
    cards.deliver()
    form = {"amount": "5,50", "reason": "Double versement", "token": "jeton-de-remboursement"}
    refund(actor=agent, payment_id=payments()[0].key, form=form, now=NOW)
    cards.dashboard.choose(cards.page(), RefundOutcome.FAILS)
    made = cards.dashboard.refund(cards.page(), 300)
    cards.dashboard.choose(cards.page(), RefundOutcome.PENDING)
    cards.dashboard.refund(cards.page(), 200)
    cards.deliver()
    cards.dashboard.advance(made["id"])
    cards.deliver()
    outside = "Fait dans le tableau de bord de Stripe"
    assert [(one.amount, one.state, one.tone, one.said) for one in find(agent).rows[0].refunds] == [
        ("2,00\u00a0€", "Demandé", "warn", outside),
        ("3,00\u00a0€", "Refusé", "err", f"{outside} · carte expirée ou annulée"),
        ("5,50\u00a0€", "Remboursé", "ok", "Double versement"),
    ]
    assert not any(one.can_recover for one in find(agent).rows[0].refunds)


def test_what_a_family_owes_is_said_and_can_be_taken_back(cards: Cards, agent: Actor, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family, "20"))
    cards.deliver()
    activity, slots = make_canteen(cents=2000)
    home.book(activity, slots[-1])
    cards.dashboard.refund(cards.page(), 500)
    cards.deliver()
    (one,) = find(agent).rows[0].refunds
    assert (one.can_recover, one.said.endswith("À reprendre à la famille")) == (True, True)
    fill(home.family, 500)
    recover(actor=agent, refund_id=one.id, now=NOW)
    (one,) = find(agent).rows[0].refunds
    assert (one.can_recover, one.said) == (False, "Fait dans le tableau de bord de Stripe")


def test_a_doubtful_payment_waits_for_an_agent_until_it_is_seen(cards: Cards, agent: Actor, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family))
    assert find(agent, only="review").rows == []
    cards.change(attempts()[0].provider_ref, amount_total=1)
    cards.deliver()
    (row,) = find(agent, only="review").rows
    assert "0,01\u00a0€ payés au lieu de 45,00\u00a0€" in row.review
    assert Todo.REVIEW_PAYMENTS.label in titles_of(agent)
    desk.reviewed(actor=agent, attempt_id=row.id, now=NOW)
    assert find(agent, only="review").rows == []
    assert (find(agent).rows[0].review, Todo.REVIEW_PAYMENTS.label in titles_of(agent)) == ("", False)


def test_there_is_nothing_to_see_in_a_payment_without_a_doubt(cards: Cards, agent: Actor, home: Home) -> None:
    top_up(home.actor, home.family)
    for number in (attempts()[0].key, 0, -1, 2**40):
        with pytest.raises(NotOpenError):
            desk.reviewed(actor=agent, attempt_id=number, now=NOW)


@pytest.mark.parametrize("role", [Role.PARENT, Role.RECEPTION, Role.DIRECTION])
def test_only_the_regie_reads_the_payments(cards: Cards, home: Home, role: Role) -> None:
    actor = open_session(make_account("quelquun@mairie.example", role=role))[1]
    for ask in (lambda: find(actor), lambda: desk.reviewed(actor=actor, attempt_id=1, now=NOW)):
        with pytest.raises(NotOpenError):
            ask()
