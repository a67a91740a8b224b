"""Un jumeau d'un compte de démonstration : le test qui change un compte a le sien."""

import itertools
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from sqlmodel import Session, SQLModel, select

from portail import clock
from portail.domain.wallet import TERMS_VERSION, LedgerAccountKind, MovementKind
from portail.models import database
from portail.models.accounts import Account
from portail.models.activities import Enrolment
from portail.models.documents import FamilyDocument
from portail.models.families import Guardian
from portail.models.health import ConsentAnswer, HealthContact, HealthRecord, Vaccination
from portail.models.sealed import SealedRow
from portail.models.tariffs import FamilyQuotient
from portail.services import wallet
from portail.services.health import vault
from tests.tools.server import Running

_ranks = itertools.count(1)


@dataclass
class Home:
    """Un foyer, son jumeau, et le jumeau de chacun de ses enfants."""

    model: int
    copy: int = 0
    children: dict[int, int] = field(default_factory=dict)


def twin(portal: Running, email: str, *, own_family: bool = False, can_book: bool = False) -> str:
    """Même nom, même rôle, même mot de passe, une autre adresse ; mêmes foyers, ou le jumeau de chacun.

    `can_book` : ce jumeau de foyer réserve comme son modèle, au même prix ; il n'a encore rien réservé.
    """
    name, homes = f"jumeau{os.getpid()}n{next(_ranks)}", []
    address = f"{name}@{email.partition('@')[2]}"
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base, base:
        model = _only(base, "select id from account where email = ?", email)
        copy = _copy(base, "account", model, {"email": address, "username": name})
        for (row,) in base.execute("select id from guardian where account_id = ?", (model,)).fetchall():
            changed: dict[str, object] = {"account_id": copy}
            if own_family:
                homes.append(_family(base, row, name))
                changed["family_id"] = homes[-1].copy
            _copy(base, "guardian", row, changed)
    if can_book:
        _let_book(portal, homes)
    return address


def bill(portal: Running, like: str, to: str) -> None:
    """Le foyer de ce jumeau reçoit la même facture à payer que son modèle, sous un autre numéro et un autre nom."""
    unpaid = (
        "select invoice.id from invoice join guardian on guardian.family_id = invoice.family_id "
        "join account on account.id = guardian.account_id where invoice.state = 'issued' "
        "and invoice.kind = 'invoice' and invoice.paid_cents = 0 and account.email = ? order by invoice.id limit 1"
    )
    home = "select family_id from guardian join account on account.id = guardian.account_id where account.email = ?"
    rank = os.getpid() % 10_000 * 100 + next(_ranks)
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base, base:
        model = _only(base, unpaid, like)
        changed: dict[str, object] = {"family_id": _only(base, home, to), "run_id": None, "number": 100_000 + rank}
        _copy(base, "invoice", model, changed)
        base.execute("update family set name = ? where id = ?", (f"Jumeau {rank}", changed["family_id"]))


def fund(portal: Running, email: str, cents: int) -> None:
    """Le porte-monnaie de ce jumeau, activé, avec cette somme versée à la régie."""
    now = clock.now()
    mine = select(Guardian.family_id).join(Account).where(Account.email == email)
    with _writing(portal) as db:
        purse, desk = wallet.wallet_of(db, db.exec(mine).one(), now), wallet.common(db, LedgerAccountKind.DESK, now)
        purse.activated_at, purse.terms_version = now, TERMS_VERSION
        lines = (wallet.Line(purse, cents), wallet.Line(desk, -cents))
        wallet.post(db, wallet.Movement(MovementKind.TOP_UP, "Versement à la régie", lines, now))


def _let_book(portal: Running, homes: list[Home]) -> None:
    """Inscriptions, fiche sanitaire, documents, quotient : tout ce qu'une réservation demande."""
    with _writing(portal) as db:
        for home in homes:
            for kind in (FamilyQuotient, FamilyDocument):
                for row in db.exec(select(kind).where(kind.family_id == home.model)).all():
                    _again(db, row, home)
            for kind in (Enrolment, HealthContact, ConsentAnswer, HealthRecord, Vaccination):
                for row in db.exec(select(kind).where(kind.child_id.in_(home.children))).all():
                    _again(db, row, home)


def _again(db: Session, row: SQLModel, home: Home) -> None:
    """La même ligne pour le jumeau ; ce qui est scellé l'est de nouveau : un scellé ne s'ouvre qu'à sa place."""
    sealed = row.SEALED if isinstance(row, SealedRow) else ()
    values = row.model_dump(exclude={"id", *sealed})
    if "family_id" in values:
        values["family_id"] = home.copy
    if values.get("child_id"):
        values["child_id"] = home.children[values["child_id"]]
    copy = type(row)(**values)
    db.add(copy)
    db.flush()
    if isinstance(row, SealedRow) and isinstance(copy, SealedRow):
        vault.write(copy, vault.read(row))


@contextmanager
def _writing(portal: Running) -> Iterator[Session]:
    """Une écriture dans la base du portail, par les mêmes portes que lui."""
    engine = database.open_engine(f"sqlite:///{portal.data / 'portail.sqlite'}")
    database.use(engine)
    try:
        with database.transaction() as db:
            yield db
    finally:
        database.use(None)
        engine.dispose()


def _family(base: sqlite3.Connection, guardian: int, name: str) -> Home:
    """Un foyer à part, avec ses propres enfants."""
    home = Home(*base.execute("select family_id from guardian where id = ?", (guardian,)).fetchone())
    home.copy = _copy(base, "family", home.model, {"number": f"F-{name}-{home.model}"})
    places = base.execute("select id, child_id from family_child where family_id = ?", (home.model,)).fetchall()
    for place, child in places:
        home.children[child] = _copy(base, "child", child, {})
        _copy(base, "family_child", place, {"family_id": home.copy, "child_id": home.children[child]})
    for (key,) in base.execute("select id from person_key where family_id = ?", (home.model,)).fetchall():
        _copy(base, "person_key", key, {"family_id": home.copy})
    return home


def _only(base: sqlite3.Connection, query: str, value: str) -> int:
    ((found,),) = base.execute(query, (value,)).fetchall()
    return int(found)


def _copy(base: sqlite3.Connection, table: str, row: int, changed: dict[str, object]) -> int:
    columns = [column[1] for column in base.execute(f"pragma table_info({table})") if column[1] != "id"]
    taken = ", ".join("?" if column in changed else column for column in columns)
    values = [changed[column] for column in columns if column in changed]
    query = f"insert into {table} ({', '.join(columns)}) select {taken} from {table} where id = ?"  # noqa: S608
    return int(base.execute(query, (*values, row)).lastrowid or 0)
