"""La ville de démonstration a de quoi montrer l'attente : des jours à valider, des files tenues dans l'ordre."""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import col, func, select

from portail.domain.accounts import Role
from portail.domain.requests import RequestKind
from portail.domain.selection import read_choices
from portail.domain.waitlist import WaitState
from portail.models.accounts import Account
from portail.models.activities import Slot
from portail.models.bookings import Booking, WaitlistEntry
from portail.models.campaigns import Campaign, WishList
from portail.models.database import reading
from portail.models.requests import Request
from portail.services.validations import answering
from tests.factories.people import open_session


def agent(now: datetime):
    with reading() as db:
        account = db.exec(select(Account).where(Account.role == Role.RECEPTION)).first()
    assert account is not None
    return open_session(account, now=now)[1]


def test_every_day_to_validate_has_its_request(settled: Engine, now: datetime) -> None:
    page = answering.show(actor=agent(now))
    assert page.rows
    assert any(row.number for row in page.rows)
    with reading() as db:
        asked = db.exec(select(func.count()).where(Request.kind == RequestKind.BOOKING)).one()
    assert asked == len({row.number for row in page.rows if row.number})


def test_a_campaign_is_about_to_open_and_wishes_are_ready(settled: Engine, now: datetime) -> None:
    with reading() as db:
        campaign = db.exec(select(Campaign)).one()
        wish = db.exec(select(WishList)).one()
        slots = [db.get_one(Slot, choice.slot_id) for choice in read_choices(wish.choices)]
        held = select(func.count()).select_from(Booking).join(Slot, col(Slot.id) == col(Booking.slot_id))
        mine = held.where(Slot.activity_id == wish.activity_id)
        early = db.exec(mine.where(col(Slot.day).between(campaign.first_day, campaign.last_day))).one()
    assert now < campaign.residents_at < campaign.everyone_at
    assert campaign.admitted_a_minute
    assert len(slots) == 2
    assert all(campaign.first_day <= slot.day <= campaign.last_day for slot in slots)
    assert early == 0  # rien ne s'est réservé avant l'ouverture


def test_each_queue_is_counted_and_ordered(settled: Engine, now: datetime) -> None:
    with reading() as db:
        slots = list(db.exec(select(Slot).where(col(Slot.waiting) > 0)))
        assert slots
        for slot in slots:
            query = select(WaitlistEntry).where(
                WaitlistEntry.slot_id == slot.key, WaitlistEntry.state == WaitState.WAITING
            )
            entries = db.exec(query.order_by(col(WaitlistEntry.place))).all()
            assert len(entries) == slot.waiting
            assert len({one.place for one in entries}) == len(entries)
            assert [one.joined_at for one in entries] == sorted(one.joined_at for one in entries)
            assert all(one.until > now for one in entries)
            assert slot.taken == slot.capacity
