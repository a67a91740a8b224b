"""Une remise que la banque a refusée entière, ou qui n'a pas été déposée, se reprend ; une remise traitée, non."""

from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select

from portail.domain.direct_debits import DebitState, WrongStepError
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.audit import AuditEntry
from portail.models.database import reading
from portail.models.payments import Payment
from portail.services import wallet
from portail.services.direct_debits import desk, mandates, outcomes, sending, undoing
from portail.services.direct_debits.undoing import HandledByBankError
from portail.services.invoices import mine, paying
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.crowds import together
from tests.factories.invoices import invoice, make_invoice
from tests.factories.money import fill

WHY = {"why": "Fichier refusé par la banque"}


def take_back(agent: Any, batch: int, now: Any = NOW, **form: str) -> str:
    return undoing.take_back(actor=agent, batch_id=batch, form=form or WHY, now=now)


def sent(agent: Any) -> int:
    batch = made.prepare(agent)
    made.send(agent, batch)
    return batch


def traces() -> list[tuple[str, str]]:
    with reading() as db:
        query = select(AuditEntry.action, AuditEntry.detail).where(AuditEntry.action == "debit.taken_back")
        return list(db.exec(query.order_by(col(AuditEntry.id))))


def test_a_batch_taken_back_leaves_its_invoices_to_pay(durand: made.Payer, agent: Any) -> None:
    first, second = make_invoice(durand.family, 10_00), make_invoice(durand.family, 5_00)
    other = make_invoice(made.make_payer("Petit").family, 7_00)
    batch = sent(agent)
    assert "de nouveau à payer" in take_back(agent, batch)
    assert (made.batches(), made.debits()) == ([], [])
    assert {one.id for one in mine.show_all(actor=durand.actor, now=NOW).rows if one.is_payable} == {first, second}
    fill(durand.family, 15_00)
    plan = paying.plan(actor=durand.actor, choices=f"{first},{second}", now=NOW)
    order = paying.Order(plan.choices, plan.total_cents, plan.token)
    paying.pay_from_wallet(actor=durand.actor, order=order, now=NOW)
    assert [invoice(one).paid_cents for one in (first, second, other)] == [10_00, 5_00, 0]


def test_each_family_is_told_once_and_no_rejection_is_written(durand: made.Payer, agent: Any) -> None:
    for _ in range(3):
        make_invoice(durand.family)
    make_invoice(made.make_payer("Petit").family)
    take_back(agent, sent(agent))
    told = made.letters("Prélèvement annulé")
    assert [to for to, _, _ in told] == ["durand@famille.example", "petit@famille.example"]
    assert all("7 décembre 2026 n’aura pas lieu" in words for _, _, words in told)
    assert made.letters("Prélèvement rejeté") == []
    assert desk.show(actor=agent, now=NOW).reviews == []


def test_the_journal_keeps_the_batch_its_amount_and_the_reason(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family, 42_30)
    batch = sent(agent)
    name = made.batches()[0].message_id
    take_back(agent, batch, why="  Jamais   déposé ")
    assert traces() == [("debit.taken_back", f"{name}, 42,30\u00a0€ : Jamais déposé")]


def test_a_first_debit_taken_back_is_first_again_a_later_one_stays_recurrent(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family, 10_00)
    take_back(agent, sent(agent))
    made.prepare(agent)
    assert [one.sequence for one in made.debits()] == ["FRST"]
    made.send(agent, made.batches()[0].key)
    made.collect(agent, made.batches()[0].key)
    make_invoice(durand.family, 20_00)
    take_back(agent, sent(agent))
    made.prepare(agent)
    assert [one.sequence for one in made.debits()] == ["FRST", "RCUR"]


def test_a_reason_is_asked(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = sent(agent)
    for why in ("", "   ", "x" * 121):
        with pytest.raises(FormRefusedError) as refusal:
            take_back(agent, batch, why=why)
        assert list(refusal.value.fields) == ["why"]
    assert (len(made.debits()), made.letters("Prélèvement annulé"), traces()) == (1, [], [])


def test_it_is_for_a_sent_batch_that_is_not_cashed(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)
    with pytest.raises(WrongStepError, match="s’annule"):
        take_back(agent, batch)
    made.send(agent, batch)
    made.collect(agent, batch)
    with pytest.raises(WrongStepError, match="déjà encaissée"):
        take_back(agent, batch)
    assert [one.state for one in made.debits()] == [DebitState.PAID]


def test_the_day_after_it_is_still_possible(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = sent(agent)
    take_back(agent, batch, made.ON_THE_DAY)
    with pytest.raises(NotOpenError):
        made.collect(agent, batch)
    with pytest.raises(NotOpenError):
        sending.download(agent, batch, NOW)


def test_one_line_already_rejected_says_the_bank_took_the_file(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    make_invoice(durand.family)
    batch = sent(agent)
    made.reject(agent, made.debits()[0].key)
    with pytest.raises(HandledByBankError):
        take_back(agent, batch)
    assert len(made.debits()) == 2
    assert not desk.show_one(actor=agent, batch_id=batch, now=NOW).can_take_back


def test_half_cashed_it_is_cashed_to_the_end(durand: made.Payer, agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Une panne entre deux morceaux : ce qui est encaissé ne se reprend pas."""
    make_invoice(durand.family, 1_00)
    make_invoice(durand.family, 2_00)
    batch = sent(agent)
    monkeypatch.setattr(outcomes, "AT_ONCE", 1)
    outcomes._collect_some(agent, batch, made.ON_THE_DAY)
    with pytest.raises(HandledByBankError):
        take_back(agent, batch, made.ON_THE_DAY)
    made.collect(agent, batch)
    assert [one.state for one in made.debits()] == ["paid", "paid"]


def test_taken_back_and_cashed_at_once_only_one_wins(durand: made.Payer, agent: Any) -> None:
    bill = make_invoice(durand.family, 10_00)
    batch = sent(agent)
    done = together(
        partial(take_back, agent, batch, made.ON_THE_DAY), partial(made.collect, agent, batch, made.ON_THE_DAY)
    )
    assert len([one for one in done if isinstance(one, RefusalError)]) == 1
    with reading() as db:
        payments = len(db.exec(select(Payment)).all())
    assert (payments, invoice(bill).paid_cents, len(made.batches())) in {(0, 0, 0), (1, 10_00, 1)}
    assert wallet.check_ledger() == []


def test_an_ended_mandate_is_told_too_and_stays_ended(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = sent(agent)
    mandates.end_mine(actor=durand.actor, mandate_id=durand.mandate, now=NOW)
    take_back(agent, batch)
    assert len(made.letters("Prélèvement annulé")) == 1
    assert made.mandates_of(durand.family)[0].state == "ended"


@pytest.mark.parametrize("key", [99, 0, -1, 2**40])
def test_a_number_that_is_nobody_s_does_not_exist(agent: Any, key: int) -> None:
    with pytest.raises(NotOpenError):
        take_back(agent, key)


def test_only_the_regie_takes_a_batch_back(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = sent(agent)
    with pytest.raises(RefusalError):
        take_back(durand.actor, batch)
    assert len(made.debits()) == 1


def test_the_desk_offers_it_after_the_file_and_before_the_money(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)

    def offered() -> bool:
        return desk.show_one(actor=agent, batch_id=batch, now=made.ON_THE_DAY).can_take_back

    assert not offered()
    made.send(agent, batch)
    assert offered()
    made.collect(agent, batch)
    assert not offered()
