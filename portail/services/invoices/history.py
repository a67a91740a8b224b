"""« L'historique de mon compte » (FAC-4) : ce qui est facturé, ce qui est payé, et le reste dû après chaque ligne."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, literal
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.families import FamilyRight
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.money import euros
from portail.domain.payments import Means, RefundSource, undone
from portail.domain.refusals import NotOpenError
from portail.models.database import reading
from portail.models.families import Family, Guardian
from portail.models.invoices import Invoice
from portail.models.payments import Payment, PaymentAllocation, PaymentRefund
from portail.models.wallet import LedgerTransaction
from portail.services import access
from portail.services.payments.giving_back import TAKEN
from portail.services.searching import PAGE_SIZE, slice_of
from portail.views import wording
from portail.views.invoices import AccountHistory, HistoryRow
from portail.views.requests import Choice


@dataclass(frozen=True)
class Entry:
    """Positif : la famille doit ; négatif : elle a payé, ou il lui est rendu."""

    at: datetime
    label: str
    cents: int
    invoice_id: int = 0


def show(*, actor: Actor, family_id: int, page: int = 1) -> AccountHistory:
    """Cinq lectures ; le plus récent d'abord, par pages : le reste dû se compte depuis le premier jour."""
    check_audience(Audience.PARENT, actor)
    query = (
        select(Family)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(Guardian.account_id == actor.account_id, col(Family.status).in_(access.OPEN))
        .where(getattr(Guardian, FamilyRight.MONEY))
        .order_by(col(Family.name), col(Family.id))
    )
    with reading() as db:
        homes = list(db.exec(query))
        if not homes:
            return AccountHistory(ready=True)
        family = next((one for one in homes if one.key == (family_id or homes[0].key)), None)
        if family is None:
            raise NotOpenError
        entries = sorted(entries_of(db, family.key), key=lambda one: one.at)
    rows, balance = [], 0
    for one in entries:
        balance += one.cents
        rows.append(_row(one, balance))
    here = slice_of(len(rows), page)
    return AccountHistory(
        ready=True,
        family_id=family.key,
        family=family.name,
        homes=[Choice(str(one.key), one.name) for one in homes],
        rows=rows[::-1][here.offset : here.offset + PAGE_SIZE],
        balance=euros(balance),
        is_due=balance > 0,
        page=here.page,
        pages=here.pages,
        summary=f"{wording.count(len(rows), 'ligne', 'lignes')}, page {here.page} sur {here.pages}",
    )


def entries_of(db: Session, family_id: int) -> list[Entry]:
    """Un avoir qui dépasse ce qui restait dû rend le surplus au porte-monnaie : il ne compte ici que pour le reste."""
    invoices = db.exec(select(Invoice).where(Invoice.family_id == family_id, Invoice.state == InvoiceState.ISSUED))
    found = []
    for one in invoices:
        is_credit = one.kind == InvoiceKind.CREDIT_NOTE
        label = f"{InvoiceKind(one.kind).label} {one.content.get('number', '')}".strip()
        if is_credit and (back := -one.total_cents - one.paid_cents):
            label = f"{label}, {euros(back)} au porte-monnaie"
        cents = -one.paid_cents if is_credit else one.total_cents
        if one.issued_at is not None:
            found.append(Entry(one.issued_at, label, cents, one.key))
    taken_back = _taken_back(db, family_id)
    allocated = func.sum(PaymentAllocation.cents)
    query = (
        select(Payment, allocated)
        .join(PaymentAllocation, col(PaymentAllocation.payment_id) == col(Payment.id), isouter=True)
        .where(Payment.family_id == family_id)
        .group_by(col(Payment.id))
    )
    for payment, left in db.exec(query):
        later = taken_back.get(payment.key, [])
        cents = int(left or 0) + sum(one.cents for one in later)
        if not cents:  # tout au porte-monnaie
            continue
        means, rest = Means(payment.means), payment.amount_cents - cents
        label = f"Paiement : {means.label}"
        found.append(Entry(payment.at, f"{label}, {euros(rest)} au porte-monnaie" if rest else label, -cents))
        found += later
        if payment.cancelled_at is not None:
            how = undone(means, is_banked=payment.slip_id is not None)
            found.append(Entry(payment.cancelled_at, f"{label}, {how}", cents))
    return found


def _taken_back(db: Session, family_id: int) -> dict[int, list[Entry]]:
    """Ce que la banque a repris de paiements, et qui est de nouveau dû : le mouvement dit quelles factures."""
    movement = literal(TAKEN) + cast(col(PaymentRefund.id), String)
    query = (
        select(PaymentRefund, LedgerTransaction.label)
        .join(Payment, col(Payment.id) == col(PaymentRefund.payment_id))
        .join(LedgerTransaction, col(LedgerTransaction.reference) == movement)
        .where(Payment.family_id == family_id, PaymentRefund.source == RefundSource.INVOICES)
    )
    found: dict[int, list[Entry]] = defaultdict(list)
    for refund, label in db.exec(query):
        found[refund.payment_id].append(Entry(refund.at, label, refund.cents))
    return found


def _row(one: Entry, balance: int) -> HistoryRow:
    return HistoryRow(
        day=wording.short_date(paris_day(one.at)),
        label=one.label,
        debit=euros(one.cents) if one.cents > 0 else "",
        credit=euros(-one.cents) if one.cents <= 0 else "",
        balance=euros(balance),
        href=f"/factures/{one.invoice_id}" if one.invoice_id else "",
    )
