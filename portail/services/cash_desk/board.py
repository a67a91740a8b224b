"""« Caisse » : la journée, ses totaux, les derniers arrêtés, ce qui rentre chaque mois et ce qui manque."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, extract, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import months_away, paris_day
from portail.domain.desk import Age
from portail.domain.money import euros, signed_euros
from portail.domain.payments import Means
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.payments import DayClosing, Payment
from portail.models.regies import Regie
from portail.services.cash_desk import closing
from portail.services.unpaid import listing
from portail.views import wording
from portail.views.cash_desk import CashView, ClosingLine, MonthBar, TotalLine
from portail.views.requests import Choice

LAST_CLOSINGS, MONTHS = 10, 12
_OPEN = select(Regie).where(col(Regie.closed_at).is_(None)).order_by(col(Regie.holds_wallets).desc(), col(Regie.name))


def show(*, actor: Actor, regie_id: int, now: datetime) -> CashView:
    """Cinq lectures, une régie à la fois ; celle qui n'existe pas montre la première."""
    check_audience(Audience.MONEY, actor)
    today = paris_day(now)
    with reading() as db:
        known = list(db.exec(_OPEN))
        if not known:  # le démarrage en crée une
            return CashView(ready=True)
        chosen = next((one for one in known if one.key == regie_id), known[0])
        totals = closing.totals_of(db, chosen.key, today)
        closings = _closings(db, chosen.key)
        months = _months(db, chosen.key, today)
        ages = listing.totals(db, today)
    return CashView(
        ready=True,
        regie_id=chosen.key,
        regies=[Choice(str(one.key), one.name) for one in known],
        day=today.isoformat(),
        said_day=wording.capitalised(wording.full_day(today)),
        is_closed=any(one.day == wording.short_date(today) for one in closings),
        totals=[TotalLine(means.label, euros(cents)) for means, cents in totals.items()],
        total=euros(sum(totals.values())),
        expected=euros(totals[Means.CASH]),
        closings=closings,
        months=months,
        ages=_ages(ages),
        month=f"{months_away(today, -1, on=1):%Y-%m}",
    )


def _closings(db: Session, regie_id: int) -> list[ClosingLine]:
    query = (
        select(DayClosing, Account)
        .join(Account, col(Account.id) == col(DayClosing.author_id), isouter=True)
        .where(DayClosing.regie_id == regie_id)
        .order_by(col(DayClosing.day).desc())
        .limit(LAST_CLOSINGS)
    )
    return [_closing(one, account) for one, account in db.exec(query)]


def _closing(one: DayClosing, account: Account | None) -> ClosingLine:
    expected = one.totals.get(Means.CASH, 0)
    gap = one.counted_cents - expected
    return ClosingLine(
        day=wording.short_date(one.day),
        total=euros(sum(one.totals.values())),
        expected=euros(expected),
        counted=euros(one.counted_cents),
        gap=signed_euros(gap) if gap else "Aucun",
        tone="warn" if gap else "ok",
        note=one.note,
        who=account.full_name if account else "",
    )


def _months(db: Session, regie_id: int, today: date) -> list[MonthBar]:
    """Les douze derniers mois, le plus récent d'abord, même ceux où rien n'est entré."""
    first = months_away(today, 1 - MONTHS, on=1)
    year, month = extract("year", Payment.received_on), extract("month", Payment.received_on)
    query: Any = (
        select(year, month, Payment.means, func.sum(Payment.amount_cents - Payment.refunded_cents))
        .where(
            Payment.regie_id == regie_id,
            col(Payment.received_on) >= first,
            col(Payment.cancelled_at).is_(None),
            Payment.means != Means.WALLET,  # déjà compté quand le porte-monnaie a été alimenté
        )
        .group_by(year, month, col(Payment.means))
    )
    found: dict[date, dict[Means, int]] = defaultdict(dict)
    for number, rank, means, cents in db.exec(query):
        found[date(int(number), int(rank), 1)][Means(means)] = int(cents)
    shown = [months_away(first, rank) for rank in range(MONTHS)]
    largest = max((sum(found[one].values()) for one in shown), default=0) or 1
    return [_bar(one, found[one], largest) for one in reversed(shown)]


def _bar(month: date, parts: dict[Means, int], largest: int) -> MonthBar:
    total = sum(parts.values())
    said = [f"{means.label} {euros(parts[means])}" for means in Means if parts.get(means)]
    return MonthBar(
        wording.capitalised(wording.month(month)), euros(total), ", ".join(said) or "rien", 100 * total // largest
    )


def _ages(ages: dict[Age, tuple[int, int]]) -> list[MonthBar]:
    largest = max((cents for _, cents in ages.values()), default=0) or 1
    return [
        MonthBar(age.label, euros(cents), wording.count(count, "facture", "factures"), 100 * cents // largest)
        for age, (count, cents) in ages.items()
    ]
