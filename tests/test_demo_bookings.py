"""La ville de démonstration réserve : chaque compte est juste, chaque promesse du guide se voit, en toute saison."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from portail.demo import town
from portail.demo.season import season_of
from portail.domain.activities import ActivityKind, EnrolmentMode, EnrolmentState
from portail.domain.bookings import HOLDING, BookingState
from portail.domain.documents import DocumentState
from portail.domain.families import age_on
from portail.domain.tariff_grids import check_grid
from portail.domain.tariffs import TariffMethod
from portail.domain.wallet import LedgerAccountKind
from portail.models.accounts import Account
from portail.models.activities import Activity, ActivityRule, Enrolment, Offering, Slot
from portail.models.bookings import Booking, BookingChange, WaitlistEntry
from portail.models.database import reading
from portail.models.documents import FamilyDocument
from portail.models.families import Child, Guardian
from portail.models.invoices import Invoice
from portail.models.tariffs import FamilyQuotient, Tariff
from portail.models.wallet import LedgerAccount, LedgerEntry
from portail.services import tariffs
from tests.conftest import NOW

SEASONS = [NOW, datetime(2026, 2, 3, 23, 30, tzinfo=UTC), datetime(2026, 7, 14, 9, tzinfo=UTC)]
SEASONS += [datetime(2026, 9, 1, 6, tzinfo=UTC), datetime(2026, 12, 26, 9, tzinfo=UTC)]


def family_of(db: Session, username: str) -> int:
    return db.exec(select_rows(Guardian.family_id).join(Account).where(Account.username == username)).one()


def balance(db: Session, username: str) -> tuple[bool, int] | None:
    wallet = db.exec(select_rows(LedgerAccount).where(LedgerAccount.family_id == family_of(db, username))).one_or_none()
    return None if wallet is None else (wallet.activated_at is not None, wallet.balance_cents)


def check_seats(db: Session) -> None:
    held = Counter(db.exec(select_rows(Booking.slot_id).where(col(Booking.state).in_(HOLDING))).all())
    waiting = Counter(db.exec(select_rows(WaitlistEntry.slot_id)).all())
    for slot in db.exec(select_rows(Slot)):
        assert (slot.taken, slot.waiting) == (held[slot.key], waiting[slot.key])
        assert not slot.waiting or slot.taken == slot.capacity


def check_guests(db: Session) -> None:
    """L'âge, l'école, le niveau et l'inscription de chaque enfant réservé conviennent ; jamais deux places à la fois."""
    enrolled = set(
        db.exec(
            select_rows(Enrolment.child_id, Enrolment.activity_id).where(Enrolment.state == EnrolmentState.ACCEPTED)
        )
    )
    hours: dict[tuple, list[tuple]] = {}
    query = (
        select_rows(Booking, Child, Slot, Offering, Activity)
        .join(Child, col(Child.id) == col(Booking.child_id))
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
    )
    for booking, child, slot, offering, activity in db.exec(query):
        assert offering.min_age <= age_on(child.birth_date, slot.day) <= offering.max_age
        assert not activity.school_ids or child.school_id in activity.school_ids
        assert not activity.levels or child.level in activity.levels
        if activity.enrolment_mode != EnrolmentMode.NONE:
            assert (child.key, activity.key) in enrolled
        if booking.state in HOLDING:
            hours.setdefault((child.key, slot.day), []).append((offering.starts_at, offering.ends_at))
    for taken in hours.values():
        assert all(before[1] <= after[0] for before, after in pairwise(sorted(taken)))


def check_money(db: Session) -> None:
    assert db.exec(select(func.sum(LedgerEntry.amount_cents))).scalar_one() == 0
    by_transaction = select(LedgerEntry.transaction_id).group_by(col(LedgerEntry.transaction_id))
    assert db.exec(by_transaction.having(func.sum(LedgerEntry.amount_cents) != 0)).all() == []
    entries = select(LedgerEntry.account_id, func.sum(LedgerEntry.amount_cents)).group_by(col(LedgerEntry.account_id))
    sums = {key: int(total) for key, total in db.exec(entries)}
    for account in db.exec(select_rows(LedgerAccount).where(LedgerAccount.kind == LedgerAccountKind.WALLET)):
        assert account.balance_cents == sums[account.key] >= 0
    paid = db.exec(select_rows(Booking).where(col(Booking.is_paid))).all()
    revenue = db.exec(select_rows(LedgerAccount).where(LedgerAccount.kind == LedgerAccountKind.REVENUE)).one()
    issued = db.exec(select(func.sum(Invoice.total_cents)).where(col(Invoice.number).is_not(None))).scalar_one()
    assert sums[revenue.key] == sum(one.price_cents for one in paid) + issued
    changed = db.exec(select(func.sum(BookingChange.amount_cents))).scalar_one()
    assert changed == sum(one.price_cents for one in paid)
    assert all(one.price_cents and one.formula for one in db.exec(select_rows(Booking)))


@pytest.mark.parametrize("now", SEASONS, ids=lambda at: f"{at:%B}")
def test_every_count_is_right_whatever_the_season(settled: Engine, now: datetime) -> None:
    with reading() as db:
        check_seats(db)
        check_guests(db)
        check_money(db)


@pytest.mark.parametrize("now", SEASONS, ids=lambda at: f"{at:%B}")
def test_there_is_always_something_to_book_to_wait_for_and_to_validate(settled: Engine, now: datetime) -> None:
    season = season_of(now)
    with reading() as db:
        kinds = db.exec(
            select_rows(Activity.kind).join(Slot).where(Slot.day > season.today, Slot.taken < Slot.capacity).distinct()
        ).all()
        assert set(kinds) == set(ActivityKind)
        full = db.exec(select_rows(Slot).where(Slot.waiting > 0).order_by(Slot.day)).all()
        states = Counter(db.exec(select_rows(Booking.state)).all())
    assert [slot.waiting for slot in full] == [3, 2]
    assert all(slot.taken >= 3 for slot in full)
    assert all(slot.day > season.today for slot in full)
    assert states[BookingState.PENDING] >= 2
    assert states[BookingState.CANCELLED] == 1
    assert states[BookingState.EXCUSED] == 0


def test_the_town_books_as_much_as_promised(base: Engine, now: datetime) -> None:
    town.load_if_empty(now)
    with reading() as db:
        assert len(set(db.exec(select_rows(Booking.family_id)))) >= 40
        titles = Counter(db.exec(select_rows(Activity.name)).all())
        assert titles == {
            "Cantine": 3,
            "Accueil périscolaire": 3,
            "Mercredis": 2,
            "Vacances": 2,
            "École des sports": 1,
        }
        days = db.exec(select(func.min(Slot.day), func.max(Slot.day))).one()
        assert days[0] <= now.date() - timedelta(days=55)
        assert days[1] == now.date().replace(year=2027, month=8, day=31)
        assert len(db.exec(select_rows(ActivityRule)).all()) == sum(titles.values())
        assert set(db.exec(select_rows(Booking.state))) >= {BookingState.BOOKED, BookingState.PRESENT}


def test_the_wallet_and_the_quotient_of_each_named_parent_are_those_of_the_guide(
    settled: Engine, now: datetime
) -> None:
    with reading() as db:
        assert balance(db, "camille.durand") == (True, 6_000)
        assert balance(db, "karim.benali") is None
        quotients = dict(db.exec(select_rows(FamilyQuotient.family_id, FamilyQuotient.value)).all())
        assert quotients[family_of(db, "camille.durand")] == 850
        assert family_of(db, "nadia.rossi") not in quotients
        assert quotients[family_of(db, "tom.petit")]


def test_the_town_sells_with_every_method_and_shows_past_and_coming_grids(settled: Engine, now: datetime) -> None:
    with reading() as db:
        keys = {tariff.name: tariff.key for tariff in db.exec(select_rows(Tariff))}
        grids = tariffs.load(db, keys.values())
    for found in grids.values():
        for grid in found:
            check_grid(grid)
    assert {grid.method for found in grids.values() for grid in found} == set(TariffMethod)
    assert [grid.valid_from > now.date() for grid in grids[keys["Repas"]]] == [False, False, True]
    assert any(grid.siblings.values for grid in grids[keys["Journée de centre"]])


def test_a_meal_of_camille_costs_three_euros_twenty_and_toms_the_outside_price(settled: Engine, now: datetime) -> None:
    with reading() as db:
        meals = {
            name: set(
                db.exec(
                    select_rows(Booking.meal_cents + Booking.care_cents)
                    .join(Slot, col(Slot.id) == col(Booking.slot_id))
                    .join(Activity, col(Activity.id) == col(Slot.activity_id))
                    .where(Activity.kind == ActivityKind.CANTEEN, Booking.family_id == family_of(db, name))
                )
            )
            for name in ("camille.durand", "tom.petit", "nadia.rossi", "ines.moreau", "karim.benali")
        }
    assert meals == {
        "camille.durand": {320},
        "tom.petit": {560},
        "nadia.rossi": {440},
        "ines.moreau": set(),
        "karim.benali": set(),
    }


def test_camille_sees_each_kind_of_day_and_keeps_days_to_choose(settled: Engine, now: datetime) -> None:
    with reading() as db:
        camille = family_of(db, "camille.durand")
        states = set(db.exec(select_rows(Booking.state).where(Booking.family_id == camille)))
        assert states >= {BookingState.BOOKED, BookingState.PENDING, BookingState.CANCELLED, BookingState.PRESENT}
        waits = db.exec(select_rows(WaitlistEntry).where(WaitlistEntry.family_id == camille)).all()
        assert [one.place for one in waits] == [3]
        last = db.exec(
            select(func.max(Slot.day))
            .join(Booking, col(Booking.slot_id) == col(Slot.id))
            .where(Booking.family_id == camille, Booking.state == BookingState.BOOKED)
        ).scalar_one()
    assert last <= now.date() + timedelta(days=9)


def test_jade_is_booked_by_the_home_whose_day_it_is(settled: Engine, now: datetime) -> None:
    with reading() as db:
        jade = db.exec(select_rows(Child.id).where(Child.first_name == "Jade")).one()
        query = select_rows(Booking.family_id, Slot.day).join(Slot).where(Booking.child_id == jade)
        weeks = {(family, day.isocalendar().week % 2) for family, day in db.exec(query)}
        paul, sophie = family_of(db, "paul.lefevre"), family_of(db, "sophie.garnier")
    assert weeks == {(paul, 0), (sophie, 1)}


def test_one_document_was_refused_with_its_reason(settled: Engine, now: datetime) -> None:
    with reading() as db:
        refused = db.exec(select_rows(FamilyDocument).where(FamilyDocument.state == DocumentState.REFUSED)).all()
        assert {one.family_id for one in refused} == {family_of(db, "nadia.rossi")}
    assert all(one.why for one in refused)
