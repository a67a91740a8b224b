"""Ce qui rentre chaque jour dans chaque régie, par moyen ; ce qui en ressort se retire du jour où cela ressort."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import literal, union_all
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import months_away, paris_day, wall_instant
from portail.domain.desk import read_month
from portail.domain.money import euros
from portail.domain.payments import Means, RefundState
from portail.domain.refusals import BadInputError
from portail.domain.wallet import WalletRefundState
from portail.models.database import reading
from portail.models.payments import Payment, PaymentRefund
from portail.models.regies import Regie
from portail.models.wallet import WalletRefund
from portail.views import wording
from portail.views.cash_desk import DailyIncome, DailyRow
from portail.views.requests import Choice

SHOWN = (Means.CARD, Means.PAYFIP, Means.DEBIT, Means.CHEQUE, Means.CASH, Means.CESU, Means.ANCV)
REFUNDED = "refunded"
COLUMNS = (*SHOWN, REFUNDED)
Part = tuple[date, int, str, int]  # (jour, régie, colonne, centimes)


@dataclass(frozen=True)
class Day:
    """Un jour d'une régie : chaque colonne, dans l'ordre de `COLUMNS`."""

    day: date
    regie: Regie
    cents: tuple[int, ...]


def show(*, actor: Actor, month: str, regie_id: int, now: datetime) -> DailyIncome:
    """Trois lectures. Un mois qui n'en est pas un montre celui d'aujourd'hui ; une régie inconnue, toutes."""
    check_audience(Audience.MONEY, actor)
    try:
        first = read_month(month)
    except BadInputError:
        first = paris_day(now).replace(day=1)
    with reading() as db:
        known = regies_of(db)
        chosen = next((one for one in known if one.key == regie_id), None)
        found = days(db, [chosen] if chosen else known, first)
    return DailyIncome(
        ready=True,
        month=f"{first:%Y-%m}",
        said_month=wording.capitalised(wording.month(first)),
        regies=[Choice(str(one.key), one.name) for one in known],
        regie_id=chosen.key if chosen else 0,
        rows=[_row(wording.short_date(one.day), one.regie.name, one.cents) for one in found],
        totals=_totals(found) if found else [],
    )


def regies_of(db: Session) -> list[Regie]:
    """Fermées comprises : un mois passé garde ce qu'elles ont reçu."""
    return list(db.exec(select(Regie).order_by(col(Regie.holds_wallets).desc(), col(Regie.name))))


def days(db: Session, regies: list[Regie], month: date) -> list[Day]:
    """Deux lectures ; un jour sans rien n'a pas de ligne, ni celui dont le seul encaissement fut annulé."""
    sums: dict[tuple[date, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, regie_id, column, cents in (*_moved(db, month), *_refunded(db, regies, month)):
        sums[day, regie_id][column] += cents
    ranks = {one.key: rank for rank, one in enumerate(regies)}
    kept = sorted(
        (day, ranks[key], found) for (day, key), found in sums.items() if key in ranks and any(found.values())
    )
    return [Day(day, regies[rank], tuple(found[name] for name in COLUMNS)) for day, rank, found in kept]


def _moved(db: Session, month: date) -> Iterator[Part]:
    """Reçu, et repris au guichet ou par la banque."""
    both: Any = union_all(_sums(Payment.received_on, month, 1), _sums(Payment.cancelled_on, month, -1))
    for day, regie_id, means, cents in db.connection().execute(both):
        yield day, int(regie_id), Means(means), int(cents)


def _sums(day: Any, month: date, sign: int) -> Any:
    columns: Any = (col(day).label("day"), Payment.regie_id, Payment.means, func.sum(Payment.amount_cents * sign))
    return (
        select(*columns)
        .where(
            col(day) >= month,
            col(day) < months_away(month, 1),
            Payment.means != Means.WALLET,  # déjà compté quand le porte-monnaie a été alimenté
        )
        .group_by(col(day), col(Payment.regie_id), col(Payment.means))
    )


def _refunded(db: Session, regies: list[Regie], month: date) -> Iterator[Part]:
    """Rendu par carte, et, dans la régie qui les tient, le solde des porte-monnaie rendu par virement."""
    since, until = wall_instant(month, time()), wall_instant(months_away(month, 1), time())
    holder = next((one.key for one in regies if one.holds_wallets), 0)
    by_card: Any = (
        select(PaymentRefund.at, Payment.regie_id, PaymentRefund.cents)
        .join(Payment, col(Payment.id) == col(PaymentRefund.payment_id))
        .where(PaymentRefund.state != RefundState.FAILED, col(PaymentRefund.at) >= since, col(PaymentRefund.at) < until)
    )
    by_transfer: Any = select(WalletRefund.decided_at, literal(holder), WalletRefund.cents).where(
        WalletRefund.state == WalletRefundState.DONE,
        col(WalletRefund.decided_at) >= since,
        col(WalletRefund.decided_at) < until,
    )
    both: Any = union_all(by_card, by_transfer)
    for at, regie_id, cents in db.connection().execute(both):
        yield paris_day(at), int(regie_id), REFUNDED, -int(cents)


def _totals(found: list[Day]) -> list[DailyRow]:
    """Par régie quand il y en a plusieurs, puis de tout."""
    regies = {one.regie.key: one.regie for one in found}
    each = [
        _row("Total", regie.name, _sum([one for one in found if one.regie.key == key])) for key, regie in regies.items()
    ]
    return [*(each if len(each) > 1 else []), _row("Total du mois", "", _sum(found))]


def _sum(found: list[Day]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*(one.cents for one in found), strict=True))


def _row(day: str, regie: str, cents: tuple[int, ...]) -> DailyRow:
    """Une case sans rien reste vide."""
    amounts = {str(name): euros(one) if one else "" for name, one in zip(COLUMNS, cents, strict=True)}
    return DailyRow(day=day, regie=regie, total=euros(sum(cents)), **amounts)
