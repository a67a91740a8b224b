"""Une sélection qui ne peut encore se payer attend en base : entière, à une seule personne, deux jours."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import func, select

from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.top_ups import DEFAULT
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.models.payments import KeptSelection
from portail.services.payments import keeping, resuming, returning, topping_up
from portail.services.privacy import erasure
from portail.state.paying import kept_in
from portail.views.payments import Draft, TopUpOffer
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering, make_slots, make_tariff
from tests.factories.booking import Home, make_canteen, make_home
from tests.factories.cards import Cards, attempts, payer, top_up
from tests.factories.money import balance, fill
from tests.factories.weekly import Place, asked, booked, done, shown

LATER = NOW + timedelta(minutes=2)
SHORTEST_LIMIT = 2_000  # octets : des intermédiaires coupent une adresse plus longue


def suite_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["suite"][0]


def keep(home: Home, activity: int, choices: str) -> str:
    address = keeping.keep_days(actor=home.actor, activity_id=activity, choices=choices, now=NOW)
    assert len(address) < SHORTEST_LIMIT
    return kept_in(suite_of(address))


def keep_week(home: Home, place: Place, **changes: object) -> str:
    wish = asked(home, place, **changes).text
    return kept_in(suite_of(keeping.keep_week(actor=home.actor, activity_id=place.activity, wish=wish, now=NOW)))


def days(home: Home, activity: int, reference: str) -> Draft:
    return resuming.days(actor=home.actor, reference=reference, activity_id=activity, now=LATER)


def offer(home: Home, kept: str) -> TopUpOffer:
    return topping_up.offer(actor=home.actor, kept=kept, now=LATER)


def paid(cards: Cards, home: Home, kept: str, rank: int = 1) -> str:
    cards.pay(top_up(home.actor, home.family, offer(home, kept).amount, kept=kept, token=f"jeton-de-versement-{rank}"))
    cards.deliver()
    return attempts()[-1].reference


def rows() -> int:
    with reading() as db:
        return int(db.exec(select(func.count()).select_from(KeptSelection)).one())


def long_canteen(picks: int) -> tuple[int, list[int]]:
    """De quoi cocher autant de cases pour deux enfants."""
    activity = make_activity(is_prepaid=True)
    offering = make_offering(activity, tariff_id=make_tariff(10))
    slots = make_slots(offering, date(2026, 12, 1), date(2027, 12, 31))
    return activity, slots[3 : 3 + picks // 2]


@pytest.mark.parametrize("picks", [150, 400])
def test_a_long_selection_comes_back_whole_and_is_confirmed(cards: Cards, home: Home, picks: int) -> None:
    activity, slots = long_canteen(picks)
    choices = ",".join((home.choices(*slots), home.choices(*slots, child=home.sibling)))
    recap = home.preview(activity, choices)
    assert (len(recap.choices.split(",")), recap.can_settle) == (picks, True)
    kept = keep(home, activity, recap.choices)
    assert set(days(home, activity, kept).choices.split(",")) == set(choices.split(","))
    found = days(home, activity, paid(cards, home, kept))
    assert set(found.choices.split(",")) == set(choices.split(","))
    assert (len(found.picks), found.sentence) == (picks, resuming.HERE)
    assert home.confirm(activity, found.choices).batch
    assert booked() == picks


def test_a_kept_selection_is_of_one_person(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen()
    kept, other = keep(home, activity, home.choices(slots[3])), make_home("Boris")
    for reference in (kept, "SEINCONNU", "", "' or 1=1 --", "SE\x00", "SE\ud800", "S" * 5000):
        assert days(other, activity, reference) == Draft()
        assert offer(other, reference).missing == ""
    assert days(home, activity, kept).sentence == resuming.BACK


def test_it_is_of_its_own_activity_and_its_own_page(cards: Cards, home: Home) -> None:
    place = Place()
    kept = keep(home, place.activity, home.choices(place.slots[3]))
    assert days(home, place.activity + 1, kept) == Draft()
    assert resuming.week(actor=home.actor, reference=kept, activity_id=place.activity, now=LATER) == Draft()


def test_it_waits_two_days(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen()
    kept = keep(home, activity, home.choices(slots[3]))
    given = {"actor": home.actor, "reference": kept, "activity_id": activity}
    assert resuming.days(**given, now=NOW + keeping.KEPT_FOR - timedelta(seconds=1)).choices
    assert resuming.days(**given, now=NOW + keeping.KEPT_FOR) == Draft()


def test_keeping_again_replaces_only_the_same_page(cards: Cards, home: Home) -> None:
    (activity, slots), place = make_canteen(), Place()
    first = keep(home, activity, home.choices(slots[3]))
    week = keep_week(home, place)
    second = keep(home, activity, home.choices(slots[4]))
    assert days(home, activity, first) == Draft()
    assert days(home, activity, second).choices == home.choices(slots[4])
    assert (offer(home, week).kept, rows()) == (week, 2)


def test_what_is_missing_is_counted_from_the_base(cards: Cards, home: Home) -> None:
    fill(home.family, 500)
    activity, slots = make_canteen(cents=330)
    assert offer(home, keep(home, activity, home.choices(*slots[3:5]))).missing == "1,60\u00a0€"


@pytest.mark.parametrize("choices", ["", "1.1=fly", "<script>", "1.1=add,1.1=remove"])
def test_a_selection_that_makes_no_sense_is_refused(cards: Cards, home: Home, choices: str) -> None:
    activity, _ = make_canteen()
    with pytest.raises(RefusalError):
        keeping.keep_days(actor=home.actor, activity_id=activity, choices=choices, now=NOW)
    assert rows() == 0


@pytest.mark.parametrize("activity", [0, -1, 999, 2**40])
def test_an_activity_that_does_not_exist_is_closed(cards: Cards, home: Home, activity: int) -> None:
    place = Place()
    with pytest.raises(NotOpenError):
        keeping.keep_days(actor=home.actor, activity_id=activity, choices=home.choices(1), now=NOW)
    with pytest.raises(NotOpenError):
        keeping.keep_week(actor=home.actor, activity_id=activity, wish=asked(home, place).text, now=NOW)
    assert rows() == 0


def test_the_child_of_another_is_not_in_the_sum(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    stranger = make_home("Boris", cents=0)
    kept = keep(home, activity, home.choices(slots[3], child=stranger.child))
    assert (offer(home, kept).missing, days(home, activity, kept).picks) == ("", [])


def test_a_week_comes_back_after_the_payment_to_be_confirmed(cards: Cards, home: Home) -> None:
    place = Place(cents=100)
    wish = asked(home, place)
    assert shown(home, wish).can_settle
    kept = keep_week(home, place)
    reference = paid(cards, home, kept)
    said = returning.show(actor=home.actor, reference=reference, is_given_up=False, now=LATER)
    assert (said.resumes, said.href) == (True, f"/reservations/{place.activity}/avancee?reprise={reference}")
    found = resuming.week(actor=home.actor, reference=reference, activity_id=place.activity, now=LATER)
    assert (found.wish, found.sentence, found.choices) == (wish.text, resuming.HERE, "")
    assert resuming.days(actor=home.actor, reference=reference, activity_id=place.activity, now=LATER) == Draft()
    done(home, shown(home, wish))
    assert booked() == len(place.slots) * 2
    resuming.finish(actor=home.actor, reference=reference, now=LATER)
    assert (offer(home, kept).kept, offer(home, "").resume, rows()) == ("", "", 0)


def test_a_week_paid_while_a_place_went_is_told_to_an_agent_with_the_count(cards: Cards, home: Home) -> None:
    place = Place(capacity=2, cents=100)
    filled = offer(home, keep_week(home, place))
    way = top_up(home.actor, home.family, filled.amount, kept=filled.kept)
    make_home("Boris").book(place.activity, place.slots[0], place.slots[1])
    cards.pay(way)
    assert cards.deliver() == [200]
    (attempt,) = attempts()
    assert "n’était plus libre (" in attempt.review
    assert ", 2 séances) : la somme est au porte-monnaie." in attempt.review


def test_a_week_partly_booked_by_the_family_meanwhile_asks_nothing_of_an_agent(cards: Cards, home: Home) -> None:
    place = Place(cents=100)
    filled = offer(home, keep_week(home, place))
    way = top_up(home.actor, home.family, filled.amount, kept=filled.kept)
    fill(home.family, 100)
    home.book(place.activity, place.slots[0])
    cards.pay(way)
    assert cards.deliver() == [200]
    assert attempts()[0].review == ""


def test_a_need_beyond_one_payment_is_said_whole_and_paid_in_several(cards: Cards, home: Home) -> None:
    """Une période à 660 € : rien n'est caché, et deux versements y suffisent."""
    place = Place(cents=3_000)
    total = len(place.slots) * 2 * 3_000
    assert total > DEFAULT.most_cents
    kept = keep_week(home, place)
    shown_first = offer(home, kept)
    assert shown_first.missing == f"{total // 100},00\u00a0€"
    assert (shown_first.amount, shown_first.several) == ("500", "500,00\u00a0€")
    first = paid(cards, home, kept)
    again = keep_week(home, place)
    assert (offer(home, again).amount, offer(home, again).several) == (f"{(total - 50_000) // 100}", "")
    second = paid(cards, home, again, rank=2)
    assert balance(home.family) == total
    resuming.finish(actor=home.actor, reference=second, now=LATER)
    for reference in (first, second):
        assert resuming.week(actor=home.actor, reference=reference, activity_id=place.activity, now=LATER) == Draft()


def test_a_payment_given_up_leads_back_to_the_same_selection(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen(cents=330)
    kept = keep(home, activity, home.choices(slots[3]))
    top_up(home.actor, home.family, kept=kept)
    given = {"actor": home.actor, "reference": attempts()[0].reference, "is_given_up": True}
    said = returning.show(**given, now=LATER)
    assert (kept_in(suite_of(said.href)), said.label) == (kept, "Recommencer")
    assert returning.show(**given, now=NOW + keeping.KEPT_FOR).href == "/porte-monnaie"


def test_erasing_the_account_forgets_what_it_kept(cards: Cards, home: Home) -> None:
    activity, slots = make_canteen()
    keep(home, activity, home.choices(slots[3]))
    other = payer("Boris")
    keep(other, activity, other.choices(slots[3]))
    with transaction() as db:
        erasure.erase_account(db, db.get_one(Account, home.actor.account_id), NOW)
    assert rows() == 1
