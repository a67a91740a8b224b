"""Alimenter son porte-monnaie par carte : crédité quand la notification signée le dit, une fois."""

from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from portail.domain.accounts import Actor
from portail.domain.forms import FormRefusedError
from portail.domain.payments import AttemptState
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.mails import OutboxMail
from portail.models.payments import PaymentAttempt
from portail.models.regies import Regie
from portail.services import regies, wallet
from portail.services.payments import keeping, resuming, topping_up
from portail.services.wallet import InactiveWalletError
from portail.standins.stripe.bank import Outcome
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen, make_home
from tests.factories.cards import Cards, attempts, payments, top_up
from tests.factories.crowds import together
from tests.factories.money import balance
from tests.factories.people import make_account, open_session


def subjects() -> list[str]:
    with reading() as db:
        return list(db.exec(select(OutboxMail.subject)))


def test_nothing_is_credited_until_the_signed_notification_comes(cards: Cards, home: Home) -> None:
    way = top_up(home.actor, home.family, "45,50")
    cards.pay(way)
    assert (balance(home.family), attempts()[0].state, payments()) == (0, AttemptState.PENDING, [])
    assert cards.deliver() == [200]
    assert (balance(home.family), attempts()[0].state) == (4550, AttemptState.SUCCEEDED)
    (payment,) = payments()
    assert (payment.means, payment.amount_cents, payment.family_id) == ("card", 4550, home.family)
    assert payment.movement_id is not None
    assert subjects() == ["Reçu de votre paiement de 45,50\u00a0€"]
    assert wallet.check_ledger() == []


def test_the_notification_delivered_three_times_credits_once(cards: Cards, home: Home) -> None:
    way = top_up(home.actor, home.family)
    cards.pay(way)
    (event,) = cards.kept.events
    assert [cards.hand(event) for _ in range(3)] == [200, 200, 200]
    assert (balance(home.family), len(payments()), len(subjects())) == (4500, 1, 1)


def test_several_processes_told_at_the_same_instant_credit_once(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family))
    (event,) = cards.kept.events
    together(*[lambda rank=rank: cards.hand(event | {"id": f"evt_{rank}"}) for rank in range(4)])
    assert (balance(home.family), len(payments())) == (4500, 1)
    assert wallet.check_ledger() == []


def test_an_inactive_wallet_is_activated_first(cards: Cards) -> None:
    home = make_home(cents=0)
    with pytest.raises(InactiveWalletError):
        top_up(home.actor, home.family)
    assert attempts() == []


@pytest.mark.parametrize(
    "amount",
    ["", "0", "-5", "12,345", "NaN", "inf", "1e3", str(2**63), str(2**53), "0,99", "500,01", "²", "5;", "١٢"],
)
def test_an_impossible_amount_is_refused_before_anything_is_written(cards: Cards, home: Home, amount: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        top_up(home.actor, home.family, amount)
    assert set(refusal.value.fields) == {"amount"}
    assert (attempts(), cards.wire.calls) == ([], [])


def test_the_least_and_the_most_are_accepted(cards: Cards, home: Home) -> None:
    top_up(home.actor, home.family, "1")
    top_up(home.actor, home.family, "500,00", token="jeton-de-versement-2")
    assert [one.amount_cents for one in attempts()] == [100, 50_000]


def test_two_clicks_make_one_attempt_and_one_page(cards: Cards, home: Home) -> None:
    first, second = top_up(home.actor, home.family), top_up(home.actor, home.family)
    assert (first, len(attempts())) == (second, 1)


def test_two_tabs_asking_the_same_thing_share_the_page(cards: Cards, home: Home) -> None:
    first = top_up(home.actor, home.family)
    assert top_up(home.actor, home.family, token="jeton-d-un-autre-onglet") == first
    cards.pay(first)
    cards.deliver()
    later = top_up(home.actor, home.family, token="jeton-d-un-autre-jour")
    assert (later == first, len(attempts())) == (False, 2)


def test_two_clicks_at_the_same_instant_make_one_attempt(cards: Cards, home: Home) -> None:
    together(*[lambda: top_up(home.actor, home.family)] * 4)
    assert len(attempts()) == 1


def test_an_old_page_is_not_given_again(cards: Cards, home: Home) -> None:
    first = top_up(home.actor, home.family)
    cards.now[0] = NOW + timedelta(minutes=79)
    assert top_up(home.actor, home.family, now=cards.now[0], token="jeton-de-plus-tard-1") == first
    cards.now[0] = NOW + timedelta(minutes=80)
    assert top_up(home.actor, home.family, now=cards.now[0], token="jeton-de-plus-tard-2") != first


@pytest.mark.parametrize("minutes", [0, 31, 46, 79])
@pytest.mark.parametrize("token", ["jeton-de-versement-1", "jeton-d-un-autre-onglet"])
def test_a_page_made_late_because_of_a_breakdown_is_one_that_stripe_makes(
    cards: Cards, home: Home, minutes: int, token: str
) -> None:
    """Stripe refuse une page qui se fermerait dans moins de trente minutes."""
    cards.wire.cut = True
    with pytest.raises(RefusalError):
        top_up(home.actor, home.family)
    cards.wire.cut = False
    cards.now[0] = NOW + timedelta(minutes=minutes)
    cards.pay(top_up(home.actor, home.family, now=cards.now[0], token=token))
    cards.deliver(cards.now[0])
    assert (len(attempts()), balance(home.family)) == (1, 4500)


def test_a_page_that_stripe_would_not_make_any_more_is_asked_again(cards: Cards, home: Home) -> None:
    cards.wire.cut = True
    with pytest.raises(RefusalError):
        top_up(home.actor, home.family)
    cards.wire.cut, cards.now[0] = False, NOW + timedelta(minutes=80)
    with pytest.raises(RefusalError, match="a trop attendu"):
        top_up(home.actor, home.family, now=cards.now[0])
    cards.pay(top_up(home.actor, home.family, now=cards.now[0], token="jeton-de-la-page-neuve"))
    cards.deliver(cards.now[0])
    assert (len(attempts()), balance(home.family)) == (2, 4500)


def test_the_same_form_for_another_amount_is_refused(cards: Cards, home: Home) -> None:
    top_up(home.actor, home.family, "20")
    with pytest.raises(RefusalError, match="autre montant"):
        top_up(home.actor, home.family, "30")


def test_the_form_sent_again_after_paying_leads_to_the_result(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family))
    cards.deliver()
    way = top_up(home.actor, home.family)
    assert (way.is_done, "/paiement/retour?tentative=PF" in way.url) == (True, True)


@pytest.mark.parametrize("token", ["", "court", "x" * 65])
def test_a_token_of_the_wrong_size_is_refused(cards: Cards, home: Home, token: str) -> None:
    with pytest.raises(BadInputError):
        top_up(home.actor, home.family, token=token)


def test_another_family_and_an_adult_without_the_right_are_refused(cards: Cards, home: Home) -> None:
    other: Actor = open_session(make_account("autre@famille.example"))[1]
    with pytest.raises(NotOpenError):
        top_up(other, home.family)
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.family_id) == home.family).values(can_see_money=False))
    with pytest.raises(RefusalError):
        top_up(home.actor, home.family)
    assert attempts() == []


def test_a_regie_without_card_says_where_to_pay(cards: Cards, home: Home) -> None:
    with transaction() as db:
        regies.default(db)
        db.exec(update(Regie).values(providers=[]))
    with pytest.raises(RefusalError, match="Le paiement en ligne n’est pas ouvert"):
        top_up(home.actor, home.family)


def test_an_unknown_provider_is_refused(cards: Cards, home: Home) -> None:
    with pytest.raises(FormRefusedError, match="Choisissez comment payer"):
        top_up(home.actor, home.family, provider="paypal")


def test_a_provider_that_is_down_loses_nothing(cards: Cards, home: Home) -> None:
    cards.wire.cut = True
    with pytest.raises(RefusalError, match="Rien n’a été débité"):
        top_up(home.actor, home.family)
    assert [one.state for one in attempts()] == [AttemptState.CREATED]
    cards.wire.cut = False
    cards.pay(top_up(home.actor, home.family))
    cards.deliver()
    assert (len(attempts()), balance(home.family)) == (1, 4500)


def test_killed_after_the_page_was_made_the_next_click_finds_the_same_page(cards: Cards, home: Home) -> None:
    cards.wire.cut_after = True
    with pytest.raises(RefusalError):
        top_up(home.actor, home.family)
    cards.wire.cut_after = False
    way = top_up(home.actor, home.family)
    assert len(cards.bank.store.every("checkout.session")) == 1
    cards.pay(way)
    cards.deliver()
    assert balance(home.family) == 4500


def test_a_page_paid_before_its_number_was_noted_is_credited_too(cards: Cards, home: Home) -> None:
    way = top_up(home.actor, home.family)
    with transaction() as db:
        db.exec(update(PaymentAttempt).values(provider_ref=None, state=AttemptState.CREATED))
    cards.pay(way)
    assert cards.deliver() == [200]
    assert (balance(home.family), attempts()[0].provider_ref) == (4500, way.url.rpartition("/")[2])


def test_a_request_the_provider_refuses_is_said_and_closed(
    cards: Cards, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portail.standins.stripe.bank.LEAST_CENTS", 100_000)
    with pytest.raises(RefusalError, match="n’a pas accepté cette demande"):
        top_up(home.actor, home.family)
    assert attempts()[0].state == AttemptState.FAILED
    with pytest.raises(RefusalError, match="Cette page de paiement est fermée"):
        top_up(home.actor, home.family)


def test_a_declined_card_credits_nothing_and_can_be_tried_again(cards: Cards, home: Home) -> None:
    way = top_up(home.actor, home.family)
    cards.pay(way, Outcome.DECLINE)
    assert cards.deliver() == [200]
    assert (balance(home.family), attempts()[0].state) == (0, AttemptState.PENDING)
    cards.pay(way)
    cards.deliver()
    assert balance(home.family) == 4500


def keep(home: Home) -> tuple[int, str, str]:
    """Un jour trop cher : l'activité, ce qui est choisi, la référence gardée."""
    activity, slots = make_canteen(cents=330)
    address = keeping.keep_days(actor=home.actor, activity_id=activity, choices=home.choices(slots[3]), now=NOW)
    return activity, home.choices(slots[3]), address.rpartition("%3D")[2]


def test_the_payment_takes_the_kept_selection_with_it(cards: Cards, home: Home) -> None:
    activity, choices, kept = keep(home)
    top_up(home.actor, home.family, kept=kept)
    assert attempts()[0].resume == {"activity": activity, "choices": choices}


@pytest.mark.parametrize("kept", ["SEINCONNU", "<script>", "\x00", "412.7=add"])
def test_a_reference_that_names_nothing_does_not_stop_the_payment(cards: Cards, home: Home, kept: str) -> None:
    top_up(home.actor, home.family, kept=kept)
    assert attempts()[0].resume == {}


def test_the_selection_of_another_is_not_taken(cards: Cards, home: Home) -> None:
    _, _, kept = keep(make_home("Boris", cents=0))
    top_up(home.actor, home.family, kept=kept)
    assert attempts()[0].resume == {}


def test_a_selection_already_confirmed_does_not_come_back_with_the_same_form(cards: Cards, home: Home) -> None:
    chosen = {"kept": keep(home)[2]}
    cards.pay(top_up(home.actor, home.family, **chosen))
    cards.deliver()
    resuming.finish(actor=home.actor, reference=attempts()[0].reference, now=NOW)
    top_up(home.actor, home.family, **chosen)
    assert attempts()[0].resume == {}


def test_the_bounds_and_the_suggestions_are_those_of_the_regie(cards: Cards, home: Home) -> None:
    with transaction() as db:
        regie = regies.default(db)
        regie.top_up_least_cents, regie.top_up_most_cents = 10_50, 60_00
        regie.first_cents, regie.second_cents, regie.third_cents = 12_50, 60_00, None
    shown = topping_up.offer(actor=home.actor, kept="", now=NOW)
    assert [one.value for one in shown.suggested] == ["12,50", "60"]
    assert (shown.least, shown.most) == ("10,50\u00a0€", "60,00\u00a0€")
    for typed, said in (("10,49", "10,50\u00a0€ au moins"), ("60,01", "dépasser 60,00"), ("-20", "pas la forme")):
        with pytest.raises(FormRefusedError, match=said):
            top_up(home.actor, home.family, typed)
    assert attempts() == []
    top_up(home.actor, home.family, "12,50")
    assert attempts()[0].amount_cents == 12_50
