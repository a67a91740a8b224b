"""Recevoir un fichier, le rendre, l'oublier. Le fichier s'écrit avant sa ligne et s'efface après elle."""

import logging
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import repeat
from typing import Any

from sqlmodel import Session, SQLModel, col, delete, exists, select

from portail.domain.refusals import RefusalError
from portail.domain.uploads import (
    MOST_FILES,
    FileKind,
    FileRefusedError,
    FilesRefusedError,
    TooManyFilesError,
    Upload,
    clean_name,
)
from portail.ids import keyed
from portail.integrations.inspection.inspector import inspect
from portail.integrations.storage import MissingFileError, storage
from portail.models.database import after_commit, reading, transaction
from portail.models.files import StoredFile
from portail.services.files import file_vault
from portail.services.health.vault import current_key_id

log = logging.getLogger("portail.files")
UNCLAIMED_KEPT = timedelta(days=1)
_BATCH = 20
_WRITERS = 4


@dataclass(frozen=True)
class Received:
    """Un fichier vérifié, scellé et déjà au stockage ; `name` est celui que l'on montre."""

    name: str
    stored: StoredFile


@contextmanager
def received(uploads: Sequence[Upload], now: datetime) -> Iterator[tuple[Received, ...]]:
    """Vérifie et garde ces fichiers le temps d'un bloc, qui les désigne ; s'il refuse, il n'en reste rien."""
    kept = tuple(keep(*checked, now) for checked in _check_all(uploads))
    try:
        yield kept
    except RefusalError:  # une panne, elle, a pu survenir après l'écriture des lignes : le balai jugera
        release(kept)
        raise


def _check_all(uploads: Sequence[Upload]) -> list[tuple[str, FileKind, bytes]]:
    """Tous, pour dire d'un coup tout ce qui ne va pas."""
    if len(uploads) > MOST_FILES:
        raise TooManyFilesError
    checked, sentences = [], []
    for upload in uploads:
        try:
            kind, body = inspect(upload)
            checked.append((clean_name(upload.name, kind), kind, body))
        except FileRefusedError as refusal:
            sentences.append(refusal.sentence)
    if sentences:
        raise FilesRefusedError(tuple(sentences))
    return checked


def keep(name: str, kind: FileKind, body: bytes, now: datetime) -> Received:
    """Scelle et garde ces octets ; à qui l'appelle d'écrire la ligne, ou de relâcher le fichier."""
    opaque = secrets.token_hex(32)
    storage().put(opaque, file_vault.seal(opaque, body), now)
    digest = keyed("file", sha256(body).hexdigest())
    return Received(
        name,
        StoredFile(
            name=opaque, key_id=current_key_id(), media_type=kind, size=len(body), digest=digest, created_at=now
        ),
    )


def keep_all(given: Sequence[tuple[str, FileKind, bytes]], now: datetime) -> list[Received]:
    """Plusieurs à la fois, dans l'ordre : seul, chacun attendrait le disque à son tour."""
    names, kinds, bodies = zip(*given, strict=True) if given else ((), (), ())
    with ThreadPoolExecutor(_WRITERS) as writers:
        return list(writers.map(keep, names, kinds, bodies, repeat(now)))


def release(kept: Sequence[Received]) -> None:
    """Ces fichiers ne serviront pas : un refus, un envoi refait."""
    for one in kept:
        _erase(one.stored.name)


def read(name: str) -> bytes:
    """Les octets de ce fichier, en clair ; lève MissingFileError ou VaultError."""
    return file_vault.unseal(name, storage().get(name))


def forget(db: Session, stored: StoredFile) -> None:
    """La ligne dans cette transaction, le fichier une fois qu'elle est acquise ; s'il résiste, le balai passera."""
    db.delete(stored)
    after_commit(db, partial(_erase, stored.name))


def _erase(name: str) -> None:
    try:
        storage().delete(name)
    except OSError:
        log.warning("fichier non effacé", exc_info=True)


def sweep(now: datetime) -> int:
    """Efface les lignes que rien ne désigne et les fichiers sans ligne, vieux d'un jour au moins."""
    limit = now - UNCLAIMED_KEPT
    present = [name for name, at in storage().names() if at < limit]  # avant de lire la base : un envoi en cours y sera
    with transaction() as db:
        unclaimed = delete(StoredFile).where(col(StoredFile.created_at) < limit, *[~used for used in _uses()])
        db.exec(unclaimed.execution_options(synchronize_session=False))
        known = set(db.exec(select(StoredFile.name)))
    orphans = [name for name in present if name not in known]
    for name in orphans:
        _erase(name)
    return len(orphans)


def _uses() -> list[Any]:
    """Une question par colonne qui désigne un fichier : une table nouvelle est comptée d'elle-même."""
    return [
        exists().where(column == StoredFile.id)
        for table in SQLModel.metadata.sorted_tables
        for column in table.c
        if any(key.column.table.name == StoredFile.__tablename__ for key in column.foreign_keys)
    ]


def missing() -> int:
    """Combien de lignes n'ont plus leur fichier."""
    present = {name for name, _ in storage().names()}
    with reading() as db:
        return sum(name not in present for name in db.exec(select(StoredFile.name)))


def rotate() -> Iterator[int]:
    """Rescelle sous la première clé, un fichier à la fois ; rend à chaque lot combien depuis le début."""
    done, seen = 0, 0
    while batch := _sealed_otherwise(seen):
        for stored in batch:
            seen = stored.key
            done += _reseal(stored)
        yield done


def _sealed_otherwise(after: int) -> list[StoredFile]:
    query = select(StoredFile).where(col(StoredFile.key_id) != current_key_id(), col(StoredFile.id) > after)
    with reading() as db:
        return list(db.exec(query.order_by(col(StoredFile.id)).limit(_BATCH)))


def _reseal(stored: StoredFile) -> int:
    """Le fichier d'abord : il dit lui-même sa clé, une interruption se reprend. Un fichier perdu attend le médecin."""
    with transaction() as db:
        row = db.exec(select(StoredFile).where(StoredFile.id == stored.key).with_for_update()).first()
        if row is None:
            return 0
        try:
            storage().put(row.name, file_vault.seal(row.name, read(row.name)), row.created_at)
        except MissingFileError:
            return 0
        row.key_id = current_key_id()
        return 1
