"""Ce que Stripe dit d'un remboursement ou d'une contestation, dans nos mots."""

from datetime import UTC, datetime

import stripe

from portail.domain.payments import RefundState
from portail.integrations.payments import CardDispute, CardRefund, DisputeState, RefundAnswer

REFUND_STATES = {
    "succeeded": RefundState.DONE,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}  # tout autre mot, « pending » ou « requires_action » : pas encore
REFUND_FAILURES = {
    "expired_or_canceled_card": "carte expirée ou annulée",
    "lost_or_stolen_card": "carte perdue ou volée",
    "insufficient_funds": "compte de la mairie chez Stripe insuffisant",
    "declined": "banque qui refuse",
    "merchant_request": "annulé à la demande de la mairie",
}
NO_REASON = "sans motif donné"
DISPUTE_STATES = {
    "lost": DisputeState.LOST,
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,  # une simple demande de la banque, close sans suite
    "prevented": DisputeState.WON,
}
DISPUTE_REASONS = {
    "fraudulent": "paiement non reconnu",
    "unrecognized": "paiement non reconnu",
    "duplicate": "payé deux fois",
    "product_not_received": "prestation non reçue",
    "product_unacceptable": "prestation non conforme",
    "credit_not_processed": "remboursement attendu",
    "subscription_canceled": "abonnement résilié",
}


def answer(found: stripe.Refund) -> RefundAnswer:
    state = REFUND_STATES.get(found.status or "", RefundState.ASKED)
    if state is not RefundState.FAILED:
        return RefundAnswer(found.id, state)
    return RefundAnswer(found.id, state, REFUND_FAILURES.get(getattr(found, "failure_reason", None) or "", NO_REASON))


def refund(found: stripe.Refund) -> CardRefund:
    key = str(getattr(found.metadata, "key", ""))
    return CardRefund(answer(found), found.amount, _number(found.payment_intent), key)


def dispute(found: stripe.Dispute) -> CardDispute:
    due_by = found.evidence_details.due_by
    return CardDispute(
        found.id,
        DISPUTE_STATES.get(found.status, DisputeState.OPEN),
        found.amount,
        _number(found.payment_intent),
        DISPUTE_REASONS.get(found.reason, NO_REASON),
        datetime.fromtimestamp(due_by, UTC) if due_by else None,
    )


def _number(intent: str | stripe.PaymentIntent | None) -> str:
    """Vide : un débit sans « PaymentIntent », jamais l'un des nôtres."""
    return intent if isinstance(intent, str) else intent.id if intent else ""
