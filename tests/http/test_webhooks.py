"""Les adresses que les prestataires appellent : les octets reçus, et rien d'autre, décident de la réponse."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from portail import clock
from portail.http import webhooks
from portail.standins.stripe.courier import signed
from tests.factories.booking import Home, make_home
from tests.factories.cards import Cards, make_cards, top_up
from tests.factories.money import balance, fill

pytestmark = pytest.mark.usefixtures("base_sqlite")
WHERE = "/webhooks/stripe"


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cards:
    return make_cards(tmp_path, monkeypatch)


@pytest.fixture
def client() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=webhooks.routes))
    return httpx.AsyncClient(transport=transport, base_url="http://essai")


async def test_a_notification_without_signature_gets_400(client: httpx.AsyncClient) -> None:
    answer = await client.post(WHERE, content=b"{}")
    assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (400, {"recu": False}, "no-store")
    assert (await client.get(WHERE)).status_code == 405


async def test_a_signed_notification_is_verified_on_its_raw_body(client: httpx.AsyncClient, cards: Cards) -> None:
    """Des espaces de plus changent la signature : le corps n'est ni relu ni réécrit avant."""
    import asyncio
    import json
    import time

    home: Home = make_home(cents=0)
    fill(home.family)
    cards.now[0] = clock.now()
    await asyncio.to_thread(lambda: cards.pay(top_up(home.actor, home.family, now=clock.now())))
    body = json.dumps(cards.kept.events[0], indent=3).encode()
    signature = signed(body, "whsec_demonstration", int(time.time()))
    refused = await client.post(WHERE, content=body + b" ", headers={"stripe-signature": signature})
    assert (refused.status_code, balance(home.family)) == (400, 0)
    taken = await client.post(WHERE, content=body, headers={"stripe-signature": signature})
    assert (taken.status_code, taken.json(), balance(home.family)) == (200, {"recu": True}, 4500)


async def test_a_payfip_notice_is_read_from_its_form_or_its_address(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(webhooks.payfip_notices, "take", lambda key, _now: asked.append(key) or 200)
    taken = await client.post("/webhooks/payfip", data={"idop": "op-1", "montant": "1"})
    assert (taken.status_code, taken.json(), taken.headers["cache-control"]) == (200, {"recu": True}, "no-store")
    await client.post("/webhooks/payfip?idop=op-2")
    await client.post("/webhooks/payfip", content=b"\xff\xfe&idop")
    assert asked == ["op-1", "op-2", ""]
    assert (await client.get("/webhooks/payfip?idop=op-1")).status_code == 405


async def test_a_payfip_notice_nobody_knows_gets_400_and_a_form_of_a_thousand_fields_too(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.post("/webhooks/payfip", data={"idop": "81bdf4c0-8edb"})).status_code == 400
    assert (await client.post("/webhooks/payfip", content=b"a=1&" * 1000)).status_code == 400
