"""Le prestataire d'essai tient parole : ce que la vraie API promet, la page aussi."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from portail.integrations import stripe_gateway
from portail.integrations.payments import AnswerState, OpenOrder, ProviderDownError, ProviderRefusedError, RefundOrder
from portail.settings import load
from portail.standins.stripe import create
from portail.standins.stripe.app import nested
from portail.standins.stripe.bank import Outcome
from portail.standins.stripe.courier import Courier, signed
from tests.conftest import NOW
from tests.factories.cards import Cards, make_cards
from tests.test_settings import PRODUCTION

HOUR = NOW.replace(hour=10)


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cards:
    return make_cards(tmp_path, monkeypatch)


@pytest.fixture
def gateway(cards: Cards) -> stripe_gateway.StripeGateway:
    return stripe_gateway.StripeGateway(cards.wire)


def order(reference: str = "PFESSAI", cents: int = 4500) -> OpenOrder:
    pages = ("http://localhost:3000/retour", "http://localhost:3000/abandon")
    return OpenOrder(reference, cents, "Porte-monnaie", "parent@famille.example", *pages, HOUR)


def visit(cards: Cards, method: str, path: str, **more: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create(cards.bank))
        async with httpx.AsyncClient(transport=transport, base_url="http://essai") as client:
            return await client.request(method, path, **more)

    return asyncio.run(ask())


def page_of(url: str) -> str:
    return "/payer/" + url.rpartition("/")[2]


def test_the_same_key_opens_the_same_page_and_another_amount_under_it_is_refused(
    gateway: stripe_gateway.StripeGateway,
) -> None:
    assert gateway.open(order()) == gateway.open(order())
    assert gateway.open(order("PFAUTRE")) != gateway.open(order())
    with pytest.raises((ProviderRefusedError, ProviderDownError)):
        gateway.open(order(cents=9900))


def test_a_page_goes_from_open_to_paid_once(cards: Cards, gateway: stripe_gateway.StripeGateway) -> None:
    opened = gateway.open(order())
    assert gateway.ask(opened.provider_ref).state is AnswerState.WAITING
    cards.pay(opened.url)
    cards.pay(opened.url, Outcome.DECLINE)
    answer = gateway.ask(opened.provider_ref)
    assert (answer.state, answer.amount_cents, answer.currency, answer.is_live, answer.reference) == (
        AnswerState.PAID,
        4500,
        "eur",
        False,
        "PFESSAI",
    )
    assert [event["type"] for event in cards.kept.events] == ["checkout.session.completed"]


def test_a_page_left_past_its_hour_expires_and_takes_no_money(
    cards: Cards, gateway: stripe_gateway.StripeGateway
) -> None:
    opened = gateway.open(order())
    cards.now[0] = HOUR
    cards.pay(opened.url)
    assert gateway.ask(opened.provider_ref).state is AnswerState.EXPIRED
    assert "expiré" in visit(cards, "GET", page_of(opened.url)).text


@pytest.mark.parametrize(
    ("outcome", "kinds"),
    [
        (Outcome.SUCCESS, ["checkout.session.completed"]),
        (Outcome.LATE, ["checkout.session.completed"]),
        (Outcome.TWICE, ["checkout.session.completed"] * 3),
        (Outcome.SILENT, []),
        (Outcome.DISORDER, ["checkout.session.completed", "checkout.session.async_payment_failed"]),
        (Outcome.DECLINE, ["payment_intent.payment_failed"]),
    ],
)
def test_each_outcome_sends_what_it_says(
    cards: Cards, gateway: stripe_gateway.StripeGateway, outcome: Outcome, kinds: list[str]
) -> None:
    cards.pay(gateway.open(order()).url, outcome)
    assert [event["type"] for event in cards.kept.events] == kinds
    assert len({event["id"] for event in cards.kept.events}) == len(set(kinds))


def test_the_page_says_it_is_a_trial_and_lets_one_choose(cards: Cards, gateway: stripe_gateway.StripeGateway) -> None:
    url = page_of(gateway.open(order()).url)
    page = visit(cards, "GET", url).text
    assert "Démonstration : aucune vraie carte" in page
    assert all(one.label in page.replace("&#x27;", "'") for one in Outcome)
    refused = visit(cards, "POST", url, data={"outcome": "decline"})
    assert (refused.status_code, "provision ne suffit pas" in refused.text) == (402, True)
    confirm = visit(cards, "POST", url, data={"outcome": "confirm"})
    assert "Votre banque vous demande de confirmer" in confirm.text
    paid = visit(cards, "POST", url, data={"outcome": "success"})
    assert (paid.status_code, paid.headers["location"]) == (303, "http://localhost:3000/retour")
    assert "déjà fait" in visit(cards, "GET", url).text


def test_an_unknown_outcome_pays_nothing_and_an_unknown_page_is_said(
    cards: Cards, gateway: stripe_gateway.StripeGateway
) -> None:
    opened = gateway.open(order())
    visit(cards, "POST", page_of(opened.url), data={"outcome": "<script>"})
    assert gateway.ask(opened.provider_ref).state is AnswerState.WAITING
    for method in ("GET", "POST"):
        assert visit(cards, method, "/payer/cs_test_inconnu").status_code == 404


def test_the_label_of_what_is_paid_cannot_write_html(cards: Cards, gateway: stripe_gateway.StripeGateway) -> None:
    opened = gateway.open(order("PF<b>", 4500))
    assert "<b>" not in visit(cards, "GET", page_of(opened.url)).text


def test_another_key_is_refused(cards: Cards) -> None:
    answer = visit(cards, "GET", "/v1/events", headers={"authorization": "Bearer sk_test_autre"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "api_key_invalid")


def test_events_payment_intents_and_refunds_are_read_like_the_real_ones(
    cards: Cards, gateway: stripe_gateway.StripeGateway
) -> None:
    opened = gateway.open(order())
    cards.pay(opened.url)
    client = gateway._stripe.v1
    (event,) = client.events.list().data
    assert client.events.retrieve(event.id).type == "checkout.session.completed"
    session = client.checkout.sessions.retrieve(opened.provider_ref)
    assert client.payment_intents.retrieve(str(session.payment_intent)).status == "succeeded"
    number = gateway.refund(RefundOrder(opened.provider_ref, 1000, "cle-1")).reference
    assert (
        gateway.refund(RefundOrder(opened.provider_ref, 1000, "cle-1")).reference,
        client.refunds.retrieve(number).amount,
    ) == (
        number,
        1000,
    )
    with pytest.raises(ProviderRefusedError):
        gateway.refund(RefundOrder(opened.provider_ref, 3501, "cle-2"))
    with pytest.raises(stripe.InvalidRequestError):
        client.payment_intents.retrieve("pi_inconnu")


@pytest.mark.parametrize(
    "body", [b"", b"line_items[0][quantity]=1", b"line_items=5", b"line_items[0]=x", b"a=1&a[0]=2"]
)
def test_a_request_that_lacks_something_is_refused(cards: Cards, body: bytes) -> None:
    headers = {"authorization": f"Bearer {stripe_gateway.DEMO_KEY}"}
    answer = visit(cards, "POST", "/v1/checkout/sessions", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(("seconds", "status"), [(1799, 400), (1800, 200), (86_400, 200), (86_401, 400)])
def test_a_page_lives_from_thirty_minutes_to_a_day(cards: Cards, seconds: int, status: int) -> None:
    asked = {
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][unit_amount]": "4500",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][product_data][name]": "Essai",
        "success_url": "http://localhost:3000/retour",
        "cancel_url": "http://localhost:3000/abandon",
        "expires_at": str(int(NOW.timestamp()) + seconds),
    }
    headers = {"authorization": f"Bearer {stripe_gateway.DEMO_KEY}"}
    assert visit(cards, "POST", "/v1/checkout/sessions", data=asked, headers=headers).status_code == status


def test_nested_fields_are_read() -> None:
    assert nested(b"a[0][b][c]=1&a[0][d]=2&e=") == {"a": {"0": {"b": {"c": "1"}, "d": "2"}}, "e": ""}


def test_the_signature_is_the_one_the_library_checks() -> None:
    body = b'{"id": "evt"}'
    assert stripe.WebhookSignature.verify_header(body.decode(), signed(body, "whsec_x", 10), "whsec_x", None)


def test_a_notification_not_taken_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []
    waits: list[float] = []

    class Impatient(Courier):
        def _later(self, delay: float, *given: Any) -> None:
            waits.append(delay)
            self._try(*given)

        def post(self, url: str, body: bytes, signature: str) -> None:
            tried.append(body)
            raise OSError

    Impatient().send("http://localhost:1/webhooks/stripe", {"id": "evt"}, "whsec_x", 20.0)
    assert (len(tried), waits) == (4, [20.2, 1.0, 3.0, 10.0])


def test_production_never_uses_the_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portail.integrations.stripe_gateway.access.current", lambda: load(PRODUCTION))
    assert (stripe_gateway.uses_stand_in(), stripe_gateway.is_available(), stripe_gateway.signing_secret()) == (
        False,
        False,
        "",
    )
