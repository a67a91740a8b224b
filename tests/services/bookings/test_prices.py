"""Le prix d'une réservation : le rang de l'enfant au foyer, le quotient du jour, et pourquoi ce montant."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.adjustments import Adjustment, SiblingDiscount
from portail.domain.tariffs import Bracket, Grid, TariffMethod
from portail.models.accounts import Account
from portail.models.bookings import Booking
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.services.enrolments import catalogue
from tests.conftest import NOW
from tests.factories import families
from tests.factories.activities import THURSDAY, make_activity, make_offering, make_slot
from tests.factories.booking import Home, make_home
from tests.factories.money import add_quotient, add_tariff, balance

NBSP = "\u00a0"
CENTRE = Grid(
    date(2020, 1, 1),
    TariffMethod.EFFORT,
    (Bracket(0, 100, 900, rate=10_000, floor_cents=200),),
    (Bracket(0, 100, 900, rate=10_000, floor_cents=200),),
    siblings=SiblingDiscount(Adjustment.PERCENT, (1_000, 2_000)),
)


def centre(**options: object) -> tuple[int, int]:
    activity = make_activity(is_prepaid=True, **options)
    return activity, make_slot(make_offering(activity, tariff_id=add_tariff("Journée", CENTRE)))


@pytest.fixture
def home(base: Engine) -> Home:
    found = make_home()
    add_quotient(found.family, 500, date(2026, 9, 1), date(2027, 8, 31))
    return found


def booked() -> dict[int, Booking]:
    with reading() as db:
        return {one.child_id: one for one in db.exec(select(Booking))}


def test_each_child_pays_by_its_rank_whoever_is_booked_first(home: Home) -> None:
    activity, slot = centre()
    home.confirm(activity, home.choices(slot, child=home.sibling))
    home.book(activity, slot)
    rows = booked()
    assert [rows[key].price_cents for key in (home.child, home.sibling)] == [500, 450]
    assert balance(home.family) == 10_000 - 950


def test_meal_and_care_of_a_discounted_booking_add_up(home: Home) -> None:
    activity, slot = centre()
    home.confirm(activity, home.choices(slot, child=home.sibling))
    row = booked()[home.sibling]
    assert (row.meal_cents, row.care_cents, row.surcharge_cents) == (45, 405, 0)
    said = (
        f"quotient familial 500 × 1{NBSP}% = 5,00{NBSP}€, hors commune, 2e enfant du foyer : −10{NBSP}% = 4,50{NBSP}€"
    )
    assert row.formula == said


def test_an_adult_elder_no_longer_counts(home: Home) -> None:
    families.make_child("Grand", home.family, birth=date(2008, 12, 3))
    activity, slot = centre()
    earlier = make_slot(make_offering(activity, tariff_id=add_tariff("Mardi", CENTRE)), THURSDAY - timedelta(days=2))
    home.book(activity, slot)
    assert booked()[home.child].price_cents == 500
    home.book(activity, earlier)
    with reading() as db:
        cents = db.exec(select(Booking.meal_cents + Booking.care_cents).where(Booking.slot_id == earlier))
        assert cents.one() == 450


def test_a_brother_of_the_other_home_does_not_count_here(home: Home) -> None:
    with reading() as db:
        account = db.get_one(Account, home.actor.account_id)
    elsewhere = families.make_family("Autre", account)
    families.make_child("Aîné", elsewhere, birth=date(2012, 1, 1))
    activity, slot = centre()
    home.book(activity, slot)
    assert booked()[home.child].price_cents == 500


def test_the_recap_says_why_line_by_line(home: Home) -> None:
    activity, slot = centre()
    recap = home.preview(activity, f"{home.choices(slot)},{home.choices(slot, child=home.sibling)}")
    assert [line.amount for line in recap.lines] == [f"5,00{NBSP}€", f"4,50{NBSP}€"]
    assert recap.lines[0].why == f"quotient familial 500 × 1{NBSP}% = 5,00{NBSP}€, hors commune"
    assert recap.lines[1].why.endswith(f"2e enfant du foyer : −10{NBSP}% = 4,50{NBSP}€")


def test_who_may_not_see_the_money_does_not_read_the_quotient(home: Home) -> None:
    with transaction() as db:
        for guardian in db.exec(select(Guardian).where(Guardian.family_id == home.family)):
            guardian.can_see_money = False
    activity, slot = centre()
    (line,) = home.preview(activity, home.choices(slot)).lines
    assert (line.amount, line.why) == (f"5,00{NBSP}€", "")


def test_an_expired_quotient_pays_the_maximum_on_the_day_and_says_so(home: Home) -> None:
    activity, _ = centre()
    later = make_slot(make_offering(activity, tariff_id=add_tariff("Plus tard", CENTRE)), date(2027, 9, 2))
    recap = home.preview(activity, home.choices(later))
    assert recap.total == f"10,00{NBSP}€"
    assert "Tarif maximum" in recap.notice


def test_the_catalogue_shows_the_price_of_both_children(home: Home) -> None:
    activity, _ = centre(name="Centre")
    cards = catalogue.show(actor=home.actor, kind="", child_id=0, now=NOW)
    (card,) = [one for one in (*cards.mine, *cards.others) if one.id == activity]
    assert card.price == f"de 4,50{NBSP}€ à 5,00{NBSP}€"
