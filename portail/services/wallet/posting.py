"""Écrire au grand livre : partie double, jamais sous le plancher, une référence une seule fois.

L'ordre des verrous : le mouvement, puis les porte-monnaie par numéro croissant. Deux mouvements qui se croisent
s'attendent au lieu de se bloquer. Un compte commun n'est jamais verrouillé : son solde est la somme de ses écritures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel, col, select, update

from portail.domain.money import euros
from portail.domain.refusals import RefusalError
from portail.domain.wallet import Charge, LedgerAccountKind, MovementKind, UnbalancedError, check_lines
from portail.models.wallet import LedgerAccount, LedgerTransaction
from portail.services.rows import insert_once
from portail.services.wallet import alerts
from portail.services.wallet.accounts import LOW, low_or_usual, wallet_and_common

_ENTRIES, _ACCOUNTS = (SQLModel.metadata.tables[name] for name in ("ledger_entry", "ledger_account"))
_WANTED = _ACCOUNTS.c.balance_cents + bindparam("cents")
# Bâties une fois : chaque validation passe par là.
_WRITE = insert(_ENTRIES).returning(_ENTRIES.c.id)
_ADVANCE = (
    update(_ACCOUNTS)
    .where(_ACCOUNTS.c.id == bindparam("account"))
    .where(_ACCOUNTS.c.floor_cents.is_(None) | (_ACCOUNTS.c.floor_cents <= _WANTED))
    .values(balance_cents=_WANTED)
    .returning(_ACCOUNTS.c.balance_cents, LOW)  # le seuil du solde bas se lit dans la même écriture
)
WALLET_PAGE = "/porte-monnaie"


class InactiveWalletError(RefusalError):
    link = WALLET_PAGE

    def __init__(self) -> None:
        super().__init__("Votre porte-monnaie n’est pas encore activé.", "Activez-le pour réserver.")


class NotEnoughMoneyError(RefusalError):
    link = WALLET_PAGE

    def __init__(self, missing_cents: int) -> None:
        super().__init__(
            f"Il manque {euros(missing_cents)} dans votre porte-monnaie.",
            "Alimentez-le, ou choisissez moins de jours.",
        )
        self.missing_cents = missing_cents


class AlreadyPostedError(RefusalError):
    """Le même événement, reçu deux fois : il est déjà compté."""

    def __init__(self) -> None:
        super().__init__("Ce mouvement est déjà enregistré.")


@dataclass(frozen=True)
class Line:
    """Une écriture : positif, le compte reçoit."""

    account: LedgerAccount
    cents: int


@dataclass(frozen=True)
class Movement:
    """Ce qui s'écrit d'un coup ; `reference` est celle de l'événement, s'il en a une."""

    kind: MovementKind
    label: str
    lines: tuple[Line, ...]
    at: datetime
    author_id: int | None = None
    batch_id: int | None = None
    reference: str | None = None


def post(db: Session, movement: Movement) -> int:
    """Dans la transaction de ce qu'il paie ; rend le numéro du mouvement."""
    lines = sorted(movement.lines, key=lambda line: line.account.key)
    check_lines([(line.account.key, line.cents) for line in lines])
    db.flush()  # la validation que le mouvement désigne
    number = _transaction(db, movement)
    lows = {line.account.key: _move(db, line) for line in lines if line.account.kind == LedgerAccountKind.WALLET}
    values = [
        {
            "transaction_id": number,
            "account_id": line.account.key,
            "amount_cents": line.cents,
            "balance_cents": line.account.balance_cents if line.account.key in lows else None,
        }
        for line in lines
    ]
    db.connection().execute(_WRITE, values)
    for line in lines:
        low = lows.get(line.account.key)
        if low is not None and line.account.balance_cents < low <= line.account.balance_cents - line.cents:
            alerts.tell(db, movement.kind, line.account, movement.at)
    return number


def post_common(db: Session, movements: Sequence[Movement]) -> list[int]:
    """Beaucoup de mouvements entre comptes communs, en deux ordres ; chacun a une référence, jamais écrite encore."""
    names = ("kind", "label", "at", "author_id", "reference")
    for movement in movements:
        check_lines([(line.account.key, line.cents) for line in movement.lines])
        if not movement.reference or any(line.account.kind == LedgerAccountKind.WALLET for line in movement.lines):
            raise UnbalancedError("un mouvement groupé a une référence et ne touche aucun porte-monnaie")
    if not movements:
        return []
    rows, entries = LedgerTransaction.__table__, _ENTRIES  # type: ignore[attr-defined]
    values = [{name: getattr(movement, name) for name in names} for movement in movements]
    written = db.connection().execute(insert(rows).returning(rows.c.reference, rows.c.id), values)
    numbers = {reference: int(number) for reference, number in written}
    keys = [numbers[movement.reference or ""] for movement in movements]
    lines = [
        {"transaction_id": key, "account_id": line.account.key, "amount_cents": line.cents, "balance_cents": None}
        for key, movement in zip(keys, movements, strict=True)
        for line in movement.lines
    ]
    db.connection().execute(insert(entries), lines)
    return keys


def _transaction(db: Session, movement: Movement) -> int:
    names = ("kind", "label", "at", "author_id", "batch_id", "reference")
    number = insert_once(db, LedgerTransaction.__tablename__, {name: getattr(movement, name) for name in names})
    if number is None:
        raise AlreadyPostedError
    return number


def _move(db: Session, line: Line) -> int:
    """Le solde avance d'une seule écriture, qui ne trouve rien s'il passait sous le plancher ; rend le seuil bas."""
    found = _advance(db, line)
    if found is None:
        missing = _missing(db, line)
        found = _advance(db, line) if missing <= 0 else None
        if found is None:
            raise NotEnoughMoneyError(missing)
    after, low = found
    set_committed_value(line.account, "balance_cents", after)
    return low_or_usual(low)


def _advance(db: Session, line: Line) -> tuple[int, int | None] | None:
    found = db.connection().execute(_ADVANCE, {"account": line.account.key, "cents": line.cents}).first()
    return (found[0], found[1]) if found else None


def _missing(db: Session, line: Line) -> int:
    """Relu sous verrou : le porte-monnaie a pu être alimenté entre-temps."""
    query = select(LedgerAccount.balance_cents, LedgerAccount.floor_cents).where(
        col(LedgerAccount.id) == line.account.key
    )
    balance, floor = db.exec(query.with_for_update(key_share=True)).one()
    return (floor or 0) - balance - line.cents


def debit_for_booking(db: Session, charge: Charge, *, author_id: int | None, now: datetime) -> int:
    """Le prix d'une validation, pris dans sa transaction ; rend le solde après."""
    wallet, revenue = wallet_and_common(db, charge.family_id, LedgerAccountKind.REVENUE, now)
    if wallet.activated_at is None:
        raise InactiveWalletError
    if charge.cents:
        lines = (Line(wallet, -charge.cents), Line(revenue, charge.cents))
        post(db, Movement(MovementKind.BOOKING, charge.label, lines, now, author_id, charge.batch_id))
    return wallet.balance_cents


def refund_for_booking(db: Session, charge: Charge, *, author_id: int | None, now: datetime) -> int:
    """Ce que des annulations rendent ; rend le solde après."""
    wallet, revenue = wallet_and_common(db, charge.family_id, LedgerAccountKind.REVENUE, now)
    if charge.cents:
        lines = (Line(wallet, charge.cents), Line(revenue, -charge.cents))
        post(db, Movement(MovementKind.CANCELLATION, charge.label, lines, now, author_id, charge.batch_id))
    return wallet.balance_cents
