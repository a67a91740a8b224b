"""Une remise, de l'annonce au rejet : une facture n'est prélevée qu'une fois, l'argent s'écrit et se défait juste."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from lxml import etree
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portail.domain.direct_debits import DebitState, MandateEnd, MandateState, WrongStepError
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.wallet import MovementKind
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.direct_debits import Debit
from portail.models.payments import Payment
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction
from portail.services import wallet
from portail.services.direct_debits import desk, listing, mandates, outcomes, preparing, sending, undoing
from portail.services.direct_debits.preparing import NothingToCollectError
from portail.settings import ROOT
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice, make_payment, make_regie
from tests.factories.money import balance

SCHEMA = ROOT / "tests" / "integrations" / "schemas" / "pain.008.001.08.xsd"
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"}


def file_of(agent: Any, batch: int) -> Any:
    document = etree.fromstring(sending.download(agent, batch, NOW).body)
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(document)
    return document


def texts(document: Any, path: str) -> list[str]:
    return [one.text for one in document.iterfind(f".//{path}", SPACE)]


def movements() -> list[tuple[str, dict[str, int]]]:
    with reading() as db:
        query = (
            select(LedgerTransaction.id, LedgerTransaction.kind, LedgerAccount.kind, LedgerEntry.amount_cents)
            .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
            .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
            .where(LedgerTransaction.kind != MovementKind.INVOICE)
            .order_by(LedgerTransaction.id, LedgerAccount.kind)
        )
        found: dict[int, tuple[str, dict[str, int]]] = {}
        for key, kind, account, cents in db.exec(query):
            found.setdefault(key, (kind, {}))[1][account] = cents
    return list(found.values())


def test_unpaid_invoices_of_families_with_a_mandate_are_announced(durand: made.Payer, agent: Any) -> None:
    first, second = make_invoice(durand.family, 42_30), make_invoice(durand.family, 8_00, month=date(2026, 9, 1))
    make_payment(durand.family, 3_00, (second, 3_00))
    paid = make_invoice(durand.family, 5_00)
    make_payment(durand.family, 5_00, (paid, 5_00))
    make_invoice(make_family("Sans mandat"))
    made.make_payer("Petit")
    make_invoice(durand.family, 7_00, regie_id=make_regie("SPO"))
    seen = preparing.preview(actor=agent, form=made.wanted(), now=NOW)
    assert (seen.count, seen.amount) == ("2 factures", "47,30\u00a0€")
    made.prepare(agent)
    assert [(one.invoice_id, one.cents, one.sequence, one.state) for one in made.debits()] == [
        (first, 42_30, "FRST", "planned"),
        (second, 5_00, "RCUR", "planned"),
    ]
    ((to, subject, words),) = made.letters("Prélèvement de")
    assert (to, subject) == ("durand@famille.example", "Prélèvement de 47,30\u00a0€ le 7 décembre 2026")
    for said in ("42,30\u00a0€", "5,00\u00a0€", "ENF-2026-000001", "0189", made.mandates_of(durand.family)[0].rum):
        assert said in words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 3), "14\u00a0jours"),
        (date(2026, 11, 19), "14\u00a0jours"),
        (date(2026, 12, 5), "ne prélèvent pas"),
        (date(2026, 12, 25), "ne prélèvent pas"),
        (date(2027, 3, 1), "90\u00a0jours"),
    ],
)
def test_a_day_that_breaks_the_promised_notice_is_refused(
    durand: made.Payer, agent: Any, day: date, words: str
) -> None:
    make_invoice(durand.family)
    with pytest.raises(FormRefusedError) as refusal:
        made.prepare(agent, day)
    assert words in refusal.value.fields["day"]


@pytest.mark.parametrize("changed", [{"day": ""}, {"day": "demain"}, {"regie": "99"}, {"regie": ""}, {"regie": "-1"}])
def test_a_wrong_field_is_named(durand: made.Payer, agent: Any, changed: dict[str, str]) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        preparing.preview(actor=agent, form=made.wanted() | changed, now=NOW)
    assert list(refusal.value.fields) == list(changed)


def test_nothing_to_collect_is_said(durand: made.Payer, agent: Any) -> None:
    with pytest.raises(NothingToCollectError):
        preparing.preview(actor=agent, form=made.wanted(), now=NOW)
    with pytest.raises(NothingToCollectError):
        preparing.prepare(actor=agent, form=made.wanted() | {"stamp": ""}, now=NOW)


def test_two_agents_preparing_at_once_debit_an_invoice_once(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    stamp = preparing.preview(actor=agent, form=made.wanted(), now=NOW).stamp
    others = [agent, made.make_agent("autre@mairie.example")]
    form = made.wanted() | {"stamp": stamp}
    done = together(*[partial(preparing.prepare, actor=one, form=form, now=NOW) for one in others])
    assert sorted(type(one) is int for one in done) == [False, True]
    assert any(isinstance(one, NothingToCollectError) for one in done)
    assert (len(made.batches()), len(made.debits()), len(made.letters("Prélèvement de"))) == (1, 1, 1)


def test_a_list_that_changed_since_it_was_read_is_read_again(durand: made.Payer, agent: Any) -> None:
    one = make_invoice(durand.family, 10_00)
    stamp = preparing.preview(actor=agent, form=made.wanted(), now=NOW).stamp
    make_payment(durand.family, 4_00, (one, 4_00))
    with pytest.raises(RefusalError, match="a changé"):
        preparing.prepare(actor=agent, form=made.wanted() | {"stamp": stamp}, now=NOW)
    assert made.debits() == []


def test_the_database_itself_refuses_a_second_debit_under_way(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)
    (debit,) = made.debits()
    twin = {"batch_id": batch, "mandate_id": debit.mandate_id, "invoice_id": debit.invoice_id, "sequence": "RCUR"}
    for cents in (1, 0, -5):
        with pytest.raises(IntegrityError), transaction() as db:
            db.add(Debit(**twin, cents=cents, announced_at=NOW))


def test_the_file_follows_the_published_schema(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family, 42_30)
    make_invoice(durand.family, 5_05)
    batch = made.prepare(agent)
    assert "téléchargez-le" in made.send(agent, batch)
    document = file_of(agent, batch)
    assert texts(document, "p:GrpHdr/p:NbOfTxs") == ["2"]
    assert texts(document, "p:GrpHdr/p:CtrlSum") == ["47.35"]
    assert texts(document, "p:SeqTp") == ["FRST", "RCUR"]
    assert texts(document, "p:ReqdColltnDt") == ["2026-12-07"] * 2
    assert texts(document, "p:InstdAmt") == ["42.30", "5.05"]
    assert texts(document, "p:DbtrAcct/p:Id/p:IBAN") == ["FR7630006000011234567890189"] * 2
    assert texts(document, "p:MndtId") == [made.mandates_of(durand.family)[0].rum] * 2
    assert texts(document, "p:CdtrSchmeId/p:Id/p:PrvtId/p:Othr/p:Id") == ["FR12ZZZ123456"] * 2
    assert sending.download(agent, batch, NOW).body == sending.download(agent, batch, NOW).body


def test_each_download_of_the_file_is_in_the_journal(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)
    with pytest.raises(NotOpenError):
        sending.download(agent, batch, NOW)
    made.send(agent, batch)
    for _ in range(2):
        sending.download(agent, batch, NOW)
    with pytest.raises(RefusalError):
        sending.download(durand.actor, batch, NOW)
    with reading() as db:
        query = select(AuditEntry.actor_id, AuditEntry.subject_id, AuditEntry.detail, AuditEntry.at)
        found = list(db.exec(query.where(AuditEntry.action == "debit.file_read")))
    assert found == [(agent.account_id, batch, made.batches()[0].message_id, NOW)] * 2


def test_a_second_collection_is_recurrent(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family, 10_00)
    made.collected(agent)
    make_invoice(durand.family, 20_00)
    batch = made.prepare(agent)
    made.send(agent, batch)
    assert texts(file_of(agent, batch), "p:SeqTp") == ["RCUR"]


def test_what_was_paid_since_the_announcement_is_not_debited(durand: made.Payer, agent: Any) -> None:
    whole, part = make_invoice(durand.family, 10_00), make_invoice(durand.family, 20_00)
    batch = made.prepare(agent)
    make_payment(durand.family, 10_00, (whole, 10_00))
    make_payment(durand.family, 12_50, (part, 12_50))
    made.send(agent, batch)
    assert [(one.invoice_id, one.cents) for one in made.debits()] == [(part, 7_50)]
    assert texts(file_of(agent, batch), "p:CtrlSum") == ["7.50", "7.50"]


def test_a_batch_with_nothing_left_makes_no_file(durand: made.Payer, agent: Any) -> None:
    one = make_invoice(durand.family, 10_00)
    batch = made.prepare(agent)
    make_payment(durand.family, 10_00, (one, 10_00))
    with pytest.raises(RefusalError, match="plus rien"):
        made.send(agent, batch)
    assert len(made.debits()) == 1


def test_the_file_is_made_once_before_the_day(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)
    with pytest.raises(RefusalError, match="passée"):
        made.send(agent, batch, made.ON_THE_DAY)
    with pytest.raises(NotOpenError):
        sending.download(agent, batch, NOW)
    made.send(agent, batch)
    with pytest.raises(WrongStepError):
        made.send(agent, batch)
    with pytest.raises(WrongStepError):
        undoing.cancel(actor=agent, batch_id=batch, now=NOW)


def test_a_cancelled_batch_is_told_and_its_invoices_are_free_again(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    undoing.cancel(actor=agent, batch_id=made.prepare(agent), now=NOW)
    assert (made.batches(), made.debits()) == ([], [])
    assert [to for to, _, _ in made.letters("Prélèvement annulé")] == ["durand@famille.example"]
    made.prepare(agent)
    assert len(made.debits()) == 1


def test_collected_money_pays_the_invoice_and_balances_the_ledger(durand: made.Payer, agent: Any) -> None:
    one = make_invoice(durand.family, 42_30)
    batch = made.prepare(agent)
    made.send(agent, batch)
    assert made.collect(agent, batch) == "1 prélèvement encaissé."
    assert invoice(one).paid_cents == 42_30
    with reading() as db:
        (payment,) = db.exec(select(Payment)).all()
    known = (payment.means, payment.amount_cents, payment.received_on, payment.family_id)
    assert known == ("debit", 42_30, made.DAY, durand.family)
    assert movements() == [("payment", {"debit": -42_30, "receivable": 42_30})]
    assert made.debits()[0].state == DebitState.PAID
    assert wallet.check_ledger() == []


def test_collecting_twice_or_together_counts_once(
    durand: made.Payer, agent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "AT_ONCE", 2)
    bills = [make_invoice(durand.family, cents) for cents in (1_00, 2_00, 3_00, 4_00)]
    batch = made.prepare(agent)
    made.send(agent, batch)
    together(*[partial(made.collect, agent, batch)] * 3)
    assert made.collect(agent, batch) == "0 prélèvement encaissé."
    assert [invoice(one).paid_cents for one in bills] == [1_00, 2_00, 3_00, 4_00]
    with reading() as db:
        assert len(db.exec(select(Payment)).all()) == 4
    assert wallet.check_ledger() == []


def test_nothing_is_collected_before_the_file_or_the_day(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)
    with pytest.raises(WrongStepError, match="fichier"):
        made.collect(agent, batch)
    made.send(agent, batch)
    with pytest.raises(RefusalError) as refusal:
        made.collect(agent, batch, NOW)
    assert refusal.value.full_sentence == "La banque n’a pas encore prélevé. Revenez le lundi 7 décembre 2026."


def test_an_invoice_paid_meanwhile_sends_the_money_to_the_wallet(durand: made.Payer, agent: Any) -> None:
    one = make_invoice(durand.family, 10_00)
    batch = made.prepare(agent)
    made.send(agent, batch)
    make_payment(durand.family, 6_00, (one, 6_00))
    made.collect(agent, batch)
    assert (invoice(one).paid_cents, balance(durand.family)) == (10_00, 6_00)
    assert movements()[-1] == ("payment", {"debit": -10_00, "receivable": 4_00, "wallet": 6_00})
    (review,) = desk.show(actor=agent, now=NOW).reviews
    assert "6,00\u00a0€ versés au porte-monnaie" in review.review
    outcomes.see(actor=agent, debit_id=review.id, now=NOW)
    assert desk.show(actor=agent, now=NOW).reviews == []
    made.reject(agent, review.id)
    assert (invoice(one).paid_cents, balance(durand.family)) == (6_00, 0)
    assert wallet.check_ledger() == []


def test_a_rejection_makes_the_invoice_due_again_and_tells(durand: made.Payer, agent: Any) -> None:
    one = make_invoice(durand.family, 42_30)
    made.collected(agent)
    (debit,) = made.debits()
    said = made.reject(agent, debit.key)
    assert "ENF-2026-000001 est de nouveau due" in said
    assert invoice(one).paid_cents == 0
    assert movements()[-1] == ("rejection", {"debit": 42_30, "receivable": -42_30})
    ((_, _, words),) = made.letters("Prélèvement rejeté")
    assert "provision insuffisante" in words
    assert "Le mandat continue" in words
    assert made.mandates_of(durand.family)[0].state == MandateState.ACTIVE
    (review,) = desk.show(actor=agent, now=NOW).reviews
    assert "AM04" in review.review
    with reading() as db:
        assert db.exec(select(Payment)).one().cancelled_at == made.ON_THE_DAY
    assert wallet.check_ledger() == []
    made.prepare(agent, date(2026, 12, 28), made.ON_THE_DAY)  # elle peut être prélevée de nouveau
    assert [one.state for one in made.debits()] == ["rejected", "planned"]


def test_rejected_twice_or_together_counts_once(durand: made.Payer, agent: Any) -> None:
    one = make_invoice(durand.family, 10_00)
    made.collected(agent)
    (debit,) = made.debits()
    done = together(*[partial(made.reject, agent, debit.key)] * 4)
    assert len([one for one in done if isinstance(one, str)]) == 1
    with pytest.raises(WrongStepError, match="déjà rejeté"):
        made.reject(agent, debit.key)
    assert invoice(one).paid_cents == 0
    assert [kind for kind, _ in movements()] == ["payment", "rejection"]
    assert len(made.letters("Prélèvement rejeté")) == 1
    assert wallet.check_ledger() == []


def test_cashed_and_rejected_at_once_the_rejection_remains(durand: made.Payer, agent: Any) -> None:
    bills = [make_invoice(durand.family, cents) for cents in (10_00, 20_00)]
    batch = made.prepare(agent)
    made.send(agent, batch)
    (first, _) = made.debits()
    done = together(partial(made.collect, agent, batch), partial(made.reject, agent, first.key))
    assert all(isinstance(one, str) for one in done)
    assert [one.state for one in made.debits()] == [DebitState.REJECTED, DebitState.PAID]
    assert [invoice(one).paid_cents for one in bills] == [0, 20_00]
    assert wallet.check_ledger() == []


@pytest.mark.parametrize("reason", ["AC04", "MD01", "AC01", "MD07"])
def test_a_reason_that_says_never_again_ends_the_mandate(durand: made.Payer, agent: Any, reason: str) -> None:
    make_invoice(durand.family)
    made.collected(agent)
    make_invoice(durand.family)
    made.prepare(agent, date(2026, 12, 28), made.ON_THE_DAY)
    made.reject(agent, made.debits()[0].key, reason)
    (mandate,) = made.mandates_of(durand.family)
    assert (mandate.state, mandate.end_reason) == (MandateState.ENDED, MandateEnd.REJECTED)
    assert [one.state for one in made.debits()] == ["rejected"]  # ce qui était annoncé n'aura pas lieu
    assert "Ce mandat a pris fin" in made.letters("Prélèvement rejeté")[0][2]


def test_a_debit_rejected_before_it_is_collected_has_nothing_to_undo(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)
    with pytest.raises(WrongStepError):
        made.reject(agent, made.debits()[0].key)
    made.send(agent, batch)
    made.reject(agent, made.debits()[0].key)
    assert made.collect(agent, batch) == "0 prélèvement encaissé."
    assert movements() == []


@pytest.mark.parametrize("reason", ["", "am04", "XXXX", "0"])
def test_a_reason_outside_the_list_is_refused(durand: made.Payer, agent: Any, reason: str) -> None:
    make_invoice(durand.family)
    made.collected(agent)
    with pytest.raises(FormRefusedError):
        made.reject(agent, made.debits()[0].key, reason)
    assert made.debits()[0].state == DebitState.PAID


def test_only_the_regie_prepares_sends_collects_rejects_and_reads(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)
    made.send(agent, batch)
    parent = durand.actor
    gestures: list[Any] = [
        lambda: preparing.preview(actor=parent, form=made.wanted(), now=NOW),
        lambda: preparing.prepare(actor=parent, form=made.wanted(), now=NOW),
        lambda: undoing.cancel(actor=parent, batch_id=batch, now=NOW),
        lambda: made.send(parent, batch),
        lambda: sending.download(parent, batch, NOW),
        lambda: made.collect(parent, batch),
        lambda: made.reject(parent, made.debits()[0].key),
        lambda: outcomes.see(actor=parent, debit_id=1, now=NOW),
        lambda: desk.show(actor=parent, now=NOW),
        lambda: desk.show_one(actor=parent, batch_id=batch, now=NOW),
    ]
    for gesture in gestures:
        with pytest.raises(RefusalError):
            gesture()


@pytest.mark.parametrize("key", [99, 0, -1, 2**40])
def test_a_number_that_is_nobody_s_does_not_exist(agent: Any, key: int) -> None:
    for gesture in (
        lambda: undoing.cancel(actor=agent, batch_id=key, now=NOW),
        lambda: made.send(agent, key),
        lambda: made.collect(agent, key),
        lambda: sending.download(agent, key, NOW),
        lambda: made.reject(agent, key),
        lambda: outcomes.see(actor=agent, debit_id=key, now=NOW),
        lambda: desk.show_one(actor=agent, batch_id=key, now=NOW),
    ):
        with pytest.raises(NotOpenError):
            gesture()


def test_the_desk_says_the_next_gesture(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family, 42_30)
    batch = made.prepare(agent)

    def next_step(now: Any = NOW) -> tuple[bool, ...]:
        one = desk.show_one(actor=agent, batch_id=batch, now=now)
        return one.can_send, one.can_cancel, one.has_file, one.can_collect

    assert next_step() == (True, True, False, False)
    assert next_step(NOW + timedelta(days=40)) == (False, True, False, False)
    made.send(agent, batch)
    assert next_step() == (False, False, True, False)
    assert next_step(made.ON_THE_DAY) == (False, False, True, True)
    made.collect(agent, batch)
    assert next_step(made.ON_THE_DAY) == (False, False, True, False)
    assert desk.show(actor=agent, now=NOW).earliest == "2026-12-04"
    (row,) = listing.find_batches(actor=agent, words="", page=1).rows
    assert (row.count, row.amount, row.state) == ("1 prélèvement", "42,30\u00a0€", "Prélevée")


def test_an_ended_mandate_is_left_out_of_the_file(durand: made.Payer, agent: Any) -> None:
    other = made.make_payer("Martin")
    make_invoice(durand.family, 10_00)
    make_invoice(other.family, 20_00)
    batch = made.prepare(agent)
    mandates.end_mine(actor=other.actor, mandate_id=other.mandate, now=NOW)
    made.send(agent, batch)
    assert texts(file_of(agent, batch), "p:GrpHdr/p:CtrlSum") == ["10.00"]
