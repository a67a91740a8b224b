"""Les factures échues, la plus ancienne d'abord, et leurs totaux par âge."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, or_
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import Age, is_remindable, named_invoice, next_level
from portail.domain.money import euros
from portail.domain.text import clean_line
from portail.models.database import reading
from portail.models.families import Family, Guardian
from portail.models.invoices import Invoice, InvoiceReminder
from portail.models.regies import Regie
from portail.services.cash_desk.due import UNPAID, number_of
from portail.services.direct_debits import under_way
from portail.services.searching import PAGE_SIZE, containing, slice_of
from portail.views import wording
from portail.views.requests import Choice
from portail.views.unpaid import AgeTotal, UnpaidLine, UnpaidView

LEFT = col(Invoice.total_cents) - col(Invoice.paid_cents)


@dataclass(frozen=True)
class Sought:
    """Ce que l'on cherche parmi les impayés ; vide ou zéro : tout."""

    age: str = ""
    regie_id: int = 0
    words: str = ""


ALL = Sought()


def show(*, actor: Actor, sought: Sought, page: int, now: datetime) -> UnpaidView:
    """Six lectures ; un âge ou une régie qui n'existe pas montre tout."""
    check_audience(Audience.MONEY, actor)
    today, words = paris_day(now), clean_line(sought.words, label="Recherche", limit=80)
    with reading() as db:
        regies = list(db.exec(select(Regie).order_by(col(Regie.holds_wallets).desc(), col(Regie.name))))
        chosen = Sought(
            sought.age if sought.age in set(Age) else "",
            sought.regie_id if sought.regie_id in {one.key for one in regies} else 0,
            words,
        )
        ages = totals(db, today, chosen.regie_id, words)
        shown = sum(count for name, (count, _) in ages.items() if chosen.age in {"", name})
        here = slice_of(shown, page)
        found = list(db.exec(rows_query(today, chosen).offset(here.offset).limit(PAGE_SIZE)))
        adults = adults_of(db, {family.key for *_, family in found if family})
        keys = [invoice.key for invoice, *_ in found]
        sent, debits = reminders_of(db, keys), under_way.of(db, keys, today)
    counted, owed = sum(count for count, _ in ages.values()), sum(cents for _, cents in ages.values())
    return UnpaidView(
        ready=True,
        rows=[_line(row, adults, _Known(sent.get(row[0].key), debits.get(row[0].key)), today) for row in found],
        ages=_ages(ages),
        total=f"{wording.count(counted, 'facture', 'factures')}, {euros(owed)}",
        age=chosen.age,
        page=here.page,
        pages=here.pages,
        summary=f"{wording.count(shown, 'facture', 'factures')}, page {here.page} sur {here.pages}",
        words=words,
        regie=str(chosen.regie_id or ""),
        regies=[Choice(str(one.key), one.name) for one in regies],
    )


def _ages(ages: dict[Age, tuple[int, int]]) -> list[AgeTotal]:
    largest = max((cents for _, cents in ages.values()), default=0) or 1
    return [
        AgeTotal(
            age.value, age.label, wording.count(count, "facture", "factures"), euros(cents), 100 * cents // largest
        )
        for age, (count, cents) in ages.items()
    ]


def _between(today: date, age: Age) -> Any:
    first, last = age.days
    return col(Invoice.due_on).between(today - timedelta(days=last), today - timedelta(days=first))


def totals(db: Session, today: date, regie_id: int = 0, words: str = "") -> dict[Age, tuple[int, int]]:
    """Combien de factures et de centimes, par âge, dans toutes les régies ou une seule : une lecture."""
    sums = [
        part
        for age in Age
        for part in (
            func.sum(case((_between(today, age), 1), else_=0)),
            func.sum(case((_between(today, age), LEFT), else_=0)),
        )
    ]
    query: Any = select(*sums).where(*UNPAID, *_among(regie_id, words))
    found = [int(value or 0) for value in db.exec(query).one()]
    return {age: (found[2 * rank], found[2 * rank + 1]) for rank, age in enumerate(Age)}


def late_ones(today: date, counted: Any) -> Any:
    """Combien de factures sont échues, ou de centimes y restent dus, selon ce que l'on compte."""
    return select(counted).where(*UNPAID, col(Invoice.due_on) < today)


def _among(regie_id: int, words: str) -> list[Any]:
    """Une régie, des mots : le nom du foyer ou son numéro, celui d'un de ses adultes, une facture."""
    conditions: list[Any] = [Invoice.regie_id == regie_id] if regie_id else []
    for word in words.split():
        adult = containing(Guardian.first_name, word) | containing(Guardian.last_name, word)
        known = containing(Family.name, word) | containing(Family.number, word)
        homes = [select(Family.id).where(known), select(Guardian.family_id).where(adult)]
        tests: list[Any] = [col(Invoice.family_id).in_(home) for home in homes]
        named = named_invoice(word)
        if named:
            code, year, number = named
            tests.append(
                (col(Invoice.year) == year)
                & (col(Invoice.number) == number)
                & col(Invoice.regie_id).in_(select(Regie.id).where(Regie.code == code))
            )
        conditions.append(or_(*tests))
    return conditions


def rows_query(today: date, sought: Sought = ALL) -> Any:
    """(facture, régie, foyer), la plus ancienne d'abord."""
    late = _between(today, Age(sought.age)) if sought.age else col(Invoice.due_on) < today
    return (
        select(Invoice, Regie, Family)
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .join(Family, col(Family.id) == col(Invoice.family_id), isouter=True)
        .where(*UNPAID, late, *_among(sought.regie_id, sought.words))
        .order_by(col(Invoice.due_on), col(Invoice.id))
    )


def adults_of(db: Session, family_ids: set[int]) -> dict[int, str]:
    query = select(Guardian).where(col(Guardian.family_id).in_(family_ids)).order_by(col(Guardian.id))
    found: dict[int, list[str]] = defaultdict(list)
    for one in db.exec(query):
        phone = one.phone or one.home_phone or one.work_phone
        found[one.family_id].append(f"{one.first_name} {one.last_name} {phone}".strip())
    return {family_id: ", ".join(names) for family_id, names in found.items()}


def reminders_of(db: Session, invoice_ids: list[int]) -> dict[int, tuple[int, datetime]]:
    """Le dernier niveau envoyé pour chaque facture, et quand."""
    query = select(InvoiceReminder).where(col(InvoiceReminder.invoice_id).in_(invoice_ids))
    return {one.invoice_id: (one.level, one.at) for one in db.exec(query.order_by(col(InvoiceReminder.level)))}


@dataclass(frozen=True)
class _Known:
    """Ce qui a été fait d'une facture : sa dernière relance, le prélèvement qui la paiera."""

    reminder: tuple[int, datetime] | None
    debit: under_way.UnderWay | None


def _line(row: Any, adults: dict[int, str], known: _Known, today: date) -> UnpaidLine:
    invoice, regie, family = row
    level, at = known.reminder or (0, None)
    following = next_level(level)
    may = (
        following and family and not known.debit and is_remindable(invoice.due_on, today, paris_day(at) if at else None)
    )
    return UnpaidLine(
        id=invoice.key,
        number=number_of(invoice, regie),
        family_id=family.key if family else 0,
        family=family.name if family else "Dossier effacé",
        adults=adults.get(family.key, "") if family else "",
        due=wording.short_date(invoice.due_on),
        age=wording.count((today - invoice.due_on).days, "jour", "jours"),
        left=euros(invoice.total_cents - invoice.paid_cents),
        reminded=f"{level} sur 3, le {wording.short_date(paris_day(at))}" if at else "",
        debit=known.debit.said(today) if known.debit else "",
        next_level=following.label if may and following else "",
    )
