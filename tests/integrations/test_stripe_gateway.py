"""Ce que la bibliothèque dit d'une panne ou d'un refus devient l'un des deux ; les clés disent où l'on est."""

import re
from typing import Any

import pytest
import stripe

from portail.domain.payments import RefundState
from portail.integrations import stripe_gateway
from portail.integrations.payments import DisputeState, ProviderDownError, ProviderRefusedError
from portail.integrations.stripe_gateway import EVENTS, access, afterwards
from portail.integrations.stripe_gateway.gateway import DECLINED, FAILURES, StripeGateway, _failure
from portail.settings import ROOT
from tests.factories.settings import configured


class Failing(stripe.HTTPClient):
    """Répond toujours la même chose."""

    name = "panne"

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer, self.tries = answer, 0

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        self.tries += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def _sleep_time_seconds(self, *given: Any, **more: Any) -> float:
        return 0


def said(status: int, kind: str = "invalid_request_error") -> tuple[str, int, dict[str, str]]:
    return f'{{"error": {{"type": "{kind}", "code": "x", "message": "m"}}}}', status, {}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (stripe.APIConnectionError("coupé"), ProviderDownError),
        (said(500, "api_error"), ProviderDownError),
        (said(503, "api_error"), ProviderDownError),
        (said(429, "rate_limit_error"), ProviderDownError),
        (said(401, "authentication_error"), ProviderDownError),
        (("<html>", 200, {}), ProviderDownError),
        (said(400), ProviderRefusedError),
        (said(404), ProviderRefusedError),
        (said(402, "card_error"), ProviderRefusedError),
    ],
)
def test_every_error_of_the_library_is_one_of_two(answer: Any, error: type[Exception]) -> None:
    client = Failing(answer)
    with pytest.raises(error):
        StripeGateway(client).ask("cs_test_1")
    assert client.tries <= 3


@pytest.mark.parametrize(("code", "sentence"), [*FAILURES.items(), ("inconnu", DECLINED), ("", DECLINED)])
def test_the_reason_of_the_bank_is_in_french(code: str, sentence: str) -> None:
    error = stripe.StripeObject.construct_from({"code": "card_declined", "decline_code": code}, "sk")
    assert _failure(error) == sentence
    assert _failure(None) == ""


def test_without_a_key_a_demonstration_speaks_to_the_stand_in() -> None:
    with configured(PORT="3111", PORTAIL_HOST="::"):
        assert access.api_base() == "http://127.0.0.1:3111/demonstration/stripe"
        assert (access.uses_stand_in(), access.is_live()) == (True, False)


def test_with_a_key_it_speaks_to_stripe() -> None:
    with configured(PORTAIL_STRIPE_SECRET_KEY="sk_test_a_nous", PORTAIL_STRIPE_WEBHOOK_SECRET="whsec_a_nous"):
        assert (access.api_base(), access.uses_stand_in()) == ("", False)
        assert (access.is_live(), access.signing_secret()) == (False, "whsec_a_nous")
        assert StripeGateway()._stripe.v1 is not None


@pytest.mark.parametrize(("key", "is_live"), [("sk_live_a", True), ("rk_live_a", True), ("sk_test_a", False)])
def test_the_mode_is_the_one_of_the_key(key: str, is_live: bool) -> None:
    with configured(PORTAIL_STRIPE_SECRET_KEY=key):
        assert (access.is_live(), StripeGateway(Failing(said(400))).is_live) == (is_live, is_live)


def test_another_server_can_be_named_for_a_trial() -> None:
    with configured(PORTAIL_STRIPE_API_BASE="http://localhost:8420"):
        assert (access.api_base(), access.uses_stand_in()) == ("http://localhost:8420", False)
    assert stripe_gateway.is_available()


def test_the_events_to_tick_are_those_the_portal_listens_to() -> None:
    settings = (ROOT / "docs" / "reglages.md").read_text()
    (row,) = [line for line in settings.splitlines() if line.startswith("| `PORTAIL_STRIPE_WEBHOOK_SECRET`")]
    assert tuple(re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", row)) == EVENTS


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("succeeded", RefundState.DONE),
        ("failed", RefundState.FAILED),
        ("canceled", RefundState.FAILED),
        ("pending", RefundState.ASKED),
        ("requires_action", RefundState.ASKED),
        ("un mot nouveau", RefundState.ASKED),
        (None, RefundState.ASKED),
    ],
)
def test_each_status_of_a_refund_is_one_of_three(status: str | None, state: RefundState) -> None:
    found = afterwards.answer(stripe.Refund.construct_from({"id": "re_1", "status": status}, "sk"))
    assert (found.state, found.failure) == (state, afterwards.NO_REASON if state is RefundState.FAILED else "")


@pytest.mark.parametrize(("reason", "said"), [*afterwards.REFUND_FAILURES.items(), ("inconnue", afterwards.NO_REASON)])
def test_why_a_refund_failed_is_in_french(reason: str, said: str) -> None:
    given = {"id": "re_1", "status": "failed", "failure_reason": reason}
    assert afterwards.answer(stripe.Refund.construct_from(given, "sk")).failure == said


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("needs_response", DisputeState.OPEN),
        ("under_review", DisputeState.OPEN),
        ("warning_needs_response", DisputeState.OPEN),
        ("warning_closed", DisputeState.WON),
        ("won", DisputeState.WON),
        ("lost", DisputeState.LOST),
    ],
)
def test_each_status_of_a_dispute_is_one_of_three(status: str, state: DisputeState) -> None:
    given = {"id": "dp_1", "status": status, "amount": 100, "reason": "general", "payment_intent": {"id": "pi_1"}}
    given["evidence_details"] = {"due_by": None}
    found = afterwards.dispute(stripe.Dispute.construct_from(given, "sk"))
    assert (found.state, found.answer_by, found.reason) == (state, None, afterwards.NO_REASON)
