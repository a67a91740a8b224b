"""Des bases d'avant, sur les deux moteurs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.tools import older

FIRST = "9e7fcb0554fd"


@pytest.fixture(params=older.DIALECTS)
def first_schema(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Une base restée au premier schéma."""
    with older.at(FIRST, request.param, tmp_path) as engine:
        yield engine
