"""Les factures, pour la régie : chercher par numéro, nom ou montant ; ouvrir ; voir ce qui peut être rendu."""

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import col, func, or_, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.invoices import InvoiceKind, InvoiceState, Standing
from portail.domain.money import euros, typed_cents
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.text import clean_line
from portail.ids import new_token
from portail.models.base import LARGEST_KEY, is_key
from portail.models.database import reading
from portail.models.families import Family
from portail.models.invoices import Invoice
from portail.models.regies import Regie
from portail.services.direct_debits import under_way
from portail.services.invoices.crediting import creditable
from portail.services.invoices.detail import lines_of
from portail.services.invoices.mine import file_of, row_of
from portail.services.searching import PAGE_SIZE, containing, slice_of
from portail.views import wording
from portail.views.invoices import CreditableLine, InvoiceFile, InvoiceSearch

_NUMBER = re.compile(r"(?:([A-Z]{1,6})-)?(?:([0-9]{4})-)?0*([0-9]{1,9})", re.IGNORECASE)


def find(*, actor: Actor, words: str, how: str, page: int, now: datetime) -> InvoiceSearch:
    """« ENF-2026-000123 », « 123 », « Durand », « 45,30 » ; le plus récent d'abord."""
    check_audience(Audience.MONEY, actor)
    wanted = clean_line(words, label="Recherche", limit=80)
    today = paris_day(now)
    conditions = [Invoice.state == InvoiceState.ISSUED, *_matching(wanted), *_standing(how, today)]
    query = (
        select(Invoice, Family, Regie)
        .join(Family, col(Family.id) == col(Invoice.family_id), isouter=True)
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .where(*conditions)
    )
    with reading() as db:
        total = int(db.scalar(query.with_only_columns(func.count())) or 0)
        here = slice_of(total, page)
        ordered = query.order_by(col(Invoice.issued_at).desc(), col(Invoice.id).desc())
        found = list(db.exec(ordered.offset(here.offset).limit(PAGE_SIZE)))
        debits = under_way.of(db, [invoice.key for invoice, _, _ in found], today)
    return InvoiceSearch(
        ready=True,
        rows=[row_of(invoice, family, regie, today, debits.get(invoice.key)) for invoice, family, regie in found],
        words=wanted,
        standing=how if how in set(Standing) else "",
        page=here.page,
        pages=here.pages,
        summary=f"{wording.count(total, 'facture', 'factures')}, page {here.page} sur {here.pages}",
    )


def show(*, actor: Actor, invoice_id: int, now: datetime) -> InvoiceFile:
    """Une facture émise, ou un brouillon à relire : rien n'y est encore à rendre."""
    check_audience(Audience.MONEY, actor)
    query = (
        select(Invoice, Family, Regie)
        .join(Family, col(Family.id) == col(Invoice.family_id), isouter=True)
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .where(Invoice.id == invoice_id)
    )
    with reading() as db:
        found = db.exec(query).first() if is_key(invoice_id) else None
        if found is None:
            raise NotOpenError
        invoice, family, regie = found
        file = file_of(db, invoice, family, regie, paris_day(now))
        may_credit = (invoice.kind, invoice.state) == (InvoiceKind.INVOICE, InvoiceState.ISSUED) and invoice.family_id
        parts = creditable(db, lines_of(db, [invoice.key])[invoice.key]) if may_credit else []
    room = sum(one.cents for one in parts)
    return replace(
        file,
        token=new_token(),
        creditable=[CreditableLine(one.line.key, _said(one.line), euros(one.cents)) for one in parts],
        room=euros(room),
        room_cents=room,
    )


def _said(line: Any) -> str:
    day = f", le {wording.short_date(line.day)}" if line.day else ""
    return f"{line.child_name or 'Famille'} · {line.activity} : {line.label}{day}"


def _matching(words: str) -> list[Any]:
    if not words:
        return []
    options: list[Any] = [containing(Family.name, words), containing(Family.number, words)]
    if found := _NUMBER.fullmatch(words):
        options.append(_numbered(found))
    try:
        cents = typed_cents(words)
    except BadInputError:
        pass
    else:
        options += [Invoice.total_cents == cents, Invoice.total_cents == -cents]
    return [or_(*options)]


def _numbered(found: re.Match[str]) -> Any:
    code, year, number = found[1], found[2], int(found[3])
    same = col(Invoice.number) == (number if number <= LARGEST_KEY else -1)
    if year:
        same &= col(Invoice.year) == int(year)
    return same & (col(Regie.code) == code.upper()) if code else same


def _standing(how: str, today: date) -> list[Any]:
    """Les mêmes états que `domain.invoices.standing`, dits à la base."""
    is_invoice = Invoice.kind == InvoiceKind.INVOICE
    owed, late = col(Invoice.paid_cents) < col(Invoice.total_cents), col(Invoice.due_on) < today
    begun = col(Invoice.paid_cents) > 0
    known: dict[str, list[Any]] = {
        Standing.CREDIT: [Invoice.kind == InvoiceKind.CREDIT_NOTE],
        Standing.PAID: [is_invoice, ~owed],
        Standing.LATE: [is_invoice, owed, late],
        Standing.PARTIAL: [is_invoice, owed, ~late, begun],
        Standing.DUE: [is_invoice, owed, ~late, ~begun],
    }
    return known.get(how, [])
