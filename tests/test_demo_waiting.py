"""La ville de démonstration a de quoi montrer l'attente : des jours à valider, des files tenues dans l'ordre."""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import col, func, select

from portail.domain.accounts import Role
from portail.domain.requests import RequestKind
from portail.domain.waitlist import WaitState
from portail.models.accounts import Account
from portail.models.activities import Slot
from portail.models.bookings import WaitlistEntry
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
