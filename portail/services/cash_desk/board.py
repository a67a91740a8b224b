"""« Caisse » : la journée, ses totaux, les journées à arrêter, ce qui rentre chaque mois et ce qui manque."""

from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import months_away, paris_day
from portail.domain.desk import Age
from portail.domain.money import euros
from portail.models.database import reading
from portail.models.regies import Regie
from portail.services.cash_desk import days, income, taken
from portail.services.unpaid import listing
from portail.views import wording
from portail.views.cash_desk import CashView, MonthBar, TotalLine
from portail.views.requests import Choice


def show(*, actor: Actor, regie_id: int, now: datetime) -> CashView:
    """Peu de lectures, une régie à la fois ; celle qui n'existe pas montre la première."""
    check_audience(Audience.MONEY, actor)
    today = paris_day(now)
    with reading() as db:
        known = list(db.exec(_open_ones(today)))
        if not known:  # le démarrage en crée une
            return CashView(ready=True)
        chosen, is_closed = next((one for one in known if one[0].key == regie_id), known[0])
        found = taken.of_day(db, chosen.key, today)
        waiting = taken.left_open_of(db, chosen.key, today)
        months = income.by_month(db, chosen, today)
        ages = listing.totals(db, today, chosen.key)
    return CashView(
        ready=True,
        regie_id=chosen.key,
        regies=[Choice(str(one.key), one.name) for one, _ in known],
        day=today.isoformat(),
        said_day=wording.capitalised(wording.full_day(today)),
        is_closed=is_closed,
        totals=[TotalLine(means.label, euros(cents)) for means, cents in found.totals.items()],
        total=euros(found.total_cents),
        given_back=euros(found.given_back_cents) if found.given_back_cents else "",
        left_open=[Choice(day.isoformat(), wording.short_date(day)) for day in waiting],
        said_left_open=_left_open(len(waiting)),
        months=months,
        ages=by_age(ages),
        month=f"{months_away(today, -1, on=1):%Y-%m}",
    )


def _open_ones(today: date) -> Any:
    query: Any = select(Regie, days.is_closed(Regie.id, today)).where(col(Regie.closed_at).is_(None))
    return query.order_by(col(Regie.holds_wallets).desc(), col(Regie.name))


def _left_open(count: int) -> str:
    if count == 1:
        return "Une journée passée a reçu de l’argent et n’est pas arrêtée."
    return f"{count} journées passées ont reçu de l’argent et ne sont pas arrêtées."


def by_age(ages: dict[Age, tuple[int, int]]) -> list[MonthBar]:
    largest = max((cents for _, cents in ages.values()), default=0) or 1
    return [
        MonthBar(age.label, euros(cents), wording.count(count, "facture", "factures"), 100 * cents // largest)
        for age, (count, cents) in ages.items()
    ]
