"""Une famille devant « Modification avancée » : des activités d'une formule, une semaine type, l'aperçu, la confirmation."""

from dataclasses import replace
from datetime import time, timedelta
from urllib.parse import parse_qsl

from sqlmodel import func, select

from portail.domain.bookings import HOLDING
from portail.domain.weekly import Wish
from portail.models.activities import Slot
from portail.models.bookings import Booking
from portail.models.database import reading
from portail.services.bookings.advanced.confirming import WeeklyOrder, confirm
from portail.services.bookings.advanced.preview import preview
from portail.views.weekly import WeeklyOutcome, WeeklyPreview
from tests.conftest import NOW
from tests.factories import activities
from tests.factories.booking import FIRST, LAST, Home

MINUTE = timedelta(minutes=1)
MONDAY, TUESDAY = 0, 1
ALWAYS = frozenset({0, 1, 3, 4})


class Place:
    """Une activité d'une seule formule, ses séances de décembre."""

    def __init__(self, hours: tuple[int, int] = (11, 13), *, capacity: int = 10, cents: int = 320, **options: object):
        self.activity = activities.make_activity(**({"is_prepaid": True} | options))
        starts, ends = (time(hour) for hour in hours)
        tariff = activities.make_tariff(cents)
        self.offering = activities.make_offering(
            self.activity, capacity=capacity, tariff_id=tariff, starts_at=starts, ends_at=ends
        )
        self.slots = activities.make_slots(self.offering, FIRST, LAST)


def asked(home: Home, *places: Place, **changes: object) -> Wish:
    week = {place.offering: ALWAYS for place in places}
    return replace(Wish((home.child, home.sibling), week, FIRST, LAST), **changes)


def shown(home: Home, wish: Wish) -> WeeklyPreview:
    return preview(actor=home.actor, fields=dict(parse_qsl(wish.text)), now=NOW)


def order_of(found: WeeklyPreview, *, partial: bool = False) -> WeeklyOrder:
    return WeeklyOrder(found.wish, found.seen, found.token, partial)


def done(home: Home, found: WeeklyPreview, *, partial: bool = False) -> WeeklyOutcome:
    return confirm(actor=home.actor, order=order_of(found, partial=partial), now=NOW)


def booked() -> int:
    query = select(func.count()).select_from(Booking).where(Booking.state.in_(HOLDING))  # type: ignore[attr-defined]
    with reading() as db:
        return int(db.exec(query).one())


def counts_agree() -> bool:
    """Le compte de chaque séance est celui de ses réservations."""
    with reading() as db:
        every = list(db.exec(select(Slot)))
        rows = list(db.exec(select(Booking)))
    holding = [one.slot_id for one in rows if one.state in HOLDING]
    return all(slot.taken == holding.count(slot.key) for slot in every)
