"""Une famille, et le prestataire de cartes d'essai."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from portail.services import regies
from tests.factories.booking import Home
from tests.factories.cards import Cards, make_cards, payer


@pytest.fixture
def cards(base: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cards:
    regies.prepare()
    return make_cards(tmp_path, monkeypatch)


@pytest.fixture
def home(cards: Cards) -> Home:
    return payer()
