"""Des factures échues, des familles avec ou sans adresse, et ce qui leur est parti."""

from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from portail.models.database import reading, transaction
from portail.models.invoices import InvoiceReminder
from portail.models.mails import OutboxMail
from portail.models.reminders import ReminderPlan, ReminderRound
from tests.conftest import NOW
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice
from tests.factories.people import make_account


def late(family: int, days: int, *lines: Any, regie_id: int = 0) -> int:
    """Une facture échue depuis tant de jours."""
    return make_invoice(family, *lines, now=NOW - timedelta(days=days + 30), regie_id=regie_id)


def home(name: str = "Durand") -> int:
    return make_family(name, make_account(f"{name.lower()}@famille.example"))


def letters() -> list[OutboxMail]:
    with reading() as db:
        return list(db.exec(select(OutboxMail).order_by(col(OutboxMail.id))))


def levels() -> list[tuple[int, int]]:
    with reading() as db:
        return sorted((one.invoice_id, one.level) for one in db.exec(select(InvoiceReminder)))


def rounds() -> list[ReminderRound]:
    with reading() as db:
        return list(db.exec(select(ReminderRound).order_by(col(ReminderRound.id))))


def plan(regie_id: int, first: int | None, second: int | None) -> None:
    with transaction() as db:
        db.add(ReminderPlan(regie_id=regie_id, first_days=first, second_days=second))
