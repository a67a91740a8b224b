"""Le cookie de connexion : un ticket, une fois, dans le navigateur qui l'a demandé ; jamais ailleurs."""

from datetime import timedelta
from http.cookies import SimpleCookie

import httpx
import pytest
from sqlmodel import select

from portail import clock
from portail.domain.accounts import AccountStatus, Role
from portail.http.session import device_name
from portail.models.accounts import Account, LoginSession
from portail.models.database import reading, transaction
from portail.services.accounts import sessions, sign_in
from tests.factories.people import BROWSER, PASSWORD, make_account
from tests.factories.settings import configured

HOSTILE_NEXT = (
    "https://ailleurs.example/",
    "//ailleurs.example",
    "///ailleurs.example",
    "/\\ailleurs.example",
    "\\\\ailleurs.example",
    "/%2Failleurs.example",
    "/%5Cailleurs.example",
    "/%09/ailleurs.example",
    "/\t/ailleurs.example",
    "/\r\nSet-Cookie: a=b",
    "/%0d%0aSet-Cookie:%20a=b",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:ailleurs.example",
    "ailleurs.example",
    "@ailleurs.example",
    "/deconnexion",
    "/session",
    "/connexion?suite=/connexion",
    "/" + "x" * 600,
    "",
)


def ticket(role: Role = Role.PARENT, *, remember: bool = False, browser: str = BROWSER) -> str:
    make_account(role=role)
    attempt = sign_in.Attempt("alba@famille.example", PASSWORD, remember, "192.0.2.1", browser)
    return sign_in.sign_in(attempt, clock.now()).ticket


def cookie_of(answer: httpx.Response, name: str = "portail-session"):
    return SimpleCookie(answer.headers["set-cookie"])[name]


def assert_polite_refusal(answer: httpx.Response) -> None:
    assert answer.status_code == 403
    assert "portail-session" not in answer.headers.get("set-cookie", "")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    assert '<html lang="fr">' in answer.text
    for word in ("Traceback", "ticket", "DeadLink", "alba", "None"):
        assert word not in answer.text


async def test_a_good_ticket_opens_a_session_out_of_reach_of_scripts(web: httpx.AsyncClient) -> None:
    answer = await web.post("/session", data={"ticket": ticket(), "suite": "/dossier"})
    cookie = cookie_of(answer)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dossier")
    assert answer.headers["cache-control"] == "no-store"
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "lax"
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", "")
    assert sessions.identify(cookie.value, clock.now()) is not None


async def test_the_token_is_never_stored_in_clear(web: httpx.AsyncClient) -> None:
    value = cookie_of(await web.post("/session", data={"ticket": ticket()})).value
    with reading() as db:
        assert db.exec(select(LoginSession)).one().token_hash not in {value, ""}


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(web: httpx.AsyncClient) -> None:
    value = ticket()
    with configured(PORTAIL_PUBLIC_URL="https://familles.exemple.fr"):
        web.cookies.set("__Host-portail-navigateur", BROWSER)
        answer = await web.post("/session", data={"ticket": value}, headers={"Origin": "https://familles.exemple.fr"})
        cookie = cookie_of(answer, "__Host-portail-session")
        assert cookie["secure"]
        assert (cookie["path"], cookie["domain"]) == ("/", "")


@pytest.mark.parametrize(("role", "lasts"), [(Role.PARENT, True), (Role.ADMIN, False)])
async def test_remembering_lasts_for_parents_only(web: httpx.AsyncClient, role: Role, lasts: bool) -> None:
    answer = await web.post("/session", data={"ticket": ticket(role, remember=True)})
    assert bool(cookie_of(answer)["max-age"]) is lasts


async def test_a_ticket_serves_once(web: httpx.AsyncClient) -> None:
    form = {"ticket": ticket()}
    assert (await web.post("/session", data=form)).status_code == 303
    assert_polite_refusal(await web.post("/session", data=form))


@pytest.mark.parametrize("value", ["forge", "x" * 5_000, "é" * 50, "\x00", "' OR 1=1 --", "<script>"])
async def test_a_forged_ticket_is_refused(web: httpx.AsyncClient, value: str) -> None:
    assert_polite_refusal(await web.post("/session", data={"ticket": value}))


async def test_an_expired_ticket_is_refused(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    value, later = ticket(), clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert_polite_refusal(await web.post("/session", data={"ticket": value}))


async def test_a_ticket_taken_to_another_browser_is_refused(web: httpx.AsyncClient) -> None:
    value = ticket(browser="le-navigateur-de-la-victime")
    assert_polite_refusal(await web.post("/session", data={"ticket": value}))
    web.cookies.clear()
    assert_polite_refusal(await web.post("/session", data={"ticket": value}))


async def test_a_ticket_of_an_account_closed_meanwhile_is_refused(web: httpx.AsyncClient) -> None:
    value = ticket()
    with transaction() as db:
        db.exec(select(Account)).one().status = AccountStatus.CLOSED
    assert_polite_refusal(await web.post("/session", data={"ticket": value}))


@pytest.mark.parametrize("suite", HOSTILE_NEXT)
async def test_the_next_address_never_leaves_the_portal(web: httpx.AsyncClient, suite: str) -> None:
    answer = await web.post("/session", data={"ticket": ticket(), "suite": suite})
    assert (answer.status_code, answer.headers["location"]) == (303, "/accueil")
    assert set(SimpleCookie(answer.headers["set-cookie"])) == {"portail-session"}


async def test_an_unreadable_body_is_a_refusal_not_an_incident(web: httpx.AsyncClient) -> None:
    for body in (b"\xff\xfe\x00", b"ticket", b"ticket=%zz&ticket=", b"{}"):
        assert (await web.post("/session", content=body)).status_code in {303, 403}


async def test_too_many_fields_are_refused_without_an_incident(web: httpx.AsyncClient) -> None:
    answer = await web.post("/session", content=b"&".join(b"a%d=b" % rank for rank in range(50)))
    assert answer.status_code in {303, 400, 403}


async def test_signing_out_removes_the_cookie_and_what_the_browser_kept(web: httpx.AsyncClient) -> None:
    value = cookie_of(await web.post("/session", data={"ticket": ticket()})).value
    answer = await web.post("/deconnexion")
    cookie = cookie_of(answer)
    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion")
    assert (cookie.value, cookie["max-age"]) == ("", "0")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert sessions.identify(value, clock.now()) is None


@pytest.mark.parametrize(
    "origin", ["https://ailleurs.example", "null", "http://[", "http://localhost:3000.ailleurs.example", ""]
)
@pytest.mark.parametrize("path", ["/session", "/deconnexion"])
async def test_another_origin_is_refused(web: httpx.AsyncClient, path: str, origin: str) -> None:
    assert_polite_refusal(await web.post(path, data={"ticket": "x"}, headers={"Origin": origin}))


def test_a_device_is_named_without_being_tracked() -> None:
    phone = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0.6723.58 Mobile Safari/537.36"
    assert device_name(phone) == "Chrome sur Android"
    assert device_name("") == "Navigateur"
    assert device_name("<script>" * 1_000) == "Navigateur"
