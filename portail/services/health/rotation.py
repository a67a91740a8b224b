"""Changer de clé : tout resceller, fiches et fichiers ; interrompue, la tournée reprend où elle en était."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from portail.models.database import reading, transaction
from portail.models.direct_debits import DebitBatch, Mandate
from portail.models.files import StoredFile
from portail.models.health import HealthRecord, Vaccination
from portail.models.merging import FamilyMerge
from portail.models.sealed import SealedRow
from portail.services.files import stored_files
from portail.services.health import vault
from portail.services.rows import from_plain, to_plain
from portail.settings import current

TABLES: tuple[type[SealedRow], ...] = (HealthRecord, Vaccination, Mandate, DebitBatch)
BATCH = 200
MODELS = {str(table.__tablename__): table for table in TABLES}


def rotate() -> Iterator[int]:
    """Rend, après chaque lot acquis, combien de lignes ont changé de clé depuis le début."""
    done = 0
    for table in TABLES:
        while batch := _rotate_batch(table):
            done += batch
            yield done
    if aside := _rotate_kept_aside():
        done += aside
        yield done
    for files in stored_files.rotate():
        yield done + files


def _rotate_kept_aside() -> int:
    """Les fiches qu'une fusion de dossiers garde de côté : elle peut encore être défaite."""
    done = 0
    with transaction() as db:
        for merge in db.exec(select(FamilyMerge).order_by(col(FamilyMerge.id)).with_for_update()):
            steps = list(merge.steps)
            for rank, step in enumerate(steps):
                row = _kept_aside(step)
                if row is not None and row.key_id not in {"", vault.current_key_id()}:
                    vault.write(row, {})
                    steps[rank] = step | {"row": to_plain({name: getattr(row, name) for name in step["row"]})}
                    done += 1
            merge.steps = steps
    return done


def _kept_aside(step: dict[str, Any]) -> SealedRow | None:
    """La ligne scellée que ce geste d'une fusion a effacée, s'il en a effacé une."""
    model = MODELS.get(step["table"]) if step["do"] == "dropped" else None
    return model(**from_plain(SQLModel.metadata.tables[step["table"]], step["row"])) if model else None


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
        aside = [_kept_aside(step) for steps in db.exec(select(FamilyMerge.steps)) for step in steps]
        stored |= {row.key_id for row in aside if row is not None}
    return sorted(stored - {"", *current().health_key_ring})


def _stored(db: Session, table: type[SealedRow | StoredFile]) -> list[str]:
    return list(db.exec(select(table.key_id).distinct()))
