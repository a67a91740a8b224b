"""Les relances à poster : les familles sans adresse e-mail, une page chacune, un seul PDF pour toutes."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import ReminderLevel, ReminderWay
from portail.domain.money import euros
from portail.domain.papers import file_name
from portail.domain.refusals import BadInputError, NotOpenError
from portail.integrations.pdf import compile_pdf
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.families import Family, Guardian
from portail.models.invoices import Invoice, InvoiceReminder
from portail.models.regies import Regie
from portail.models.reminders import ReminderRound
from portail.services import audit, papers
from portail.services.cash_desk.due import UNPAID, number_of
from portail.services.papers import content
from portail.services.unpaid import due, reminding
from portail.services.unpaid.letters import ADVICE, CLOSINGS, OPENINGS, SUBJECTS, Owed
from portail.services.unpaid.rounds import NothingToRemindError, check_regie
from portail.services.wallet import people
from portail.settings import current
from portail.views import wording
from portail.views.downloads import Download

TEMPLATE = papers.FOLDER / "reminders.typ"
MOST_LETTERS = 50  # d'un PDF ; les suivantes font le PDF d'après
MOST_PAGES = 4 * MOST_LETTERS


def prepare(*, actor: Actor, level: str, regie_id: int, now: datetime) -> str:
    """Prend ces factures à ce niveau, pour des lettres que l'on imprime ensuite autant que l'on veut."""
    check_audience(Audience.MONEY, actor)
    if level not in set(ReminderLevel):
        raise BadInputError("Choisissez une relance.")
    asked, today = ReminderLevel(level), paris_day(now)
    with transaction() as db:
        wanted = [asked.number == due.LEVEL, ~people.is_reachable(Invoice.family_id)]
        if regie := check_regie(db, regie_id):
            wanted.append(col(Invoice.regie_id) == regie)
        families = due.families(db, today, *wanted, limit=MOST_LETTERS)
        letters = due.letters(db, today, *wanted, col(Invoice.family_id).in_(families))
        made = ReminderRound(
            way=ReminderWay.POST,
            regie_id=regie,
            first_level=asked.number,
            last_level=asked.number,
            day=today,
            author_id=actor.account_id,
            asked_at=now,
            done_at=now,
        )
        db.add(made)
        db.flush()
        by = reminding.Taking(reminding.Sender(actor.account_id, made.key), now)
        taken = [reminding.take(db, home, one, lines, by) for (home, one), lines in sorted(letters.items())]
        made.letters, made.invoices = sum(map(bool, taken)), sum(map(len, taken))
        if not made.letters:
            raise NothingToRemindError
        said = f"{asked.label} : {wording.count(made.letters, 'lettre', 'lettres')}"
        audit.record(db, "reminders.printed", at=now, actor_id=actor.account_id, subject_id=made.key, detail=said)
    return f"{said}. Le PDF à imprimer est dans « Dernières relances »."


def make_pdf(actor: Actor, round_id: int, now: datetime) -> Download:
    """Une page par famille ; ce qui est payé depuis n'y est plus."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        made = db.get(ReminderRound, round_id) if is_key(round_id) else None
        if made is None or made.way != ReminderWay.POST:
            raise NotOpenError
        homes = _homes(db, made)
        if not homes:
            raise BadInputError("Ces factures sont payées : il n’y a plus rien à poster.")
        adults = _adults(db, [family.key for family, _ in homes])
        audit.record(db, "reminders.downloaded", at=now, actor_id=actor.account_id, subject_id=made.key)
    level = ReminderLevel(str(made.first_level))
    pages = [_page(family, adults.get(family.key, []), owed) for family, owed in homes]
    body = compile_pdf(TEMPLATE, _content(level, made, pages), now, content.emblem(), MOST_PAGES)
    return Download(file_name("relances", f"{level}-{made.day:%Y-%m-%d}-{made.key}"), body)


def _homes(db: Session, made: ReminderRound) -> list[tuple[Family, list[tuple[Invoice, Regie]]]]:
    query: Any = (
        select(Family, Invoice, Regie)
        .join(Invoice, col(Invoice.family_id) == col(Family.id))
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .join(InvoiceReminder, col(InvoiceReminder.invoice_id) == col(Invoice.id))
        .where(InvoiceReminder.round_id == made.key, *UNPAID)
        .order_by(col(Family.name), col(Family.id), col(Invoice.due_on), col(Invoice.id))
    )
    found: dict[int, tuple[Family, list[tuple[Invoice, Regie]]]] = {}
    for family, invoice, regie in db.exec(query):
        found.setdefault(family.key, (family, []))[1].append((invoice, regie))
    return list(found.values())


def _adults(db: Session, families: list[int]) -> dict[int, list[str]]:
    """Les adultes qui voient l'argent : c'est à eux que l'on écrit."""
    query = select(Guardian).where(col(Guardian.family_id).in_(families), col(Guardian.can_see_money))
    found: dict[int, list[str]] = defaultdict(list)
    for one in db.exec(query.order_by(col(Guardian.id))):
        found[one.family_id].append(one.full_name)
    return found


def _page(family: Family, adults: list[str], owed: list[tuple[Invoice, Regie]]) -> dict[str, object]:
    lines: Owed = [
        (number_of(one, regie), wording.long_date(one.due_on), euros(one.total_cents - one.paid_cents))
        for one, regie in owed
    ]
    place = " ".join(part for part in (family.postcode, family.city) if part)
    return {
        "to": [*(adults or [f"Famille {family.name}"]), *(part for part in (family.address, place) if part)],
        "number": family.number,
        "rows": lines,
        "total": euros(sum(one.total_cents - one.paid_cents for one, _ in owed)),
    }


def _content(level: ReminderLevel, made: ReminderRound, pages: list[dict[str, object]]) -> Mapping[str, object]:
    settings = current()
    return {
        "town": content.town_content(),
        "title": SUBJECTS[level],
        "description": f"{level.label} : {wording.count(len(pages), 'lettre', 'lettres')}.",
        "made": f"{settings.town_name}, le {wording.long_date(made.day)}",
        "opening": OPENINGS[level],
        "advice": ADVICE.format(site=settings.site_url, phone=settings.town_phone),
        "closing": CLOSINGS[level],
        "pages": pages,
    }
