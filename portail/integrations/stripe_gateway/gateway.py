"""Ouvrir une page de paiement Stripe, redemander son état, rembourser ; toujours avec une clé d'idempotence.

Puis relire ce qui est arrivé à l'argent : remboursements faits ailleurs, contestations.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import stripe
from stripe import HTTPClient, RequestsClient, StripeClient

from portail.integrations.payments import (
    Answer,
    AnswerState,
    CardDispute,
    CardIntent,
    CardRefund,
    Opened,
    OpenOrder,
    ProviderDownError,
    ProviderRefusedError,
    RefundAnswer,
    RefundOrder,
)
from portail.integrations.stripe_gateway import access, afterwards

log = logging.getLogger("portail.payments")
TIMEOUT_SECONDS = 10.0
RETRIES = 2
LEAST_CENTS = 50  # Stripe ne prend pas moins
CHARGES = ("ch_", "py_")  # le début du numéro d'un débit
FAILURES = {
    "insufficient_funds": "Votre banque dit que la provision ne suffit pas.",
    "expired_card": "Cette carte a expiré.",
    "incorrect_cvc": "Le code au dos de la carte n’est pas le bon.",
    "authentication_required": "Votre banque n’a pas pu vous reconnaître.",
    "payment_intent_authentication_failure": "Votre banque n’a pas pu vous reconnaître.",
}
DECLINED = "Votre banque a refusé le paiement."


class StripeGateway:
    def __init__(self, client: HTTPClient | None = None) -> None:
        self.is_live = access.is_live()
        base = access.api_base()
        self._stripe = StripeClient(
            access.secret_key(),
            http_client=client or RequestsClient(timeout=TIMEOUT_SECONDS),
            base_addresses={"api": base} if base else None,
            max_network_retries=RETRIES,
        )

    def open(self, order: OpenOrder) -> Opened:
        with _worded():
            found = self._stripe.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "locale": "fr",
                    "client_reference_id": order.reference,
                    "customer_email": order.email,
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": "eur",
                                "unit_amount": order.amount_cents,
                                "product_data": {"name": order.label},
                            },
                        }
                    ],
                    "metadata": {"reference": order.reference},
                    "payment_intent_data": {"metadata": {"reference": order.reference}},
                    "success_url": order.return_url,
                    "cancel_url": order.cancel_url,
                    "expires_at": int(order.expires_at.timestamp()),
                },
                {"idempotency_key": order.reference},
            )
            return Opened(found.id, found.url or order.cancel_url)

    def ask(self, provider_ref: str) -> Answer:
        with _worded():
            found = self._stripe.v1.checkout.sessions.retrieve(provider_ref, {"expand": ["payment_intent"]})
            intent = found.payment_intent if isinstance(found.payment_intent, stripe.PaymentIntent) else None
            error = intent.last_payment_error if intent else None
            return Answer(
                _state(found, intent),
                found.amount_total or 0,
                found.currency or "",
                found.livemode,
                found.client_reference_id or "",
                _failure(error),
            )

    def refund(self, order: RefundOrder) -> RefundAnswer:
        """Cherché d'abord par notre clé : Stripe oublie une clé d'idempotence au bout d'un jour."""
        with _worded():
            session = self._stripe.v1.checkout.sessions.retrieve(order.provider_ref)
            intent = str(session.payment_intent)
            made = self._stripe.v1.refunds.list({"payment_intent": intent, "limit": 100})
            for one in made.data:
                if getattr(one.metadata, "key", "") == order.key:
                    return afterwards.answer(one)
            refund = self._stripe.v1.refunds.create(
                {"payment_intent": intent, "amount": order.cents, "metadata": {"key": order.key}},
                {"idempotency_key": order.key},
            )
            return afterwards.answer(refund)

    def refund_state(self, reference: str) -> RefundAnswer:
        with _worded():
            return afterwards.answer(self._stripe.v1.refunds.retrieve(reference))

    def refunds_of(self, number: str) -> list[CardRefund]:
        with _worded():
            refunds = self._stripe.v1.refunds
            if not number.startswith(CHARGES):
                return [afterwards.refund(refunds.retrieve(number))]
            return [afterwards.refund(one) for one in refunds.list({"charge": number, "limit": 100}).data]

    def intent(self, number: str) -> CardIntent:
        with _worded():
            found = self._stripe.v1.payment_intents.retrieve(number)
            reference = str(getattr(found.metadata, "reference", ""))
            return CardIntent(reference, found.amount, found.currency, found.livemode)

    def dispute(self, number: str) -> CardDispute:
        with _worded():
            return afterwards.dispute(self._stripe.v1.disputes.retrieve(number))


def _state(session: stripe.checkout.Session, intent: stripe.PaymentIntent | None) -> AnswerState:
    if session.payment_status == "paid":
        return AnswerState.PAID
    if session.status == "expired":
        return AnswerState.EXPIRED
    is_over = session.status == "complete" and intent is not None and intent.status == "requires_payment_method"
    return AnswerState.REFUSED if is_over else AnswerState.WAITING


def _failure(error: object) -> str:
    """La raison de la banque, en français ; une raison inconnue reste un refus."""
    if error is None:
        return ""
    code = getattr(error, "decline_code", None) or getattr(error, "code", None) or ""
    return FAILURES.get(str(code), DECLINED)


@contextmanager
def _worded() -> Iterator[None]:
    """Les erreurs de la bibliothèque deviennent deux : en panne, ou refusé."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        log.warning("stripe refuse", extra={"code": error.code, "status": error.http_status})
        raise ProviderRefusedError from error
    except stripe.StripeError as error:
        log.warning("stripe en panne", extra={"kind": type(error).__name__, "status": error.http_status})
        raise ProviderDownError from error
