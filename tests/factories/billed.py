"""Des factures émises et ce qui les a payées un jour donné : pour ce qui compte l'argent par année."""

from datetime import date
from typing import Any

from portail.domain.payments import Means
from portail.models.database import transaction
from portail.models.invoices import Invoice
from portail.models.payments import Payment, PaymentAllocation
from portail.services import regies
from portail.services.invoices.issuing import Issue, drafts_of, issue_all
from tests.conftest import NOW
from tests.factories.invoices import make_draft, make_invoice
from tests.factories.ranks import RANKS


def bill(family: int, *lines: dict[str, Any], month: date = date(2026, 10, 1)) -> int:
    return make_invoice(family, *lines, month=month)


def credit(family: int, *lines: dict[str, Any], corrects: int | None = None) -> int:
    """Un avoir émis, sur une facture ou à part."""
    with transaction() as db:
        regie = regies.default(db)
        draft = make_draft(db, family, lines, date(2026, 10, 1), regie.key)
        db.get_one(Invoice, draft).corrects_id = corrects
        db.flush()
        return issue_all(db, Issue(regie, date(2026, 11, 30), NOW), drafts_of(db, [(draft, family)]))[0].draft.id


def paid(family: int, day: date, *allocations: tuple[int, int], **options: Any) -> int:
    """Un encaissement de ce jour, réparti sur des factures ; son mouvement au grand livre n'est pas le sujet."""
    total = sum(cents for _, cents in allocations)
    with transaction() as db:
        known = {"regie_id": regies.default(db).key, "family_id": family, "means": Means.CHEQUE, "amount_cents": total}
        known |= {"received_on": day, "at": NOW, "token": f"jeton-{RANKS.next()}"}
        payment = Payment(**(known | options))
        db.add(payment)
        db.flush()
        for invoice_id, cents in allocations:
            db.add(PaymentAllocation(payment_id=payment.key, invoice_id=invoice_id, cents=cents))
            db.get_one(Invoice, invoice_id).paid_cents += cents
        return payment.key
