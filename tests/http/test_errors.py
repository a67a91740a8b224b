"""Une panne montre un numéro et se tait ; le journal, lui, garde la trace sous le même numéro."""

import logging
import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portail.http import errors
from portail.http.errors import Incidents
from portail.http.pages import refusal_page
from tests.security.conftest import Kept

SECRET = "mot-de-passe-de-la-base"


async def broken(_: Request) -> Response:
    raise RuntimeError(SECRET)


async def own_500(_: Request) -> Response:
    return PlainTextResponse("à moi", 500)


async def bare(scope, receive, send) -> None:
    raise RuntimeError(SECRET)


async def late(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError(SECRET)


@pytest.fixture
def kept() -> Kept:
    handler = Kept()
    errors.log.addHandler(handler)
    yield handler
    errors.log.removeHandler(handler)


async def fetch(app) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Incidents(app)), base_url="http://essai") as client:
        return await client.get("/panne")


@pytest.mark.parametrize("app", [bare, Starlette(routes=[Route("/panne", broken)])], ids=["brute", "starlette"])
async def test_an_incident_shows_a_number_and_no_trace(app, kept: Kept) -> None:
    answer = await fetch(app)
    reference = re.search(r"<strong>([A-Z2-9]{8})</strong>", answer.text)
    assert answer.status_code == 500
    assert reference
    assert "Un incident est survenu." in answer.text
    for word in (SECRET, "Traceback", "RuntimeError", "Internal Server Error", "portail/http"):
        assert word not in answer.text
    record = next(record for record in kept.records if record.getMessage() == "incident")
    assert record.reference == reference[1]
    assert SECRET in logging.Formatter().formatException(record.exc_info)


async def test_an_answer_already_begun_is_cut_rather_than_mixed() -> None:
    with pytest.raises(RuntimeError, match=SECRET):
        await fetch(late)


async def test_a_500_written_on_purpose_passes() -> None:
    answer = await fetch(Starlette(routes=[Route("/panne", own_500)]))
    assert (answer.status_code, answer.text) == (500, "à moi")


def test_a_refusal_escapes_what_it_shows() -> None:
    body = refusal_page(403, "<script>alert(1)</script>", "<b>").body.decode()
    assert "<script" not in body
    assert "&lt;script&gt;" in body
    assert "&lt;b&gt;" in body
