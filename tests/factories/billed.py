"""Une régie, des factures émises et ce qui les a payées : des lignes écrites directement."""

from datetime import date
from itertools import count
from typing import Any

from sqlmodel import select

from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.payments import Means
from portail.models.database import reading, transaction
from portail.models.invoices import Invoice, InvoiceLine
from portail.models.payments import Payment, PaymentAllocation
from portail.models.regies import Regie
from tests.conftest import NOW

_ranks = count(1)


def make_regie(**options: Any) -> int:
    """La régie qui tient les porte-monnaie si elle existe déjà, sinon une neuve."""
    wanted: dict[str, Any] = {"name": "Enfance", "code": "ENF", "holds_wallets": True, "created_at": NOW} | options
    with transaction() as db:
        found = db.exec(select(Regie).where(Regie.code == wanted["code"])).first()
        if found is None:
            found = Regie(**wanted)
            db.add(found)
            db.flush()
        return found.key


def bill(family: int, *lines: dict[str, Any], **options: Any) -> int:
    """Une facture émise ; chaque ligne : `child_id`, `meal_cents`, `care_cents`, `surcharge_cents`, `amount_cents`."""
    with transaction() as db:
        known = {"regie_id": options.pop("regie_id", 0) or 0, "state": InvoiceState.ISSUED, "kind": InvoiceKind.INVOICE}
        total = sum(_amount(line) for line in lines)
        month = options.pop("month", date(2026, 10, 1))
        known |= {"family_id": family, "month": month, "year": month.year, "number": next(_ranks)}
        known |= {"total_cents": total, "issued_at": NOW, "due_on": date(2026, 11, 30)}
        invoice = Invoice(**(known | options | {"regie_id": known["regie_id"] or _regie(db)}))
        db.add(invoice)
        db.flush()
        for line in lines:
            said = {"activity": "Cantine", "label": "Repas", "amount_cents": _amount(line)}
            db.add(InvoiceLine(invoice_id=invoice.key, **(said | line)))
        return invoice.key


def _regie(db: Any) -> int:
    found = db.exec(select(Regie.id).where(Regie.holds_wallets)).first()
    if found is None:
        regie = Regie(name="Enfance", code="ENF", holds_wallets=True, created_at=NOW)
        db.add(regie)
        db.flush()
        return regie.key
    return found


def _amount(line: dict[str, Any]) -> int:
    parts = ("meal_cents", "care_cents", "surcharge_cents")
    return line.get("amount_cents", sum(line.get(part, 0) for part in parts))


def paid(family: int, day: date, *allocations: tuple[int, int], **options: Any) -> int:
    """Un encaissement de ce jour, réparti sur des factures ; son mouvement au grand livre n'est pas le sujet."""
    total = sum(cents for _, cents in allocations)
    with transaction() as db:
        known = {"regie_id": _regie(db), "family_id": family, "means": Means.CHEQUE, "amount_cents": total}
        known |= {"received_on": day, "at": NOW, "token": f"jeton-{next(_ranks)}"}
        payment = Payment(**(known | options))
        db.add(payment)
        db.flush()
        for invoice_id, cents in allocations:
            db.add(PaymentAllocation(payment_id=payment.key, invoice_id=invoice_id, cents=cents))
            db.get_one(Invoice, invoice_id).paid_cents += cents
        return payment.key


def invoice(key: int) -> Invoice:
    with reading() as db:
        return db.get_one(Invoice, key)
