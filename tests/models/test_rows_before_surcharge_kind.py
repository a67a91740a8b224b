"""Une base d'avant la sorte de majoration : ses réservations et ses démarches la traversent, sur les deux bases."""

from datetime import date, time

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from portail.models import migrations
from tests.tools.older import add

BEFORE = "95df41b1e22d"


@pytest.fixture
def before(first_schema: Engine) -> Engine:
    migrations.upgrade(first_schema, BEFORE)
    return first_schema


def test_a_surcharge_kept_so_far_was_a_late_one_and_nothing_is_lost(before: Engine) -> None:
    with before.execution_options(writes=True).begin() as db:
        add(db, "family", id=1, number="F-1", name="Durand", status="active")
        add(db, "child", id=1, first_name="Léa")
        add(db, "tariff", id=1, name="Repas")
        modes = {"enrolment_mode": "none", "waitlist_mode": "none", "waitlist_priority": "order", "offer_hours": 24}
        add(db, "activity", id=1, name="Cantine", kind="canteen", **modes)
        hours = {"starts_at": time(12), "ends_at": time(14), "min_age": 3, "max_age": 11}
        add(db, "offering", id=1, activity_id=1, tariff_id=1, **hours)
        for rank, surcharge in ((1, 0), (2, 160)):
            add(db, "slot", id=rank, activity_id=1, offering_id=1, day=date(2026, 11, 4 + rank))
            places = {"slot_id": rank, "child_id": 1, "family_id": 1, "state": "booked"}
            add(db, "booking", id=rank, **places, meal_cents=320, surcharge_cents=surcharge)
        add(db, "request", id=1, kind="absence", status="sent", family_id=1, year=2026, rank=1, version=1, content={})
    migrations.upgrade(before)
    with before.connect() as db:
        kept = db.execute(text("select id, meal_cents, surcharge_cents, surcharge_kind from booking order by id"))
        assert [tuple(one) for one in kept] == [(1, 320, 0, "in_time"), (2, 320, 160, "late")]
        assert db.execute(text("select kind, family_id from request")).one() == ("absence", 1)


def test_only_known_kinds_enter(before: Engine) -> None:
    migrations.upgrade(before)
    values = {"status": "sent", "year": 2026, "version": 1, "content": {}}
    with before.execution_options(writes=True).begin() as db:
        add(db, "request", rank=1, kind="quotient", **values)
    with pytest.raises(IntegrityError), before.execution_options(writes=True).begin() as db:
        add(db, "request", rank=2, kind="gift", **values)
