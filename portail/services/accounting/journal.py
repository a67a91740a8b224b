"""Le journal d'un mois : ce qui entre, et, en moins, ce qui est repris, remboursé ou viré ce mois-là."""

from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.dates import months_away, paris_day, wall_instant
from portail.domain.payments import Means, RefundState, undone
from portail.domain.wallet import WalletRefundState
from portail.integrations.sheets import Cell, Cents
from portail.models.families import Family
from portail.models.payments import DepositSlip, Payment, PaymentAllocation, PaymentAttempt, PaymentRefund
from portail.models.regies import Regie
from portail.models.wallet import WalletRefund
from portail.services.cash_desk.numbers import number_of
from portail.views import wording

COLUMNS = (
    *("Numéro", "Date", "Dossier", "Famille", "Moyen", "Référence", "Montant", "Factures", "Remise", "État"),
    "Référence du prestataire",
)
TRANSFER = "Virement"
Line = Sequence[Cell]


def lines(db: Session, regie: Regie, month: date) -> list[Line]:
    """Par date ; la somme des montants est ce que la régie garde du mois. Quatre lectures."""
    found = [*_received(db, regie, month), *_taken_back(db, regie, month), *_refunded(db, regie, month)]
    if regie.holds_wallets:
        found += _transferred(db, month)
    return sorted(found, key=lambda line: (line[1], line[0] or 0))


def who(family: Family | None) -> tuple[str, str]:
    return (family.number, family.name) if family else ("", "Dossier effacé")


def _payments(regie: Regie, day: Any, month: date) -> Any:
    on_invoices = (
        select(func.coalesce(func.sum(PaymentAllocation.cents), 0))
        .where(PaymentAllocation.payment_id == Payment.id)
        .scalar_subquery()
    )
    columns: Any = (Payment, Family, on_invoices, DepositSlip, PaymentAttempt.provider_ref)
    return (
        select(*columns)
        .join(Family, col(Family.id) == col(Payment.family_id), isouter=True)
        .join(DepositSlip, col(DepositSlip.id) == col(Payment.slip_id), isouter=True)
        .join(PaymentAttempt, col(PaymentAttempt.id) == col(Payment.attempt_id), isouter=True)
        .where(Payment.regie_id == regie.key, col(day) >= month, col(day) < months_away(month, 1))
    )


def _received(db: Session, regie: Regie, month: date) -> Iterator[Line]:
    for payment, family, on_invoices, slip, reference in db.exec(_payments(regie, Payment.received_on, month)):
        yield (
            *_about(payment, payment.received_on, family),
            Cents(payment.amount_cents),
            Cents(int(on_invoices)),
            number_of(slip, regie) if slip else "",
            _state(payment),
            reference or "",
        )


def _taken_back(db: Session, regie: Regie, month: date) -> Iterator[Line]:
    """Annulé le jour même, un encaissement n'a que sa ligne : rien n'est entré."""
    query = _payments(regie, Payment.cancelled_on, month).where(col(Payment.cancelled_on) != col(Payment.received_on))
    for payment, family, on_invoices, slip, reference in db.exec(query):
        yield (
            *_about(payment, payment.cancelled_on, family),
            Cents(-payment.amount_cents),
            Cents(-int(on_invoices)),
            number_of(slip, regie) if slip else "",
            _reversal(payment),
            reference or "",
        )


def _about(payment: Payment, day: date, family: Family | None) -> Line:
    return payment.key, day, *who(family), Means(payment.means).label, payment.note


def _state(payment: Payment) -> str:
    if payment.cancelled_on is None:
        return "Reçu"
    if payment.cancelled_on == payment.received_on:
        return wording.capitalised(undone(Means(payment.means), is_banked=payment.slip_id is not None))
    return f"{_reversal(payment)} le {wording.short_date(payment.cancelled_on)}"


def _reversal(payment: Payment) -> str:
    return "Corrigé" if payment.cancelled_why else "Rejeté"


def _within(at: Any, month: date) -> tuple[Any, Any]:
    """Entre deux minuits de Paris."""
    return col(at) >= wall_instant(month, time()), col(at) < wall_instant(months_away(month, 1), time())


def _refunded(db: Session, regie: Regie, month: date) -> Iterator[Line]:
    query: Any = (
        select(PaymentRefund, Payment, Family)
        .join(Payment, col(Payment.id) == col(PaymentRefund.payment_id))
        .join(Family, col(Family.id) == col(Payment.family_id), isouter=True)
        .where(
            Payment.regie_id == regie.key,
            PaymentRefund.state != RefundState.FAILED,
            *_within(PaymentRefund.at, month),
        )
    )
    for refund, payment, family in db.exec(query):
        about = _about(payment, paris_day(refund.at), family)
        yield *about, Cents(-refund.cents), Cents(0), "", "Remboursé", refund.provider_ref or ""


def _transferred(db: Session, month: date) -> Iterator[Line]:
    """Les porte-monnaie rendus par virement, dans la régie qui les tient."""
    query: Any = (
        select(WalletRefund, Family)
        .join(Family, col(Family.id) == col(WalletRefund.family_id), isouter=True)
        .where(WalletRefund.state == WalletRefundState.DONE, *_within(WalletRefund.decided_at, month))
    )
    for refund, family in db.exec(query):
        day, said = paris_day(refund.decided_at), f"Porte-monnaie rendu, compte {refund.iban_end}"
        yield "", day, *who(family), TRANSFER, said, Cents(-refund.cents), Cents(0), "", "Viré", ""
