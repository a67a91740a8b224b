"""Une facture émise ne change plus : la base le refuse, et le contrôle de nuit voit ce qu'elle n'empêche pas."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.invoices import Invoice, InvoiceLine
from portail.services.invoices.checking import check_invoices
from portail.services.privacy.erasure import erase_families
from tests.factories.billing import lines_of
from tests.factories.families import make_child
from tests.factories.invoices import invoice, make_invoice, make_payment

pytestmark = pytest.mark.usefixtures("base")


def run(statement: str, **values: object) -> None:
    with transaction() as db:
        db.connection().execute(text(statement), values)


@pytest.mark.parametrize(
    "change",
    [
        "total_cents = 1",
        "number = 9",
        "year = 2025",
        "state = 'draft', number = null",
        "kind = 'credit_note'",
        "month = '2026-01-01'",
        "due_on = '2027-01-01'",
        "issued_at = null",
        "regie_id = regie_id",
        "movement_id = null",
        "corrects_id = id",
        'content = \'{"family": "autre"}\'',
    ],
)
def test_nothing_of_an_issued_invoice_changes(family: int, change: str) -> None:
    key = make_invoice(family, 45_00)
    with pytest.raises(DBAPIError, match="une facture émise ne change plus"):
        run(f"update invoice set {change} where id = :key", key=key)  # noqa: S608
    assert (invoice(key).total_cents, invoice(key).number) == (45_00, 1)


@pytest.mark.parametrize(
    "change", ["amount_cents = 1", "quantity = 2", "label = 'x'", "care_cents = 0", "child_name = 'Zoé'", "day = null"]
)
def test_nothing_of_its_lines_changes(family: int, change: str) -> None:
    key = make_invoice(family, 45_00)
    with pytest.raises(DBAPIError, match="ne change plus"):
        run(f"update invoice_line set {change} where invoice_id = :key", key=key)  # noqa: S608


@pytest.mark.parametrize("table", ["invoice", "invoice_line"])
def test_neither_is_deleted(family: int, table: str) -> None:
    key = make_invoice(family, 45_00)
    with pytest.raises(DBAPIError, match="ne change plus"):
        run(f"delete from {table} where {'id' if table == 'invoice' else 'invoice_id'} = :key", key=key)  # noqa: S608
    assert len(lines_of(key)) == 1


def test_what_is_paid_moves(family: int) -> None:
    key = make_invoice(family, 45_00)
    make_payment(family, 45_00, (key, 45_00))
    assert invoice(key).paid_cents == 45_00


@pytest.mark.parametrize("paid", [-1, 45_01])
def test_what_is_paid_stays_between_zero_and_the_total(family: int, paid: int) -> None:
    key = make_invoice(family, 45_00)
    with pytest.raises(DBAPIError):
        run("update invoice set paid_cents = :paid where id = :key", paid=paid, key=key)


def test_an_erased_file_leaves_the_amounts_without_the_names(family: int) -> None:
    child = make_child("Léa", family)
    key = make_invoice(family, {"care_cents": 45_00, "child_id": child})
    make_payment(family, 45_00, (key, 45_00))
    with transaction() as db:
        erase_families(db, [family])
    with reading() as db:
        kept, line = db.get_one(Invoice, key), db.exec(select(InvoiceLine)).one()
        assert db.get(Family, family) is None
    assert (kept.family_id, kept.content, kept.total_cents, kept.number) == (None, {}, 45_00, 1)
    assert (line.child_id, line.child_name, line.amount_cents, line.label) == (None, "", 45_00, "Repas")
    assert check_invoices() == []


def test_the_nightly_check_sees_a_line_added_behind_our_back(family: int) -> None:
    key = make_invoice(family, 45_00)
    assert check_invoices() == []
    with transaction() as db:
        db.add(InvoiceLine(invoice_id=key, activity="x", label="y", amount_cents=1))
    (fault,) = check_invoices()
    assert f"facture {key}" in fault


def test_the_nightly_check_sees_a_hole_in_the_numbers_and_a_payment_from_nowhere(family: int) -> None:
    key = make_invoice(family, 45_00)
    run("update invoice_counter set last = 3")
    run("update invoice set paid_cents = 10 where id = :key", key=key)
    hole, paid = check_invoices()
    assert "3 numéros en 2026, et 1 factures" in hole
    assert "payé" in paid
