"""Les sondes disent vrai, vite, et rien de plus."""

import httpx
import pytest
from sqlalchemy import Engine, text

from portail.models import database


async def test_alive_does_not_depend_on_the_database(web: httpx.AsyncClient) -> None:
    database.use(database.open_engine("sqlite:////nulle/part/portail.sqlite".replace("/nulle/part", "/tmp")))  # noqa: S108
    database.engine().dispose()
    answer = await web.get("/sante")
    assert (answer.status_code, answer.json()) == (200, {"etat": "vivant"})


async def test_ready_when_the_schema_is_current(web: httpx.AsyncClient) -> None:
    answer = await web.get("/pret")
    assert (answer.status_code, answer.json()) == (200, {"etat": "pret"})
    assert answer.headers["cache-control"] == "no-store"


async def test_not_ready_when_the_database_is_gone(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OSError("mot de passe de la base")

    monkeypatch.setattr(database, "engine", gone)
    answer = await web.get("/pret")
    assert (answer.status_code, answer.json()) == (503, {"etat": "pas pret"})


async def test_not_ready_when_the_schema_is_behind(web: httpx.AsyncClient, base_sqlite: Engine) -> None:
    with base_sqlite.begin() as connection:
        connection.execute(text("update alembic_version set version_num = 'ancienne'"))
    assert (await web.get("/pret")).status_code == 503


async def test_ready_never_reads_a_method_that_writes(web: httpx.AsyncClient) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert (await web.request(method, "/pret")).status_code == 405
