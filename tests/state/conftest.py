"""La chaîne des événements, sans navigateur ni réseau, et le journal du portail."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.security.conftest import journal  # une fixture
from tests.tools.pipeline import Pipeline, pipeline

__all__ = ["events", "journal"]


@pytest_asyncio.fixture
async def events() -> AsyncIterator[Pipeline]:
    async with pipeline() as running:
        yield running
