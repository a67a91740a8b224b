"""Payer par PayFiP : rien de ce que le navigateur ou la notification disent n'est cru, le résultat est redemandé."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portail.domain.payments import AttemptState
from portail.domain.refusals import RefusalError
from portail.services import wallet
from portail.services.invoices import paying
from portail.services.invoices.paying import Order
from portail.services.payments import reconciling
from portail.services.payments.gateways import NoOnlinePaymentError, ProviderDownRefusalError, TooLittleError
from portail.services.payments.opening import Way
from portail.settings import current
from tests.conftest import NOW
from tests.factories import treasury
from tests.factories.booking import Home
from tests.factories.cards import attempts, payer, payments, top_up
from tests.factories.crowds import together
from tests.factories.invoices import make_invoice
from tests.factories.money import balance
from tests.factories.settings import configured
from tests.factories.treasury import Treasury
from tests.test_settings import PRODUCTION

LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def payfip(base: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Treasury]:
    with treasury.made(tmp_path, monkeypatch) as found:
        treasury.offer()
        yield found


@pytest.fixture
def family(payfip: Treasury) -> Home:
    return payer()


def begin(home: Home, amount: str = "45", **more: str) -> Way:
    return top_up(home.actor, home.family, amount, provider="payfip", **more)


def test_the_payment_is_credited_when_the_service_itself_says_so(payfip: Treasury, family: Home) -> None:
    way = begin(family, "45,50")
    assert (balance(family.family), attempts()[0].state) == (0, AttemptState.PENDING)
    key = payfip.pay(way)
    assert balance(family.family) == 0
    assert payfip.tell(key) == 200
    assert (balance(family.family), attempts()[0].state) == (4550, AttemptState.SUCCEEDED)
    (payment,) = payments()
    assert (payment.means, payment.amount_cents) == ("payfip", 4550)
    assert wallet.check_ledger() == []


def test_a_notice_before_the_payment_credits_nothing(payfip: Treasury, family: Home) -> None:
    key = begin(family).url.rpartition("idop=")[2]
    assert [payfip.tell(key) for _ in range(3)] == [200] * 3
    assert (balance(family.family), payments(), attempts()[0].review) == (0, [], "")
    payfip.trial.finish(key, "P")
    payfip.tell(key)
    assert balance(family.family) == 4500


@pytest.mark.parametrize("forged", ["", "x", "0" * 300, "a\0b", "81bdf4c0-8edb-11e5-99d5-00000a634c44"])
def test_a_fake_return_credits_nothing(payfip: Treasury, family: Home, forged: str) -> None:
    begin(family)
    assert payfip.tell(forged) == 400
    assert (balance(family.family), payments()) == (0, [])


def test_a_notice_for_the_payment_of_another_credits_that_other_only(payfip: Treasury, family: Home) -> None:
    other = payer("Martin")
    paid = payfip.pay(begin(other))
    begin(family)
    payfip.tell(paid)
    assert (balance(family.family), balance(other.family)) == (0, 4500)


def test_repeated_and_simultaneous_notices_credit_once(payfip: Treasury, family: Home) -> None:
    key = payfip.pay(begin(family))
    together(*[partial(payfip.tell, key)] * 4)
    payfip.tell(key)
    assert (balance(family.family), len(payments())) == (4500, 1)
    assert wallet.check_ledger() == []


@pytest.mark.parametrize(("result", "state"), [("R", AttemptState.FAILED), ("A", AttemptState.EXPIRED)])
def test_a_refusal_and_a_surrender_are_told_apart(
    payfip: Treasury, family: Home, result: str, state: AttemptState
) -> None:
    payfip.tell(payfip.pay(begin(family), result))
    assert (attempts()[0].state, balance(family.family)) == (state, 0)
    assert attempts()[0].failure


@pytest.mark.parametrize(
    "lie", [{"montant": "100"}, {"refdet": "AUTREREFERENCE"}, {"saisie": "W"}, {"montant": "4501"}]
)
def test_another_amount_reference_or_mode_waits_for_an_agent(
    payfip: Treasury, family: Home, lie: dict[str, str]
) -> None:
    key = payfip.pay(begin(family))
    payfip.forge(key, **lie)
    assert payfip.tell(key) == 200
    assert (balance(family.family), payments()) == (0, [])
    assert "non crédité" in attempts()[0].review


def test_the_round_finds_what_no_notice_told(payfip: Treasury, family: Home) -> None:
    payfip.pay(begin(family))
    assert reconciling.reconcile(LATER) == 1
    assert balance(family.family) == 4500
    assert reconciling.reconcile(LATER) == 0


def test_a_service_that_is_down_says_so_and_loses_nothing(payfip: Treasury, family: Home) -> None:
    payfip.down = True
    with pytest.raises(ProviderDownRefusalError, match="ne répond pas"):
        begin(family)
    assert attempts()[0].state == AttemptState.CREATED
    payfip.down = False
    way = begin(family)  # le même formulaire : la même tentative
    assert len(attempts()) == 1
    key = payfip.pay(way)
    payfip.down = True
    assert payfip.tell(key) == 503
    assert reconciling.reconcile(LATER) == 0
    payfip.down = False
    reconciling.reconcile(LATER + timedelta(minutes=1))
    assert balance(family.family) == 4500


def test_a_page_nobody_paid_is_over_after_the_night(payfip: Treasury, family: Home) -> None:
    """Le service dit d'abord « pas encore », puis ne la connaît plus."""
    begin(family)
    reconciling.reconcile(LATER)
    assert attempts()[0].state == AttemptState.PENDING
    payfip.now[0] = NOW + timedelta(days=1)
    reconciling.reconcile(NOW + timedelta(days=1))
    assert (attempts()[0].state, attempts()[0].review) == (AttemptState.EXPIRED, "")


def test_a_result_still_unknown_after_two_days_is_given_up_but_a_late_success_counts(
    payfip: Treasury, family: Home
) -> None:
    key = begin(family).url.rpartition("idop=")[2]
    reconciling.reconcile(NOW + timedelta(hours=47))
    assert attempts()[0].state == AttemptState.PENDING
    reconciling.reconcile(NOW + timedelta(hours=48))
    assert attempts()[0].state == AttemptState.EXPIRED
    payfip.trial.finish(key, "P")
    assert payfip.tell(key, NOW + timedelta(hours=49)) == 200
    assert (attempts()[0].state, balance(family.family)) == (AttemptState.SUCCEEDED, 4500)


def test_two_tabs_follow_the_same_page(payfip: Treasury, family: Home) -> None:
    first = begin(family)
    again = begin(family, token="un-autre-jeton-de-versement")
    assert again.url == first.url
    both = together(*[partial(begin, family, "30", token=f"jeton-numero-{rank}-bien-long") for rank in range(3)])
    assert len({way.url for way in both}) == 1
    payfip.tell(payfip.pay(both[0]))
    assert balance(family.family) == 3000


def test_a_page_that_has_closed_is_not_offered_again(payfip: Treasury, family: Home) -> None:
    first = begin(family)
    later = NOW + timedelta(minutes=11)
    again = top_up(family.actor, family.family, "45", later, provider="payfip", token="un-autre-jeton-de-versement")
    assert again.url != first.url


@pytest.mark.parametrize("minutes", [10, 60])
def test_the_same_form_sent_again_once_the_page_has_closed_asks_to_reload(
    payfip: Treasury, family: Home, minutes: int
) -> None:
    begin(family)
    with pytest.raises(RefusalError, match="a trop attendu"):
        top_up(family.actor, family.family, "45", NOW + timedelta(minutes=minutes), provider="payfip")
    assert attempts()[0].state == AttemptState.PENDING


def test_less_than_a_euro_is_refused_with_a_way_out(payfip: Treasury, family: Home) -> None:
    order = Order(str(make_invoice(family.family, 99)), 99, "jeton-de-factures-1")
    with pytest.raises(TooLittleError) as refusal:
        paying.pay_online(actor=family.actor, order=order, provider="payfip", now=NOW)
    assert attempts() == []
    assert refusal.value.full_sentence == (
        "PayFiP ne prend pas de paiement de moins de 1,00\u00a0€. "
        "Choisissez un autre moyen, ou payez plusieurs factures ensemble."
    )


def test_a_regie_that_does_not_offer_it_refuses_it(payfip: Treasury, family: Home) -> None:
    treasury.offer("stripe")
    with pytest.raises(NoOnlinePaymentError):
        begin(family)


def test_production_without_an_address_does_not_offer_payfip(payfip: Treasury, family: Home) -> None:
    with configured(**PRODUCTION):
        assert current().is_production
        with pytest.raises(NoOnlinePaymentError):
            begin(family)
