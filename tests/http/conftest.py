"""Les routes du portail, montées sans serveur autour d'un navigateur de test."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio
from sqlalchemy import Engine
from starlette.applications import Starlette

from portail.http import agenda, downloads, probes, session, town, uploads
from portail.http.errors import Incidents
from portail.http.headers import SecurityHeaders
from portail.http.limits import BodyLimit
from tests.factories.people import BROWSER

SITE = "http://localhost:3000"


@pytest_asyncio.fixture
async def web(base_sqlite: Engine) -> AsyncIterator[httpx.AsyncClient]:
    routes = Starlette(
        routes=[*session.routes, *uploads.routes, *downloads.routes, *agenda.routes, *probes.routes, *town.routes]
    )
    transport = httpx.ASGITransport(SecurityHeaders(Incidents(BodyLimit(routes))), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=SITE, headers={"Origin": SITE}) as client:
        client.cookies.set("portail-navigateur", BROWSER)
        yield client
