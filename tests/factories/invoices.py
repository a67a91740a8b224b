"""Des factures émises, par les services ; des encaissements qui les soldent."""

from datetime import date, datetime, timedelta
from typing import Any

from portail.domain.dates import paris_day
from portail.domain.payments import Means
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.ids import new_token
from portail.models.database import reading, transaction
from portail.models.invoices import Invoice, InvoiceLine
from portail.models.payments import Payment
from portail.models.regies import Regie
from portail.services import regies, wallet
from portail.services.invoices import allocating
from portail.services.invoices.issuing import Issue, drafts_of, issue_all
from tests.conftest import NOW


def make_regie(code: str = "SPO", **options: Any) -> int:
    """Une régie de plus, à côté de celle qui tient les porte-monnaie."""
    with transaction() as db:
        regie = Regie(**({"name": f"Régie {code}", "code": code, "created_at": NOW} | options))
        db.add(regie)
        db.flush()
        return regie.key


def make_draft(db: Any, family_id: int, lines: tuple[Any, ...], month: date, regie_id: int) -> Invoice:
    invoice = Invoice(regie_id=regie_id, family_id=family_id, month=month, due_on=month)
    db.add(invoice)
    db.flush()
    for rank, line in enumerate(lines):
        given = line if isinstance(line, dict) else {"care_cents": line}
        amount = sum(given.get(part, 0) for part in ("meal_cents", "care_cents", "surcharge_cents"))
        known = {"invoice_id": invoice.key, "activity": "Cantine", "label": "Repas", "amount_cents": amount}
        db.add(InvoiceLine(**(known | {"day": month + timedelta(days=rank), "child_name": "Léa"} | given)))
    db.flush()
    return invoice


def make_invoice(
    family_id: int, *lines: Any, month: date = date(2026, 10, 1), regie_id: int = 0, now: datetime = NOW
) -> int:
    """Une facture émise ; une ligne est un montant de garde, ou les colonnes d'InvoiceLine."""
    with transaction() as db:
        regie = db.get_one(Regie, regie_id) if regie_id else regies.default(db)
        draft = make_draft(db, family_id, lines or (45_00,), month, regie.key)
        due_on = paris_day(now) + timedelta(days=regie.due_days)
        return issue_all(db, Issue(regie, due_on, now), drafts_of(db, [draft]))[0].draft.id


def make_payment(
    family_id: int,
    cents: int,
    *invoices: tuple[int, int],
    means: Means = Means.CHEQUE,
    regie_id: int = 0,
    now: datetime = NOW,
) -> int:
    """De l'argent reçu au guichet, réparti sur ces factures, avec son mouvement."""
    with transaction() as db:
        regie = db.get_one(Regie, regie_id) if regie_id else regies.default(db)
        known = {"received_on": paris_day(now), "at": now, "token": new_token()}
        payment = Payment(regie_id=regie.key, family_id=family_id, means=means, amount_cents=cents, **known)
        db.add(payment)
        db.flush()
        desk = wallet.common(db, LedgerAccountKind.DESK, now)
        receivable = wallet.common(db, LedgerAccountKind.RECEIVABLE, now)
        lines = (wallet.Line(desk, -cents), wallet.Line(receivable, cents))
        payment.movement_id = wallet.post(db, wallet.Movement(MovementKind.PAYMENT, "Paiement", lines, now))
        if invoices:
            allocating.allocate(db, payment, invoices, now)
        return payment.key


def invoice(invoice_id: int) -> Invoice:
    with reading() as db:
        return db.get_one(Invoice, invoice_id)
