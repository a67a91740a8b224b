"""« Recettes par jour » : chaque moyen à son jour, le total est celui du mois et celui des encaissements."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor, Role
from portail.domain.payments import Means, RefundState
from portail.domain.refusals import BadInputError, NotOpenError
from portail.integrations.sheets import XLSX
from portail.models.database import transaction
from portail.models.payments import Payment, PaymentRefund
from portail.models.wallet import WalletRefund
from portail.services import regies
from portail.services.accounting import tables
from portail.services.cash_desk import board, daily_income, undoing
from portail.services.wallet import refunding
from portail.views.cash_desk import DailyIncome
from tests.conftest import NOW
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice, make_payment, make_regie
from tests.factories.money import fill
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted


@pytest.fixture
def regie(base: Engine) -> Actor:
    regies.prepare()
    return agent()


def show(regie: Actor, month: str = "2026-11", regie_id: int = 0) -> DailyIncome:
    return daily_income.show(actor=regie, month=month, regie_id=regie_id, now=NOW)


def pay(family: int, cents: int, means: Means, day: date, regie: int = 0) -> int:
    number = make_payment(family, cents, means=means, regie_id=regie)
    with transaction() as db:
        db.get_one(Payment, number).received_on = day
    return number


def export(actor: Actor, **given: str) -> list[list[str]]:
    body = tables.daily(actor, {"mois": "2026-11"} | given, NOW).body.decode("utf-8-sig")
    return [line.split(";") for line in body.splitlines()]


def test_each_means_in_its_column_on_its_day(regie: Actor) -> None:
    family = make_family("Durand")
    for cents, means in enumerate(daily_income.SHOWN, start=1):
        pay(family, cents * 100, means, date(2026, 11, 3))
    pay(family, 50_00, Means.CASH, date(2026, 11, 5))
    pay(family, 99_00, Means.CASH, date(2026, 10, 31))
    pay(family, 99_00, Means.CASH, date(2026, 12, 1))
    pay(family, 99_00, Means.WALLET, date(2026, 11, 4))
    shown = show(regie)
    assert (shown.month, shown.said_month, len(shown.regies)) == ("2026-11", "Novembre 2026", 1)
    first, second = shown.rows
    amounts = [first.card, first.payfip, first.debit, first.cheque, first.cash, first.cesu, first.ancv]
    assert (first.day, amounts) == ("03/11/2026", [f"{rank},00\u00a0€" for rank in range(1, 8)])
    assert (first.refunded, first.total) == ("", "28,00\u00a0€")
    assert (second.day, second.card, second.cash, second.total) == ("05/11/2026", "", "50,00\u00a0€", "50,00\u00a0€")
    (total,) = shown.totals
    assert (total.day, total.cash, total.card, total.total) == (
        "Total du mois",
        "55,00\u00a0€",
        "1,00\u00a0€",
        "78,00\u00a0€",
    )


def test_what_leaves_is_taken_from_the_day_it_leaves(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="20", means="cash", now=NOW - timedelta(days=2))
    undoing.correct(actor=regie, payment_id=payments()[0].key, reason="Erreur", now=NOW)
    take(regie, family, amount="99", means="cheque", now=NOW - timedelta(days=1))
    undoing.undo(actor=regie, payment_id=payments()[1].key, now=NOW - timedelta(days=1))
    shown = show(regie)
    assert [(one.day, one.cash, one.cheque, one.total) for one in shown.rows] == [
        ("18/11/2026", "20,00\u00a0€", "", "20,00\u00a0€"),
        ("20/11/2026", "−20,00\u00a0€", "", "−20,00\u00a0€"),
    ]
    assert shown.totals[0].total == "0,00\u00a0€"


def test_refunds_have_their_column_at_their_day_of_paris(regie: Actor) -> None:
    family = make_family("Durand")
    number = pay(family, 40_00, Means.CARD, date(2026, 10, 5))
    with transaction() as db:
        done = {"payment_id": number, "state": RefundState.DONE, "at": datetime(2026, 10, 31, 23, 30, tzinfo=UTC)}
        db.add(PaymentRefund(cents=4_00, token="r", **done))
        db.add(PaymentRefund(cents=9_00, token="s", **done | {"state": RefundState.FAILED}))
        db.add(PaymentRefund(cents=3_00, token="t", **done | {"at": datetime(2026, 11, 30, 23, 30, tzinfo=UTC)}))
    fill(family, 60_00)
    with transaction() as db:
        db.add(WalletRefund(family_id=family, cents=25_00, holder="x", iban_end="0189", asked_at=NOW))
    refunding.pay(actor=regie, refund_id=refunding.waiting(actor=regie)[0].id, now=NOW)
    shown = show(regie)
    assert [(one.day, one.card, one.refunded, one.total) for one in shown.rows] == [
        ("01/11/2026", "", "−4,00\u00a0€", "−4,00\u00a0€"),
        ("20/11/2026", "", "−25,00\u00a0€", "−25,00\u00a0€"),
    ]
    assert show(regie, "2026-12").totals[0].refunded == "−3,00\u00a0€"


def test_the_month_is_the_one_of_the_chart_and_of_the_journal(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="20", means="cash", now=NOW - timedelta(days=40))
    take(regie, family, amount="31,07", means="cheque", note="1", now=NOW - timedelta(days=3))
    take(regie, family, amount="12", means="ancv")
    undoing.correct(actor=regie, payment_id=payments()[0].key, reason="Erreur", now=NOW)
    key = make_invoice(family, 5_00)
    number = make_payment(family, 5_00, (key, 5_00), means=Means.CARD)
    with transaction() as db:
        db.add(PaymentRefund(payment_id=number, cents=1_00, state=RefundState.DONE, at=NOW, token="r"))
    (total,) = show(regie).totals
    assert total.total == board.show(actor=regie, regie_id=0, now=NOW).months[0].total == "27,07\u00a0€"
    journal = tables.payments(regie, regie_id(), {"mois": "2026-11"}, NOW).body.decode("utf-8-sig").splitlines()
    assert sum(int(line.split(";")[6].replace(",", "")) for line in journal[1:]) == 27_07
    assert export(regie)[-1][-1] == "27,07"


def test_several_regies_each_have_their_line_and_their_total(regie: Actor) -> None:
    family, sport = make_family("Durand"), make_regie("SPO")
    pay(family, 10_00, Means.CASH, date(2026, 11, 3))
    pay(family, 20_00, Means.CASH, date(2026, 11, 3), sport)
    shown = show(regie)
    assert [(one.regie, one.total) for one in shown.rows] == [
        ("Régie enfance", "10,00\u00a0€"),
        ("Régie SPO", "20,00\u00a0€"),
    ]
    assert [(one.day, one.regie, one.total) for one in shown.totals] == [
        ("Total", "Régie enfance", "10,00\u00a0€"),
        ("Total", "Régie SPO", "20,00\u00a0€"),
        ("Total du mois", "", "30,00\u00a0€"),
    ]
    only = show(regie, regie_id=sport)
    assert ([one.total for one in only.rows], len(only.totals), only.regie_id) == (["20,00\u00a0€"], 1, sport)
    assert [row[-1] for row in export(regie)[1:]] == ["10,00", "20,00", "30,00"]
    assert [row[-1] for row in export(regie, regie=str(sport))[1:]] == ["20,00", "20,00"]


def test_the_wallets_given_back_belong_to_the_regie_that_holds_them(regie: Actor) -> None:
    sport, family = make_regie("SPO"), make_family("Durand")
    fill(family, 60_00)
    with transaction() as db:
        db.add(WalletRefund(family_id=family, cents=25_00, holder="x", iban_end="0189", asked_at=NOW))
    refunding.pay(actor=regie, refund_id=refunding.waiting(actor=regie)[0].id, now=NOW)
    assert show(regie, regie_id=sport).rows == []
    assert [one.regie for one in show(regie).rows] == ["Régie enfance"]


@pytest.mark.parametrize("month", ["", "x", "2026-13", "2026-1", "1999-01", "2026-11-01", "９" * 4])
def test_a_month_that_is_not_one_shows_this_one_and_exports_nothing(regie: Actor, month: str) -> None:
    assert (show(regie, month).month, show(regie, month).totals) == ("2026-11", [])
    with pytest.raises(BadInputError):
        tables.daily(regie, {"mois": month}, NOW)


def test_an_unknown_regie_shows_all_and_is_not_exported(regie: Actor) -> None:
    for number in (-1, 999, 2**63):
        assert show(regie, regie_id=number).regie_id == 0
    with pytest.raises(NotOpenError):
        export(regie, regie="999")


def test_a_workbook_when_asked(regie: Actor) -> None:
    made = tables.daily(regie, {"mois": "2026-11", "format": "xlsx", "regie": str(regie_id())}, NOW)
    assert (made.name, made.media_type) == ("recettes-enf-2026-11.xlsx", XLSX)


def test_it_reads_the_same_however_much_came_in(base: Engine, regie: Actor) -> None:
    family = make_family("Durand")
    pay(family, 10_00, Means.CASH, date(2026, 11, 3))
    with counted(base) as few:
        show(regie)
    for day in range(4, 20):
        pay(family, 10_00, Means.CHEQUE, date(2026, 11, day))
    with counted(base) as many:
        show(regie)
    assert len(many) == len(few) <= 3


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_reads_it(base: Engine, role: Role) -> None:
    actor: Any = open_session(make_account("autre@mairie.example", role=role))[1]
    with pytest.raises(NotOpenError):
        show(actor)
    with pytest.raises(NotOpenError):
        tables.daily(actor, {"mois": "2026-11"}, NOW)
