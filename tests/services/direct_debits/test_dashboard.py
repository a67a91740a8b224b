"""Un rejet attend la régie sur son tableau de bord, et personne d'autre."""

from typing import Any

import pytest

from portail.domain.accounts import STAFF, Actor, Role
from portail.domain.todos import Todo
from portail.services import dashboard
from portail.services.direct_debits import desk, outcomes
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.invoices import make_invoice, make_payment
from tests.factories.people import make_account, open_session


def awaited(actor: Actor) -> list[Any]:
    return [one for one in dashboard.show(actor=actor, now=NOW).todos if one.title == Todo.REVIEW_DEBITS.label]


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
