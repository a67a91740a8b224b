"""Relancer : chaque niveau une seule fois par facture, un seul courriel par famille et par niveau."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import Session, SQLModel, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import MOST_AT_ONCE, ReminderLevel, is_remindable, next_level
from portail.domain.money import euros
from portail.domain.refusals import BadInputError
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.invoices import Invoice
from portail.models.regies import Regie
from portail.services import audit, outbox
from portail.services.cash_desk.due import UNPAID, number_of
from portail.services.direct_debits import under_way
from portail.services.letters import Message
from portail.services.rows import insert_once
from portail.services.unpaid.listing import reminders_of
from portail.services.wallet import people
from portail.settings import current
from portail.views import wording

Owed = list[tuple[str, str, str]]  # numéro, échéance, reste dû
SUBJECTS = {
    ReminderLevel.FIRST: "Une facture a peut-être échappé à votre attention",
    ReminderLevel.SECOND: "Facture en retard : trouvons une solution",
    ReminderLevel.LAST: "Dernière relance avant transmission au Trésor public",
}
OPENINGS = {
    ReminderLevel.FIRST: "Sauf erreur de notre part, il reste à payer :",
    ReminderLevel.SECOND: "Nous vous avons déjà écrit : ces factures attendent toujours votre paiement.",
    ReminderLevel.LAST: "Malgré deux courriels, ces factures ne sont pas payées.",
}
CLOSINGS = {
    ReminderLevel.FIRST: "Si vous venez de payer, ne tenez pas compte de ce message. Merci !",
    ReminderLevel.SECOND: "Un mois difficile ? Appelez-nous : un paiement en plusieurs fois est possible.",
    ReminderLevel.LAST: "Sans paiement ni appel sous dix jours, elles seront transmises au Trésor public, qui les "
    "recouvrera. Appelez-nous : il est encore temps de s’arranger.",
}


def remind(*, actor: Actor, invoice_ids: Collection[int], now: datetime) -> str:
    """Ce qui est payé, pas échu, à prélever ou relancé ces jours-ci est laissé ; une famille sans adresse est dite."""
    check_audience(Audience.MONEY, actor)
    wanted = {key for key in invoice_ids if is_key(key)}
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise BadInputError("Cochez au moins une facture.", f"{MOST_AT_ONCE} au plus à la fois.")
    silent: set[int] = set()
    with transaction() as db:
        letters = _due_letters(db, wanted, paris_day(now))
        written = 0
        for (family_id, level), invoices in sorted(letters.items(), key=lambda one: one[0]):  # le même ordre pour tous
            addresses = people.addresses(db, family_id)
            if not addresses:
                silent.add(family_id)
                continue
            owed = [line for invoice, line in invoices if _take(db, invoice, level, now)]
            for address in addresses if owed else []:
                outbox.add(db, address, message(level, owed), now)
            written += len(owed)
            if owed:
                said = f"{level.label} : {', '.join(number for number, *_ in owed)}"[:300]
                audit.record(
                    db, "invoice.reminded", at=now, actor_id=actor.account_id, subject_id=family_id, detail=said
                )
    return _said(written, len(silent))


def _due_letters(
    db: Session, wanted: set[int], today: date
) -> dict[tuple[int, ReminderLevel], list[tuple[Invoice, tuple[str, str, str]]]]:
    query = (
        select(Invoice, Regie)
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .where(col(Invoice.id).in_(wanted), *UNPAID, ~under_way.is_debited(today))
        .order_by(col(Invoice.due_on), col(Invoice.id))
    )
    sent = reminders_of(db, list(wanted))
    found = defaultdict(list)
    for invoice, regie in db.exec(query):
        last, at = sent.get(invoice.key, (0, None))
        level = next_level(last)
        if level and invoice.family_id and is_remindable(invoice.due_on, today, paris_day(at) if at else None):
            left = euros(invoice.total_cents - invoice.paid_cents)
            line = (number_of(invoice, regie), wording.long_date(invoice.due_on), left)
            found[invoice.family_id, level].append((invoice, line))
    return found


def _take(db: Session, invoice: Invoice, level: ReminderLevel, now: datetime) -> bool:
    """La base départage deux relances au même instant."""
    values = {"invoice_id": invoice.key, "level": level.number, "at": now}
    return insert_once(db, SQLModel.metadata.tables["invoice_reminder"].name, values) is not None


def message(level: ReminderLevel, owed: Owed) -> Message:
    lines = (f"Facture {number} : {left}, à payer avant le {due}." for number, due, left in owed)
    return Message(
        subject=SUBJECTS[level],
        paragraphs=(OPENINGS[level], *lines),
        action="Voir et payer mes factures",
        url=f"{current().site_url}/factures",
        closing=CLOSINGS[level],
    )


def _said(written: int, silent: int) -> str:
    done = f"{wording.count(written, 'facture relancée', 'factures relancées')}." if written else "Rien à relancer."
    alone = f"{wording.count(silent, 'famille', 'familles')} sans adresse e-mail : appelez-les." if silent else ""
    return f"{done} {alone}".strip()
