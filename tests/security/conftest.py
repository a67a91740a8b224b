"""Un portail à malmener, à part de celui que les autres tests partagent, et les journaux du processus de test."""

import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.tools.pipeline import Pipeline, pipeline
from tests.tools.server import Running, running


@pytest.fixture(scope="session")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Derrière un mandataire de confiance : chaque visiteur y a sa propre adresse."""
    with running(tmp_path_factory.mktemp("assiege"), PORTAIL_TRUSTED_PROXIES="1") as server:
        yield server


@pytest_asyncio.fixture
async def events() -> AsyncIterator[Pipeline]:
    async with pipeline() as chain:
        yield chain


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def incidents(self) -> list[str]:
        return [self.format(record) for record in self.records if record.getMessage() == "incident"]


@pytest.fixture
def journal() -> Iterator[Kept]:
    """Ce que le portail écrit au journal pendant le test."""
    root, kept = logging.getLogger("portail"), Kept()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = [kept]
    root.setLevel(logging.WARNING)
    yield kept
    root.handlers[:] = handlers
    root.setLevel(level)
