"""Encaisser au guichet : les factures d'abord ou le porte-monnaie, un seul mouvement, une seule fois."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, select

from portail.domain.accounts import Actor, Audience
from portail.domain.dates import paris_day
from portail.domain.desk import Due, Split, SplitTooHighError, oldest_first, one_regie
from portail.domain.forms import Reader
from portail.domain.money import euros, typed_cents
from portail.domain.payments import AT_THE_DESK, Means
from portail.domain.refusals import BadInputError, RefusalError
from portail.domain.wallet import DESK_CEILING_CENTS, LedgerAccountKind, MovementKind
from portail.models.database import transaction
from portail.models.families import Family
from portail.models.payments import Payment
from portail.services import access, audit, regies
from portail.services.cash_desk import days, due, receipts
from portail.services.invoices import allocating
from portail.services.rows import insert_once
from portail.services.wallet.accounts import common, wallet_of
from portail.services.wallet.posting import AlreadyPostedError, Line, Movement, post

DESK = "desk:"  # le début de la référence d'un encaissement
FIELD = "facture-"  # le début du nom d'un champ de facture
NUMBERED = {Means.CHEQUE: "n° ", Means.CESU: "", Means.ANCV: "", Means.CASH: ""}


class SameChequeError(RefusalError):
    def __init__(self, note: str) -> None:
        super().__init__(
            f"Le chèque n° {note} de cette famille est déjà encaissé.", "S’il est d’une autre banque, ajoutez son nom."
        )


@dataclass(frozen=True)
class Order:
    """Ce que le formulaire demande, déjà lu."""

    cents: int
    means: Means
    note: str
    token: str
    split: Split
    typed: tuple[tuple[int, int], ...] = ()

    def cheque_of(self, family_id: int) -> str | None:
        """Ce qui ne s'encaisse qu'une fois ; annulé, le chèque peut se saisir de nouveau."""
        return f"{family_id}:{self.note.casefold()}" if self.means is Means.CHEQUE and self.note else None

    @property
    def label(self) -> str:
        """Le numéro d'un chèque se dit ; celui d'un titre aussi, s'il est écrit."""
        return f"{self.means.label} {NUMBERED[self.means]}{self.note}".strip() if self.note else self.means.label


def record(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> str:
    """Rend la phrase à dire ; le même formulaire envoyé deux fois ne compte qu'une."""
    order = read(form)
    with transaction() as db:
        family = access.any_family(db, actor, family_id, Audience.MONEY)
        dues, holder = due.dues_of(db, family.key), regies.default(db)
        shares = _shares(order, dues)
        rest = order.cents - sum(cents for _, cents in shares)
        if rest and not family.is_open:
            raise RefusalError("Ce dossier est fermé : son porte-monnaie ne reçoit plus rien.")
        regie_id = one_regie(dues, shares, holder.key, rest)
        days.check_open(db, regie_id, paris_day(now))
        payment = _written(db, actor, family, order, (regie_id, now))
        if shares:
            allocating.allocate(db, payment, shares, now)
        balance = _post(db, payment, order, rest, now)
        if rest:
            audit.record(db, "wallet.credited", at=now, actor_id=actor.account_id, subject_id=family.key)
        receipts.send(db, payment, now)
    return _said(family, order.cents - rest, rest, balance)


def read(form: dict[str, Any]) -> Order:
    reader = Reader(form)
    cents = reader.take("amount", 0, lambda typed: typed_cents(typed, highest=DESK_CEILING_CENTS))
    means = reader.choice("means", lambda typed: typed in AT_THE_DESK, "Choisissez le moyen de paiement.")
    note = reader.line("note", "Numéro", limit=40)
    token = reader.line("token", "Encaissement", limit=43, missing="Rechargez la page, puis recommencez.")
    split = Split(form["split"]) if form.get("split") in set(Split) else Split.AUTO
    typed = _typed(reader, form) if split is Split.TYPED else ()
    if typed and not reader.errors and (total := sum(share for _, share in typed)) > cents:
        reader.errors["amount"] = SplitTooHighError(total, cents).full_sentence
    reader.check()
    return Order(cents, Means(means), note, token, split, typed)


def _typed(reader: Reader, form: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    """Une facture laissée vide, ou à zéro, ne prend rien."""
    shares = []
    for name in form:
        key = name.removeprefix(FIELD)
        if name.startswith(FIELD) and key.isascii() and key.isdigit() and len(key) < 10:  # noqa: PLR2004
            cents = reader.take(name, 0, _cents_or_none)
            if cents:
                shares.append((int(key), cents))
    return tuple(shares)


def _cents_or_none(typed: str) -> int:
    return 0 if typed.strip().rstrip("€ ") in {"", "0", "0,00", "0.00"} else typed_cents(typed)


def _shares(order: Order, dues: list[Due]) -> list[tuple[int, int]]:
    if order.split is Split.WALLET:
        return []
    if order.split is Split.AUTO:
        return oldest_first(dues, order.cents)
    known = {one.invoice_id for one in dues}
    if any(invoice_id not in known for invoice_id, _ in order.typed):
        raise BadInputError("Une de ces factures n’est plus à payer.", "Rechargez la page.")
    return list(order.typed)


def _written(db: Session, actor: Actor, family: Family, order: Order, where: tuple[int, datetime]) -> Payment:
    """Le jeton et le numéro du chèque sont uniques dans la base : deux agents au même instant n'en écrivent qu'un."""
    regie_id, now = where
    values = {
        "regie_id": regie_id,
        "family_id": family.key,
        "means": order.means,
        "amount_cents": order.cents,
        "refunded_cents": 0,
        "received_on": paris_day(now),
        "at": now,
        "note": order.note,
        "cheque": order.cheque_of(family.key),
        "token": order.token,
        "author_id": actor.account_id,
    }
    key = insert_once(db, SQLModel.metadata.tables["payment"].name, values)
    if key is None:
        mine = select(Payment.id).where(Payment.author_id == actor.account_id, Payment.token == order.token)
        raise AlreadyPostedError if db.exec(mine).first() else SameChequeError(order.note)
    return db.get_one(Payment, key)


def _post(db: Session, payment: Payment, order: Order, rest: int, now: datetime) -> int:
    """Un seul mouvement : du guichet vers les factures et le porte-monnaie ; rend le solde après."""
    lines = [Line(common(db, LedgerAccountKind.DESK, now), -payment.amount_cents)]
    balance = 0
    if paid := payment.amount_cents - rest:
        lines.append(Line(common(db, LedgerAccountKind.RECEIVABLE, now), paid))
    wallet = wallet_of(db, payment.family_id, now) if rest and payment.family_id else None
    if wallet is not None:
        lines.append(Line(wallet, rest))
    kind = MovementKind.PAYMENT if paid else MovementKind.TOP_UP
    reference = f"{DESK}{payment.author_id}:{payment.token}"
    label = f"{order.label}, au guichet"
    payment.movement_id = post(db, Movement(kind, label, tuple(lines), now, payment.author_id, reference=reference))
    db.add(payment)
    db.flush()
    if wallet is not None:
        balance = wallet.balance_cents
    return balance


def _said(family: Family, paid: int, rest: int, balance: int) -> str:
    said = [f"{euros(paid)} sur les factures de la famille {family.name}."] if paid else []
    if rest:
        said.append(f"{euros(rest)} versés. Nouveau solde de la famille {family.name} : {euros(balance)}.")
    return " ".join(said)
