"""Une activité prépayée dont un agent facture des séances : la facturation du mois les prend, et elles seules."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import Intent
from portail.domain.invoices import InvoiceKind
from portail.services import wallet
from portail.services.bookings.confirming import Order, confirm
from portail.services.bookings.undoing import undo
from tests.conftest import NOW
from tests.factories.billing import bill, invoices_of, lines_of, make_regisseur
from tests.factories.booking import Home, make_canteen, make_home
from tests.factories.money import balance
from tests.factories.people import make_account, open_session

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
AFTER, LATER = datetime(2026, 12, 31, 9, 0, tzinfo=UTC), datetime(2027, 1, 31, 9, 0, tzinfo=UTC)
WHY = "Accord du directeur"


@pytest.fixture
def regisseur(base: Engine) -> Actor:
    return make_regisseur()


@pytest.fixture
def home(base: Engine) -> Home:
    return make_home(cents=1000)


@pytest.fixture
def admin(base: Engine) -> Actor:
    return open_session(make_account("direction@mairie.example", role=Role.ADMIN))[1]


def book_on_credit(admin: Actor, home: Home, activity: int, *slots: int) -> int:
    """« Facturer en fin de mois »."""
    order = Order(activity, home.choices(*slots), "jeton-d-un-agent", family_id=home.family, reason=WHY, bill=True)
    return confirm(actor=admin, order=order, now=NOW).batch


def test_what_an_agent_bills_later_is_on_the_invoice_of_the_month(regisseur: Actor, admin: Actor, home: Home) -> None:
    activity, slots = make_canteen()
    assert book_on_credit(admin, home, activity, slots[0], slots[1])
    assert balance(home.family) == 1000
    bill(regisseur, DECEMBER, AFTER)
    (invoice,) = invoices_of(home.family)
    assert [(line.day, line.amount_cents) for line in lines_of(invoice.key)] == [
        (date(2026, 12, 1), 320),
        (date(2026, 12, 3), 320),
    ]
    assert (invoice.total_cents, balance(home.family)) == (640, 1000)
    bill(regisseur, JANUARY, LATER)
    assert len(invoices_of(home.family)) == 1, "une fois, pas deux"
    assert wallet.check_ledger() == []


def test_what_the_family_paid_of_the_same_activity_is_never_billed(regisseur: Actor, admin: Actor, home: Home) -> None:
    activity, slots = make_canteen()
    home.book(activity, slots[0])
    book_on_credit(admin, home, activity, slots[1])
    bill(regisseur, DECEMBER, AFTER)
    (invoice,) = invoices_of(home.family)
    assert [line.day for line in lines_of(invoice.key)] == [date(2026, 12, 3)]
    assert balance(home.family) == 1000 - 320


def test_a_wholly_prepaid_month_has_no_invoice(regisseur: Actor, home: Home) -> None:
    activity, slots = make_canteen()
    home.book(activity, slots[0], slots[1])
    bill(regisseur, DECEMBER, AFTER)
    assert invoices_of() == []
    assert balance(home.family) == 1000 - 640


def test_cancelled_once_billed_it_is_given_back_by_a_negative_line(regisseur: Actor, admin: Actor, home: Home) -> None:
    """La facture a été émise avant la séance : la famille annule dans les délais, l'avoir suit."""
    activity, slots = make_canteen()
    book_on_credit(admin, home, activity, slots[-1])
    early = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    bill(regisseur, DECEMBER, early)
    home.confirm(activity, home.choices(slots[-1], intent=Intent.REMOVE), now=early)
    assert balance(home.family) == 1000, "rien n'avait été pris au porte-monnaie"
    bill(regisseur, JANUARY, LATER)
    note = invoices_of(home.family)[1]
    (line,) = lines_of(note.key)
    assert line.label.endswith(" : annulation")
    assert (line.quantity, line.amount_cents) == (-1, -320)
    assert (note.kind, note.total_cents, balance(home.family)) == (InvoiceKind.CREDIT_NOTE, -320, 1320)
    assert wallet.check_ledger() == []


def test_cancelled_then_paid_in_advance_it_leaves_the_invoices(regisseur: Actor, admin: Actor, home: Home) -> None:
    """Facturée, annulée, reprise par la famille qui paie : la séance n'est due qu'une fois."""
    activity, slots = make_canteen()
    book_on_credit(admin, home, activity, slots[-1])
    early = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    bill(regisseur, DECEMBER, early)
    home.confirm(activity, home.choices(slots[-1], intent=Intent.REMOVE), now=early)
    home.book(activity, slots[-1], now=early)
    assert balance(home.family) == 1000 - 320
    bill(regisseur, JANUARY, LATER)
    assert [one.total_cents for one in invoices_of(home.family)] == [320, -320]
    assert balance(home.family) == 1000


def test_paid_cancelled_then_billed_it_enters_the_invoices(regisseur: Actor, admin: Actor, home: Home) -> None:
    activity, slots = make_canteen()
    home.book(activity, slots[0])
    home.confirm(activity, home.choices(slots[0], intent=Intent.REMOVE))
    assert book_on_credit(admin, home, activity, slots[0])
    bill(regisseur, DECEMBER, AFTER)
    assert [one.total_cents for one in invoices_of(home.family)] == [320]
    assert balance(home.family) == 1000


def test_undone_within_the_minute_it_is_not_billed(regisseur: Actor, admin: Actor, home: Home) -> None:
    activity, slots = make_canteen()
    batch = book_on_credit(admin, home, activity, slots[0])
    undo(actor=admin, batch_id=batch, now=NOW, family_id=home.family)
    bill(regisseur, DECEMBER, AFTER)
    assert (invoices_of(), balance(home.family)) == ([], 1000)
