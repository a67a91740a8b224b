"""Le tableau de bord d'essai : ce qu'il fait arriver à l'argent, la vraie bibliothèque le relit."""

from pathlib import Path

import pytest

from portail.domain.payments import RefundState
from portail.integrations import stripe_gateway
from portail.integrations.payments import DisputeState, ProviderRefusedError, RefundOrder
from portail.standins.stripe.bank import RefusedError
from portail.standins.stripe.dashboard import RefundOutcome
from tests.factories.cards import Cards, make_cards
from tests.standins.test_stripe import order, visit


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cards:
    return make_cards(tmp_path, monkeypatch)


@pytest.fixture
def gateway(cards: Cards) -> stripe_gateway.StripeGateway:
    return stripe_gateway.StripeGateway(cards.wire)


@pytest.fixture
def key(cards: Cards, gateway: stripe_gateway.StripeGateway) -> str:
    """Une page payée 45 €."""
    opened = gateway.open(order())
    cards.pay(opened.url)
    cards.kept.events = []
    return opened.provider_ref


def kinds(cards: Cards) -> list[str]:
    return [event["type"] for event in cards.kept.events]


@pytest.mark.parametrize(
    ("outcome", "states"),
    [
        (RefundOutcome.SUCCEEDS, (RefundState.DONE, RefundState.DONE)),
        (RefundOutcome.PENDING, (RefundState.ASKED, RefundState.DONE)),
        (RefundOutcome.FAILS, (RefundState.DONE, RefundState.FAILED)),
    ],
)
def test_a_refund_of_the_portal_follows_what_was_chosen(
    cards: Cards, gateway: stripe_gateway.StripeGateway, key: str, outcome: RefundOutcome, states: tuple[str, str]
) -> None:
    first, then = states
    cards.dashboard.choose(key, outcome)
    made = gateway.refund(RefundOrder(key, 1000, "cle-1"))
    assert made.state == first
    cards.dashboard.advance(made.reference)
    cards.dashboard.advance(made.reference)
    found = gateway.refund_state(made.reference)
    assert (found.state, found.failure != "") == (then, then == RefundState.FAILED)
    last = {RefundOutcome.PENDING: ["refund.updated"], RefundOutcome.FAILS: ["refund.failed"]}
    assert kinds(cards) == ["refund.created", "charge.refunded", *last.get(outcome, [])]


def test_a_refund_is_read_by_its_number_or_by_its_charge(
    cards: Cards, gateway: stripe_gateway.StripeGateway, key: str
) -> None:
    first, second = cards.dashboard.refund(key, 1000), cards.dashboard.refund(key, 500)
    (one,) = gateway.refunds_of(first["id"])
    assert (one.cents, one.key, one.intent) == (1000, "", first["payment_intent"])
    assert sorted(one.cents for one in gateway.refunds_of(second["charge"])) == [500, 1000]
    found = gateway.intent(one.intent)
    assert (found.reference, found.amount_cents, found.currency, found.is_live) == ("PFESSAI", 4500, "eur", False)
    with pytest.raises(ProviderRefusedError):
        gateway.refunds_of("re_inconnu")


def test_no_more_is_refunded_than_paid_and_a_failed_one_no_longer_counts(cards: Cards, key: str) -> None:
    cards.dashboard.choose(key, RefundOutcome.FAILS)
    made = cards.dashboard.refund(key, 4000)
    with pytest.raises(RefusedError):
        cards.dashboard.refund(key, 501)
    cards.dashboard.advance(made["id"])
    assert cards.dashboard.refund(key, 4500)["amount"] == 4500


@pytest.mark.parametrize(("is_lost", "state"), [(True, DisputeState.LOST), (False, DisputeState.WON)])
def test_a_dispute_opens_once_and_closes_once(
    cards: Cards, gateway: stripe_gateway.StripeGateway, key: str, is_lost: bool, state: DisputeState
) -> None:
    made = cards.dashboard.contest(key)
    assert cards.dashboard.contest(key)["id"] == made["id"]
    opened = gateway.dispute(made["id"])
    assert (opened.state, opened.cents, opened.reason) == (DisputeState.OPEN, 4500, "paiement non reconnu")
    assert opened.answer_by is not None
    cards.dashboard.close(made["id"], is_lost=is_lost)
    cards.dashboard.close(made["id"], is_lost=not is_lost)
    assert (gateway.dispute(made["id"]).state, kinds(cards)) == (
        state,
        ["charge.dispute.created", "charge.dispute.closed"],
    )


def test_its_page_refunds_contests_and_lets_time_pass(cards: Cards, key: str) -> None:
    page = f"/tableau/{key}"
    assert "PFESSAI" in visit(cards, "GET", "/tableau").text
    assert "Rembourser au tableau de bord" in visit(cards, "GET", page).text
    assert visit(cards, "POST", page, data={"do": "choose", "outcome": "pending"}).status_code == 303
    assert visit(cards, "POST", page, data={"do": "refund", "amount": "12,50"}).headers["location"] == key
    (made,) = cards.dashboard.refunds(cards.dashboard.intent_of(key)["id"])
    assert (made["amount"], made["status"]) == (1250, "pending")
    assert "en attente" in visit(cards, "GET", page).text
    visit(cards, "POST", page, data={"do": "advance", "about": made["id"]})
    assert "Faire passer le temps" not in visit(cards, "GET", page).text
    visit(cards, "POST", page, data={"do": "contest"})
    (dispute,) = cards.dashboard.disputes(made["payment_intent"])
    visit(cards, "POST", page, data={"do": "lose", "about": dispute["id"]})
    assert "perdue par la mairie" in visit(cards, "GET", page).text


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "refund", "amount": "45,01"},
        {"do": "refund", "amount": "abc"},
        {"do": "refund", "amount": "-1"},
        {"do": "advance", "about": "re_inconnu"},
        {"do": "lose", "about": "dp_inconnu"},
    ],
)
def test_an_impossible_demand_is_said_and_does_nothing(cards: Cards, key: str, sent: dict[str, str]) -> None:
    answer = visit(cards, "POST", f"/tableau/{key}", data=sent)
    assert (answer.status_code, 'role="alert"' in answer.text, cards.kept.events) == (400, True, [])


@pytest.mark.parametrize("sent", [{}, {"do": "<script>"}, {"do": "choose", "outcome": "rien"}])
def test_a_demand_it_does_not_know_changes_nothing(cards: Cards, key: str, sent: dict[str, str]) -> None:
    assert visit(cards, "POST", f"/tableau/{key}", data=sent).status_code == 303
    assert cards.kept.events == []


def test_what_is_not_paid_has_no_page(cards: Cards, gateway: stripe_gateway.StripeGateway) -> None:
    opened = gateway.open(order())
    for method in ("GET", "POST"):
        assert visit(cards, method, f"/tableau/{opened.provider_ref}", data={"do": "contest"}).status_code == 404
    assert visit(cards, "GET", "/tableau/cs_inconnu").status_code == 404
    assert "Aucun paiement" in visit(cards, "GET", "/tableau").text


def test_a_paid_page_leads_to_it(cards: Cards, key: str) -> None:
    assert f"../tableau/{key}" in visit(cards, "GET", f"/payer/{key}").text
