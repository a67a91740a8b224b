"""Trop peu d'argent, un versement, et la sélection telle qu'elle était : sur n'importe quel appareil."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from portail.domain.accounts import Role
from portail.domain.refusals import NotOpenError
from portail.domain.todos import Todo
from portail.models.database import reading, transaction
from portail.models.mails import OutboxMail
from portail.models.payments import PaymentAttempt
from portail.services.home import parent as home_page
from portail.services.mails import outbox
from portail.services.payments import desk, keeping, places, resuming, returning, topping_up
from portail.services.payments.reconciling import reconcile
from portail.standins.stripe.bank import Outcome
from portail.state.paying import kept_in
from portail.views.payments import Draft, PaymentReturn, TopUpOffer
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen, make_home, states
from tests.factories.cards import Cards, attempts, top_up
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session

LATER = NOW + timedelta(minutes=2)


def keep(home: Home, activity: int, choices: str) -> str:
    """« Régler cela, puis revenir ici » : la référence que porte l'adresse."""
    address = keeping.keep_days(actor=home.actor, activity_id=activity, choices=choices, now=NOW)
    (suite,) = parse_qs(urlsplit(address).query)["suite"]
    return kept_in(suite)


def offer(home: Home, kept: str = "") -> TopUpOffer:
    return topping_up.offer(actor=home.actor, kept=kept, now=LATER)


def back(home: Home, *, is_given_up: bool = False, rank: int = 0) -> PaymentReturn:
    reference = attempts()[rank].reference
    return returning.show(actor=home.actor, reference=reference, is_given_up=is_given_up, now=LATER)


def draft_of(home: Home, activity: int, reference: str = "") -> Draft:
    given = {"reference": reference or attempts()[0].reference, "activity_id": activity, "now": LATER}
    return resuming.days(actor=home.actor, **given)


def paid_for(cards: Cards, home: Home, kept: str) -> None:
    filled = offer(home, kept)
    way = top_up(home.actor, home.family, filled.amount, kept=filled.kept)
    cards.pay(way)
    cards.deliver()


def test_from_too_little_money_to_confirmed(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    choices = home.choices(*slots[3:7])
    recap = home.preview(activity, choices)
    assert (recap.can_confirm, recap.blocked) == (False, "Il manque 13,20\u00a0€ dans votre porte-monnaie.")
    assert recap.can_settle
    kept = keep(home, activity, recap.choices)
    shown = offer(home, kept)
    assert (shown.missing, shown.several, shown.amount, shown.kept) == ("13,20\u00a0€", "", "14", kept)
    paid_for(cards, home, kept)
    said = back(home)
    assert (said.resumes, said.href) == (True, f"/reservations/{activity}?reprise={attempts()[0].reference}")
    draft = draft_of(home, activity)
    assert set(draft.choices.split(",")) == set(choices.split(","))
    assert [(pick.gesture, pick.cents) for pick in draft.picks] == [("add", 330)] * 4
    assert home.preview(activity, draft.choices).can_confirm
    assert home.confirm(activity, draft.choices).batch
    assert balance(home.family) == 1400 - 1320
    resuming.finish(actor=home.actor, reference=draft.reference, now=LATER)
    assert (draft_of(home, activity).choices, back(home).resumes, offer(home).resume) == ("", False, "")
    assert offer(home, kept).kept == ""


def test_an_inactive_wallet_leads_there_with_the_whole_price(cards: Cards) -> None:
    home = make_home("Boris", cents=0)
    activity, slots = make_canteen(cents=330)
    assert offer(home, keep(home, activity, home.choices(*slots[3:5]))).missing == "6,60\u00a0€"


def test_what_is_already_there_counts(cards: Cards, home: Home) -> None:
    fill(home.family, 1000)
    activity, slots = make_canteen(cents=330)
    assert offer(home, keep(home, activity, home.choices(*slots[3:7]))).missing == "3,20\u00a0€"
    assert not home.preview(activity, home.choices(slots[3])).can_settle
    assert offer(home, keep(home, activity, home.choices(slots[3]))).missing == ""


def test_the_selection_is_offered_on_another_device_and_in_the_receipt(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    paid_for(cards, home, keep(home, activity, home.choices(slots[3])))
    assert offer(home).resume == f"/reservations/{activity}?reprise={attempts()[0].reference}"
    with reading() as db:
        mail = db.exec(select(OutboxMail).where(OutboxMail.subject.startswith("Reçu"))).one()  # type: ignore[attr-defined]
    assert "Votre sélection vous attend" in outbox.letter(mail).text
    assert f"tentative={attempts()[0].reference}" in outbox.letter(mail).text


def test_paid_but_the_place_is_gone_keeps_the_money_and_says_so(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330, capacity=1)
    kept = keep(home, activity, home.choices(slots[3]))
    other = make_home("Boris")
    other.book(activity, slots[3])
    assert draft_of(home, activity, kept).sentence == resuming.GONE
    paid_for(cards, home, kept)
    draft = draft_of(home, activity)
    assert (draft.sentence, draft.picks) == (resuming.PAID, [])
    resumed = home.preview(activity, draft.choices)
    assert (resumed.can_confirm, len(resumed.refused), balance(home.family)) == (False, 1, 400)
    assert states(slots[3]) == ["booked"]
    review = attempts()[0].review
    assert review.startswith("Payé, mais un jour choisi n’était plus libre (")
    assert review.endswith(" : la somme est au porte-monnaie.")
    agent = open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]
    assert Todo.REVIEW_PAYMENTS.label in [item.title for item in home_page.show(actor=agent, now=NOW).todos]
    assert desk.find(actor=agent, words="", only="review", page=1).rows[0].can_credit is False


def test_paid_with_every_day_still_free_asks_nothing_of_an_agent(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    paid_for(cards, home, keep(home, activity, home.choices(*slots[3:7])))
    assert (attempts()[0].state, attempts()[0].review) == ("succeeded", "")


def test_the_round_that_finds_the_payment_tells_an_agent_too(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330, capacity=1)
    filled = offer(home, keep(home, activity, home.choices(slots[3])))
    make_home("Boris").book(activity, slots[3])
    cards.pay(top_up(home.actor, home.family, filled.amount, kept=filled.kept), Outcome.SILENT)
    assert reconcile(LATER) == 1
    assert "n’était plus libre" in attempts()[0].review


def test_an_activity_closed_meanwhile_is_told_without_its_name(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    filled = offer(home, keep(home, activity, home.choices(slots[3])))
    way = top_up(home.actor, home.family, filled.amount, kept=filled.kept)
    with transaction() as db:  # retirée du catalogue depuis
        attempt = db.get_one(PaymentAttempt, attempts()[0].key)
        attempt.resume = attempt.resume | {"activity": 999}
    cards.pay(way)
    assert cards.deliver() == [200]
    assert attempts()[0].review == "Payé, mais un jour choisi n’était plus libre : la somme est au porte-monnaie."


def test_a_selection_confirmed_before_the_second_look_asks_nothing(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330, capacity=1)
    paid_for(cards, home, keep(home, activity, home.choices(slots[3])))
    home.confirm(activity, draft_of(home, activity).choices)
    places.look(attempts()[0].key, LATER)
    assert attempts()[0].review == ""


def test_a_draft_is_kept_two_days_for_its_own_activity_only(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    paid_for(cards, home, keep(home, activity, home.choices(slots[3])))
    reference = attempts()[0].reference
    assert draft_of(home, activity + 1).choices == ""
    late = resuming.days(actor=home.actor, reference=reference, activity_id=activity, now=NOW + timedelta(days=2))
    assert late.choices == ""


@pytest.mark.parametrize("reference", ["", "PFINCONNU", "' or 1=1 --", "PF\x00", "PF\ud800", "P" * 5000])
def test_the_payment_of_another_does_not_exist(cards: Cards, home: Home, reference: str) -> None:
    top_up(home.actor, home.family)
    other = make_home("Boris", cents=0)
    for wanted in (reference, attempts()[0].reference):
        with pytest.raises(NotOpenError):
            returning.show(actor=other.actor, reference=wanted, is_given_up=False, now=NOW)
        asked = {"actor": other.actor, "reference": wanted, "now": NOW}
        assert resuming.days(activity_id=1, **asked) == resuming.week(activity_id=1, **asked) == Draft()
        resuming.finish(**asked)


def test_finishing_the_payment_of_another_changes_nothing(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    kept = keep(home, activity, home.choices(slots[3]))
    paid_for(cards, home, kept)
    other = make_home("Boris")
    for reference in (kept, attempts()[0].reference):
        resuming.finish(actor=other.actor, reference=reference, now=LATER)
    assert draft_of(home, activity).choices == draft_of(home, activity, kept).choices != ""


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


@pytest.mark.parametrize("kept", ["", "SEINCONNU", "' or 1=1 --", "SE\x00", "SE\ud800", "S" * 5000])
def test_an_address_that_names_nothing_fills_nothing(cards: Cards, home: Home, kept: str) -> None:
    shown = offer(home, kept)
    assert (shown.missing, shown.amount, shown.kept) == ("", "", "")


def test_the_form_proposes_amounts_and_what_the_regie_takes(cards: Cards, home: Home) -> None:
    shown = offer(home)
    assert [one.label for one in shown.suggested] == ["20,00\u00a0€", "50,00\u00a0€", "100,00\u00a0€"]
    assert [one.value for one in shown.providers] == ["stripe"]
