"""Le portail adulte : PostgreSQL, Redis, deux processus ; les mêmes promesses qu'avec SQLite et un seul."""

import json
import os
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.tools import postgres
from tests.tools.redis import running_redis
from tests.tools.rxclient import EMAILS, Answer, Tab, signed_client
from tests.tools.server import Running, running

WITHIN_SECONDS = 5.0
SECRETS = ("Durand", "Camille", "Léa", EMAILS["parent"])


@pytest.fixture(scope="module")
def grown_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("adulte")
    name = f"adulte_{uuid.uuid4().hex[:8]}"
    admin = create_engine(os.environ["PORTAIL_TEST_PG"], isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    database = postgres.named(os.environ["PORTAIL_TEST_PG"], name)
    with (
        running_redis(folder) as redis,
        running(folder, PORTAIL_DATABASE_URL=database, PORTAIL_REDIS_URL=redis, PORTAIL_WORKERS="2") as server,
    ):
        yield server
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def heard(tab: Tab) -> str:
    frames = [json.loads(frame.partition(",")[2]) for frame in tab.frames if frame.startswith("42")]
    return json.dumps(frames, ensure_ascii=False)


async def test_tabs_spread_over_both_processes_see_the_same_family(grown_up: Running) -> None:
    async with signed_client(grown_up.url, "parent") as parent:
        for _ in range(6):
            tab = await parent.open_tab("/dossier")
            assert "Durand" in heard(tab)
            await tab.close()


async def test_a_stolen_token_finds_an_empty_state_whatever_the_process(grown_up: Running) -> None:
    async with signed_client(grown_up.url, "parent") as victim:
        page = await victim.open_tab("/dossier")
        assert "Durand" in heard(page)
        await page.close()
        for _ in range(6):
            async with signed_client(grown_up.url, "other_parent") as thief:
                stolen = await thief.open_tab("/aide", token=page.token)
                assert not [word for word in SECRETS if word in heard(stolen)]


async def test_signing_out_empties_the_tabs_of_the_other_process_too(grown_up: Running) -> None:
    async with signed_client(grown_up.url, "parent") as parent:
        tabs = [await parent.open_tab("/dossier") for _ in range(4)]
        await parent.sign_out()
        for tab in tabs:
            updates = []
            while not Answer(updates).redirects:
                updates.append(await tab.next_update(WITHIN_SECONDS))
            assert Answer(updates).redirects == ["/connexion"]
