"""Le tableau de bord d'essai : rembourser, contester, et dire ensuite ce que la banque en fait."""

import secrets
import sqlite3
from datetime import timedelta
from enum import StrEnum

from portail.standins.stripe.bank import Bank, RefusedError
from portail.standins.stripe.store import Store, Thing

ANSWERED_WITHIN = timedelta(days=9)
LATEST = 20


class RefundOutcome(StrEnum):
    """Ce que devient un remboursement, choisi pour un paiement."""

    SUCCEEDS = "succeeds"
    PENDING = "pending"
    FAILS = "fails"

    @property
    def label(self) -> str:
        return REFUND_OUTCOMES[self]


REFUND_OUTCOMES = {
    RefundOutcome.SUCCEEDS: "Accepté aussitôt",
    RefundOutcome.PENDING: "En attente, puis accepté",
    RefundOutcome.FAILS: "Accepté, puis refusé par la banque",
}


class Dashboard:
    """Ce que la mairie ferait dans celui de Stripe, et ce que feraient les banques."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def paid(self) -> list[Thing]:
        return [one for one in self.bank.store.every("checkout.session") if one["payment_status"] == "paid"][:LATEST]

    def refunds(self, intent: str) -> list[Thing]:
        return [one for one in self.bank.store.every("refund") if one["payment_intent"] == intent]

    def disputes(self, intent: str) -> list[Thing]:
        return [one for one in self.bank.store.every("dispute") if one["payment_intent"] == intent]

    def intent_of(self, session_key: str) -> Thing:
        session = self.bank.session(session_key)
        if session["payment_status"] != "paid":
            raise RefusedError(404, "resource_missing", "Ce paiement n’est pas fait.")
        return self.bank.thing(session["payment_intent"], "payment_intent")

    def open_refund(self, base: sqlite3.Connection, asked: Thing) -> Thing:
        """Jamais plus que ce qui reste ; un remboursement refusé ne compte plus."""
        intent = self.bank.known(base, str(asked.get("payment_intent", "")), "payment_intent")
        charge = self.bank.known(base, intent.get("latest_charge", ""), "charge")
        left = intent["amount_received"] - charge["amount_refunded"]
        cents = int(asked.get("amount", left))
        if cents <= 0 or cents > left:
            raise RefusedError(400, "charge_already_refunded", "Plus que ce qui reste à rembourser.")
        outcome = intent.get("refund_outcome", RefundOutcome.SUCCEEDS)
        refund = {
            "id": f"re_{secrets.token_hex(12)}",
            "object": "refund",
            "amount": cents,
            "charge": charge["id"],
            "created": self.bank.stamp(),
            "currency": intent["currency"],
            "failure_reason": None,
            "metadata": asked.get("metadata", {}),
            "payment_intent": intent["id"],
            "status": "pending" if outcome == RefundOutcome.PENDING else "succeeded",
            "then": outcome,
        }
        charge["amount_refunded"] += cents
        Store.put(base, charge)
        self.bank.tell(base, "refund.created", refund)
        self.bank.tell(base, "charge.refunded", charge)
        return refund

    def refund(self, session_key: str, cents: int) -> Thing:
        """« Rembourser » dans le tableau de bord : sans clé, sans rien du portail."""
        intent = self.intent_of(session_key)
        with self.bank.store.change() as base:
            made = self.open_refund(base, {"payment_intent": intent["id"], "amount": cents})
            Store.put(base, made)
            return made

    def choose(self, session_key: str, outcome: RefundOutcome) -> None:
        """Ce que deviendront les remboursements de ce paiement, demandés ici ou dans le portail."""
        self._change(self.intent_of(session_key)["id"], "payment_intent", {"refund_outcome": outcome})

    def advance(self, refund_key: str) -> Thing:
        """Le temps passe : ce qui attendait est accepté, ce qui devait échouer échoue."""
        found = self.bank.thing(refund_key, "refund")
        if found["status"] == "pending":
            made = self._change(refund_key, "refund", {"status": "succeeded", "then": ""})
            self._tell("refund.updated", made)
            return made
        if found["then"] != RefundOutcome.FAILS:
            return found
        words = {"status": "failed", "failure_reason": "expired_or_canceled_card", "then": ""}
        made = self._change(refund_key, "refund", words)
        left = self.bank.thing(made["charge"], "charge")["amount_refunded"] - made["amount"]
        self._change(made["charge"], "charge", {"amount_refunded": left})
        self._tell("refund.failed", made)
        return made

    def contest(self, session_key: str) -> Thing:
        """La famille conteste le paiement entier auprès de sa banque ; une fois."""
        intent = self.intent_of(session_key)
        if known := self.disputes(intent["id"]):
            return known[0]
        due_by = self.bank.config.now() + ANSWERED_WITHIN
        dispute: Thing = {
            "id": f"dp_{secrets.token_hex(12)}",
            "object": "dispute",
            "amount": intent["amount"],
            "charge": intent["latest_charge"],
            "created": self.bank.stamp(),
            "currency": intent["currency"],
            "evidence_details": {"due_by": int(due_by.timestamp()), "has_evidence": False},
            "livemode": False,
            "payment_intent": intent["id"],
            "reason": "fraudulent",
            "status": "needs_response",
        }
        with self.bank.store.change() as base:
            Store.put(base, dispute)
            self.bank.tell(base, "charge.dispute.created", dispute)
        return dispute

    def close(self, dispute_key: str, *, is_lost: bool) -> Thing:
        found = self.bank.thing(dispute_key, "dispute")
        if found["status"] != "needs_response":
            return found
        made = self._change(dispute_key, "dispute", {"status": "lost" if is_lost else "won"})
        self._tell("charge.dispute.closed", made)
        return made

    def _change(self, key: str, kind: str, values: Thing) -> Thing:
        with self.bank.store.change() as base:
            found = self.bank.known(base, key, kind)
            found |= values
            Store.put(base, found)
            return found

    def _tell(self, kind: str, about: Thing) -> None:
        with self.bank.store.change() as base:
            self.bank.tell(base, kind, about)
