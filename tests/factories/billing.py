"""Des séances à facturer, et une facturation menée jusqu'au bout."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import BookingState
from portail.models.activities import Slot
from portail.models.bookings import Booking
from portail.models.database import reading, transaction
from portail.models.invoices import Invoice, InvoiceLine, InvoiceRun
from portail.services import regies
from portail.services.invoices import runs
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering, make_slot, make_tariff
from tests.factories.booked import book
from tests.factories.people import make_account, open_session

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@dataclass(frozen=True)
class Canteen:
    """Une cantine facturée en fin de mois, et ses séances."""

    activity: int
    offering: int

    def eat(
        self, family: int, child: int, *days: date, state: BookingState = BookingState.PRESENT, **more: Any
    ) -> list[int]:
        """Un repas réservé chacun de ces jours ; 1,50 € de repas et 1,70 € de garde, sauf mention contraire."""
        prices = {"meal_cents": 150, "care_cents": 170, "formula": "prix unique"}
        return [book(self._slot(day), child, family, state, **(prices | more)) for day in days]

    def _slot(self, day: date) -> int:
        with reading() as db:
            found = db.exec(select(Slot.id).where(Slot.offering_id == self.offering, Slot.day == day)).first()
        return found or make_slot(self.offering, day)


def make_billed(**options: Any) -> Canteen:
    activity = make_activity(**({"name": "Cantine", "place": "Jean-Macé"} | options))
    return Canteen(activity, make_offering(activity, tariff_id=make_tariff(), name="Repas", capacity=500))


def october(*days: int) -> list[date]:
    return [date(2026, 10, day) for day in days]


def november(*days: int) -> list[date]:
    return [date(2026, 11, day) for day in days]


def make_regisseur(email: str = "regie@mairie.example") -> Actor:
    return open_session(make_account(email, role=Role.REGIE))[1]


def set_minimum(cents: int) -> None:
    with transaction() as db:
        regies.default(db).minimum_cents = cents


def regie_id() -> int:
    with transaction() as db:
        return regies.default(db).key


def start(agent: Actor, month: date = OCTOBER, now: datetime = NOW, **more: Any) -> int:
    return runs.start(actor=agent, now=now, month=month, **({"regie_id": regie_id()} | more))


def carry_on(now: datetime = NOW) -> int:
    """Toutes les tranches qui restent."""
    steps = 0
    while runs.advance(now):
        steps += 1
    return steps


def bill(agent: Actor, month: date = OCTOBER, now: datetime = NOW, **more: Any) -> int:
    """Un mois entier : préparé, relu, émis."""
    run = start(agent, month, now, **more)
    carry_on(now)
    runs.issue(actor=agent, run_id=run, now=now)
    carry_on(now)
    return run


def run(run_id: int) -> InvoiceRun:
    with reading() as db:
        return db.get_one(InvoiceRun, run_id)


def invoices_of(family: int = 0) -> list[Invoice]:
    query = select(Invoice).order_by(Invoice.id)  # type: ignore[arg-type]
    with reading() as db:
        return list(db.exec(query.where(Invoice.family_id == family) if family else query))


def lines_of(invoice_id: int) -> list[InvoiceLine]:
    with reading() as db:
        found = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)
        return list(db.exec(found.order_by(InvoiceLine.id)))  # type: ignore[arg-type]


def mark(booking: int, state: BookingState, **more: Any) -> None:
    with transaction() as db:
        row = db.get_one(Booking, booking)
        row.state = state
        for name, value in more.items():
            setattr(row, name, value)
