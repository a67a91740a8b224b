"""La salle d'attente : un billet par personne, un tirage avant l'ouverture, puis l'ordre d'arrivée, à un débit tenu."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from portail.domain.campaigns import ADMITTED_FOR, UNSEEN_FOR, NotAdmittedError
from portail.domain.refusals import NotOpenError
from portail.models.campaigns import Campaign, WaitingTicket
from portail.models.database import reading, transaction
from portail.services.bookings import confirming
from portail.services.bookings.confirming import Order
from portail.services.campaigns import room
from portail.settings import current
from portail.views.campaigns import RoomView
from tests.factories.activities import THURSDAY, make_canteen
from tests.factories.campaigns import EVERYONE, RESIDENTS, make_campaign
from tests.factories.crowds import together
from tests.factories.queries import counted
from tests.factories.waitlist import Home, make_home

SECOND = timedelta(seconds=1)
EVE = RESIDENTS - timedelta(hours=1)


def neighbours(count: int, prefix: str = "voisin") -> list[Home]:
    return [make_home(f"{prefix}{rank}", city=current().town_name) for rank in range(count)]


def look(home: Home, campaign: int, at) -> RoomView:
    return room.look(actor=home.actor, campaign_id=campaign, now=at)


def test_arrivals_enter_in_order_at_the_given_rate(base: Engine) -> None:
    campaign = make_campaign(admitted_a_minute=30)
    homes = neighbours(4)
    start = RESIDENTS + SECOND
    seen = [look(home, campaign, start).position for home in homes]
    assert seen == [1, 2, 3, 4]
    assert look(homes[3], campaign, start).place == "4e place, environ 1 minute"
    inside = [
        [look(home, campaign, start + timedelta(seconds=2 * step)).is_admitted for home in homes]
        for step in range(1, 5)
    ]
    assert [sum(step) for step in inside] == sorted(sum(step) for step in inside)
    assert inside[-1] == [True] * 4
    for step in inside:
        assert step == sorted(step, reverse=True), "jamais le second avant le premier"


def test_the_rate_is_kept_over_a_minute(base: Engine) -> None:
    campaign = make_campaign(admitted_a_minute=20)
    homes = neighbours(30)
    for home in homes:
        look(home, campaign, RESIDENTS + SECOND)
    for step in range(0, 60, 5):
        for home in homes:
            look(home, campaign, RESIDENTS + timedelta(seconds=2 + step))
    with reading() as db:
        inside = db.exec(select(func.count()).where(WaitingTicket.admitted_at.is_not(None))).one()  # type: ignore[union-attr]
    assert 17 <= inside <= 20


def test_credit_is_not_saved_for_later(base: Engine) -> None:
    """Une heure sans personne n'ouvre pas la porte à une foule d'un coup."""
    campaign = make_campaign(admitted_a_minute=60)
    homes = neighbours(20)
    for home in homes:
        look(home, campaign, RESIDENTS + timedelta(hours=1))
    states = [look(home, campaign, RESIDENTS + timedelta(hours=1)).is_admitted for home in homes]
    assert sum(states) <= 11


def test_before_the_opening_nobody_enters_and_the_hour_is_said(base: Engine) -> None:
    campaign = make_campaign()
    (alba,) = neighbours(1)
    view = look(alba, campaign, EVE)
    assert (view.is_admitted, view.is_open, view.position) == (False, False, 0)
    assert view.opens == "23 novembre à 18\u00a0h\u00a000"
    assert view.opens_at == RESIDENTS.isoformat()


def test_those_there_before_the_opening_are_drawn_by_lot(base: Engine) -> None:
    """Être venu la veille n'avance à rien : sur deux salles, l'ordre du tirage n'est pas celui de l'arrivée."""
    homes = neighbours(30)
    campaign = make_campaign(admitted_a_minute=1)
    for home in homes:
        look(home, campaign, EVE)
    at = RESIDENTS - SECOND
    for home in homes:
        look(home, campaign, at)
    order = [look(home, campaign, RESIDENTS).position for home in homes]
    assert sorted(order) == list(range(1, 31))
    assert order != list(range(1, 31))


def test_who_arrives_after_the_opening_is_behind_those_who_were_there(base: Engine) -> None:
    campaign = make_campaign(admitted_a_minute=1)
    early, late = neighbours(3), neighbours(2, "retard")
    for home in early:
        look(home, campaign, RESIDENTS - SECOND)
    found = [look(home, campaign, RESIDENTS).position for home in late]
    assert found == [4, 5]


def test_non_residents_wait_for_their_own_opening(base: Engine) -> None:
    campaign = make_campaign()
    far, near = make_home("loin", city="Ailleurs"), neighbours(1)[0]
    for at in (RESIDENTS + SECOND, RESIDENTS + timedelta(minutes=1)):
        view = look(far, campaign, at)
        assert (view.is_admitted, view.is_open) == (False, False)
        assert view.opens_at == EVERYONE.isoformat()
        look(near, campaign, at)
    assert look(near, campaign, RESIDENTS + timedelta(minutes=1, seconds=5)).is_admitted
    look(far, campaign, EVERYONE - SECOND)
    assert look(far, campaign, EVERYONE + timedelta(seconds=5)).is_admitted


def test_reload_and_tabs_share_one_ticket(base: Engine) -> None:
    campaign = make_campaign(admitted_a_minute=1)
    alba, bruno = neighbours(2)
    at = RESIDENTS + SECOND / 2
    look(alba, campaign, at)
    look(bruno, campaign, at)
    found = together(*[lambda: look(alba, campaign, at + SECOND / 2).position for _ in range(8)])
    assert set(found) == {1}
    with reading() as db:
        assert db.exec(select(func.count()).select_from(WaitingTicket)).one() == 2


def test_first_visit_in_eight_tabs_at_once_is_one_ticket(base: Engine) -> None:
    campaign = make_campaign(admitted_a_minute=1)
    (alba,) = neighbours(1)
    found = together(*[lambda: look(alba, campaign, RESIDENTS).position for _ in range(8)])
    assert set(found) == {1}, found
    with reading() as db:
        assert db.exec(select(func.count()).select_from(WaitingTicket)).one() == 1


def test_a_crowd_arriving_at_once_has_places_in_a_row(base: Engine) -> None:
    campaign = make_campaign(admitted_a_minute=1)
    homes = neighbours(20)
    together(*[lambda home=home: look(home, campaign, RESIDENTS) for home in homes])
    assert sorted(look(home, campaign, RESIDENTS).position for home in homes) == list(range(1, 21))


def test_an_absent_person_loses_their_turn_and_comes_back_at_the_end(base: Engine) -> None:
    campaign = make_campaign(admitted_a_minute=1)
    first, second, absent, fourth, fifth = homes = neighbours(5)
    for home in homes:
        look(home, campaign, RESIDENTS)
    for step in range(1, 5):
        at = RESIDENTS + step * 31 * SECOND
        for home in (first, second, fourth, fifth):
            look(home, campaign, at)
    assert at - RESIDENTS > UNSEEN_FOR
    assert [look(home, campaign, at).is_admitted for home in (first, second)] == [True, True]
    assert [look(home, campaign, at).position for home in (absent, fourth, fifth)] == [3, 1, 2]


def test_looking_is_mostly_one_light_read(base: Engine) -> None:
    campaign = make_campaign(admitted_a_minute=1)
    homes = neighbours(3)
    for home in homes:
        look(home, campaign, RESIDENTS)
    with counted(base) as seen:
        look(homes[2], campaign, RESIDENTS + SECOND)
    assert len(seen) <= 3
    assert not any(statement.startswith(("UPDATE", "INSERT")) for statement in seen)


def test_rate_zero_opens_to_everyone(base: Engine) -> None:
    campaign = make_campaign(admitted_a_minute=1)
    homes = neighbours(5)
    for home in homes:
        look(home, campaign, RESIDENTS)
    with transaction() as db:
        db.get_one(Campaign, campaign).admitted_a_minute = 0
    assert all(look(home, campaign, RESIDENTS + SECOND).is_admitted for home in homes)


@pytest.mark.parametrize("number", [0, -1, 999, 2**40])
def test_unknown_campaign_answers_like_a_missing_page(base: Engine, number: int) -> None:
    (alba,) = neighbours(1)
    with pytest.raises(NotOpenError):
        look(alba, number, RESIDENTS)


def order(home: Home, activity: int, slot: int) -> Order:
    return Order(activity, f"{slot}.{home.child_id}=add", "jeton-de-validation")


def test_confirming_without_being_admitted_is_refused_and_leads_to_the_room(base: Engine) -> None:
    activity, slot = make_canteen()
    campaign = make_campaign(activity, admitted_a_minute=1)
    (alba,) = neighbours(1)
    with pytest.raises(NotAdmittedError) as refused:
        confirming.confirm(actor=alba.actor, order=order(alba, activity, slot), now=RESIDENTS)
    assert refused.value.link == f"/salle-attente/{campaign}"
    look(alba, campaign, RESIDENTS)
    inside = RESIDENTS + timedelta(minutes=1)
    assert look(alba, campaign, inside).is_admitted
    done = confirming.confirm(actor=alba.actor, order=order(alba, activity, slot), now=inside)
    assert done.batch


def test_an_admission_lasts_half_an_hour(base: Engine) -> None:
    activity, slot = make_canteen()
    campaign = make_campaign(activity, admitted_a_minute=60)
    (alba,) = neighbours(1)
    look(alba, campaign, RESIDENTS)
    inside = RESIDENTS + 5 * SECOND
    assert look(alba, campaign, inside).is_admitted
    with pytest.raises(NotAdmittedError):
        confirming.confirm(actor=alba.actor, order=order(alba, activity, slot), now=inside + ADMITTED_FOR)


def test_without_a_room_or_after_the_end_nobody_is_held_back(base: Engine) -> None:
    activity, slot = make_canteen(day=THURSDAY)
    make_campaign(activity, closes_at=EVERYONE + SECOND)
    (alba,) = neighbours(1)
    after = EVERYONE + timedelta(hours=1)
    assert confirming.confirm(actor=alba.actor, order=order(alba, activity, slot), now=after).batch


def test_before_the_opening_the_day_says_when(base: Engine) -> None:
    activity, slot = make_canteen()
    make_campaign(activity)
    (alba,) = neighbours(1)
    done = confirming.confirm(actor=alba.actor, order=order(alba, activity, slot), now=RESIDENTS - SECOND)
    assert done.batch == 0
    assert "ouvrent" in done.refused[0].why
