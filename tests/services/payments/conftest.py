"""Une famille, et le prestataire de cartes d'essai."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.factories.booking import Home, make_home
from tests.factories.cards import Cards, make_cards
from tests.factories.money import fill


@pytest.fixture
def cards(base: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cards:
    return make_cards(tmp_path, monkeypatch)


@pytest.fixture
def home(cards: Cards) -> Home:
    """Le porte-monnaie est actif et vide."""
    found = make_home(cents=0)
    fill(found.family)
    return found
