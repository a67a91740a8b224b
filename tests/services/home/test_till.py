"""« À faire » de la régie : les porte-monnaie à rembourser, les journées à arrêter, et combien."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Role
from portail.services.home import dashboard
from portail.services.wallet import refunding
from tests.conftest import NOW
from tests.factories.desk import agent, take
from tests.factories.families import make_family
from tests.factories.money import fill
from tests.factories.people import make_account, open_session

IBAN = "FR7630006000011234567890189"
WANTED = {"amount": "20", "holder": "Camille Durand", "iban": IBAN}


def test_the_regie_sees_how_many_wallets_and_days_wait(base: Engine) -> None:
    regie = agent()
    assert dashboard.show(actor=regie, now=NOW).todos == []
    for name in ("camille", "jade"):
        account = make_account(f"{name}@famille.example")
        family = make_family(name.capitalize(), account)
        fill(family, 60_00)
        refunding.ask(actor=open_session(account)[1], family_id=family, form=WANTED, now=NOW)
    take(regie, family, amount="10", means="cash", now=NOW - timedelta(days=2))
    shown = dashboard.show(actor=regie, now=NOW).todos
    assert [(one.title, one.href) for one in shown] == [
        ("Des porte-monnaie sont à rembourser (2)", "/admin/caisse"),
        ("Des journées de caisse sont à arrêter (1)", "/admin/caisse"),
    ]


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.DIRECTION, Role.ANIMATION])
def test_nobody_else_is_asked_to_close_a_till(base: Engine, role: Role) -> None:
    take(agent(), make_family("Durand"), amount="10", means="cash", now=NOW - timedelta(days=2))
    other = open_session(make_account("autre@mairie.example", role=role))[1]
    assert dashboard.show(actor=other, now=NOW).todos == []
