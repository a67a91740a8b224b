"""Les routes des pièces : qui, d'où et combien avant de lire ; rien ne reste d'un envoi coupé ; rien ne s'exécute."""

import asyncio
from urllib.parse import unquote

import httpx
import pytest
from sqlmodel import select
from starlette.requests import Request

from portail import clock
from portail.domain.accounts import Actor, Role
from portail.domain.families import GuardianRole
from portail.domain.refusals import BadInputError
from portail.domain.requests import RequestKind
from portail.domain.throttling import BRAKES, Scope
from portail.domain.uploads import HEAVIEST
from portail.http import uploads as route
from portail.http.downloads import disposition
from portail.http.limits import MAX_FILES
from portail.http.multipart import FormReader
from portail.integrations.storage import storage
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.files import Attachment
from portail.models.requests import RequestEvent
from portail.services.accounts import throttling
from portail.services.requests import NewRequest, mine, open_request
from tests.factories import uploads
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

pytestmark = pytest.mark.usefixtures("base_sqlite")
JSON = {"Accept": "application/json"}


class Site:
    """Un navigateur, un parent connecté et sa démarche."""

    def __init__(self, web: httpx.AsyncClient) -> None:
        self.web = web
        self.account = make_account()
        self.actor = self.enter(self.account)
        self.family = make_family("Un", self.account)
        self.child = make_child("Zoé", self.family)
        with transaction() as db:
            new = NewRequest(RequestKind.SITUATION, self.actor, self.family, None, {"detail": "x"})
            self.request = open_request(db, new, clock.now()).key

    def enter(self, account) -> Actor:
        token, actor = open_session(account, now=clock.now())
        self.web.cookies.set("portail-session", token)
        return actor

    async def send(
        self, *files: tuple[str, bytes], door: str = "demarche", number: int | None = None, **options
    ) -> httpx.Response:
        fields = options.pop("fields", {"text": "Voici."})
        parts = [("files", (name, body, "application/x-anything")) for name, body in files]
        headers = {**JSON, **options.pop("headers", {})}
        path = f"/envois/{door}/{self.request if number is None else number}"
        return await self.web.post(path, data=fields, files=parts or {"files": ("", b"")}, headers=headers)


@pytest.fixture
def site(web: httpx.AsyncClient) -> Site:
    return Site(web)


def kept() -> int:
    with reading() as db:
        rows = len(db.exec(select(Attachment)).all())
    assert rows == len(list(storage().names()))
    return rows


def steps() -> int:
    with reading() as db:
        return len(db.exec(select(RequestEvent)).all())


GOOD = ("justificatif.pdf", uploads.pdf())


async def test_a_piece_sent_is_downloaded_back_as_a_file_that_never_runs(site: Site) -> None:
    answer = await site.send(("Pièce d’identité.pdf", uploads.pdf()))
    assert (answer.status_code, answer.json()) == (200, {})
    (line,) = mine.show_one(actor=site.actor, request_id=site.request).files
    got = await site.web.get(line.href)
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, uploads.pdf(), "application/pdf")
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].endswith("sandbox")
    said = got.headers["content-disposition"]
    assert said.startswith('attachment; filename="Piece d_identite.pdf"; filename*=UTF-8')
    assert unquote(said.rpartition("''")[2]) == "Pièce d’identité.pdf"


@pytest.mark.parametrize("name", ['a".pdf', "é\u202e.pdf", "\r\nSet-Cookie: a=b.pdf", "日本.pdf", "", "%22;x=.pdf"])
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    said = disposition(name)
    assert said.isascii()
    assert said.count('"') == 2
    assert "\r" not in said
    assert "\n" not in said


async def test_without_scripts_the_form_leads_back_to_its_page(site: Site) -> None:
    answer = await site.send(GOOD, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/demarches/{site.request}")
    refused = await site.send(("vide.pdf", b""), headers={"Accept": "text/html"})
    assert refused.status_code == 422
    assert "ce fichier est vide" in refused.text
    assert refused.headers["content-type"].startswith("text/html")


async def test_each_refused_file_has_its_sentence_and_nothing_is_kept(site: Site) -> None:
    answer = await site.send(GOOD, ("vide.pdf", b""), ("page.html", b"<html>"))
    sentences = answer.json()["files"].split("\n")
    assert (answer.status_code, answer.json()["text"], len(sentences)) == (422, "", 2)
    assert "vide.pdf" in sentences[0]
    assert (kept(), steps()) == (0, 1)


async def test_a_refused_text_is_said_beside_the_text(site: Site) -> None:
    answer = await site.send(GOOD, fields={"text": "x" * 1_001})
    assert answer.json() == {"text": "Réponse : 1000 caractères au plus.", "files": ""}
    assert kept() == 0


async def test_a_choice_left_empty_is_no_file(site: Site) -> None:
    answer = await site.send(fields={"text": ""})
    assert answer.json()["files"] == "Choisissez au moins un fichier."


async def test_too_heavy_and_too_many_are_said_to_the_end(site: Site) -> None:
    heavy = await site.send(("lourd.pdf", b"%PDF-" + b"x" * HEAVIEST))
    assert (heavy.status_code, "dépasse 10 Mo" in heavy.json()["files"]) == (422, True)
    many = await site.send(*[GOOD] * 6)
    assert (many.status_code, "Pas plus de 5" in many.json()["files"]) == (422, True)
    assert kept() == 0


async def test_an_announced_excess_is_refused_unread(site: Site) -> None:
    read = []

    async def body():
        read.append(1)
        yield b"x"

    headers = {"content-length": str(MAX_FILES + 1), "content-type": "multipart/form-data; boundary=x"}
    answer = await site.web.post(f"/envois/demarche/{site.request}", content=body(), headers=headers)
    assert (answer.status_code, read) == (413, [])


class Tattler:
    """Un corps qui note si on l'a lu."""

    def __init__(self) -> None:
        self.read = False

    async def __aiter__(self):
        self.read = True
        yield b"--x--\r\n"


async def post_unread(site: Site, path: str, **headers: str) -> tuple[int, bool]:
    body = Tattler()
    sent = {"content-type": "multipart/form-data; boundary=x", "content-length": "7", **JSON, **headers}
    answer = await site.web.post(path, content=body, headers=sent)
    return answer.status_code, body.read


@pytest.mark.parametrize("origin", ["https://ailleurs.example", "null", "http://localhost:3000.ailleurs.example"])
async def test_another_site_is_refused_unread(site: Site, origin: str) -> None:
    assert await post_unread(site, f"/envois/demarche/{site.request}", Origin=origin) == (403, False)


async def test_nobody_sends_or_downloads_without_a_session(site: Site) -> None:
    await site.send(GOOD)
    site.web.cookies.delete("portail-session")
    for door in ("demarche", "decision", "pai"):
        assert await post_unread(site, f"/envois/{door}/{site.request}") == (401, False)
    answer = await site.web.get("/telechargements/piece-1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/connexion")
    assert kept() == 1


async def test_a_foreign_family_is_refused_unread_as_if_nothing_were_there(site: Site) -> None:
    await site.send(GOOD)
    site.enter(make_account("ali@famille.example"))
    for path in (f"demarche/{site.request}", f"pai/{site.child}", "demarche/999", "demarche/0", "demarche/abc", "x/1"):
        assert await post_unread(site, f"/envois/{path}") == (404, False)
    mine_, absent = [await site.web.get(f"/telechargements/piece-{key}") for key in (1, 999)]
    assert (mine_.status_code, mine_.text) == (404, absent.text)
    assert kept() == 1


@pytest.mark.parametrize(
    ("role", "door", "status"),
    [
        (Role.REGIE, "decision", 404),
        (Role.ANIMATION, "decision", 404),
        (Role.PARENT, "decision", 404),
        (Role.RECEPTION, "demarche", 404),
        (Role.DIRECTION, "pai", 404),
    ],
)
async def test_another_role_is_refused_unread(site: Site, role: Role, door: str, status: int) -> None:
    site.enter(make_account("autre@mairie.example", role=role))
    assert await post_unread(site, f"/envois/{door}/{site.request}") == (status, False)


async def test_a_confined_account_sends_and_downloads_nothing(site: Site) -> None:
    await site.send(GOOD)
    with transaction() as db:
        db.merge(site.account).must_change_password = True
    assert await post_unread(site, f"/envois/demarche/{site.request}") == (422, False)
    assert (await site.web.get("/telechargements/piece-1")).headers["location"] == "/compte"


async def test_the_agent_answers_with_a_piece_on_the_version_seen(site: Site) -> None:
    site.enter(make_account("accueil@mairie.example", role=Role.RECEPTION))
    fields = {"gesture": "ask", "version": "9", "text": "Une précision ?"}
    stale = await site.send(GOOD, door="decision", fields=fields)
    assert (stale.status_code, "vient d’être modifiée" in stale.json()["text"]) == (422, True)
    done = await site.send(GOOD, door="decision", fields=fields | {"version": "1"})
    assert (done.status_code, kept()) == (200, 1)
    for gesture, version in (("", "1"), ("delete", "1"), ("__class__", "1"), ("ask", "x")):
        odd = await site.send(GOOD, door="decision", fields=fields | {"gesture": gesture, "version": version})
        assert odd.status_code == 422
    assert kept() == 1


async def test_the_document_of_the_pai_goes_to_the_health_file(site: Site) -> None:
    answer = await site.send(GOOD, door="pai", number=site.child)
    assert (answer.status_code, kept()) == (200, 1)
    site.enter(make_account("regie@mairie.example", role=Role.REGIE))
    assert (await site.web.get("/telechargements/piece-1")).status_code == 404
    site.enter(make_account("direction@mairie.example", role=Role.DIRECTION))
    assert (await site.web.get("/telechargements/piece-1")).status_code == 200


async def test_a_double_submit_makes_one_message(site: Site) -> None:
    answers = await asyncio.gather(site.send(GOOD), site.send(GOOD))
    assert [one.status_code for one in answers] == [200, 200]
    assert (kept(), steps()) == (1, 2)


async def test_a_third_sending_at_once_waits(site: Site) -> None:
    with route.ROOM.place(site.actor.account_id), route.ROOM.place(site.actor.account_id):
        answer = await site.send(GOOD)
    assert (answer.status_code, answer.json()["text"]) == (
        429,
        "Un autre envoi est en cours. Attendez qu’il se termine, puis réessayez.",
    )
    assert route.ROOM.sending == {}
    assert (await site.send(GOOD)).status_code == 200


async def test_memory_is_bounded_for_everyone_and_given_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "MOST_HELD", 100)
    assert (await site.send(GOOD)).status_code == 429
    assert (route.ROOM.held, route.ROOM.sending) == (0, {})


async def test_many_files_in_a_short_time_are_braked_before_they_are_read(site: Site) -> None:
    key = (Scope.UPLOAD, str(site.actor.account_id))
    for _ in range(BRAKES[Scope.UPLOAD].free):
        throttling.reserve(key, clock.now())
    status, read = await post_unread(site, f"/envois/demarche/{site.request}")
    assert (status, read) == (429, False)
    leo = make_account("leo@famille.example")
    site.enter(leo)
    with transaction() as db:
        names = {"first_name": "L", "last_name": "E", "role": GuardianRole.FATHER}
        db.add(Guardian(family_id=site.family, account_id=leo.key, **names))
    assert (await site.send(GOOD)).status_code == 200


async def deliver(site: Site, *messages: dict) -> list[dict]:
    """La route, au plus près du fil : ce qu'elle reçoit, ce qu'elle répond."""
    waiting, sent = list(messages), []
    cookie = "; ".join(f"{name}={value}" for name, value in site.web.cookies.items())
    headers = {"cookie": cookie, "origin": "http://localhost:3000", "content-type": "multipart/form-data; boundary=x"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/envois/demarche/{site.request}",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "path_params": {"door": "demarche", "number": str(site.request)},
    }

    async def receive() -> dict:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: dict) -> None:
        sent.append(message)

    await (await route.receive(Request(scope, receive)))(scope, receive, send)
    return sent


HALF = {
    "type": "http.request",
    "body": b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n%PDF-1.7 la moi',
    "more_body": True,
}


async def test_a_cut_sending_leaves_nothing(site: Site) -> None:
    (start, _) = await deliver(site, HALF, {"type": "http.disconnect"})
    assert start["status"] == 400
    assert (kept(), steps(), route.ROOM.held, route.ROOM.sending) == (0, 1, 0, {})


async def test_who_falls_silent_is_hung_up_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "SILENCE_SECONDS", 0.01)
    (start, _) = await deliver(site, HALF)
    assert start["status"] == 400
    assert (kept(), route.ROOM.held) == (0, 0)


async def test_a_body_that_ends_too_soon_is_refused(site: Site) -> None:
    (start, _) = await deliver(site, HALF | {"more_body": False})
    assert start["status"] == 422
    assert kept() == 0


def read_form(body: bytes, content_type: str = "multipart/form-data; boundary=x", size: int = 7):
    reader = FormReader(content_type)
    for start in range(0, len(body), size):
        reader.feed(body[start : start + size])
    return reader.form()


def part(headers: bytes, body: bytes = b"y") -> bytes:
    return b"--x\r\n" + headers + b"\r\n\r\n" + body + b"\r\n"


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x"],
)
def test_another_form_of_body_is_refused(content_type: str) -> None:
    with pytest.raises(BadInputError):
        FormReader(content_type)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"n'importe quoi",
        part(b'Content-Disposition: form-data; name="a"'),
        part(b"X: " + b"y" * 5_000) + b"--x--\r\n",
        part(b'Content-Disposition: form-data; name="a"') * 21 + b"--x--\r\n",
    ],
    ids=["rien", "debut", "autre", "sans-fin", "long-en-tete", "trop-de-champs"],
)
def test_a_malformed_form_is_refused(body: bytes) -> None:
    with pytest.raises(BadInputError):
        read_form(body)


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_form_cut_anywhere_reads_the_same(size: int) -> None:
    body = (
        part(b'Content-Disposition: form-data; name="text"', "été".encode())
        + part('Content-Disposition: form-data; name="files"; filename="pièce.pdf"'.encode(), b"%PDF")
        + part(b'Content-Disposition: form-data; name="files"; filename=""', b"")
        + b"--x--\r\n"
    )
    form = read_form(body, size=size)
    assert form.fields == {"text": "été"}
    assert [(one.name, one.body) for one in form.files] == [("pièce.pdf", b"%PDF")]


def test_a_long_field_and_a_heavy_file_hold_no_more_than_their_bound() -> None:
    reader = FormReader("multipart/form-data; boundary=x")
    reader.feed(part(b'Content-Disposition: form-data; name="text"', b"y" * 50_000))
    assert reader.held == 8_000
    reader.feed(b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n')
    for _ in range(30):
        reader.feed(b"y" * 1_000_000)
    assert reader.held <= 8_000 + HEAVIEST + 1
