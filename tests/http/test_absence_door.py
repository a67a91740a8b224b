"""`/envois/absence/<enfant>` : la déclaration et son justificatif, d'un seul envoi."""

from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from portail import clock
from portail.domain.accounts import Actor
from portail.domain.dates import paris_day
from portail.models.bookings import Absence
from portail.models.database import reading
from portail.models.files import Attachment
from portail.services.planning import showing
from tests.factories import uploads
from tests.factories.activities import make_canteen
from tests.factories.booked import book
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

pytestmark = pytest.mark.usefixtures("base_sqlite")
JSON = {"Accept": "application/json"}


def arrive(web: httpx.AsyncClient) -> tuple[Actor, int, str]:
    account = make_account(now=clock.now())
    token, actor = open_session(account, now=clock.now())
    web.cookies.set("portail-session", token)
    family = make_family("Durand", account)
    child, day = make_child("Léa", family), paris_day(clock.now()) + timedelta(days=1)
    book(make_canteen(day=day)[1], child, family)
    return actor, child, day.isoformat()


def rows() -> tuple[int, int]:
    with reading() as db:
        return len(db.exec(select(Absence)).all()), len(db.exec(select(Attachment)).all())


async def send(web: httpx.AsyncClient, child: int, fields: dict[str, str], body: bytes = b"") -> httpx.Response:
    files = {"files": ("certificat.pdf", body, "application/pdf")} if body else {"files": ("", b"")}
    return await web.post(f"/envois/absence/{child}", data=fields, files=files, headers=JSON)


async def test_a_day_is_declared_with_its_proof(web: httpx.AsyncClient) -> None:
    actor, child, day = arrive(web)
    answer = await send(web, child, {"first": day, "text": "Otite"}, uploads.pdf())
    assert (answer.status_code, answer.json(), rows()) == (200, {}, (1, 1))
    shown = showing.show(actor=actor, span="list", day="", now=clock.now())
    assert [line.word for one in shown.days for line in one.lines] == ["Absence déclarée"]


async def test_without_the_page_one_comes_back_to_it(web: httpx.AsyncClient) -> None:
    _, child, day = arrive(web)
    files = {"files": ("", b"")}
    answer = await web.post(f"/envois/absence/{child}", data={"first": day, "text": "Otite"}, files=files)
    assert (answer.status_code, answer.headers["location"]) == (303, "/absences")


@pytest.mark.parametrize("fields", [{}, {"first": "demain", "text": "x"}, {"first": "2026-12-03"}])
async def test_what_is_missing_is_said_and_nothing_is_kept(web: httpx.AsyncClient, fields: dict[str, str]) -> None:
    _, child, _ = arrive(web)
    answer = await send(web, child, fields, uploads.pdf())
    assert answer.status_code == 422
    assert answer.json()["text"]
    assert rows() == (0, 0)


async def test_the_child_of_another_does_not_exist(web: httpx.AsyncClient) -> None:
    _, _, day = arrive(web)
    other = make_child("Autre", make_family("Autre"))
    for child in (other, 0, 99_999):
        assert (await send(web, child, {"first": day, "text": "x"})).status_code == 404
    assert rows() == (0, 0)


async def test_a_visitor_and_another_site_are_turned_away(web: httpx.AsyncClient) -> None:
    _, child, day = arrive(web)
    fields = {"first": day, "text": "x"}
    there = await web.post(f"/envois/absence/{child}", data=fields, files={"files": ("", b"")}, headers={"Origin": "x"})
    web.cookies.delete("portail-session")
    assert (there.status_code, (await send(web, child, fields)).status_code) == (403, 401)
