"""Un rejet que le porte-monnaie ne peut pas rendre : rien n'est perdu, il attend sous les yeux de la régie."""

from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select

from portail.domain.direct_debits import DebitState, RejectReason
from portail.domain.refusals import RefusalError
from portail.domain.wallet import MovementKind
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.payments import Payment
from portail.services import wallet
from portail.services.direct_debits import desk, outcomes
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.crowds import together
from tests.factories.invoices import invoice, make_invoice, make_payment
from tests.factories.money import balance, fill


@pytest.fixture
def debit(durand: made.Payer, agent: Any) -> int:
    """Prélevée alors qu'elle venait d'être payée : la somme va au porte-monnaie, et la famille la dépense."""
    one = make_invoice(durand.family, 10_00)
    batch = made.prepare(agent)
    made.send(agent, batch)
    make_payment(durand.family, 10_00, (one, 10_00))
    made.collect(agent, batch)
    with transaction() as db:
        purse, revenue = wallet.wallet_of(db, durand.family, NOW), wallet.common(db, "revenue", NOW)
        lines = (wallet.Line(purse, -10_00), wallet.Line(revenue, 10_00))
        wallet.post(db, wallet.Movement(MovementKind.BOOKING, "Cantine", lines, NOW))
    found = made.debits()[0]
    outcomes.see(actor=agent, debit_id=found.key, now=NOW)
    return found.key


def traces() -> list[str]:
    with reading() as db:
        query = select(AuditEntry.action).where(col(AuditEntry.action).startswith("mandate.reject"))
        return list(db.exec(query.order_by(col(AuditEntry.id))))


def test_it_is_refused_with_a_way_out_and_kept_to_review(debit: int, agent: Any) -> None:
    assert desk.show(actor=agent, now=NOW).reviews == []
    with pytest.raises(RefusalError, match="déjà dépensée") as refusal:
        made.reject(agent, debit)
    assert "guichet" in refusal.value.full_sentence
    (review,) = desk.show(actor=agent, now=NOW).reviews
    assert review.id == debit
    assert "AM04, Provision insuffisante" in review.review
    assert "Encaissez-la au guichet" in review.review
    assert traces() == ["mandate.rejection_waits"]


def test_no_money_moves_and_no_family_is_told(debit: int, durand: made.Payer, agent: Any) -> None:
    before = balance(durand.family)
    with pytest.raises(RefusalError):
        made.reject(agent, debit)
    (found,) = made.debits()
    assert (found.state, found.reason, found.rejected_at) == (DebitState.PAID, "", None)
    with reading() as db:
        assert db.get_one(Payment, found.payment_id).cancelled_at is None
    assert invoice(found.invoice_id).paid_cents == 10_00
    assert balance(durand.family) == before
    assert made.letters("Prélèvement rejeté") == []
    assert made.mandates_of(durand.family)[0].state == "active"
    assert wallet.check_ledger() == []


def test_said_twice_or_together_it_waits_once(debit: int, agent: Any) -> None:
    done = together(*[partial(made.reject, agent, debit)] * 3)
    assert all(isinstance(one, RefusalError) for one in done)
    assert len(desk.show(actor=agent, now=NOW).reviews) == 1


def test_once_the_money_is_back_the_rejection_is_written(debit: int, durand: made.Payer, agent: Any) -> None:
    with pytest.raises(RefusalError):
        made.reject(agent, debit)
    fill(durand.family, 10_00)
    made.reject(agent, debit)
    (review,) = desk.show(actor=agent, now=NOW).reviews
    assert review.review.startswith("Rejeté (AM04")
    assert (made.debits()[0].state, balance(durand.family)) == (DebitState.REJECTED, 0)
    assert len(made.letters("Prélèvement rejeté")) == 1
    assert wallet.check_ledger() == []


@pytest.mark.parametrize("reason", RejectReason)
def test_every_reason_fits_in_what_is_to_review(debit: int, agent: Any, reason: RejectReason) -> None:
    with pytest.raises(RefusalError):
        made.reject(agent, debit, reason)
    assert len(made.debits()[0].review) <= 200
