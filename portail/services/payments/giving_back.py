"""Ce qui est rendu d'un paiement par carte : compté sur lui, pris à la famille, et défait si la banque n'en veut pas.

Un remboursement demandé ici se prend au porte-monnaie, ou ne se fait pas. Ce que l'on apprend après coup a déjà eu
lieu : il se prend en entier au porte-monnaie, sinon les factures que ce paiement soldait sont de nouveau dues,
sinon la famille le doit à la commune.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, update

from portail.domain.payments import RefundOrigin, RefundSource
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.models.payments import Payment, PaymentRefund
from portail.models.wallet import LedgerAccount
from portail.services.invoices import allocating
from portail.services.wallet.accounts import common, wallet_of
from portail.services.wallet.posting import Line, Movement, NotEnoughMoneyError, post

TAKEN, BACK, RECOVERED = "refund:", "refund_back:", "refund_recovered:"  # le début des références
LABEL_LIMIT = 160
LABELS = {
    RefundOrigin.PORTAL: "Remboursement sur votre carte",
    RefundOrigin.DASHBOARD: "Remboursement sur votre carte",
    RefundOrigin.DISPUTE: "Paiement contesté, repris par votre banque",
}


@dataclass(frozen=True)
class Said:
    """Le début de la référence d'un mouvement, et les factures qu'il rouvre : l'historique de la famille les lit là."""

    start: str
    due_again: str = ""


def count(db: Session, payment_id: int, cents: int) -> bool:
    """Une écriture conditionnelle : le total rendu ne dépasse jamais ce qui a été reçu."""
    total = col(Payment.refunded_cents) + cents
    counted = update(Payment).where(
        col(Payment.id) == payment_id, total <= col(Payment.amount_cents), col(Payment.cancelled_at).is_(None)
    )
    return bool(db.exec(counted.values(refunded_cents=total).execution_options(synchronize_session="fetch")).rowcount)


def take(db: Session, payment: Payment, refund: PaymentRefund, now: datetime, due_again: str = "") -> None:
    """Le mouvement d'un remboursement, de là où `source` le dit ; `due_again` : les factures qu'il rouvre."""
    is_family = payment.family_id is not None and refund.source == RefundSource.WALLET
    _write(db, _giver(db, payment, now, is_family=is_family), refund, Said(TAKEN, due_again), now)


def take_anyhow(db: Session, payment: Payment, refund: PaymentRefund, now: datetime) -> None:
    """Pour l'argent déjà parti : le porte-monnaie s'il l'a en entier, sinon les factures, sinon une dette."""
    refund.source = RefundSource.WALLET
    try:
        with db.begin_nested():
            take(db, payment, refund, now)
    except NotEnoughMoneyError:
        due_again = allocating.reopen(db, payment, refund.cents, now)
        refund.source = RefundSource.INVOICES if due_again else RefundSource.OWED
        take(db, payment, refund, now, due_again)
    db.flush()


def put_back(db: Session, payment: Payment, refund: PaymentRefund, now: datetime) -> None:
    """La banque n'en a pas voulu : au porte-monnaie, ou la dette est éteinte ; une facture rouverte le reste."""
    less = update(Payment).where(col(Payment.id) == payment.key)
    values = {"refunded_cents": col(Payment.refunded_cents) - refund.cents}
    db.exec(less.values(**values).execution_options(synchronize_session="fetch"))
    is_family = payment.family_id is not None and refund.source != RefundSource.OWED
    _write(db, _giver(db, payment, now, is_family=is_family), refund, Said(BACK), now)


def recover(db: Session, payment: Payment, refund: PaymentRefund, author_id: int, now: datetime) -> None:
    """La famille a remis au porte-monnaie ce qu'elle devait."""
    lines = (
        Line(_giver(db, payment, now, is_family=True), -refund.cents),
        Line(common(db, LedgerAccountKind.RECEIVABLE, now), refund.cents),
    )
    label, reference = f"{LABELS[RefundOrigin(refund.origin)]} : somme due reprise", f"{RECOVERED}{refund.key}"
    post(db, Movement(MovementKind.REFUND, label, lines, now, author_id, reference=reference))
    refund.source = RefundSource.WALLET
    db.flush()


def _giver(db: Session, payment: Payment, now: datetime, *, is_family: bool) -> LedgerAccount:
    """Sans dossier, c'est la commune qui devait la somme."""
    if is_family and payment.family_id is not None:
        return wallet_of(db, payment.family_id, now)
    return common(db, LedgerAccountKind.RECEIVABLE, now)


def _write(db: Session, giver: LedgerAccount, refund: PaymentRefund, said: Said, now: datetime) -> None:
    origin, is_back = RefundOrigin(refund.origin), said.start == BACK
    cents = -refund.cents if is_back else refund.cents
    lines = (Line(giver, -cents), Line(common(db, LedgerAccountKind.CARD, now), cents))
    kind = MovementKind.REJECTION if origin is RefundOrigin.DISPUTE else MovementKind.REFUND
    label = "Remboursement refusé par la banque" if is_back else LABELS[origin]
    if said.due_again:
        label = f"{label} ; de nouveau dû\u00a0: {said.due_again}"[:LABEL_LIMIT]
    post(db, Movement(kind, label, lines, now, refund.author_id, reference=f"{said.start}{refund.key}"))
