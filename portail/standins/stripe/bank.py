"""Ce que fait le prestataire d'essai : ouvrir une page, payer, refuser, rembourser, notifier."""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from portail.standins.stripe.courier import Courier
from portail.standins.stripe.store import Store, Thing

LEAST_CENTS = 50
SHORTEST_SECONDS, LONGEST_SECONDS = 30 * 60, 24 * 3600  # ce que vit une page
LATE_SECONDS = 20.0


class Outcome(StrEnum):
    """Ce que l'on veut voir se passer, choisi sur la page de paiement."""

    SUCCESS = "success"
    DECLINE = "decline"
    CONFIRM = "confirm"  # 3-D Secure
    LATE = "late"
    TWICE = "twice"
    DISORDER = "disorder"
    SILENT = "silent"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Outcome.SUCCESS: "La banque accepte",
    Outcome.CONFIRM: "La banque demande une confirmation (3-D Secure)",
    Outcome.DECLINE: "La banque refuse : provision insuffisante",
    Outcome.LATE: "Accepté, mais la notification tarde vingt secondes",
    Outcome.TWICE: "Accepté, la notification arrive trois fois",
    Outcome.DISORDER: "Accepté, les notifications arrivent dans le désordre",
    Outcome.SILENT: "Accepté, mais la notification ne vient jamais",
}


@dataclass(frozen=True)
class Config:
    path: Path
    page_base: str
    webhook_url: str
    key: str
    signing_secret: str
    now: Callable[[], datetime]
    courier: Courier = field(default_factory=Courier)


class RefusedError(Exception):
    """Une demande que l'API refuse, à la façon de Stripe."""

    def __init__(self, status: int, code: str, message: str, kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status, self.code, self.kind = status, code, kind


class Bank:
    def __init__(self, config: Config) -> None:
        self.config, self.store = config, Store(config.path)

    def once(self, key: str, asked: Thing, create: Callable[[sqlite3.Connection], Thing]) -> Thing:
        """La même clé rend le même objet ; la même clé pour autre chose est une faute."""
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        with self.store.change() as base:
            known = self.store.answered(base, key) if key else None
            if known is not None:
                if known[0] != digest:
                    raise RefusedError(400, "idempotency_key_in_use", "Clé déjà utilisée.", "idempotency_error")
                return self.store.get(known[1], base) or {}
            made = create(base)
            self.store.put(base, made)
            if key:
                self.store.answer(base, key, digest, made["id"])
            return made

    def open_session(self, base: sqlite3.Connection, asked: Thing) -> Thing:  # noqa: ARG002 — la forme de `once`
        try:
            lines = [asked["line_items"][rank] for rank in sorted(asked["line_items"])]
            cents = sum(int(line["price_data"]["unit_amount"]) * int(line["quantity"]) for line in lines)
            expires_at = int(asked.get("expires_at", self.stamp() + LONGEST_SECONDS))
            currency, pages = lines[0]["price_data"]["currency"], (asked["success_url"], asked["cancel_url"])
        except (KeyError, ValueError, TypeError, IndexError):
            raise RefusedError(400, "parameter_missing", "Il manque un paramètre.") from None
        if cents < LEAST_CENTS:
            raise RefusedError(400, "amount_too_small", "Le montant est trop petit.")
        if not SHORTEST_SECONDS <= expires_at - self.stamp() <= LONGEST_SECONDS:
            raise RefusedError(400, "parameter_invalid", "« expires_at » : de trente minutes à vingt-quatre heures.")
        key = f"cs_test_{secrets.token_hex(24)}"
        return {
            "id": key,
            "object": "checkout.session",
            "amount_total": cents,
            "cancel_url": pages[1],
            "client_reference_id": asked.get("client_reference_id"),
            "created": self.stamp(),
            "currency": currency,
            "customer_email": asked.get("customer_email"),
            "expires_at": expires_at,
            "label": lines[0]["price_data"]["product_data"]["name"],
            "livemode": False,
            "metadata": asked.get("metadata", {}),
            "mode": "payment",
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "success_url": pages[0],
            "url": f"{self.config.page_base}/payer/{key}",
        }

    def session(self, key: str) -> Thing:
        """Passé son heure, une page ouverte est fermée."""
        with self.store.change() as base:
            found = self.known(base, key, "checkout.session")
            if found["status"] == "open" and self.stamp() >= found["expires_at"]:
                found["status"], found["url"] = "expired", None
                self.store.put(base, found)
                self.tell(base, "checkout.session.expired", found)
            return found

    def pay(self, key: str, outcome: Outcome) -> Thing:
        """Une page ne se paie qu'une fois ; un refus la laisse ouverte."""
        self.session(key)
        with self.store.change() as base:
            session = self.known(base, key, "checkout.session")
            if session["status"] != "open":
                return session
            intent = self._intent(base, session)
            if outcome is Outcome.DECLINE:
                intent["last_payment_error"] = {"code": "card_declined", "decline_code": "insufficient_funds"}
                self.store.put(base, intent)
                self.store.put(base, session)
                self.tell(base, "payment_intent.payment_failed", intent)
                return session
            intent |= {"status": "succeeded", "last_payment_error": None, "amount_received": session["amount_total"]}
            session |= {"status": "complete", "payment_status": "paid", "url": None}
            self.store.put(base, intent)
            self.store.put(base, session)
            self.store.put(base, _charge(intent, self.stamp()))
            self._announce(base, session, outcome)
            return session

    def _announce(self, base: sqlite3.Connection, session: Thing, outcome: Outcome) -> None:
        if outcome is Outcome.DISORDER:
            self.tell(base, "checkout.session.completed", session)
            self.tell(base, "checkout.session.async_payment_failed", session | {"payment_status": "unpaid"})
            return
        times = {Outcome.TWICE: 3, Outcome.SILENT: 0}.get(outcome, 1)
        delay = LATE_SECONDS if outcome is Outcome.LATE else 0.0
        self.tell(base, "checkout.session.completed", session, times=times, delay=delay)

    def _intent(self, base: sqlite3.Connection, session: Thing) -> Thing:
        if session["payment_intent"]:
            return self.known(base, session["payment_intent"], "payment_intent")
        key = f"pi_{secrets.token_hex(12)}"
        session["payment_intent"] = key
        return {
            "id": key,
            "object": "payment_intent",
            "amount": session["amount_total"],
            "amount_received": 0,
            "created": self.stamp(),
            "currency": session["currency"],
            "latest_charge": f"ch_{secrets.token_hex(12)}",
            "last_payment_error": None,
            "livemode": False,
            "metadata": session["metadata"],
            "status": "requires_payment_method",
        }

    def known(self, base: sqlite3.Connection, key: str, kind: str) -> Thing:
        found = self.store.get(key, base)
        if found is None or found["object"] != kind:
            raise RefusedError(404, "resource_missing", f"Aucun objet « {kind} » sous ce numéro.")
        return found

    def thing(self, key: str, kind: str) -> Thing:
        with self.store.change() as base:
            return self.known(base, key, kind)

    def tell(self, base: sqlite3.Connection, kind: str, about: Thing, *, times: int = 1, delay: float = 0.0) -> None:
        event: dict[str, Any] = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "created": self.stamp(),
            "data": {"object": about},
            "livemode": False,
            "type": kind,
        }
        self.store.put(base, event)
        for _ in range(times):
            self.config.courier.send(self.config.webhook_url, event, self.config.signing_secret, delay)

    def stamp(self) -> int:
        return int(self.config.now().timestamp())


def _charge(intent: Thing, created: int) -> Thing:
    """Le débit de la carte ; ce qui en est rendu s'y ajoute."""
    return {
        "id": intent["latest_charge"],
        "object": "charge",
        "amount": intent["amount"],
        "amount_refunded": 0,
        "created": created,
        "currency": intent["currency"],
        "livemode": False,
        "payment_intent": intent["id"],
    }
