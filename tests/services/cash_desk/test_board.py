"""« Caisse » : ce qui rentre chaque mois, ce qui manque, en peu de lectures."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor, Role
from portail.domain.payments import Means, RefundState
from portail.domain.refusals import NotOpenError
from portail.domain.wallet import LedgerAccountKind
from portail.models.database import transaction
from portail.models.payments import Payment, PaymentRefund
from portail.models.wallet import WalletRefund
from portail.services.accounting import tables
from portail.services.cash_desk import board, closing, closings, undoing
from portail.services.wallet import check_ledger, refunding
from tests.conftest import NOW
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice, make_payment, make_regie
from tests.factories.money import fill, ledger
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def test_income_by_month_and_means_without_what_was_cancelled(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="20", means="cash")
    take(regie, family, amount="30", note="1")
    take(regie, family, amount="99", means="cash")
    undoing.undo(actor=regie, payment_id=payments()[-1].key, now=NOW)
    take(regie, family, amount="25", means="cesu", now=NOW - timedelta(days=31))
    take(regie, family, amount="70", means="ancv", now=NOW - timedelta(days=400))
    make_payment(family, 5_00, (make_invoice(family, 5_00), 5_00), means=Means.WALLET)
    shown = board.show(actor=regie, regie_id=0, now=NOW)
    assert [(one.label, one.total, one.share) for one in shown.months[:3]] == [
        ("Novembre 2026", "50,00\u00a0€", 100),
        ("Octobre 2026", "25,00\u00a0€", 50),
        ("Septembre 2026", "0,00\u00a0€", 0),
    ]
    assert shown.months[0].detail == "Espèces 20,00\u00a0€, Chèque 30,00\u00a0€"
    assert (shown.months[2].detail, len(shown.months), shown.month) == ("rien", 12, "2026-10")


def test_unpaid_by_age_says_how_many(regie: Actor) -> None:
    family = make_family("Durand")
    for days in (35, 40, 200):
        make_invoice(family, 10_00, now=NOW - timedelta(days=days))
    ages = board.show(actor=regie, regie_id=0, now=NOW).ages
    assert [(one.detail, one.total, one.share) for one in ages] == [
        ("2 factures", "20,00\u00a0€", 100),
        ("0 facture", "0,00\u00a0€", 0),
        ("0 facture", "0,00\u00a0€", 0),
        ("1 facture", "10,00\u00a0€", 50),
    ]
    elsewhere = board.show(actor=regie, regie_id=make_regie("SPO"), now=NOW).ages
    assert {one.detail for one in elsewhere} == {"0 facture"}, "chaque régie compte les siens"


def test_each_regie_has_its_own_till(regie: Actor) -> None:
    family = make_family("Durand")
    sport = make_regie("SPO")
    take(regie, family, amount="20", means="cash")
    key = make_invoice(family, 30_00, regie_id=sport)
    take(regie, family, amount="30", means="cash", split="typed", **{f"facture-{key}": "30"})
    closing.close(actor=regie, regie_id=sport, form={"day": "2026-11-20", "counted": "30"}, now=NOW)
    theirs, ours = (board.show(actor=regie, regie_id=one, now=NOW) for one in (sport, regie_id()))
    assert (theirs.total, theirs.is_closed, len(theirs.regies)) == ("30,00\u00a0€", True, 2)
    assert (ours.total, ours.is_closed) == ("20,00\u00a0€", False)
    assert [len(closings.show(actor=regie, regie_id=one, page=1).rows) for one in (sport, regie_id())] == [1, 0]


def test_the_till_reads_the_same_however_much_came_in(base: Engine, regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="20", means="cash")
    with counted(base) as few:
        board.show(actor=regie, regie_id=0, now=NOW)
    for _ in range(6):
        take(regie, family, amount="20", means="cash")
    with counted(base) as many:
        board.show(actor=regie, regie_id=0, now=NOW)
    assert len(many) == len(few) <= 6


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_reads_the_till(base: Engine, role: Role) -> None:
    actor = open_session(make_account("autre@mairie.example", role=role))[1]
    with pytest.raises(NotOpenError):
        board.show(actor=actor, regie_id=0, now=NOW)


def test_a_past_month_does_not_change_when_money_goes_back_later(regie: Actor) -> None:
    """Le rejet se retire de son mois à lui ; annulé le jour même, rien n'est entré."""
    family = make_family("Durand")
    before = NOW - timedelta(days=31)
    take(regie, family, amount="20", means="cash", now=before)
    take(regie, family, amount="30", means="cash", now=before)
    undoing.correct(actor=regie, payment_id=payments()[0].key, reason="Erreur", now=NOW)
    take(regie, family, amount="50", means="cheque", note="1")
    shown = board.show(actor=regie, regie_id=0, now=NOW)
    assert [(one.total, one.detail) for one in shown.months[:2]] == [
        ("30,00\u00a0€", "Espèces −20,00\u00a0€, Chèque 50,00\u00a0€"),
        ("50,00\u00a0€", "Espèces 50,00\u00a0€"),
    ]


def test_refunds_by_card_and_by_transfer_leave_their_own_month(regie: Actor) -> None:
    family = make_family("Durand")
    number = make_payment(family, 40_00, (make_invoice(family, 30_00), 30_00), means=Means.CARD)
    with transaction() as db:
        db.get_one(Payment, number).received_on = date(2026, 10, 5)
        done = {"payment_id": number, "at": NOW, "token": "r"}
        db.add(PaymentRefund(cents=4_00, state=RefundState.DONE, **done))
        db.add(PaymentRefund(cents=9_00, state=RefundState.FAILED, **done | {"token": "s"}))
    fill(family, 60_00)
    with transaction() as db:
        asked = {"family_id": family, "cents": 25_00, "holder": "x", "iban_end": "0189", "asked_at": NOW}
        db.add(WalletRefund(**asked))
    (line,) = refunding.waiting(actor=regie)
    refunding.pay(actor=regie, refund_id=line.id, now=NOW)
    shown = board.show(actor=regie, regie_id=0, now=NOW).months
    assert [(one.total, one.detail, one.share) for one in shown[:2]] == [
        ("−29,00\u00a0€", "Carte bancaire −4,00\u00a0€, Porte-monnaie rendus −25,00\u00a0€", 0),
        ("40,00\u00a0€", "Carte bancaire 40,00\u00a0€", 100),
    ]
    journal = tables.payments(regie, regie_id(), {"mois": "2026-11"}, NOW).body.decode("utf-8-sig")
    assert [row.split(";")[4:] for row in journal.splitlines()[1:]] == [
        ["Virement", "Porte-monnaie rendu, compte 0189", "-25,00", "0,00", "", "Viré", ""],
        ["Carte bancaire", "", "-4,00", "0,00", "", "Remboursé", ""],
    ]
    assert (ledger(LedgerAccountKind.TRANSFER), check_ledger()) == (25_00, [])


def test_the_journal_takes_a_correction_out_of_its_own_month(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="20", means="cash", now=NOW - timedelta(days=31))
    undoing.correct(actor=regie, payment_id=payments()[0].key, reason="Erreur", now=NOW)
    before, after = (
        [row.split(";")[1:] for row in made.body.decode("utf-8-sig").splitlines()[1:]]
        for made in (tables.payments(regie, regie_id(), {"mois": month}, NOW) for month in ("2026-10", "2026-11"))
    )
    assert [(row[0], row[5], row[8]) for row in before] == [("20/10/2026", "20,00", "Corrigé le 20/11/2026")]
    assert [(row[0], row[5], row[8]) for row in after] == [("20/11/2026", "-20,00", "Corrigé")]
