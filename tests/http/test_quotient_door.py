"""`/envois/quotient/<foyer>` puis `/envois/decision/<démarche>` : l'attestation, et ce que l'agent en retient."""

import httpx
import pytest
from sqlmodel import select

from portail import clock
from portail.domain.accounts import Role
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.requests import Request
from portail.services import tariffs
from tests.factories import uploads
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session

pytestmark = pytest.mark.usefixtures("base_sqlite")
JSON = {"Accept": "application/json"}


def enter(web: httpx.AsyncClient, account: Account) -> None:
    web.cookies.set("portail-session", open_session(account, now=clock.now())[0])


async def send(web: httpx.AsyncClient, family: int, value: str, body: bytes) -> httpx.Response:
    files = {"files": ("caf.pdf", body, "application/pdf")} if body else {"files": ("", b"")}
    return await web.post(f"/envois/quotient/{family}", data={"value": value}, files=files, headers=JSON)


async def test_an_attestation_travels_from_the_parent_to_the_agent(web: httpx.AsyncClient) -> None:
    account = make_account(now=clock.now())
    family = make_family("Durand", account)
    enter(web, account)
    assert (await send(web, family, "620", uploads.pdf())).status_code == 200
    with reading() as db:
        request = db.exec(select(Request)).one()
    enter(web, make_account("odile@mairie.example", role=Role.RECEPTION, now=clock.now()))
    decision = {"gesture": "accept", "version": str(request.version), "text": "", "value": ""}
    dates = {"valid_from": "2026-09-01", "valid_to": "2027-08-31"}
    files = {"files": ("", b"")}
    url = f"/envois/decision/{request.key}"
    answer = await web.post(url, data=decision | dates, files=files, headers=JSON)
    assert (answer.status_code, "nombre entier" in answer.json()["text"]) == (422, True)
    answer = await web.post(url, data=decision | dates | {"value": "612"}, files=files, headers=JSON)
    assert answer.status_code == 200
    with reading() as db:
        assert [one.value for one in tariffs.quotients_of(db, [family])[family]] == [612]


@pytest.mark.parametrize(("value", "body", "place"), [("x", uploads.pdf(), "text"), ("620", b"", "files")])
async def test_each_fault_goes_beside_its_field(web: httpx.AsyncClient, value: str, body: bytes, place: str) -> None:
    account = make_account(now=clock.now())
    family = make_family("Durand", account)
    enter(web, account)
    answer = await send(web, family, value, body)
    assert answer.status_code == 422
    assert [name for name, said in answer.json().items() if said] == [place]


async def test_another_family_is_not_there(web: httpx.AsyncClient) -> None:
    family = make_family("Martin", make_account("martin@famille.example", now=clock.now()))
    enter(web, make_account(now=clock.now()))
    assert (await send(web, family, "620", uploads.pdf())).status_code == 404
