"""Changer de clé : tout resceller, fiches et fichiers ; interrompue, la tournée reprend où elle en était."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from portail.models.database import reading, transaction
from portail.models.files import StoredFile
from portail.models.health import HealthRecord, SealedRow, Vaccination
from portail.services import stored_files
from portail.services.health import vault
from portail.settings import current

TABLES: tuple[type[SealedRow], ...] = (HealthRecord, Vaccination)
BATCH = 200


def rotate() -> Iterator[int]:
    """Rend, après chaque lot acquis, combien de lignes ont changé de clé depuis le début."""
    done = 0
    for table in TABLES:
        while batch := _rotate_batch(table):
            done += batch
            yield done
    for files in stored_files.rotate():
        yield done + files


def _rotate_batch(table: type[SealedRow]) -> int:
    with transaction() as db:
        query = select(table).where(col(table.key_id).not_in(("", vault.current_key_id())))
        rows = db.exec(query.order_by(col(table.id)).limit(BATCH).with_for_update()).all()
        for row in rows:
            vault.write(row, {})
            db.add(row)
    return len(rows)


def unknown_keys() -> list[str]:
    """Les clés qui ont scellé des fiches ou des fichiers et que le réglage n'a plus."""
    with reading() as db:
        stored = {key_id for table in TABLES for key_id in _stored(db, table)} | set(_stored(db, StoredFile))
    return sorted(stored - {"", *current().health_key_ring})


def _stored(db: Session, table: type[SealedRow | StoredFile]) -> list[str]:
    return list(db.exec(select(table.key_id).distinct()))
