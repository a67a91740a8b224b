"""Ce qui se relance aujourd'hui, à quel niveau : la même question pour une case cochée, une tournée ou un décompte."""

from collections import defaultdict
from datetime import date, time, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.dates import wall_instant
from portail.domain.desk import ReminderLevel, last_day_reminded
from portail.domain.money import euros
from portail.models.invoices import Invoice, InvoiceReminder
from portail.models.regies import Regie
from portail.services.cash_desk.due import UNPAID, number_of
from portail.services.direct_debits import under_way
from portail.services.unpaid.letters import Line
from portail.services.wallet import people
from portail.views import wording

Letters = dict[tuple[int, ReminderLevel], list[tuple[int, Line]]]  # par foyer et niveau : (facture, sa ligne)
_SENT = (
    select(
        col(InvoiceReminder.invoice_id).label("invoice_id"),
        func.max(InvoiceReminder.level).label("level"),
        func.max(InvoiceReminder.at).label("at"),
    )
    .group_by(col(InvoiceReminder.invoice_id))
    .subquery()
)
LEVEL: Any = func.coalesce(_SENT.c.level, 0) + 1  # celui qui suit le dernier envoyé


def _rows(today: date, *wanted: Any) -> Any:
    """(facture, régie, niveau) : échue, ni à prélever, ni relancée ces jours-ci, dans un dossier qui existe."""
    soon = wall_instant(last_day_reminded(today) + timedelta(days=1), time())
    return (
        select(Invoice, Regie, LEVEL)
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .join(_SENT, _SENT.c.invoice_id == col(Invoice.id), isouter=True)
        .where(
            *UNPAID,
            *wanted,
            col(Invoice.due_on) < today,
            col(Invoice.family_id).is_not(None),
            len(ReminderLevel) >= LEVEL,
            _SENT.c.at.is_(None) | (_SENT.c.at < soon),
            ~under_way.is_debited(today),
        )
    )


def letters(db: Session, today: date, *wanted: Any) -> Letters:
    """Une lettre par foyer et par niveau, la plus ancienne facture d'abord."""
    found: Letters = defaultdict(list)
    for invoice, regie, level in db.exec(_rows(today, *wanted).order_by(col(Invoice.due_on), col(Invoice.id))):
        left = euros(invoice.total_cents - invoice.paid_cents)
        line = (number_of(invoice, regie), wording.long_date(invoice.due_on), left)
        found[invoice.family_id, ReminderLevel(str(level))].append((invoice.key, line))
    return found


def families(db: Session, today: date, *wanted: Any, limit: int) -> list[int]:
    """Les premiers foyers à relancer, dans l'ordre de leurs numéros."""
    rows = _rows(today, *wanted).with_only_columns(Invoice.family_id).distinct()
    return list(db.exec(rows.order_by(col(Invoice.family_id)).limit(limit)).scalars())


def counts(db: Session, today: date, regie_id: int = 0) -> dict[tuple[ReminderLevel, bool], tuple[int, int]]:
    """Par niveau, et selon qu'un courriel y trouve quelqu'un : combien de foyers, combien de factures ; une lecture."""
    wanted = [Invoice.regie_id == regie_id] if regie_id else []
    reached = people.is_reachable(Invoice.family_id)
    columns: Any = (LEVEL.label("level"), reached.label("reached"), col(Invoice.family_id).label("family_id"))
    rows = _rows(today, *wanted).with_only_columns(*columns).subquery()
    query: Any = select(rows.c.level, rows.c.reached, func.count(rows.c.family_id.distinct()), func.count())
    found = db.exec(query.select_from(rows).group_by(rows.c.level, rows.c.reached))
    return {(ReminderLevel(str(level)), bool(reached)): (homes, invoices) for level, reached, homes, invoices in found}
