"""Payer une ou plusieurs factures : le récapitulatif, le porte-monnaie, ou la page d'un prestataire.

Le montant ne vient jamais du navigateur : il renvoie ce qu'on lui a montré, et l'on refuse s'il ne tombe plus juste.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.families import FamilyRight
from portail.domain.invoices import AlreadyPaidError, InvoiceKind
from portail.domain.money import euros
from portail.domain.payments import Means, Provider, Purpose
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.ids import new_token
from portail.models.accounts import Account
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.invoices import Invoice
from portail.models.payments import Payment
from portail.models.regies import Regie
from portail.services import access, wallet
from portail.services.direct_debits import under_way
from portail.services.direct_debits.mandates import is_collecting
from portail.services.invoices import allocating, receipts
from portail.services.invoices.mine import row_of, visible
from portail.services.payments import gateways, opening, pending
from portail.services.payments.opening import Way
from portail.services.rows import insert_once
from portail.views.invoices import MeansChoice, PaymentPlan

MOST = 24
LABEL = "Factures du Portail Famille"
TOKEN = range(16, 65)


class ChangedAmountError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Le montant à payer a changé : rien n’a été débité.", "Relisez le récapitulatif.")


class TwoPlacesError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Ces factures ne se paient pas ensemble : elles sont de deux dossiers ou de deux régies.",
            "Payez-les l’une après l’autre.",
        )


@dataclass(frozen=True)
class Order:
    """Ce que le formulaire renvoie : les factures, le total montré, le jeton du formulaire."""

    choices: str
    total_cents: int
    token: str


@dataclass(frozen=True)
class _Bill:
    family: Family
    regie: Regie
    invoices: tuple[Invoice, ...]
    shares: tuple[tuple[int, int], ...]  # figées : payer fait avancer les factures

    @property
    def cents(self) -> int:
        return sum(cents for _, cents in self.shares)


def plan(*, actor: Actor, choices: str, now: datetime) -> PaymentPlan:
    """Le récapitulatif, avant que l'argent bouge."""
    today = paris_day(now)
    with reading() as db:
        bill = _bill(db, actor, choices, today)
        if not bill.invoices:
            raise AlreadyPaidError
        debits = under_way.of(db, [one.key for one in bill.invoices], today)
        balance = wallet.balance_of(db, bill.family.key)
        account = db.get_one(Account, actor.account_id)
        providers = gateways.offered(bill.regie)
        under_payment = pending.sentences(db, [one.key for one in bill.invoices])
    missing = balance.missing_for(bill.cents)
    lack = f"Il y manque {euros(missing)}." if missing else f"Solde : {euros(balance.cents)}."
    detail = lack if balance.is_active else "Il n’est pas encore activé."
    return PaymentPlan(
        ready=True,
        choices=",".join(str(one.key) for one in bill.invoices),
        rows=[row_of(one, bill.family, bill.regie, today, debits.get(one.key)) for one in bill.invoices],
        total=euros(bill.cents),
        total_cents=bill.cents,
        regie=bill.regie.name,
        email=account.email,
        before=euros(balance.cents),
        after=euros(balance.cents - bill.cents),
        means=[
            *[_online(one, bill.cents) for one in providers],
            MeansChoice(Means.WALLET.value, Means.WALLET.label, detail, is_open=balance.is_active and not missing),
        ],
        can_debit=is_collecting(bill.regie),
        pending=under_payment,
        token=new_token(),
    )


def _online(provider: Provider, cents: int) -> MeansChoice:
    if cents < gateways.LEAST_CENTS[provider]:
        return MeansChoice(provider.value, provider.label, gateways.too_little(provider), is_open=False)
    return MeansChoice(provider.value, provider.label, "Sur la page sécurisée du prestataire.")


def pay_from_wallet(*, actor: Actor, order: Order, now: datetime) -> str:
    """Débité et réparti d'un trait ; le même formulaire envoyé deux fois ne débite qu'une fois."""
    _check_token(order)
    with transaction() as db:
        if (known := _known(db, actor, order)) is not None:
            return _said(known.amount_cents)
        bill = _exact(db, actor, order, now)
        purse = wallet.wallet_of(db, bill.family.key, now)
        if purse.activated_at is None:
            raise wallet.InactiveWalletError
        payment = _payment(db, actor, bill, order, now)
        allocating.allocate(db, payment, bill.shares, now)
        receivable = wallet.common(db, LedgerAccountKind.RECEIVABLE, now)
        lines = (wallet.Line(purse, -bill.cents), wallet.Line(receivable, bill.cents))
        label, reference = f"Factures payées : {_numbers(bill)}"[:160], f"payment:{payment.key}"
        movement = wallet.Movement(MovementKind.PAYMENT, label, lines, now, actor.account_id, reference=reference)
        payment.movement_id = wallet.post(db, movement)
        receipts.send(db, actor, payment, _numbers(bill), now)
    return _said(bill.cents)


def pay_online(*, actor: Actor, order: Order, provider: str, now: datetime) -> Way:
    """La page où payer ; les factures ne seront soldées que quand le prestataire le dira."""
    _check_token(order)
    if provider not in set(Provider):
        raise BadInputError("Choisissez comment payer.")
    with transaction() as db:
        bill = _exact(db, actor, order, now)
        asked = (bill.family.key, Purpose.INVOICES, Provider(provider), bill.cents, order.token)
        wanted = opening.Wanted(*asked, shares=bill.shares)
        attempt_id = opening.prepare(db, actor, bill.regie, wanted, now)
    return opening.open_page(attempt_id, LABEL, now)


def _said(cents: int) -> str:
    return f"{euros(cents)} payés depuis votre porte-monnaie. Un reçu vous est envoyé."


def _check_token(order: Order) -> None:
    if len(order.token) not in TOKEN:
        raise BadInputError


def _known(db: Session, actor: Actor, order: Order) -> Payment | None:
    query = select(Payment).where(Payment.author_id == actor.account_id, Payment.token == order.token)
    return db.exec(query).first()


def _payment(db: Session, actor: Actor, bill: _Bill, order: Order, now: datetime) -> Payment:
    values = {
        "regie_id": bill.regie.key,
        "family_id": bill.family.key,
        "means": Means.WALLET,
        "amount_cents": bill.cents,
        "refunded_cents": 0,
        "received_on": paris_day(now),
        "at": now,
        "note": "",
        "token": order.token,
        "author_id": actor.account_id,
    }
    key = insert_once(db, Payment.__tablename__, values)
    if key is None:  # l'autre clic a gagné entre-temps
        raise AlreadyPaidError
    return db.get_one(Payment, key)


def _exact(db: Session, actor: Actor, order: Order, now: datetime) -> _Bill:
    bill = _bill(db, actor, order.choices, paris_day(now))
    if not bill.invoices:
        raise AlreadyPaidError
    if bill.cents != order.total_cents:
        raise ChangedAmountError
    return bill


def _bill(db: Session, actor: Actor, choices: str, today: date) -> _Bill:
    """Les factures choisies qui restent à payer : d'un même dossier et d'une même régie, et pas déjà à la banque."""
    check_audience(Audience.PARENT, actor)
    keys = read_keys(choices)
    query = visible(actor).where(col(Invoice.id).in_(keys), Invoice.kind == InvoiceKind.INVOICE)
    found = list(db.exec(query.order_by(col(Invoice.due_on), col(Invoice.id))))
    if not keys or {invoice.key for invoice, _, _ in found} != keys:
        raise NotOpenError
    if len({(family.key, regie.key) for _, family, regie in found}) > 1:
        raise TwoPlacesError
    _, family, regie = found[0]
    access.my_family(db, actor, family.key, FamilyRight.MONEY)
    left = tuple(invoice for invoice, _, _ in found if invoice.paid_cents < invoice.total_cents)
    under_way.check_not_sent(db, left, today)
    return _Bill(family, regie, left, tuple((one.key, one.total_cents - one.paid_cents) for one in left))


def read_keys(choices: str) -> set[int]:
    """« 12,15 » ; rien d'autre ne passe."""
    parts = [part for part in choices.split(",") if part]
    if len(parts) > MOST or not all(part.isascii() and part.isdigit() and is_key(int(part[:12])) for part in parts):
        raise BadInputError
    return {int(part) for part in parts}


def _numbers(bill: _Bill) -> str:
    return ", ".join(one.content.get("number", "") for one in bill.invoices)
