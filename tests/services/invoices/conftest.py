"""La facturation : un agent de la régie, une cantine qui se facture, un foyer et son enfant ; un parent et sa session."""

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor
from portail.models.accounts import Account
from tests.factories.billing import Canteen, make_billed, make_regisseur
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session


@pytest.fixture
def agent(base: Engine) -> Actor:
    return make_regisseur()


@pytest.fixture
def canteen(base: Engine) -> Canteen:
    return make_billed()


@pytest.fixture
def family(base: Engine) -> int:
    return make_family("Alba")


@pytest.fixture
def child(family: int) -> int:
    return make_child("Léa", family)


@pytest.fixture
def account(base: Engine) -> Account:
    return make_account("alba@famille.example")


@pytest.fixture
def actor(account: Account) -> Actor:
    return open_session(account)[1]
