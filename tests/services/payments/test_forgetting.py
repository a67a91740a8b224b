"""Un paiement qui n'a rien donné s'oublie au bout d'un an ; ce qui a été encaissé, ou reste à regarder, se garde."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select, update

from portail.domain.payments import AttemptState, Provider, Purpose
from portail.domain.retention import Category, limit
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.payments import AttemptInvoice, Payment, PaymentAttempt, ProviderEvent
from portail.services import regies
from portail.services.payments.desk import to_review
from portail.services.privacy import retention
from tests.conftest import NOW
from tests.factories.booking import Home
from tests.factories.cards import Cards, attempts, top_up
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice, make_payment

OLD = limit(Category.UNPAID_ATTEMPT, NOW) - timedelta(days=1)


def attempt(state: AttemptState, at: datetime = OLD, **more: object) -> int:
    rank = len(attempts())
    what = {"provider": Provider.STRIPE, "purpose": Purpose.INVOICES, "amount_cents": 45_00, "token": f"jeton-{rank}"}
    with transaction() as db:
        row = PaymentAttempt(
            reference=f"PF{rank}", regie_id=regies.default(db).key, state=state, created_at=at, **(what | more)
        )
        db.add(row)
        db.flush()
        return row.key


def left() -> list[int]:
    retention.apply(NOW)
    return [one.key for one in attempts()]


@pytest.mark.parametrize("state", list(AttemptState))
def test_only_what_was_refused_or_given_up_goes(base: Engine, state: AttemptState) -> None:
    key = attempt(state)
    assert left() == ([] if state in {AttemptState.FAILED, AttemptState.EXPIRED} else [key])


def test_the_recent_ones_stay(base: Engine) -> None:
    key = attempt(AttemptState.FAILED, NOW - timedelta(days=364))
    assert left() == [key]


def test_what_an_agent_has_not_looked_at_waits_for_him(base: Engine) -> None:
    key = attempt(AttemptState.FAILED, review="0,01 € payés au lieu de 45,00 €.")
    assert left() == [key]
    with reading() as db:
        assert db.exec(to_review()).one() == 1
    with transaction() as db:
        db.exec(update(PaymentAttempt).values(reviewed_at=NOW))
    assert left() == []


def test_money_received_keeps_its_attempt(base: Engine) -> None:
    """Ce que la comptabilité tient ne part pas, quel que soit l'état que porte la tentative."""
    family = make_family("Alba")
    paid = make_payment(family, 45_00)
    key = attempt(AttemptState.EXPIRED, family_id=family)
    with transaction() as db:
        db.get_one(Payment, paid).attempt_id = key
    assert left() == [key]


def test_a_paid_top_up_is_never_swept(cards: Cards, home: Home) -> None:
    top_up(home.actor, home.family)
    with transaction() as db:
        db.exec(update(PaymentAttempt).values(created_at=OLD, state=AttemptState.SUCCEEDED))
    assert len(left()) == 1


def test_its_shares_go_with_it_and_its_invoice_stays(base: Engine) -> None:
    bill, key = make_invoice(make_family("Alba"), 45_00), attempt(AttemptState.EXPIRED)
    with transaction() as db:
        db.add(AttemptInvoice(attempt_id=key, invoice_id=bill, cents=45_00))
        event = {"provider": Provider.STRIPE, "event_id": "evt_1", "kind": "checkout.session.expired"}
        db.add(ProviderEvent(**event, attempt_id=key, received_at=OLD))
    assert left() == []
    with reading() as db:
        assert db.exec(select(AttemptInvoice)).all() == []
        assert [(one.event_id, one.attempt_id) for one in db.exec(select(ProviderEvent))] == [("evt_1", None)]
        told = [one.detail for one in db.exec(select(AuditEntry).where(AuditEntry.action == "retention.erased"))]
    assert told == ["Paiements en ligne refusés ou abandonnés : 1"]
    assert invoice(bill).total_cents == 45_00
