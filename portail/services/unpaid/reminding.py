"""Relancer : chaque niveau une seule fois par facture, un seul courriel par famille et par niveau."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import MOST_AT_ONCE, ReminderLevel
from portail.domain.refusals import BadInputError
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.invoices import Invoice, InvoiceReminder
from portail.services import audit
from portail.services.mails import outbox
from portail.services.rows import insert_once
from portail.services.unpaid import due
from portail.services.unpaid.letters import Line, Owed, message
from portail.services.wallet import people
from portail.views import wording


@dataclass(frozen=True)
class Sender:
    """Qui relance : un agent, ou personne quand c'est le calendrier ; et dans quelle tournée."""

    account_id: int | None
    round_id: int | None = None


@dataclass(frozen=True)
class Sent:
    """Ce qui est parti : lettres, factures ; et les foyers laissés, faute d'adresse."""

    letters: int = 0
    invoices: int = 0
    silent: int = 0


def remind(*, actor: Actor, invoice_ids: Collection[int], now: datetime) -> str:
    """Ce qui est payé, pas échu, à prélever ou relancé ces jours-ci est laissé ; une famille sans adresse est dite."""
    check_audience(Audience.MONEY, actor)
    wanted = {key for key in invoice_ids if is_key(key)}
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise BadInputError("Cochez au moins une facture.", f"{MOST_AT_ONCE} au plus à la fois.")
    with transaction() as db:
        letters = due.letters(db, paris_day(now), col(Invoice.id).in_(wanted))
        sent = send(db, letters, Sender(actor.account_id), now)
    return _said(sent)


def send(db: Session, letters: due.Letters, sender: Sender, now: datetime) -> Sent:
    """Dans la transaction de qui relance ; le même ordre pour tous, pour ne jamais s'attendre l'un l'autre."""
    silent: set[int] = set()
    written = invoices = 0
    for (family_id, level), lines in sorted(letters.items(), key=lambda one: one[0]):
        addresses = people.addresses(db, family_id)
        if not addresses:
            silent.add(family_id)
            continue
        owed = take(db, family_id, level, lines, Taking(sender, now))
        for address in addresses if owed else []:
            outbox.add(db, address, message(level, owed), now)
        written, invoices = written + bool(owed), invoices + len(owed)
    return Sent(written, invoices, len(silent))


@dataclass(frozen=True)
class Taking:
    sender: Sender
    now: datetime


def take(db: Session, family_id: int, level: ReminderLevel, lines: list[tuple[int, Line]], by: Taking) -> Owed:
    """Les factures que cette relance est la première à prendre : la base départage deux relances au même instant."""
    known = {"level": level.number, "at": by.now, "round_id": by.sender.round_id}
    owed = [
        line
        for invoice_id, line in lines
        if insert_once(db, str(InvoiceReminder.__tablename__), known | {"invoice_id": invoice_id}) is not None
    ]
    if owed:
        said = f"{level.label} : {', '.join(number for number, *_ in owed)}"[:300]
        who = {"actor_id": by.sender.account_id, "subject_id": family_id}
        audit.record(db, "invoice.reminded", at=by.now, detail=said, **who)
    return owed


def _said(sent: Sent) -> str:
    done = (
        f"{wording.count(sent.invoices, 'facture relancée', 'factures relancées')}."
        if sent.invoices
        else "Rien à relancer."
    )
    alone = f"{wording.count(sent.silent, 'famille', 'familles')} sans adresse e-mail : appelez-les."
    return f"{done} {alone if sent.silent else ''}".strip()
