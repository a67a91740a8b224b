"""Émettre : le numéro, le grand livre et le contenu d'un lot de brouillons, dans une seule transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, func, select

from portail.domain.dates import paris_day
from portail.domain.invoices import InvoiceKind, InvoiceState, invoice_number
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.models.invoices import Invoice, InvoiceLine
from portail.models.regies import Regie
from portail.services import wallet
from portail.services.invoices import numbers
from portail.services.invoices.content import contents_of


@dataclass(frozen=True)
class Issue:
    """Ce que tout un lot partage : la régie, l'échéance, l'instant, qui le demande."""

    regie: Regie
    due_on: date
    now: datetime
    author_id: int | None = None
    said: Mapping[str, Any] = field(default_factory=dict)  # de plus, au contenu : le motif d'un avoir

    @property
    def year(self) -> int:
        return paris_day(self.now).year


@dataclass(frozen=True)
class Draft:
    """Un brouillon prêt, jamais nul ; négatif, il devient un avoir. `back` : ce que l'avoir rend au porte-monnaie."""

    id: int
    family_id: int
    cents: int
    back_cents: int = 0


@dataclass(frozen=True)
class Issued:
    """Un document émis, avec son numéro en toutes lettres."""

    draft: Draft
    reference: str


def drafts_of(db: Session, invoices: Sequence[tuple[int, int]]) -> list[Draft]:
    """Des brouillons et leur foyer ; le total est celui des lignes, relu au moment d'émettre."""
    keys = [key for key, _ in invoices]
    query = select(InvoiceLine.invoice_id, func.sum(InvoiceLine.amount_cents))
    sums = dict(db.exec(query.where(col(InvoiceLine.invoice_id).in_(keys)).group_by(col(InvoiceLine.invoice_id))).all())
    return [
        Draft(key, family_id, cents, max(0, -cents)) for key, family_id in invoices for cents in [int(sums.get(key, 0))]
    ]


def issue_all(db: Session, order: Issue, drafts: Sequence[Draft]) -> list[Issued]:
    """Les numéros suivent l'ordre donné ; plus rien n'en changera."""
    if not drafts:
        return []
    taken = numbers.take(db, order.regie.key, order.year, len(drafts))
    references = [invoice_number(order.regie.code, order.year, number) for number in taken]
    issued = [Issued(draft, reference) for draft, reference in zip(drafts, references, strict=True)]
    movements = _post(db, order, issued)
    contents = contents_of(db, order.regie, {one.family_id for one in drafts})
    _write(db, order, zip(issued, taken, movements, strict=True), contents)
    return issued


def _write(db: Session, order: Issue, rows: Any, contents: Mapping[int, dict[str, Any]]) -> None:
    invoice = Invoice.__table__  # type: ignore[attr-defined]
    fixed = {"state": InvoiceState.ISSUED, "year": order.year, "issued_at": order.now, "due_on": order.due_on}
    varying = ("kind", "number", "total_cents", "movement_id", "content")
    statement = (
        update(invoice)
        .where(invoice.c.id == bindparam("key"), invoice.c.state == InvoiceState.DRAFT)
        .values(**fixed, **{name: bindparam(f"new_{name}", type_=invoice.c[name].type) for name in varying})
    )
    values = [
        {
            "key": one.draft.id,
            "new_kind": InvoiceKind.CREDIT_NOTE if one.draft.cents < 0 else InvoiceKind.INVOICE,
            "new_number": number,
            "new_total_cents": one.draft.cents,
            "new_movement_id": movement_id,
            "new_content": {**contents[one.draft.family_id], **order.said, "number": one.reference},
        }
        for one, number, movement_id in rows
    ]
    db.connection().execute(statement, values)


def _post(db: Session, order: Issue, issued: Sequence[Issued]) -> list[int]:
    """Une facture attend d'être encaissée ; un avoir rend au porte-monnaie ce que sa facture ne devait plus."""
    receivable = wallet.common(db, LedgerAccountKind.RECEIVABLE, order.now)
    revenue = wallet.common(db, LedgerAccountKind.REVENUE, order.now)
    found: dict[int, int] = {}
    plain = []
    for one in issued:
        draft, is_invoice = one.draft, one.draft.cents >= 0
        kind = MovementKind.INVOICE if is_invoice else MovementKind.CREDIT_NOTE
        label = f"{kind.label} {one.reference}"
        lines = [wallet.Line(revenue, draft.cents), wallet.Line(receivable, -draft.cents - draft.back_cents)]
        if draft.back_cents:
            lines.append(wallet.Line(wallet.wallet_of(db, draft.family_id, order.now), draft.back_cents))
        written = tuple(line for line in lines if line.cents)
        reference = f"invoice:{draft.id}"
        movement = wallet.Movement(kind, label, written, order.now, order.author_id, reference=reference)
        if draft.back_cents:
            found[draft.id] = wallet.post(db, movement)
        else:
            plain.append((draft.id, movement))
    found.update(zip([key for key, _ in plain], wallet.post_common(db, [one for _, one in plain]), strict=True))
    return [found[one.draft.id] for one in issued]
