"""Les vœux : préparés avant l'ouverture, gardés par foyer, réservés d'un geste."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.models.bookings import Booking
from portail.models.campaigns import WishList
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.services.bookings import confirming
from portail.services.bookings.confirming import Order
from portail.services.campaigns import wishes
from portail.services.campaigns.wishes import Wishes
from portail.settings import current
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_canteen, make_offering, make_slot
from tests.factories.campaigns import RESIDENTS, make_campaign
from tests.factories.families import make_child
from tests.factories.waitlist import Home, make_home


def near(name: str = "alba") -> Home:
    return make_home(name, city=current().town_name)


def keep(home: Home, campaign: int, activity: int, *slots: int, gesture: str = "add") -> int:
    text = ",".join(f"{slot}.{home.child_id}={gesture}" for slot in slots)
    return wishes.save(actor=home.actor, wishes=Wishes(campaign, activity, text), now=NOW)


def test_wishes_are_kept_and_take_no_place(base: Engine) -> None:
    activity, slot = make_canteen()
    campaign, alba = make_campaign(activity), near()
    assert keep(alba, campaign, activity, slot) == 1
    seen = wishes.opening(actor=alba.actor, activity_id=activity, now=NOW)
    assert (seen.wishes, seen.wished) == (f"{slot}.{alba.child_id}=add", "1 vœu préparé")
    assert (seen.can_wish, seen.opens) == (True, "23 novembre à 18\u00a0h\u00a000")
    with reading() as db:
        assert db.exec(select(Booking)).all() == []


def test_once_open_one_gesture_gives_the_recap_to_confirm(base: Engine) -> None:
    activity, slot = make_canteen()
    campaign, alba = make_campaign(activity, admitted_a_minute=0), near()
    keep(alba, campaign, activity, slot)
    recap = wishes.submit(actor=alba.actor, activity_id=activity, now=RESIDENTS)
    assert recap.can_confirm
    assert recap.choices == f"{slot}.{alba.child_id}=add"
    order = Order(activity, recap.choices, recap.token)
    assert confirming.confirm(actor=alba.actor, order=order, now=RESIDENTS).batch
    with reading() as db:
        assert db.exec(select(WishList)).one().submitted_at == RESIDENTS


def test_submitted_too_early_each_day_says_when(base: Engine) -> None:
    activity, slot = make_canteen()
    campaign, alba = make_campaign(activity), near()
    keep(alba, campaign, activity, slot)
    recap = wishes.submit(actor=alba.actor, activity_id=activity, now=RESIDENTS - timedelta(seconds=1))
    assert not recap.can_confirm
    assert "ouvrent" in recap.refused[0].why


def test_saving_again_replaces_and_saving_nothing_empties(base: Engine) -> None:
    activity, slot = make_canteen()
    campaign, alba = make_campaign(activity), near()
    other = make_slot(make_offering(activity), date(2026, 12, 4))
    keep(alba, campaign, activity, slot)
    assert keep(alba, campaign, activity, slot, other) == 2
    assert keep(alba, campaign, activity) == 0
    assert wishes.opening(actor=alba.actor, activity_id=activity, now=NOW).wishes == ""
    with pytest.raises(BadInputError):
        wishes.submit(actor=alba.actor, activity_id=activity, now=RESIDENTS)


def test_both_parents_see_the_wishes_of_the_family(base: Engine) -> None:
    activity, slot = make_canteen()
    campaign, alba, bruno = make_campaign(activity), near(), near("bruno")
    keep(alba, campaign, activity, slot)
    with transaction() as db:
        mine = db.exec(select(Guardian).where(Guardian.account_id == bruno.actor.account_id)).one()
        mine.family_id = alba.family_id
    assert wishes.opening(actor=bruno.actor, activity_id=activity, now=NOW).wished == "1 vœu préparé"


def test_only_days_of_the_campaign_of_mine_and_to_add(base: Engine) -> None:
    activity, slot = make_canteen()
    campaign, alba, bruno = make_campaign(activity), near(), near("bruno")
    outside = make_slot(make_offering(activity), date(2027, 1, 7))
    elsewhere = make_slot(make_offering(make_activity()), date(2026, 12, 4))
    little = make_slot(make_offering(activity, max_age=5), date(2026, 12, 4))
    for bad in (outside, elsewhere, little, 999):
        with pytest.raises(RefusalError):
            keep(alba, campaign, activity, slot, bad)
    with pytest.raises(RefusalError):
        keep(alba, campaign, activity, slot, gesture="remove")
    text = f"{slot}.{bruno.child_id}=add"
    with pytest.raises(NotOpenError):
        wishes.save(actor=alba.actor, wishes=Wishes(campaign, activity, text), now=NOW)
    with reading() as db:
        assert db.exec(select(WishList)).all() == []


@pytest.mark.parametrize("text", ["x", "1.2", "1.2=add,1.2=add,", "=", "9" * 5_000])
def test_junk_is_refused(base: Engine, text: str) -> None:
    activity, _ = make_canteen()
    campaign, alba = make_campaign(activity), near()
    with pytest.raises(RefusalError):
        wishes.save(actor=alba.actor, wishes=Wishes(campaign, activity, text), now=NOW)


def test_children_of_two_homes_are_wished_apart(base: Engine) -> None:
    activity, slot = make_canteen()
    campaign, alba, bruno = make_campaign(activity), near(), near("bruno")
    with transaction() as db:
        guardian = db.exec(select(Guardian).where(Guardian.account_id == alba.actor.account_id)).one()
        names = {"first_name": "Alba", "last_name": "Essai", "role": "mother"}
        db.add(Guardian(family_id=bruno.family_id, account_id=guardian.account_id, **names))
    text = f"{slot}.{alba.child_id}=add,{slot}.{bruno.child_id}=add"
    with pytest.raises(BadInputError, match="deux dossiers"):
        wishes.save(actor=alba.actor, wishes=Wishes(campaign, activity, text), now=NOW)


@pytest.mark.parametrize("number", [0, -1, 999, 2**40])
def test_a_campaign_that_is_not_this_one_is_a_missing_page(base: Engine, number: int) -> None:
    activity, slot = make_canteen()
    make_campaign(activity)
    alba = near()
    with pytest.raises(NotOpenError):
        keep(alba, number, activity, slot)


def test_no_campaign_says_nothing(base: Engine) -> None:
    activity, _ = make_canteen()
    alba = near()
    seen = wishes.opening(actor=alba.actor, activity_id=activity, now=NOW)
    assert (seen.campaign, seen.opens, seen.can_wish) == (0, "", False)


def test_who_may_not_book_keeps_no_wishes(base: Engine) -> None:
    activity, slot = make_canteen()
    campaign, alba = make_campaign(activity), near()
    make_child("Malo", alba.family_id)
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.family_id == alba.family_id)).one().can_book = False
    with pytest.raises(RefusalError):
        keep(alba, campaign, activity, slot)
