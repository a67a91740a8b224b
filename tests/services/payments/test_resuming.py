"""Trop peu d'argent, un versement, et la sélection telle qu'elle était : sur n'importe quel appareil."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from portail.domain.refusals import NotOpenError
from portail.models.database import reading
from portail.models.mails import OutboxMail
from portail.services import outbox
from portail.services.payments import resuming, returning, topping_up
from portail.services.payments.topping_up import Need
from portail.views.payments import PaymentReturn, TopUpOffer
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen, make_home, states
from tests.factories.cards import Cards, attempts, top_up
from tests.factories.money import balance, fill

LATER = NOW + timedelta(minutes=2)


def need_of(link: str) -> Need:
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    return Need(int(query["manque"]), int(query["suite"].rpartition("/")[2]), query["choix"])


def offer(home: Home, need: Need | None = None) -> TopUpOffer:
    return topping_up.offer(actor=home.actor, need=need or Need(), now=LATER)


def back(home: Home, *, is_given_up: bool = False, rank: int = 0) -> PaymentReturn:
    reference = attempts()[rank].reference
    return returning.show(actor=home.actor, reference=reference, is_given_up=is_given_up, now=LATER)


def draft_of(home: Home, activity: int) -> resuming.Draft:
    given = {"reference": attempts()[0].reference, "activity_id": activity, "now": LATER}
    return resuming.draft(actor=home.actor, **given)


def paid_for(cards: Cards, home: Home, link: str) -> None:
    filled = offer(home, need_of(link))
    way = top_up(home.actor, home.family, filled.amount, activity=filled.activity, choices=filled.choices)
    cards.pay(way)
    cards.deliver()


def test_from_too_little_money_to_confirmed(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    choices = home.choices(*slots[3:7])
    recap = home.preview(activity, choices)
    assert (recap.can_confirm, recap.blocked) == (False, "Il manque 13,20\u00a0€ dans votre porte-monnaie.")
    shown = offer(home, need_of(recap.blocked_link))
    assert (shown.missing, shown.amount, shown.activity) == ("13,20\u00a0€", "14", str(activity))
    assert set(shown.choices.split(",")) == set(choices.split(","))
    paid_for(cards, home, recap.blocked_link)
    said = back(home)
    assert (said.resumes, said.href) == (True, f"/reservations/{activity}?reprise={attempts()[0].reference}")
    draft = draft_of(home, activity)
    assert set(draft.choices.split(",")) == set(choices.split(","))
    assert [(pick.gesture, pick.cents) for pick in draft.picks] == [("add", 330)] * 4
    assert home.preview(activity, draft.choices).can_confirm
    assert home.confirm(activity, draft.choices).batch
    assert balance(home.family) == 1400 - 1320
    resuming.finish(actor=home.actor, reference=draft.reference)
    assert (draft_of(home, activity).choices, back(home).resumes, offer(home).resume) == ("", False, "")


def test_an_inactive_wallet_leads_there_with_the_whole_price(cards: Cards) -> None:
    home = make_home("Boris", cents=0)
    activity, slots = make_canteen(cents=330)
    recap = home.preview(activity, home.choices(*slots[3:5]))
    assert need_of(recap.blocked_link).missing_cents == 660


def test_what_is_already_there_counts(cards: Cards, home: Home) -> None:
    fill(home.family, 1000)
    activity, slots = make_canteen(cents=330)
    recap = home.preview(activity, home.choices(*slots[3:7]))
    assert need_of(recap.blocked_link).missing_cents == 320
    assert home.preview(activity, home.choices(slots[3])).blocked_link == ""


def test_the_selection_is_offered_on_another_device_and_in_the_receipt(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    paid_for(cards, home, home.preview(activity, home.choices(slots[3])).blocked_link)
    assert offer(home).resume == f"/reservations/{activity}?reprise={attempts()[0].reference}"
    with reading() as db:
        mail = db.exec(select(OutboxMail).where(OutboxMail.subject.startswith("Reçu"))).one()  # type: ignore[attr-defined]
    assert "Votre sélection vous attend" in outbox.letter(mail).text
    assert f"tentative={attempts()[0].reference}" in outbox.letter(mail).text


def test_paid_but_the_place_is_gone_keeps_the_money_and_says_so(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330, capacity=1)
    recap = home.preview(activity, home.choices(slots[3]))
    other = make_home("Boris")
    other.book(activity, slots[3])
    paid_for(cards, home, recap.blocked_link)
    draft = draft_of(home, activity)
    assert (draft.sentence, draft.picks) == (resuming.GONE, [])
    resumed = home.preview(activity, draft.choices)
    assert (resumed.can_confirm, len(resumed.refused), balance(home.family)) == (False, 1, 400)
    assert states(slots[3]) == ["booked"]


def test_a_draft_is_kept_two_days_for_its_own_activity_only(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    paid_for(cards, home, home.preview(activity, home.choices(slots[3])).blocked_link)
    reference = attempts()[0].reference
    assert draft_of(home, activity + 1).choices == ""
    late = resuming.draft(actor=home.actor, reference=reference, activity_id=activity, now=NOW + timedelta(days=2))
    assert late.choices == ""


@pytest.mark.parametrize("reference", ["", "PFINCONNU", "' or 1=1 --", "PF\x00", "PF\ud800", "P" * 5000])
def test_the_payment_of_another_does_not_exist(cards: Cards, home: Home, reference: str) -> None:
    top_up(home.actor, home.family)
    other = make_home("Boris", cents=0)
    for wanted in (reference, attempts()[0].reference):
        for ask in (
            lambda wanted=wanted: returning.show(actor=other.actor, reference=wanted, is_given_up=False, now=NOW),
            lambda wanted=wanted: resuming.draft(actor=other.actor, reference=wanted, activity_id=1, now=NOW),
            lambda wanted=wanted: resuming.finish(actor=other.actor, reference=wanted),
        ):
            with pytest.raises(NotOpenError):
                ask()


def test_the_return_page_waits_and_credits_nothing(cards: Cards, home: Home) -> None:
    way = top_up(home.actor, home.family)
    cards.pay(way)
    said = back(home)
    assert (said.title, said.is_waiting, said.amount) == ("Paiement en attente", True, "45,00\u00a0€")
    assert balance(home.family) == 0
    cards.deliver()
    said = back(home)
    assert (said.title, said.is_waiting, said.tone) == ("Paiement reçu", False, "ok")
    assert "45,00\u00a0€" in said.detail


def test_coming_back_without_paying_is_said_but_the_bank_has_the_last_word(cards: Cards, home: Home) -> None:
    way = top_up(home.actor, home.family)
    assert back(home, is_given_up=True).title == "Paiement abandonné"
    cards.pay(way)
    cards.deliver()
    assert back(home, is_given_up=True).title == "Paiement reçu"


def test_a_payment_that_does_not_match_says_the_town_is_looking(cards: Cards, home: Home) -> None:
    cards.pay(top_up(home.actor, home.family))
    cards.change(attempts()[0].provider_ref, amount_total=1)
    cards.deliver()
    said = back(home)
    assert (said.title, said.is_waiting) == ("Paiement à vérifier", False)


@pytest.mark.parametrize("missing", [-5, 0, 50_001, 2**40])
def test_an_impossible_need_fills_nothing(cards: Cards, home: Home, missing: int) -> None:
    shown = offer(home, Need(missing))
    assert (shown.missing, shown.amount, shown.activity) == ("", "", "")


def test_the_form_proposes_amounts_and_what_the_regie_takes(cards: Cards, home: Home) -> None:
    shown = offer(home)
    assert [one.label for one in shown.suggested] == ["20,00\u00a0€", "50,00\u00a0€", "100,00\u00a0€"]
    assert [one.value for one in shown.providers] == ["stripe"]
