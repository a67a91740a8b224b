"""Quand la notification ne vient pas : la tournée redemande, abandonne ce qui n'a pas été ouvert, n'insiste pas."""

from datetime import timedelta

import pytest

from portail.domain.accounts import Role
from portail.domain.payments import AttemptState
from portail.domain.refusals import RefusalError
from portail.integrations.payments import Answer, ProviderDownError
from portail.integrations.stripe_gateway import StripeGateway
from portail.services.payments import desk, reconciling, settling
from portail.services.payments.reconciling import reconcile
from portail.standins.stripe.bank import Outcome
from tests.conftest import NOW
from tests.factories.booking import Home, make_home
from tests.factories.cards import Cards, attempts, payments, top_up
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session

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
    cards.now[0] = NOW + 2 * HOUR
    reconcile(NOW + 2 * HOUR)
    assert attempts()[0].state == AttemptState.EXPIRED
    assert reconcile(NOW + 3 * HOUR) == 0


def test_an_attempt_never_opened_is_given_up_after_two_hours(cards: Cards, home: Home) -> None:
    cards.wire.cut = True
    with pytest.raises(RefusalError):
        top_up(home.actor, home.family)
    reconcile(NOW + HOUR)
    assert attempts()[0].state == AttemptState.CREATED
    reconcile(NOW + 2 * HOUR)
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


def test_what_an_agent_has_seen_is_not_asked_again(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family), Outcome.SILENT)
    cards.change(attempts()[0].provider_ref, amount_total=1)
    assert reconcile(NOW + MINUTE) == 1
    assert attempts()[0].review == "Paiement non crédité : 0,01\u00a0€ payés au lieu de 45,00\u00a0€."
    agent = open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]
    desk.reviewed(actor=agent, attempt_id=attempts()[0].key, now=NOW + 2 * MINUTE)
    cards.wire.calls.clear()
    assert reconcile(NOW + HOUR) == 0
    assert (attempts()[0].reviewed_at, cards.wire.calls) == (NOW + 2 * MINUTE, [])


def test_the_same_doubt_told_again_stays_seen_and_another_one_does_not(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family))
    (event,) = cards.kept.events
    cards.change(attempts()[0].provider_ref, amount_total=1)
    cards.hand(event)
    agent = open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]
    desk.reviewed(actor=agent, attempt_id=attempts()[0].key, now=NOW)
    cards.hand(event | {"id": "evt_encore"})
    assert attempts()[0].reviewed_at == NOW
    cards.change(attempts()[0].provider_ref, amount_total=2)
    cards.hand(event | {"id": "evt_autre"})
    assert (attempts()[0].reviewed_at, "0,02" in attempts()[0].review) == (None, True)


def test_an_attempt_that_cannot_be_looked_at_does_not_stop_the_round(
    cards: Cards, home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = make_home("Boris", cents=0)
    fill(other.family)
    for one in (home, other):
        cards.pay(top_up(one.actor, one.family), Outcome.SILENT)
    bad, settle = attempts()[0].key, settling.settle

    def broken(db: object, attempt_id: int, *given: object) -> None:
        if attempt_id == bad:
            raise ValueError("illisible")
        settle(db, attempt_id, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(settling, "settle", broken)
    assert reconcile(NOW + MINUTE) == 1
    assert (balance(home.family), balance(other.family)) == (0, 4500)
    assert "paiement impossible à regarder" in caplog.messages
    assert attempts()[0].checked_at == NOW + MINUTE


def test_what_was_never_looked_at_comes_before_what_was(
    cards: Cards, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL range l'inconnu à la fin, SQLite au début : l'ordre est dit."""
    other = make_home("Boris", cents=0)
    fill(other.family)
    monkeypatch.setattr(reconciling, "AT_ONCE", 1)
    top_up(home.actor, home.family)
    assert reconcile(NOW + MINUTE) == 1
    top_up(other.actor, other.family, now=NOW + MINUTE)
    assert reconcile(NOW + 3 * MINUTE) == 1
    assert [one.checked_at for one in attempts()] == [NOW + MINUTE, NOW + 3 * MINUTE]


def test_a_breakdown_on_one_lets_the_next_round_begin_with_another(
    cards: Cards, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_home("Boris", cents=0)
    fill(other.family)
    for one in (home, other):
        cards.pay(top_up(one.actor, one.family), Outcome.SILENT)
    bad, ask = attempts()[0].provider_ref, StripeGateway.ask

    def absurd(self: StripeGateway, provider_ref: str) -> Answer:
        if provider_ref == bad:
            raise ProviderDownError
        return ask(self, provider_ref)

    monkeypatch.setattr(StripeGateway, "ask", absurd)
    reconcile(NOW + MINUTE)
    reconcile(NOW + 2 * MINUTE)
    assert (balance(home.family), balance(other.family)) == (0, 4500)


def test_a_page_the_provider_has_forgotten_is_closed(cards: Cards, home: Home) -> None:
    top_up(home.actor, home.family)
    with cards.bank.store.change() as base:
        base.execute("delete from thing")
    reconcile(NOW + MINUTE)
    assert attempts()[0].state == AttemptState.EXPIRED
