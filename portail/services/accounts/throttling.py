"""Compter les essais manqués, en base : un redémarrage ne remet pas le compteur à zéro."""

from datetime import datetime

from sqlalchemy import ScalarResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, delete, select

from portail.domain.refusals import TooManyAttemptsError
from portail.domain.text import fold
from portail.domain.throttling import Scope, Tally, after_failure, seconds_to_wait
from portail.ids import keyed
from portail.models.accounts import FailedAttempts
from portail.models.database import reading, transaction

Key = tuple[Scope, str]


def sign_in_keys(identifier: str, address: str) -> list[Key]:
    return [(Scope.ACCOUNT, fold(identifier)), (Scope.ADDRESS, address), (Scope.EVERYONE, "")]


def check_may_try(keys: list[Key], now: datetime) -> None:
    with reading() as db:
        wait = max((seconds_to_wait(key[0], _tally(_row(db, key).first()), now) for key in keys), default=0)
    if wait:
        raise TooManyAttemptsError(wait)


def reserve(key: Key, now: datetime) -> None:
    """Compte l'essai avant de le juger : une rafale parallèle n'en gagne pas un de plus. `forget` le rend."""
    with transaction() as db:
        row = _locked(db, key, now)
        tally = Tally(row.failures, row.last_at)
        if wait := seconds_to_wait(key[0], tally, now):
            raise TooManyAttemptsError(wait)
        counted = after_failure(key[0], tally, now)
        row.failures, row.last_at = counted.failures, counted.last_at


def count_failure(keys: list[Key], now: datetime) -> None:
    with transaction() as db:
        for key in keys:
            row = _locked(db, key, now)
            tally = after_failure(key[0], Tally(row.failures, row.last_at), now)
            row.failures, row.last_at = tally.failures, tally.last_at


def forget(db: Session, key: Key) -> None:
    db.exec(delete(FailedAttempts).where(col(FailedAttempts.key_hash) == _hash(key)))


def _hash(key: Key) -> str:
    return keyed(f"attempts/{key[0]}", key[1])


def _locked(db: Session, key: Key, now: datetime) -> FailedAttempts:
    """La ligne du compteur, créée s'il le faut et tenue : deux premiers échecs au même instant n'en font qu'une,
    et un succès qui l'efface au même moment ne la fait pas disparaître sous la main."""
    insert = postgresql.insert if db.connection().dialect.name == "postgresql" else sqlite.insert
    table = SQLModel.metadata.tables["failed_attempts"]
    row = insert(table).values(scope=key[0], key_hash=_hash(key), failures=0, last_at=now)
    held = row.on_conflict_do_update(index_elements=["scope", "key_hash"], set_={"failures": table.c.failures})
    db.connection().execute(held)
    return _row(db, key).one()


def _row(db: Session, key: Key) -> ScalarResult[FailedAttempts]:
    return db.exec(select(FailedAttempts).where(FailedAttempts.scope == key[0], FailedAttempts.key_hash == _hash(key)))


def _tally(row: FailedAttempts | None) -> Tally | None:
    return Tally(row.failures, row.last_at) if row else None
