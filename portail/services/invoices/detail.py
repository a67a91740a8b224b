"""Le détail d'une facture : par enfant et par prestation, tant de fois à tel prix."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, select

from portail.domain.money import euros
from portail.models.invoices import InvoiceLine
from portail.views import wording
from portail.views.invoices import ChildPart, DetailRow


class Printed(NamedTuple):
    """Ce qu'un papier ou un écran dit d'une ligne."""

    child_id: int | None
    child_name: str
    activity: str
    label: str
    formula: str
    quantity: int
    amount_cents: int
    day: date | None


@dataclass
class Service:
    """Les séances d'une même prestation, au même prix, calculé de même."""

    label: str
    unit_cents: int
    formula: str
    quantity: int = 0
    cents: int = 0
    days: list[str] = field(default_factory=list)


def parts_of(lines: Iterable[Printed]) -> list[ChildPart]:
    """Les enfants et les prestations dans l'ordre des lignes."""
    children: dict[tuple[int | None, str], dict[tuple[str, int, str], Service]] = {}
    for line in lines:
        services = children.setdefault((line.child_id, line.child_name), {})
        label = f"{line.activity} : {line.label}" if line.activity else line.label
        unit = line.amount_cents // (line.quantity or 1)
        service = services.setdefault((label, unit, line.formula), Service(label, unit, line.formula))
        service.quantity += line.quantity
        service.cents += line.amount_cents
        if line.day:
            service.days.append(wording.short_date(line.day)[:5])
    return [
        ChildPart(
            name or "Famille", euros(sum(one.cents for one in services.values())), [*map(_row, services.values())]
        )
        for (_, name), services in children.items()
    ]


def _row(one: Service) -> DetailRow:
    quantity = f"−{-one.quantity}" if one.quantity < 0 else str(one.quantity)
    amounts = euros(one.unit_cents), euros(one.cents)
    return DetailRow(one.label, quantity, *amounts, ", ".join(one.days), wording.capitalised(one.formula))


def printed_lines(db: Session, invoice_ids: Collection[int]) -> dict[int, list[Printed]]:
    """Ce qui s'en lit, sans objet à suivre : une facturation en lit des centaines de mille."""
    found: dict[int, list[Printed]] = {key: [] for key in invoice_ids}
    columns = [getattr(InvoiceLine, name) for name in Printed._fields]
    query = select(InvoiceLine.invoice_id, *columns).where(col(InvoiceLine.invoice_id).in_(invoice_ids))
    for invoice_id, *told in db.exec(query.order_by(col(InvoiceLine.id))):
        found[invoice_id].append(Printed(*told))
    return found


def lines_of(db: Session, invoice_ids: list[int]) -> dict[int, list[InvoiceLine]]:
    """Les lignes de plusieurs factures, en une lecture."""
    found: dict[int, list[InvoiceLine]] = {key: [] for key in invoice_ids}
    query = select(InvoiceLine).where(col(InvoiceLine.invoice_id).in_(invoice_ids)).order_by(col(InvoiceLine.id))
    for line in db.exec(query):
        found[line.invoice_id].append(line)
    return found
