"""Les notifications : fausses, altérées, répétées, en retard, dans le désordre ; seul l'objet redemandé compte."""

import json
import time

import pytest
from sqlmodel import col, func, select, update

from portail.domain.payments import AttemptState
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.payments import PaymentAttempt, ProviderEvent
from portail.services import wallet
from portail.services.payments import gateways
from portail.standins.stripe.bank import Outcome
from portail.standins.stripe.courier import signed
from tests.factories.booking import Home
from tests.factories.cards import Cards, attempts, fingerprint_of, payments, top_up
from tests.factories.money import balance


@pytest.fixture
def paid(cards: Cards, home: Home) -> dict[str, object]:
    """Payé chez le prestataire ; la notification est en route."""
    cards.pay(top_up(home.actor, home.family))
    (event,) = cards.kept.events
    return event


def review() -> str:
    return attempts()[0].review


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=,v1=",
        "n’importe quoi",
        "t=1,v1=abc",
        "v1=abc",
        "t=1795274682,v0=abc",
        "t=9999999999999999999,v1=a",
    ],
)
def test_an_unsigned_notification_is_refused(cards: Cards, home: Home, paid: dict, signature: str) -> None:
    assert cards.hand(paid, signature=signature) == 400
    assert (balance(home.family), attempts()[0].state) == (0, AttemptState.PENDING)


def test_an_altered_notification_is_refused(cards: Cards, home: Home, paid: dict) -> None:
    body = json.dumps(paid).encode()
    assert cards.hand(paid, body=body.replace(b"4500", b"9500"), signed_body=body) == 400
    assert balance(home.family) == 0


def test_one_signed_with_another_secret_or_too_old_is_refused(cards: Cards, home: Home, paid: dict) -> None:
    assert cards.hand(paid, secret="whsec_autre") == 400
    body = json.dumps(paid).encode()
    old = signed(body, "whsec_demonstration", int(time.time()) - 400)
    assert cards.hand(paid, body=body, signature=old) == 400
    assert balance(home.family) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"livemode": false}',
        b'{"livemode":false,"type":"a","id":"b","data":[]}',
    ],
)
def test_a_signed_body_that_is_not_an_event_is_refused(cards: Cards, base: object, body: bytes) -> None:
    signature = signed(body, "whsec_demonstration", int(time.time())) if body != b"\xff\xfe" else "t=1,v1=a"
    assert cards.hand({}, body=body or b" ", signature=signature) == 400


def test_one_from_live_on_a_test_key_is_refused(cards: Cards, home: Home, paid: dict) -> None:
    assert cards.hand(paid | {"livemode": True}) == 400
    assert balance(home.family) == 0


def test_the_object_says_live_while_the_attempt_was_a_test(cards: Cards, home: Home, paid: dict) -> None:
    cards.change(attempts()[0].provider_ref, livemode=True)
    assert cards.hand(paid) == 200
    assert (balance(home.family), "essai ou réel" in review()) == (0, True)


def test_one_cent_for_forty_five_euros_credits_nothing_and_asks_an_agent(cards: Cards, home: Home, paid: dict) -> None:
    cards.change(attempts()[0].provider_ref, amount_total=1)
    assert cards.hand(paid) == 200
    assert (balance(home.family), payments()) == (0, [])
    assert review() == "Paiement non crédité : 0,01\u00a0€ payés au lieu de 45,00\u00a0€."
    with reading() as db:
        assert db.exec(select(AuditEntry.action).where(AuditEntry.action == "payment.doubtful")).all() != []


@pytest.mark.parametrize(("name", "value"), [("currency", "usd"), ("client_reference_id", "PFAUTRE")])
def test_another_currency_or_reference_credits_nothing(
    cards: Cards, home: Home, paid: dict, name: str, value: str
) -> None:
    cards.change(attempts()[0].provider_ref, **{name: value})
    assert cards.hand(paid) == 200
    assert (balance(home.family), bool(review())) == (0, True)


def test_what_the_notification_says_is_not_believed(cards: Cards, home: Home) -> None:
    """Signée, mais l'objet redemandé n'est pas payé."""
    way = top_up(home.actor, home.family)
    session = cards.bank.session(fingerprint_of(way)) | {"payment_status": "paid", "status": "complete"}
    event = {"id": "evt_menteur", "livemode": False, "type": "checkout.session.completed", "data": {"object": session}}
    assert cards.hand(event) == 200
    assert (balance(home.family), attempts()[0].state) == (0, AttemptState.PENDING)


def test_a_failed_event_after_the_success_changes_nothing(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family), Outcome.DISORDER)
    assert cards.deliver() == [200, 200]
    assert (balance(home.family), attempts()[0].state, len(payments())) == (4500, AttemptState.SUCCEEDED, 1)


def test_the_events_in_the_other_order_credit_once_too(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family), Outcome.DISORDER)
    cards.kept.events.reverse()
    assert cards.deliver() == [200, 200]
    assert (balance(home.family), len(payments())) == (4500, 1)
    assert wallet.check_ledger() == []


def test_a_success_after_an_expiry_is_still_money(cards: Cards, home: Home, paid: dict) -> None:
    with transaction() as db:
        db.exec(update(PaymentAttempt).values(state=AttemptState.EXPIRED))
    assert cards.hand(paid) == 200
    assert (balance(home.family), attempts()[0].state) == (4500, AttemptState.SUCCEEDED)


def test_an_event_of_another_kind_or_of_another_site_is_taken_and_ignored(cards: Cards, home: Home, paid: dict) -> None:
    assert cards.hand(paid | {"type": "customer.created"}) == 200
    assert cards.hand(paid | {"data": {"object": {"id": "cs_test_ailleurs"}}}) == 200
    assert balance(home.family) == 0


def test_a_provider_that_is_down_is_asked_again_later(cards: Cards, home: Home, paid: dict) -> None:
    cards.wire.cut = True
    assert cards.hand(paid) == 503
    with reading() as db:
        assert db.exec(select(func.count()).select_from(ProviderEvent)).one() == 0
    cards.wire.cut = False
    assert cards.hand(paid) == 200
    assert balance(home.family) == 4500


def test_an_object_the_provider_does_not_know_is_refused(cards: Cards, home: Home, paid: dict) -> None:
    with cards.bank.store.change() as base:
        base.execute("delete from thing where kind = 'checkout.session'")
    assert cards.hand(paid) == 400
    assert balance(home.family) == 0


def test_without_a_secret_nothing_is_taken(
    cards: Cards, home: Home, paid: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portail.integrations.stripe_gateway.events.signing_secret", lambda: "")
    assert cards.hand(paid, secret="") == 400


def test_an_event_already_written_has_no_second_effect(cards: Cards, home: Home, paid: dict) -> None:
    with transaction() as db:
        attempt = db.exec(select(PaymentAttempt)).one()
        known = {"provider": "stripe", "event_id": str(paid["id"]), "kind": "paid", "attempt_id": attempt.key}
        db.add(ProviderEvent(**known, received_at=attempt.created_at))
    assert cards.hand(paid) == 200
    assert balance(home.family) == 0


def test_a_family_gone_meanwhile_leaves_the_money_to_give_back(cards: Cards, home: Home, paid: dict) -> None:
    with transaction() as db:
        db.exec(update(PaymentAttempt).values(family_id=None))
    assert cards.hand(paid) == 200
    assert "à rembourser" in review()
    assert (payments()[0].family_id, wallet.check_ledger()) == (None, [])


def test_the_failure_of_the_bank_is_kept_in_french(cards: Cards, home: Home) -> None:
    way = top_up(home.actor, home.family)
    cards.pay(way, Outcome.DECLINE)
    answer = gateways.gateway(gateways.Provider.STRIPE).ask(fingerprint_of(way))
    assert answer.failure == "Votre banque dit que la provision ne suffit pas."
    with reading() as db:
        assert db.exec(select(col(PaymentAttempt.state))).one() == AttemptState.PENDING
