"""Le prestataire de cartes d'essai, appelé par la vraie bibliothèque `stripe` sans passer par le réseau."""

import asyncio
import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import stripe
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.payments import Provider
from portail.integrations import stripe_gateway
from portail.models.database import reading
from portail.models.payments import Payment, PaymentAttempt
from portail.services.payments import notified, topping_up
from portail.services.payments.opening import Way
from portail.standins.stripe import Bank, Config, create
from portail.standins.stripe.bank import Outcome
from portail.standins.stripe.courier import Courier, signed
from portail.standins.stripe.dashboard import Dashboard
from tests.conftest import NOW
from tests.factories.booking import Home, make_home
from tests.factories.money import fill

PAGES = "http://localhost:3000/demonstration/stripe"


class Kept(Courier):
    """Les notifications restent ici : le test les porte quand il veut."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def send(self, url: str, event: Mapping[str, Any], secret: str, delay: float) -> None:
        self.events.append(dict(event))


class Wire(stripe.HTTPClient):
    """La bibliothèque parle à l'application d'essai ; `cut` : ce que dit un réseau coupé."""

    name = "essai"

    def __init__(self, bank: Bank) -> None:
        super().__init__()
        self._app = create(bank)
        self.cut = False
        self.cut_after = False
        self.calls: list[str] = []

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        path = url.partition(stripe_gateway.STAND_IN)[2]
        self.calls.append(f"{method} {path.partition('?')[0]}")
        if self.cut:
            raise stripe.APIConnectionError("coupé", should_retry=False)
        with ThreadPoolExecutor(1) as beside:  # l'appelant peut avoir sa propre boucle
            response = beside.submit(lambda: asyncio.run(self._ask(method, path, headers or {}, post_data))).result()
        if self.cut_after:
            raise stripe.APIConnectionError("coupé après", should_retry=False)
        return response.text, response.status_code, response.headers

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://essai") as client:
            return await client.request(method, path, headers=dict(headers), content=body)


@dataclass
class Cards:
    bank: Bank
    wire: Wire
    kept: Kept
    now: list[datetime] = field(default_factory=lambda: [NOW])

    def pay(self, way: Way | str, outcome: Outcome = Outcome.SUCCESS) -> None:
        url = way if isinstance(way, str) else way.url
        self.bank.pay(url.rpartition("/")[2], outcome)

    @property
    def dashboard(self) -> Dashboard:
        return Dashboard(self.bank)

    def page(self, rank: int = 0) -> str:
        """La page de la n-ième tentative, chez le prestataire."""
        return str(attempts()[rank].provider_ref)

    def deliver(self, now: datetime = NOW) -> list[int]:
        """Porte tout ce qui attend, dans l'ordre d'envoi."""
        waiting, self.kept.events = self.kept.events, []
        return [self.hand(event, now) for event in waiting]

    def hand(self, event: Mapping[str, Any], now: datetime = NOW, **more: Any) -> int:
        body = more.get("body") or json.dumps(event).encode()
        secret = more.get("secret", stripe_gateway.signing_secret())
        signature = more.get("signature", signed(more.get("signed_body", body), secret, int(time.time())))
        return notified.take_stripe(body, signature, now)

    def change(self, key: str, **values: Any) -> None:
        """Le prestataire se met à dire autre chose d'un de ses objets."""
        with self.bank.store.change() as base:
            found = self.bank.store.get(key, base)
            assert found is not None
            self.bank.store.put(base, found | values)


def make_cards(folder: Path, monkeypatch: Any) -> Cards:
    from portail.services.payments import gateways

    kept, now = Kept(), [NOW]
    config = Config(
        path=folder / "essai.sqlite",
        page_base=PAGES,
        webhook_url="http://localhost:3000/webhooks/stripe",
        key=stripe_gateway.DEMO_KEY,
        signing_secret=stripe_gateway.signing_secret(),
        now=lambda: now[0],
        courier=kept,
    )
    bank = Bank(config)
    wire = Wire(bank)
    monkeypatch.setitem(gateways._makers, Provider.STRIPE, lambda: stripe_gateway.StripeGateway(wire))
    return Cards(bank, wire, kept, now)


def payer(name: str = "Alba") -> Home:
    """Un foyer dont le porte-monnaie est actif et vide."""
    home = make_home(name, cents=0)
    fill(home.family)
    return home


def top_up(actor: Actor, family_id: int, amount: str = "45", now: datetime = NOW, **more: Any) -> Way:
    form = {"amount": amount, "provider": "stripe", "token": "jeton-de-versement-1"} | more
    return topping_up.start(actor=actor, family_id=family_id, form=form, now=now)


def attempts() -> list[PaymentAttempt]:
    with reading() as db:
        return list(db.exec(select(PaymentAttempt).order_by(PaymentAttempt.id)))  # type: ignore[arg-type]


def payments() -> list[Payment]:
    with reading() as db:
        return list(db.exec(select(Payment).order_by(Payment.id)))  # type: ignore[arg-type]


def fingerprint_of(way: Way) -> str:
    """Le numéro de la page chez le prestataire."""
    return way.url.rpartition("/")[2]
