"""Une facture à prélever n'est ni relancée, ni payée deux fois ; le rejet la rend à payer et à relancer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.direct_debits import AlreadyDebitedError
from portail.models.database import reading, transaction
from portail.models.invoices import InvoiceReminder
from portail.models.payments import PaymentAttempt
from portail.models.regies import Regie
from portail.services.direct_debits import under_way, undoing
from portail.services.home import parent
from portail.services.invoices import desk, mine, paying
from portail.services.invoices.paying import Order
from portail.services.unpaid import listing, reminding
from portail.services.wallet import desk as wallet_desk
from portail.services.wallet.statement import Wanted
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice, make_payment
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session

LATE = NOW - timedelta(days=60)
TOKEN = "jeton-de-formulaire-1"
PLANNED = "Prélèvement prévu le 7 décembre 2026"


@pytest.fixture
def bill(durand: made.Payer) -> int:
    """Échue, et toujours due."""
    return make_invoice(durand.family, 45_00, now=LATE)


def remind(agent: Actor, *keys: int, now: datetime = NOW) -> str:
    return reminding.remind(actor=agent, invoice_ids=keys, now=now)


def unpaid(agent: Actor, now: datetime = NOW) -> list[Any]:
    return [
        (row.id, row.debit, row.next_level)
        for row in listing.show(actor=agent, sought=listing.ALL, page=1, now=now).rows
    ]


def order(key: int, cents: int = 45_00) -> Order:
    return Order(str(key), cents, TOKEN)


def attempts() -> list[PaymentAttempt]:
    with reading() as db:
        return list(db.exec(select(PaymentAttempt)))


def test_what_is_announced_is_not_reminded_and_says_why(agent: Actor, durand: made.Payer, bill: int) -> None:
    made.prepare(agent)
    other = make_invoice(durand.family, 12_00, now=LATE)
    assert unpaid(agent) == [(bill, PLANNED, ""), (other, "", "Rappel")]
    assert remind(agent, bill, other) == "1 facture relancée."
    with reading() as db:
        assert [one.invoice_id for one in db.exec(select(InvoiceReminder))] == [other]


def test_the_desk_is_told_before_taking_money(agent: Actor, durand: made.Payer, bill: int) -> None:
    made.prepare(agent)
    other = make_invoice(durand.family, 12_00, now=LATE)
    dues = wallet_desk.show(actor=agent, wanted=Wanted(durand.family), now=NOW).dues
    assert [(one.id, one.debit) for one in dues] == [(bill, PLANNED), (other, "")]


def test_what_the_bank_has_is_not_reminded_even_once_the_day_is_past(
    agent: Actor, durand: made.Payer, bill: int
) -> None:
    made.send(agent, made.prepare(agent))
    after = made.ON_THE_DAY + timedelta(days=2)
    assert unpaid(agent, after) == [(bill, "Prélèvement du 7 décembre 2026 en cours", "")]
    assert remind(agent, bill, now=after) == "Rien à relancer."


@pytest.mark.parametrize("is_collected", [True, False])
def test_a_rejected_debit_is_reminded_and_paid_again(
    agent: Actor, durand: made.Payer, bill: int, is_collected: bool
) -> None:
    fill(durand.family, 50_00)
    batch = made.prepare(agent)
    made.send(agent, batch)
    if is_collected:
        made.collect(agent, batch)
        assert unpaid(agent, made.ON_THE_DAY) == []
    made.reject(agent, made.debits()[0].key)
    assert unpaid(agent, made.ON_THE_DAY) == [(bill, "", "Rappel")]
    assert remind(agent, bill, now=made.ON_THE_DAY) == "1 facture relancée."
    paying.pay_from_wallet(actor=durand.actor, order=order(bill), now=made.ON_THE_DAY)
    assert (invoice(bill).paid_cents, balance(durand.family)) == (45_00, 5_00)


def test_the_rejection_is_read_on_the_invoice_until_it_is_paid(agent: Actor, durand: made.Payer, bill: int) -> None:
    fill(durand.family, 50_00)
    made.send(agent, made.prepare(agent))
    shown = {"invoice_id": bill, "now": made.ON_THE_DAY}
    assert mine.show(actor=durand.actor, **shown).rejected == ""
    made.reject(agent, made.debits()[0].key, "MD07")
    told = "Le prélèvement du 7 décembre 2026 a été rejeté. Motif : Ce compte ne peut plus être prélevé."
    assert mine.show(actor=durand.actor, **shown).rejected == told
    assert desk.show(actor=agent, **shown).rejected == told
    paying.pay_from_wallet(actor=durand.actor, order=order(bill), now=made.ON_THE_DAY)
    assert mine.show(actor=durand.actor, **shown).rejected == ""


def test_a_batch_given_up_or_forgotten_is_reminded_again(agent: Actor, durand: made.Payer, bill: int) -> None:
    batch = made.prepare(agent)
    assert unpaid(agent, made.ON_THE_DAY) == [(bill, "", "Rappel")], "jamais remise, elle ne prélèvera plus"
    undoing.cancel(actor=agent, batch_id=batch, now=NOW)
    assert unpaid(agent) == [(bill, "", "Rappel")]


def test_the_family_reads_the_day_in_the_list_and_on_the_invoice(agent: Actor, durand: made.Payer, bill: int) -> None:
    made.prepare(agent)
    listed = mine.show_all(actor=durand.actor, now=NOW)
    (row,) = listed.rows
    assert (row.debit, row.is_payable, listed.is_due, listed.is_payable) == (PLANNED, True, True, True)
    assert mine.show(actor=durand.actor, invoice_id=bill, now=NOW).row == row
    assert [one.debit for one in desk.find(actor=agent, words="", how="", page=1, now=NOW).rows] == [PLANNED]
    assert desk.show(actor=agent, invoice_id=bill, now=NOW).row.debit == PLANNED


def test_once_sent_there_is_nothing_to_pay(agent: Actor, durand: made.Payer, bill: int) -> None:
    made.send(agent, made.prepare(agent))
    listed = mine.show_all(actor=durand.actor, now=NOW)
    (row,) = listed.rows
    assert (row.debit, row.is_payable, row.left) == (PLANNED, False, "45,00\u00a0€")
    assert (listed.due, listed.is_due, listed.is_payable) == ("45,00\u00a0€", True, False)
    other = make_invoice(durand.family, 12_00)
    listed = mine.show_all(actor=durand.actor, now=NOW)
    assert listed.is_payable
    assert {one.id: one.is_payable for one in listed.rows} == {bill: False, other: True}


def test_once_collected_it_says_no_more_than_paid(agent: Actor, durand: made.Payer, bill: int) -> None:
    made.collected(agent)
    (row,) = mine.show_all(actor=durand.actor, now=made.ON_THE_DAY).rows
    assert (row.debit, row.is_payable, row.standing) == ("", False, "Payée")


def test_paying_what_the_bank_has_is_refused(agent: Actor, durand: made.Payer, bill: int) -> None:
    fill(durand.family, 100_00)
    other = make_invoice(durand.family, 12_00)
    made.send(agent, made.prepare(agent))
    late = make_invoice(durand.family, 8_00)
    acts = (
        lambda: paying.plan(actor=durand.actor, choices=str(bill), now=NOW),
        lambda: paying.plan(actor=durand.actor, choices=f"{bill},{late}", now=NOW),
        lambda: paying.pay_from_wallet(actor=durand.actor, order=order(bill), now=NOW),
        lambda: paying.pay_online(actor=durand.actor, order=order(other, 12_00), provider="stripe", now=NOW),
    )
    for act in acts:
        with pytest.raises(AlreadyDebitedError, match="déjà remise à votre banque") as refusal:
            act()
        assert "elle sera prélevée le 7 décembre 2026." in refusal.value.full_sentence
        assert "Vous n’avez rien à faire." in refusal.value.full_sentence
    assert (invoice(bill).paid_cents, balance(durand.family), attempts()) == (0, 100_00, [])


def test_what_is_only_announced_is_paid_and_leaves_the_file(agent: Actor, durand: made.Payer, bill: int) -> None:
    fill(durand.family, 100_00)
    kept = make_invoice(durand.family, 12_00)
    batch = made.prepare(agent)
    plan = paying.plan(actor=durand.actor, choices=str(bill), now=NOW)
    assert [row.debit for row in plan.rows] == [PLANNED]
    paying.pay_from_wallet(actor=durand.actor, order=order(bill), now=NOW)
    made.send(agent, batch)
    assert [(one.invoice_id, one.cents) for one in made.debits()] == [(kept, 12_00)]
    assert {row.id: row.debit for row in mine.show_all(actor=durand.actor, now=NOW).rows} == {bill: "", kept: PLANNED}


def test_the_home_page_only_asks_for_what_is_not_collected(agent: Actor, durand: made.Payer, bill: int) -> None:
    def asked() -> bool:
        return "Des factures sont à payer" in [one.title for one in parent.show(actor=durand.actor, now=NOW).todos]

    assert asked()
    made.prepare(agent)
    assert not asked()
    make_invoice(durand.family, 1_00)
    assert asked()


def test_another_invoice_of_another_family_is_not_touched(agent: Actor, durand: made.Payer, bill: int) -> None:
    petit = made.make_payer("Petit")
    theirs = make_invoice(petit.family, 20_00, now=LATE)
    make_payment(petit.family, 20_00, (theirs, 20_00))
    made.prepare(agent)
    with reading() as db:
        assert set(under_way.of(db, [bill, theirs], NOW.date())) == {bill}
        assert under_way.of(db, [], NOW.date()) == {}


def test_the_mandate_is_offered_where_invoices_are_paid_only_if_the_regie_debits(base: Engine) -> None:
    camille = make_account("camille@famille.example")
    family, actor = make_family("Durand", camille), open_session(camille)[1]
    assert not mine.show_all(actor=actor, now=NOW).can_debit
    bill = make_invoice(family)

    def offered() -> tuple[bool, bool]:
        plan = paying.plan(actor=actor, choices=str(bill), now=NOW)
        return mine.show_all(actor=actor, now=NOW).can_debit, plan.can_debit

    assert offered() == (False, False)
    key = made.make_collecting()
    assert offered() == (True, True)
    for lacking in ({"creditor_id": ""}, {"iban": ""}, {"closed_at": NOW}):
        with transaction() as db:
            regie = db.get_one(Regie, key)
            before = {name: getattr(regie, name) for name in lacking}
            regie.sqlmodel_update(lacking)
        assert offered() == (False, False), lacking
        with transaction() as db:
            db.get_one(Regie, key).sqlmodel_update(before)
