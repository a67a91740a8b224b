"""Un rejet attend la régie sur son tableau de bord, et personne d'autre."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from portail.domain.accounts import STAFF, Actor, Role
from portail.domain.todos import Todo
from portail.services.direct_debits import desk, outcomes
from portail.services.home import dashboard
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.invoices import make_invoice, make_payment
from tests.factories.people import make_account, open_session


def awaited(actor: Actor, what: Todo = Todo.REVIEW_DEBITS, now: datetime = NOW) -> list[Any]:
    return [one for one in dashboard.show(actor=actor, now=now).todos if one.title == what.label]


def test_a_rejected_debit_waits_on_the_dashboard_until_it_is_seen(agent: Actor, durand: made.Payer) -> None:
    make_invoice(durand.family)
    made.collected(agent)
    assert awaited(agent) == []
    key = made.debits()[0].key
    made.reject(agent, key)
    (todo,) = awaited(agent)
    assert (todo.href, todo.action) == ("/admin/prelevements", "Regarder")
    assert "rejet" in todo.detail
    assert len(desk.show(actor=agent, now=NOW).reviews) == 1, "et la page où il mène le montre"
    outcomes.see(actor=agent, debit_id=key, now=NOW)
    assert awaited(agent) == []


def test_money_collected_twice_waits_too(agent: Actor, durand: made.Payer) -> None:
    bill = make_invoice(durand.family)
    batch = made.prepare(agent)
    made.send(agent, batch)
    make_payment(durand.family, 45_00, (bill, 45_00))
    made.collect(agent, batch)
    assert len(awaited(agent)) == 1


@pytest.mark.parametrize("role", sorted(STAFF))
def test_only_those_who_hold_the_money_see_it(agent: Actor, durand: made.Payer, role: Role) -> None:
    make_invoice(durand.family)
    made.collected(agent)
    made.reject(agent, made.debits()[0].key)
    other = open_session(make_account(f"autre-{role}@mairie.example", role=role))[1]
    assert bool(awaited(other)) is (role in {Role.REGIE, Role.ADMIN})


def test_a_file_to_make_is_recalled_when_its_day_is_near(agent: Actor, durand: made.Payer) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)  # le 7 décembre
    eve = NOW + timedelta(days=9)
    assert awaited(agent, Todo.SEND_DEBITS, eve) == []
    (todo,) = awaited(agent, Todo.SEND_DEBITS, eve + timedelta(days=1))
    assert (todo.href, todo.action) == ("/admin/prelevements", "Créer le fichier")
    assert len(awaited(agent, Todo.SEND_DEBITS, NOW + timedelta(days=30))) == 1, "passée, elle reste à annuler"
    made.send(agent, batch)
    assert awaited(agent, Todo.SEND_DEBITS, eve + timedelta(days=1)) == []


def test_a_batch_to_cash_is_recalled_from_its_day(agent: Actor, durand: made.Payer) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)
    made.send(agent, batch)
    assert awaited(agent, Todo.COLLECT_DEBITS, made.ON_THE_DAY - timedelta(days=1)) == []
    (todo,) = awaited(agent, Todo.COLLECT_DEBITS, made.ON_THE_DAY)
    assert (todo.href, todo.action) == ("/admin/prelevements", "Encaisser")
    made.collect(agent, batch)
    assert awaited(agent, Todo.COLLECT_DEBITS, made.ON_THE_DAY) == []


@pytest.mark.parametrize("role", sorted(STAFF))
def test_only_those_who_hold_the_money_are_told_of_the_batches(agent: Actor, durand: made.Payer, role: Role) -> None:
    make_invoice(durand.family)
    batch = made.prepare(agent)
    other = open_session(make_account(f"autre-{role}@mairie.example", role=role))[1]
    holds = role in {Role.REGIE, Role.ADMIN}
    assert bool(awaited(other, Todo.SEND_DEBITS, NOW + timedelta(days=10))) is holds
    made.send(agent, batch)
    assert bool(awaited(other, Todo.COLLECT_DEBITS, made.ON_THE_DAY)) is holds
    assert awaited(durand.actor, Todo.COLLECT_DEBITS, made.ON_THE_DAY) == []
