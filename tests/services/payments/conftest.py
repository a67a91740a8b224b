"""Une famille, et le prestataire de cartes d'essai."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.factories.booking import Home, make_home
from tests.factories.cards import Cards, make_cards


@pytest.fixture
def cards(base: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cards:
    return make_cards(tmp_path, monkeypatch)


@pytest.fixture
def home(cards: Cards) -> Home:
    return make_home(cents=0)
