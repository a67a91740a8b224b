"""Ce qui rentre chaque mois dans une régie ; ce qui en ressort se retire du mois où cela ressort."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from sqlalchemy import literal, union_all
from sqlmodel import Session, col, extract, func, select

from portail.domain.dates import months_away, paris_day, wall_instant
from portail.domain.money import euros
from portail.domain.payments import Means, RefundState
from portail.domain.wallet import WalletRefundState
from portail.models.payments import Payment, PaymentRefund
from portail.models.regies import Regie
from portail.models.wallet import WalletRefund
from portail.views import wording
from portail.views.cash_desk import MonthBar

MONTHS = 12
TRANSFERRED = "Porte-monnaie rendus"
Part = tuple[date, str, int]  # (premier du mois, libellé, centimes)


def by_month(db: Session, regie: Regie | None, today: date) -> list[MonthBar]:
    """D'une régie ou de toutes, en deux lectures : douze mois, le dernier d'abord, même ceux où rien n'est entré."""
    first = months_away(today, 1 - MONTHS, on=1)
    found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for month, label, cents in (*_moved(db, regie, first), *_refunded(db, regie, first)):
        found[month][label] += cents
    shown = [months_away(first, rank) for rank in range(MONTHS)]
    largest = max((sum(found[one].values()) for one in shown), default=0) or 1
    return [_bar(one, found[one], largest) for one in reversed(shown)]


def _moved(db: Session, regie: Regie | None, first: date) -> Iterator[Part]:
    """Reçu, et repris au guichet ou par la banque."""
    both: Any = union_all(_sums(regie, Payment.received_on, first, 1), _sums(regie, Payment.cancelled_on, first, -1))
    for year, month, means, cents in db.connection().execute(both):
        yield date(int(year), int(month), 1), Means(means).label, int(cents)


def _sums(regie: Regie | None, day: Any, first: date, sign: int) -> Any:
    year, month = extract("year", day), extract("month", day)
    columns: Any = (year, month, Payment.means, func.sum(Payment.amount_cents * sign))
    return (
        select(*columns)
        .where(
            *_of(regie),
            col(day) >= first,
            Payment.means != Means.WALLET,  # déjà compté quand le porte-monnaie a été alimenté
        )
        .group_by(year, month, col(Payment.means))
    )


def _of(regie: Regie | None) -> list[Any]:
    return [Payment.regie_id == regie.key] if regie else []


def _refunded(db: Session, regie: Regie | None, first: date) -> Iterator[Part]:
    """Rendu par carte, et, dans la régie qui les tient, le solde des porte-monnaie rendu par virement."""
    since = wall_instant(first, time())
    by_card: Any = (
        select(PaymentRefund.at, Payment.means, PaymentRefund.cents)
        .join(Payment, col(Payment.id) == col(PaymentRefund.payment_id))
        .where(*_of(regie), PaymentRefund.state != RefundState.FAILED, col(PaymentRefund.at) >= since)
    )
    by_transfer: Any = select(WalletRefund.decided_at, literal(TRANSFERRED), WalletRefund.cents).where(
        WalletRefund.state == WalletRefundState.DONE,
        col(WalletRefund.decided_at) >= since,
        literal(regie is None or regie.holds_wallets),
    )
    both: Any = union_all(by_card, by_transfer)
    for at, means, cents in db.connection().execute(both):
        yield paris_day(at).replace(day=1), means if means == TRANSFERRED else Means(means).label, -cents


def _bar(month: date, parts: dict[str, int], largest: int) -> MonthBar:
    total = sum(parts.values())
    said = [f"{label} {euros(parts[label])}" for label in (*(one.label for one in Means), TRANSFERRED) if parts[label]]
    share = max(0, 100 * total // largest)
    return MonthBar(wording.capitalised(wording.month(month)), euros(total), ", ".join(said) or "rien", share)
