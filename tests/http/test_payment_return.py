"""PayFiP peut ramener la famille par POST : la page est la même, ce qui est posté n'est pas lu."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from portail.http import headers, payment_return


@pytest.fixture
def client() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=payment_return.routes))
    return httpx.AsyncClient(transport=transport, base_url="http://essai")


async def test_a_return_by_post_leads_to_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.post("/paiement/retour?tentative=PFABC123", data={"idop": "forgé", "resultrans": "P"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/paiement/retour?tentative=PFABC123")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("asked", ["", "?tentative=", "?tentative=//ailleurs.example", "?tentative=a%0d%0ab", "?x=1"])
async def test_an_impossible_reference_is_dropped(client: httpx.AsyncClient, asked: str) -> None:
    answer = await client.post(f"/paiement/retour{asked}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/paiement/retour")


async def test_the_page_of_the_same_address_does_not_hide_the_route(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Une page construite se sert sous « /paiement/retour/ » ; un envoi garde l'adresse de sa route."""
    page = tmp_path / "paiement" / "retour" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<h1>Votre paiement</h1>")
    monkeypatch.setattr(headers, "BUILD", tmp_path)
    app = headers.SecurityHeaders(Starlette(routes=payment_return.routes))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://essai") as client:
        answer = await client.post("/paiement/retour?tentative=PFABC123")
    assert (answer.status_code, answer.headers["location"]) == (303, "/paiement/retour?tentative=PFABC123")
