"""Une famille devant son calendrier : un compte, deux enfants, une activité prépayée et ses séances."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import func, select

from portail.domain.accounts import Actor
from portail.domain.bookings import HOLDING, Intent
from portail.models.activities import Slot
from portail.models.bookings import Booking
from portail.models.database import reading
from portail.services.bookings.confirming import Order, confirm
from portail.services.bookings.selection import preview
from portail.views.bookings import Outcome, Recap
from tests.conftest import NOW
from tests.factories import activities, families, money
from tests.factories.people import make_account, open_session

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 18)


@dataclass(frozen=True)
class Home:
    """Un foyer qui réserve."""

    actor: Actor
    family: int
    child: int
    sibling: int

    def choices(self, *slots: int, intent: Intent = Intent.ADD, child: int = 0) -> str:
        return ",".join(f"{slot}.{child or self.child}={intent}" for slot in slots)

    def preview(self, activity: int, choices: str, now: datetime = NOW) -> Recap:
        return preview(actor=self.actor, activity_id=activity, choices=choices, now=now)

    def confirm(self, activity: int, choices: str, now: datetime = NOW, **more: Any) -> Outcome:
        """Valider puis confirmer, d'un trait."""
        token = more.pop("token", "") or f"jeton-{self.actor.account_id}-{choices}"[:64].ljust(16, ".")
        return confirm(actor=self.actor, order=Order(activity, choices, token, **more), now=now)

    def book(self, activity: int, *slots: int, now: datetime = NOW) -> Outcome:
        return self.confirm(activity, self.choices(*slots), now)


def make_home(name: str = "Alba", *, cents: int = 10_000) -> Home:
    account = make_account(f"{name.lower()}@famille.example")
    _, actor = open_session(account)
    family = families.make_family(name, account)
    if cents:
        money.fill(family, cents)
    child, sibling = (families.make_child(f"{first} {name}", family) for first in ("Léa", "Noé"))
    return Home(actor, family, child, sibling)


def make_canteen(*, capacity: int = 10, cents: int = 320, **options: Any) -> tuple[int, list[int]]:
    """Une cantine prépayée, et ses séances de décembre."""
    activity = activities.make_activity(**({"is_prepaid": True} | options))
    offering = activities.make_offering(activity, capacity=capacity, tariff_id=activities.make_tariff(cents))
    return activity, activities.make_slots(offering, FIRST, LAST)


def taken(slot: int) -> int:
    with reading() as db:
        return db.get_one(Slot, slot).taken


def held(slot: int) -> int:
    """Les réservations qui tiennent une place : toujours autant que le compte de la séance."""
    query = select(func.count()).where(Booking.slot_id == slot, Booking.state.in_(HOLDING))  # type: ignore[attr-defined]
    with reading() as db:
        return int(db.exec(query).one())


def states(*slots: int) -> list[str]:
    query = select(Booking.state).where(Booking.slot_id.in_(slots))  # type: ignore[attr-defined]
    with reading() as db:
        return sorted(db.exec(query))
