"""Une directrice et une activité des jours d'école, avec une formule, du 23 novembre au 4 décembre 2026."""

from datetime import date

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor, Role
from tests.factories.people import make_account, open_session

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 12, 4)


@pytest.fixture
def chief(base: Engine) -> Actor:
    return open_session(make_account("claire@mairie.example", role=Role.DIRECTION))[1]


@pytest.fixture
def agent(base: Engine) -> Actor:
    return open_session(make_account("odile@mairie.example", role=Role.RECEPTION))[1]
