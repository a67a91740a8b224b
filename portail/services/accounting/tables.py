"""Les tableaux de la régie : factures d'un mois, encaissements d'un mois, impayés du jour ; CSV ou XLSX."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import months_away, paris_day
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.payments import Means
from portail.domain.refusals import BadInputError, NotOpenError
from portail.integrations.sheets import CSV, XLSX, Cell, Cents, Sheet, as_csv, as_xlsx
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.families import Family
from portail.models.invoices import Invoice
from portail.models.payments import DepositSlip, Payment, PaymentAllocation
from portail.models.regies import Regie
from portail.services import audit
from portail.services.cash_desk.due import number_of
from portail.services.unpaid import listing
from portail.views.downloads import Download

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
INVOICES = ("Numéro", "Sorte", "Dossier", "Famille", "Émise le", "Échéance", "Total", "Payé", "Reste")
PAYMENTS = ("Numéro", "Reçu le", "Dossier", "Famille", "Moyen", "Référence", "Montant", "Factures", "Remise", "État")
UNPAID = ("Numéro", "Dossier", "Famille", "Adultes", "Échéance", "Jours de retard", "Reste", "Relances envoyées")


def month_of(given: Mapping[str, str]) -> date:
    found = _MONTH.fullmatch(given.get("mois", ""))
    if found is None:
        raise BadInputError("Indiquez un mois, par exemple « 2026-11 ».")
    return date(int(found[1]), int(found[2]), 1)


def regie_of(db: Session, regie_id: int) -> Regie:
    regie = db.get(Regie, regie_id) if is_key(regie_id) else None
    if regie is None:
        raise NotOpenError
    return regie


def invoices(actor: Actor, regie_id: int, given: Mapping[str, str], now: datetime) -> Download:
    """Les factures et les avoirs du mois facturé."""
    check_audience(Audience.MONEY, actor)
    month = month_of(given)
    with transaction() as db:
        regie = regie_of(db, regie_id)
        query: Any = (
            select(Invoice, Family)
            .join(Family, col(Family.id) == col(Invoice.family_id), isouter=True)
            .where(Invoice.regie_id == regie.key, Invoice.state == InvoiceState.ISSUED, Invoice.month == month)
            .order_by(col(Invoice.year), col(Invoice.number))
        )
        rows = [_invoice(invoice, regie, family) for invoice, family in db.exec(query)]
        _told(db, actor, regie, f"factures {month:%Y-%m}", now)
    return _download(f"factures-{regie.code.lower()}-{month:%Y-%m}", Sheet("Factures", INVOICES, rows), given)


def _invoice(invoice: Invoice, regie: Regie, family: Family | None) -> Sequence[Cell]:
    left = 0 if invoice.kind == InvoiceKind.CREDIT_NOTE else invoice.total_cents - invoice.paid_cents
    return (
        number_of(invoice, regie),
        InvoiceKind(invoice.kind).label,
        *_who(family),
        paris_day(invoice.issued_at) if invoice.issued_at else "",
        invoice.due_on,
        Cents(invoice.total_cents),
        Cents(invoice.paid_cents),
        Cents(left),
    )


def _who(family: Family | None) -> tuple[str, str]:
    return (family.number, family.name) if family else ("", "Dossier effacé")


def payments(actor: Actor, regie_id: int, given: Mapping[str, str], now: datetime) -> Download:
    """Tout ce qui est entré dans le mois, quel que soit le moyen."""
    check_audience(Audience.MONEY, actor)
    month = month_of(given)
    with transaction() as db:
        regie = regie_of(db, regie_id)
        on_invoices = (
            select(func.coalesce(func.sum(PaymentAllocation.cents), 0))
            .where(PaymentAllocation.payment_id == Payment.id)
            .scalar_subquery()
        )
        query: Any = (
            select(Payment, Family, on_invoices, DepositSlip.number)
            .join(Family, col(Family.id) == col(Payment.family_id), isouter=True)
            .join(DepositSlip, col(DepositSlip.id) == col(Payment.slip_id), isouter=True)
            .where(
                Payment.regie_id == regie.key,
                col(Payment.received_on) >= month,
                col(Payment.received_on) < months_away(month, 1),
            )
            .order_by(col(Payment.received_on), col(Payment.id))
        )
        rows = [_payment(*row, regie=regie) for row in db.exec(query)]
        _told(db, actor, regie, f"encaissements {month:%Y-%m}", now)
    name = f"encaissements-{regie.code.lower()}-{month:%Y-%m}"
    return _download(name, Sheet("Encaissements", PAYMENTS, rows), given)


def _payment(
    payment: Payment, family: Family | None, on_invoices: int, slip: int | None, *, regie: Regie
) -> Sequence[Cell]:
    return (
        payment.key,
        payment.received_on,
        *_who(family),
        Means(payment.means).label,
        payment.note,
        Cents(payment.amount_cents),
        Cents(int(on_invoices)),
        f"{regie.code}-B{slip:05d}" if slip else "",
        "Annulé" if payment.cancelled_at else "Reçu",
    )


def unpaid(actor: Actor, given: Mapping[str, str], now: datetime) -> Download:
    """Toutes les factures échues, au jour de la demande."""
    check_audience(Audience.MONEY, actor)
    today = paris_day(now)
    with transaction() as db:
        found = list(db.exec(listing.rows_query(today)))
        adults = listing.adults_of(db, {family.key for *_, family in found if family})
        sent = listing.reminders_of(db, [invoice.key for invoice, *_ in found])
        audit.record(db, "desk.exported", at=now, actor_id=actor.account_id, detail=f"impayés du {today:%d/%m/%Y}")
    rows = [
        (
            number_of(invoice, regie),
            *_who(family),
            adults.get(family.key, "") if family else "",
            invoice.due_on,
            (today - invoice.due_on).days,
            Cents(invoice.total_cents - invoice.paid_cents),
            sent.get(invoice.key, (0, None))[0],
        )
        for invoice, regie, family in found
    ]
    return _download(f"impayes-{today:%Y-%m-%d}", Sheet("Impayés", UNPAID, rows), given)


def _told(db: Session, actor: Actor, regie: Regie, what: str, now: datetime) -> None:
    audit.record(db, "desk.exported", at=now, actor_id=actor.account_id, subject_id=regie.key, detail=what)


def _download(name: str, sheet: Sheet, given: Mapping[str, str]) -> Download:
    """Sans format connu, du CSV."""
    if given.get("format") == "xlsx":
        return Download(f"{name}.xlsx", as_xlsx(sheet), XLSX)
    return Download(f"{name}.csv", as_csv(sheet), CSV)
