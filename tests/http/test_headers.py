"""Ce que chaque réponse porte : politique de contenu, caches, protections ; vérifié sur le vrai serveur."""

import re

import httpx
import pytest
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from portail.http import headers
from portail.http.headers import NOTHING, SecurityHeaders, inline_script_hashes
from portail.pages.routes import PAGES
from portail.settings import current
from tests.factories.settings import configured
from tests.tools.rxclient import Visitor
from tests.tools.server import Running

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
STATIC_PAGES = [page.route for page in PAGES if "[" not in page.route]
DYNAMIC_PAGES = ["/activation/abc", "/reinitialisation/abc", "/actualites/rentree"]
OTHERS = [
    "/style.css",
    "/favicon.svg",
    "/logo.svg",
    "/sante",
    "/pret",
    "/ping",
    "/_health",
    "/ville/couleurs.css",
    "/ville/logo",
]
MISSING = [
    "/nulle-part",
    "/admin/nulle-part",
    "/assets/nulle-part.js",
    "/.env",
    "/../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
]


def directives(policy: str) -> dict[str, list[str]]:
    rules = (rule.split() for rule in policy.split(";"))
    return {name: values for name, *values in rules}


def scripts_of(text: str) -> list[str]:
    return re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", text, re.DOTALL)


@pytest.mark.parametrize(
    "path", [*STATIC_PAGES, *DYNAMIC_PAGES, *OTHERS, *MISSING, "/deconnexion", "/session", "/_event/"]
)
async def test_every_kind_of_answer_is_protected(portal: Running, path: str) -> None:
    async with Visitor(portal.url) as visitor:
        answer = await visitor.get(path)
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert answer.headers["content-security-policy"]
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["cache-control"]
    assert answer.status < 500


@pytest.mark.parametrize(
    "path", [*STATIC_PAGES, *DYNAMIC_PAGES, "/nulle-part", "/index.html", "/404.html", "/__spa-fallback.html"]
)
async def test_every_inline_script_of_a_page_is_known_and_nothing_else_runs(
    portal: Running, path: str, tmp_path
) -> None:
    async with Visitor(portal.url) as visitor, visitor.http.get(path) as answer:
        body = await answer.text()
    policy = directives(answer.headers["content-security-policy"])
    (tmp_path / "page.html").write_text(body)
    assert scripts_of(body)
    assert set(inline_script_hashes(tmp_path / "page.html")) <= set(policy["script-src"])
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:", "blob:"} & set(policy["script-src"])
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert "object-src" not in policy
    for handler in (" onclick=", " onload=", " onerror=", "javascript:"):
        assert handler not in body.lower()


@pytest.mark.parametrize("path", STATIC_PAGES)
async def test_a_page_is_served_at_its_address_without_a_detour(portal: Running, path: str) -> None:
    async with Visitor(portal.url) as visitor:
        answer = await visitor.get(path)
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-cache"


async def test_a_revalidated_page_keeps_a_policy_its_scripts_satisfy(portal: Running, tmp_path) -> None:
    async with Visitor(portal.url) as visitor:
        for path in ("/", "/connexion", "/compte", "/404.html"):
            async with visitor.http.get(path) as first:
                (tmp_path / "page.html").write_text(await first.text())
            again = await visitor.get(path, **{"If-None-Match": first.headers["etag"]})
            assert again.status == 304
            assert set(inline_script_hashes(tmp_path / "page.html")) <= set(
                directives(again.headers["content-security-policy"])["script-src"]
            )
        asset = await visitor.get("/style.css")
        again = await visitor.get("/style.css", **{"If-None-Match": asset.headers["etag"]})
        assert again.status == 304


async def test_a_browser_that_lost_its_cookies_but_kept_its_cache_gets_one_back(portal: Running) -> None:
    async with Visitor(portal.url) as visitor, Visitor(portal.url) as forgetful:
        etag = (await visitor.get("/connexion")).headers["etag"]
        answer = await forgetful.get("/connexion", **{"If-None-Match": etag})
        assert answer.status == 304
        assert "portail-navigateur" in forgetful.cookies


async def test_the_browser_cookie_is_set_once_and_out_of_reach_of_scripts(portal: Running) -> None:
    async with Visitor(portal.url) as visitor:
        first = await visitor.get("/")
        assert re.fullmatch(
            r"portail-navigateur=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", first.headers["set-cookie"]
        )
        assert "set-cookie" not in (await visitor.get("/connexion")).headers
    async with Visitor(portal.url) as visitor:
        for path in OTHERS:
            assert "set-cookie" not in (await visitor.get(path)).headers


async def test_hashed_assets_never_change_and_the_rest_is_revalidated(portal: Running) -> None:
    async with Visitor(portal.url) as visitor:
        async with visitor.http.get("/") as page:
            assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', await page.text())
        assert assets
        for asset in assets:
            answer = await visitor.get(asset)
            assert (answer.status, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        for path in ("/style.css", "/favicon.svg"):
            assert (await visitor.get(path)).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", MISSING)
async def test_a_missing_page_says_so_and_serves_no_file(portal: Running, path: str) -> None:
    async with Visitor(portal.url) as visitor, visitor.http.get(path) as answer:
        text = await answer.text()
        assert answer.status == 404
        assert "root:" not in text
        assert "immutable" not in answer.headers["cache-control"]


async def dressed(answer: Response, path: str = "/", **request: str) -> httpx.Response:
    transport = httpx.ASGITransport(SecurityHeaders(answer))
    async with httpx.AsyncClient(transport=transport, base_url="https://essai") as client:
        return await client.get(path, headers=request)


@pytest.mark.parametrize(
    ("answer", "policy"),
    [
        (PlainTextResponse("x"), NOTHING),
        (Response(b"x", headers={"Content-Type": "application/octet-stream"}), NOTHING),
        (Response(b""), NOTHING),
    ],
)
async def test_what_is_not_a_page_may_load_nothing(answer: Response, policy: str) -> None:
    assert (await dressed(answer)).headers["content-security-policy"] == policy


async def test_a_policy_written_by_hand_in_capitals_does_not_escape_the_rule() -> None:
    async def shouting(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"x"})

    assert (await dressed(shouting)).headers["content-security-policy"] == NOTHING


async def test_over_https_transport_and_cookie_are_locked() -> None:
    with configured(PORTAIL_PUBLIC_URL="https://familles.exemple.fr"):
        answer = await dressed(HTMLResponse("<p>x</p>"))
        assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
        assert re.fullmatch(
            r"__Host-portail-navigateur=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure", answer.headers["set-cookie"]
        )
        assert "wss://familles.exemple.fr" in headers.content_policy([])
        assert "ws://" not in headers.content_policy([])


async def test_over_http_no_promise_of_https_is_made() -> None:
    assert not current().is_https
    assert "strict-transport-security" not in (await dressed(HTMLResponse("<p>x</p>"))).headers


async def test_a_cache_rule_already_written_is_kept() -> None:
    answer = await dressed(PlainTextResponse("x", headers={"cache-control": "no-store"}), "/assets/x.js")
    assert answer.headers["cache-control"] == "no-store"
