"""Les tableaux de la régie : factures d'un mois, encaissements d'un mois, impayés du jour ; CSV ou XLSX."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import read_month
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.refusals import NotOpenError
from portail.domain.text import row_number
from portail.integrations.sheets import CSV, XLSX, Cell, Cents, Sheet, as_csv, as_xlsx
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.invoices import Invoice, InvoiceLine
from portail.models.regies import Regie
from portail.services import audit
from portail.services.accounting import journal
from portail.services.cash_desk import daily_income
from portail.services.cash_desk.due import number_of
from portail.services.unpaid import listing
from portail.views.downloads import Download

INVOICES = ("Numéro", "Sorte", "Dossier", "Famille", "Émise le", "Échéance", "Total", "Payé", "Reste")
LINES = (
    "Numéro",
    "Sorte",
    "Famille",
    "Enfant",
    "Activité",
    "Service",
    "Quantité",
    "Repas",
    "Garde",
    "Autres",
    "Montant",
)
DAILY = ("Jour", "Régie", *(one.label for one in daily_income.SHOWN), "Remboursements", "Total")
UNPAID = ("Numéro", "Dossier", "Famille", "Adultes", "Échéance", "Jours de retard", "Reste", "Relances envoyées")


def month_of(given: Mapping[str, str]) -> date:
    return read_month(given.get("mois", ""))


def regie_of(db: Session, regie_id: int) -> Regie:
    regie = db.get(Regie, regie_id) if is_key(regie_id) else None
    if regie is None:
        raise NotOpenError
    return regie


def invoices(actor: Actor, regie_id: int, given: Mapping[str, str], now: datetime) -> Download:
    """Les factures et les avoirs du mois facturé."""
    check_audience(Audience.MONEY, actor)
    month = month_of(given)
    with reading() as db:
        regie = regie_of(db, regie_id)
        query: Any = (
            select(Invoice, Family)
            .join(Family, col(Family.id) == col(Invoice.family_id), isouter=True)
            .where(Invoice.regie_id == regie.key, Invoice.state == InvoiceState.ISSUED, Invoice.month == month)
            .order_by(col(Invoice.year), col(Invoice.number))
        )
        rows = [_invoice(invoice, regie, family) for invoice, family in db.exec(query)]
    _told(actor, f"factures {month:%Y-%m}", now, regie.key)
    return _download(f"factures-{regie.code.lower()}-{month:%Y-%m}", Sheet("Factures", INVOICES, rows), given)


def _invoice(invoice: Invoice, regie: Regie, family: Family | None) -> Sequence[Cell]:
    left = 0 if invoice.kind == InvoiceKind.CREDIT_NOTE else invoice.total_cents - invoice.paid_cents
    return (
        number_of(invoice, regie),
        InvoiceKind(invoice.kind).label,
        *journal.who(family),
        paris_day(invoice.issued_at) if invoice.issued_at else "",
        invoice.due_on,
        Cents(invoice.total_cents),
        Cents(invoice.paid_cents),
        Cents(left),
    )


def lines(actor: Actor, regie_id: int, given: Mapping[str, str], now: datetime) -> Download:
    """Le détail d'un mois pour la ventilation : par facture, enfant et service ; repas et garde à part."""
    check_audience(Audience.MONEY, actor)
    month = month_of(given)
    shown = (InvoiceLine.child_name, InvoiceLine.activity, InvoiceLine.label)
    summed = (InvoiceLine.quantity, InvoiceLine.meal_cents, InvoiceLine.care_cents, InvoiceLine.amount_cents)
    with reading() as db:
        regie = regie_of(db, regie_id)
        query: Any = (
            select(Invoice, Family.name, *shown, *(func.sum(one) for one in summed))  # type: ignore[call-overload]
            .join(InvoiceLine, col(InvoiceLine.invoice_id) == col(Invoice.id))
            .join(Family, col(Family.id) == col(Invoice.family_id), isouter=True)
            .where(Invoice.regie_id == regie.key, Invoice.state == InvoiceState.ISSUED, Invoice.month == month)
            .group_by(col(Invoice.id), col(Family.name), *shown)
            .order_by(col(Invoice.year), col(Invoice.number), *shown)
        )
        rows = [_line(*row, regie=regie) for row in db.exec(query)]
    _told(actor, f"lignes {month:%Y-%m}", now, regie.key)
    return _download(f"lignes-{regie.code.lower()}-{month:%Y-%m}", Sheet("Lignes", LINES, rows), given)


def _line(invoice: Invoice, family: str | None, *rest: Any, regie: Regie) -> Sequence[Cell]:
    child, activity, label, quantity, meal, care, amount = rest
    who = (number_of(invoice, regie), InvoiceKind(invoice.kind).label, family or "Dossier effacé")
    parts = (Cents(int(meal)), Cents(int(care)), Cents(int(amount - meal - care)), Cents(int(amount)))
    return (*who, child, activity, label, int(quantity), *parts)


def payments(actor: Actor, regie_id: int, given: Mapping[str, str], now: datetime) -> Download:
    """Tout ce qui est entré dans le mois, quel que soit le moyen, et ce qui en est ressorti."""
    check_audience(Audience.MONEY, actor)
    month = month_of(given)
    with reading() as db:
        regie = regie_of(db, regie_id)
        rows = journal.lines(db, regie, month)
    _told(actor, f"encaissements {month:%Y-%m}", now, regie.key)
    name = f"encaissements-{regie.code.lower()}-{month:%Y-%m}"
    return _download(name, Sheet("Encaissements", journal.COLUMNS, rows), given)


def daily(actor: Actor, given: Mapping[str, str], now: datetime) -> Download:
    """Par jour, régie et moyen ; sans régie précisée, toutes. La dernière ligne est le total."""
    check_audience(Audience.MONEY, actor)
    month, regie_id = month_of(given), row_number(given.get("regie", ""))
    with reading() as db:
        regies = [regie_of(db, regie_id)] if regie_id > 0 else daily_income.regies_of(db)
        found = daily_income.days(db, regies, month)
    _told(actor, f"recettes par jour {month:%Y-%m}", now, regies[0].key if regie_id > 0 else None)
    rows: list[Sequence[Cell]] = [(one.day, one.regie.name, *_amounts(one.cents)) for one in found]
    sums = [sum(one.cents[rank] for one in found) for rank in range(len(daily_income.COLUMNS))]
    rows.append(("Total", "", *_amounts(sums)))
    code = f"-{regies[0].code.lower()}" if regie_id > 0 else ""
    return _download(f"recettes{code}-{month:%Y-%m}", Sheet("Recettes par jour", DAILY, rows), given)


def _amounts(cents: Sequence[int]) -> list[Cents]:
    return [Cents(one) for one in (*cents, sum(cents))]


def unpaid(actor: Actor, given: Mapping[str, str], now: datetime) -> Download:
    """Toutes les factures échues, au jour de la demande."""
    check_audience(Audience.MONEY, actor)
    today = paris_day(now)
    with reading() as db:
        found = list(db.exec(listing.rows_query(today)))
        adults = listing.adults_of(db, {family.key for *_, family in found if family})
        sent = listing.reminders_of(db, [invoice.key for invoice, *_ in found])
    _told(actor, f"impayés du {today:%d/%m/%Y}", now)
    rows = [
        (
            number_of(invoice, regie),
            *journal.who(family),
            adults.get(family.key, "") if family else "",
            invoice.due_on,
            (today - invoice.due_on).days,
            Cents(invoice.total_cents - invoice.paid_cents),
            sent.get(invoice.key, (0, None))[0],
        )
        for invoice, regie, family in found
    ]
    return _download(f"impayes-{today:%Y-%m-%d}", Sheet("Impayés", UNPAID, rows), given)


def _told(actor: Actor, what: str, now: datetime, regie_id: int | None = None) -> None:
    """Écrit au journal avant de rendre le fichier, dans une écriture brève : la lecture n'a arrêté personne."""
    with transaction() as db:
        audit.record(db, "desk.exported", at=now, actor_id=actor.account_id, subject_id=regie_id, detail=what)


def _download(name: str, sheet: Sheet, given: Mapping[str, str]) -> Download:
    """Sans format connu, du CSV."""
    if given.get("format") == "xlsx":
        return Download(f"{name}.xlsx", as_xlsx(sheet), XLSX)
    return Download(f"{name}.csv", as_csv(sheet), CSV)
