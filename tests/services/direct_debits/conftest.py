"""Un foyer qui a signé un mandat, et l'agent de la régie."""

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor
from tests.factories import direct_debits as made


@pytest.fixture
def durand(base: Engine) -> made.Payer:
    return made.make_payer()


@pytest.fixture
def agent(base: Engine) -> Actor:
    return made.make_agent()
