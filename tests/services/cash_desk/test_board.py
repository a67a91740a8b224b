"""« Caisse » : ce qui rentre chaque mois, ce qui manque, en peu de lectures."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor, Role
from portail.domain.payments import Means
from portail.domain.refusals import NotOpenError
from portail.services.cash_desk import board, closing, undoing
from tests.conftest import NOW
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice, make_payment, make_regie
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


def test_each_regie_has_its_own_till(regie: Actor) -> None:
    family = make_family("Durand")
    sport = make_regie("SPO")
    take(regie, family, amount="20", means="cash")
    key = make_invoice(family, 30_00, regie_id=sport)
    take(regie, family, amount="30", means="cash", split="typed", **{f"facture-{key}": "30"})
    closing.close(actor=regie, regie_id=sport, form={"day": "2026-11-20", "counted": "30"}, now=NOW)
    theirs, ours = (board.show(actor=regie, regie_id=one, now=NOW) for one in (sport, regie_id()))
    assert (theirs.total, theirs.is_closed, len(theirs.regies)) == ("30,00\u00a0€", True, 2)
    assert (ours.total, ours.is_closed, ours.closings) == ("20,00\u00a0€", False, [])


def test_the_till_reads_the_same_however_much_came_in(base: Engine, regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="20", means="cash")
    with counted(base) as few:
        board.show(actor=regie, regie_id=0, now=NOW)
    for _ in range(6):
        take(regie, family, amount="20", means="cash")
    with counted(base) as many:
        board.show(actor=regie, regie_id=0, now=NOW)
    assert len(many) == len(few) <= 5


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_reads_the_till(base: Engine, role: Role) -> None:
    actor = open_session(make_account("autre@mairie.example", role=role))[1]
    with pytest.raises(NotOpenError):
        board.show(actor=actor, regie_id=0, now=NOW)
