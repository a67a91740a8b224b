"""Un autre site ne parle pas au portail à la place d'une famille."""

import aiohttp
import pytest

from tests.tools.rxclient import EMAILS, Visitor, signed_client
from tests.tools.server import Running

FOREIGN = (
    "https://ailleurs.example",
    "null",
    "http://localhost",
    "http://localhost:1",
    "http://[",
    "https://localhost.ailleurs.example",
)


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_foreign_origin_opens_no_websocket(portal: Running, origin: str) -> None:
    async with signed_client(portal.url, "parent") as visitor:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await visitor.dial("token=t&EIO=4&transport=websocket", Origin=origin)
        assert refusal.value.status in {400, 403}


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", ["/session", "/deconnexion"])
async def test_a_foreign_origin_neither_opens_nor_closes_a_session(portal: Running, origin: str, path: str) -> None:
    async with signed_client(portal.url, "parent") as visitor:
        ticket = await visitor.ask_ticket(EMAILS["parent"])
        answer = await visitor.post(path, {"ticket": ticket}, Origin=origin)
        assert answer.status == 403
        assert "set-cookie" not in answer.headers
        tab = await visitor.open_tab("/dossier")
        assert "Durand" in "".join(tab.frames)


@pytest.mark.parametrize("site", [None, "cross-site", "same-site", "none"])
async def test_without_origin_the_browser_must_say_same_origin(portal: Running, site: str | None) -> None:
    async with Visitor(portal.url, origin="") as visitor:
        headers = {"Sec-Fetch-Site": site} if site else {}
        for path in ("/session", "/deconnexion"):
            assert (await visitor.post(path, {"ticket": "x"}, **headers)).status == 403


async def test_same_origin_is_enough_without_an_origin_header(portal: Running) -> None:
    async with Visitor(portal.url, origin="") as visitor:
        assert (await visitor.post("/deconnexion", **{"Sec-Fetch-Site": "same-origin"})).status == 303


@pytest.mark.parametrize("path", ["/", "/sante", "/ping", "/_health", "/nulle-part", "/style.css"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_no_answer_names_a_foreign_origin(portal: Running, path: str, method: str) -> None:
    asked = {"Origin": FOREIGN[0], "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x"}
    async with Visitor(portal.url) as visitor, visitor.http.request(method, path, headers=asked) as answer:
        allowed = answer.headers.get("access-control-allow-origin", "")
        assert allowed in {"", portal.url, portal.url.replace("localhost", "127.0.0.1")}


async def test_a_get_never_signs_anyone_out(portal: Running) -> None:
    async with signed_client(portal.url, "parent") as visitor:
        assert (await visitor.get("/deconnexion")).status in {404, 405}
        assert (await visitor.get("/session")).status in {404, 405}
        assert "Durand" in "".join((await visitor.open_tab("/dossier")).frames)
