"""Quand la notification ne vient pas : la tournée redemande, abandonne ce qui n'a pas été ouvert, n'insiste pas."""

from datetime import timedelta

import pytest

from portail.domain.payments import AttemptState
from portail.domain.refusals import RefusalError
from portail.services.payments.reconciling import reconcile
from portail.standins.stripe.bank import Outcome
from tests.conftest import NOW
from tests.factories.booking import Home, make_home
from tests.factories.cards import Cards, attempts, payments, top_up
from tests.factories.money import balance, fill

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_payment_without_its_notification_is_credited_by_the_round(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family), Outcome.SILENT)
    assert (cards.kept.events, reconcile(NOW)) == ([], 0)  # elle a d'abord le temps de venir
    assert reconcile(NOW + MINUTE) == 1
    assert (balance(home.family), attempts()[0].state) == (4500, AttemptState.SUCCEEDED)
    assert reconcile(NOW + 2 * MINUTE) == 0


def test_the_late_notification_after_the_round_adds_nothing(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family))
    reconcile(NOW + MINUTE)
    assert cards.deliver() == [200]
    assert (balance(home.family), len(payments())) == (4500, 1)


def test_a_page_left_open_is_asked_each_minute_then_seldom_then_closed(cards: Cards, home: Home) -> None:
    top_up(home.actor, home.family)
    looked = [reconcile(NOW + rank * MINUTE) for rank in range(1, 30)]
    assert (sum(looked[:14]), 1 <= sum(looked[14:]) <= 3) == (14, True)
    cards.now[0] = NOW + HOUR
    reconcile(NOW + HOUR)
    assert attempts()[0].state == AttemptState.EXPIRED
    assert reconcile(NOW + 2 * HOUR) == 0


def test_an_attempt_never_opened_is_given_up_after_an_hour(cards: Cards, home: Home) -> None:
    cards.wire.cut = True
    with pytest.raises(RefusalError):
        top_up(home.actor, home.family)
    reconcile(NOW + 30 * MINUTE)
    assert attempts()[0].state == AttemptState.CREATED
    reconcile(NOW + HOUR)
    assert attempts()[0].state == AttemptState.EXPIRED


def test_a_provider_that_is_down_is_left_alone_until_the_next_round(cards: Cards, home: Home) -> None:
    other = make_home("Boris", cents=0)
    fill(other.family)
    for one in (home, other):
        cards.pay(top_up(one.actor, one.family), Outcome.SILENT)
    cards.wire.calls.clear()
    cards.wire.cut = True
    assert reconcile(NOW + MINUTE) == 0
    assert len(cards.wire.calls) == 1
    cards.wire.cut = False
    assert reconcile(NOW + 2 * MINUTE) == 2


def test_a_page_the_provider_has_forgotten_is_closed(cards: Cards, home: Home) -> None:
    top_up(home.actor, home.family)
    with cards.bank.store.change() as base:
        base.execute("delete from thing")
    reconcile(NOW + MINUTE)
    assert attempts()[0].state == AttemptState.EXPIRED
