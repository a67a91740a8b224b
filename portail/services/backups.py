"""Sauvegarder et rétablir : une archive de toutes les tables, lisible par les deux bases, avec sa somme de contrôle."""

import hashlib
import json
import tarfile
import tempfile
import zlib
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select, text
from sqlmodel import SQLModel

from portail.domain.refusals import RefusalError
from portail.models.database import engine, snapshot, transaction
from portail.models.migrations import is_current, upgrade
from portail.services.rows import from_plain, to_plain
from portail.views import wording

FORMAT = 1
_CHUNK = 500


def save(file: Path, now: datetime) -> str:
    """Écrit d'abord à côté, puis renomme : une sauvegarde interrompue n'en remplace pas une bonne."""
    draft = file.with_name(file.name + ".partiel")
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)  # des familles entières : à personne d'autre
    except OSError:
        raise RefusalError(f"Impossible d’écrire dans {file.parent}.", "Choisissez un dossier qui existe.") from None
    rows = 0
    with snapshot() as db, tarfile.open(draft, "w:gz") as archive:
        sums: dict[str, str] = {}
        for table in SQLModel.metadata.sorted_tables:
            lines = [_line(row) for row in db.connection().execute(select(table)).mappings()]
            rows += len(lines)
            sums[table.name] = _put(archive, f"tables/{table.name}.jsonl", "\n".join(lines).encode())
        manifest = {"format": FORMAT, "at": now.isoformat(), "sums": sums}
        _put(archive, "manifeste.json", json.dumps(manifest).encode())
    draft.replace(file)
    return f"Sauvegarde écrite : {file.name}, {wording.count(rows, 'ligne', 'lignes')}."


def restore(file: Path) -> str:
    """Dans une base vide seulement, après avoir vérifié chaque somme."""
    tables = _verified(file)
    if not is_current(engine()):
        upgrade(engine())
    rows = 0
    with transaction() as db:
        connection = db.connection()
        if any(connection.execute(select(table).limit(1)).first() for table in SQLModel.metadata.sorted_tables):
            raise RefusalError("La base contient déjà des données.", "Rétablissez dans une base vide.")
        for table in SQLModel.metadata.sorted_tables:
            values = [_row(table, line) for line in tables.get(table.name, [])]
            for start in range(0, len(values), _CHUNK):
                connection.execute(insert(table), values[start : start + _CHUNK])
            rows += len(values)
            if connection.dialect.name == "postgresql" and "id" in table.c:
                sequence = f"select setval(pg_get_serial_sequence('{table.name}', 'id'), "
                connection.execute(text(f'{sequence} coalesce(max(id), 1), max(id) is not null) from "{table.name}"'))
    return f"Base rétablie : {wording.count(rows, 'ligne', 'lignes')}."


def _put(archive: tarfile.TarFile, name: str, body: bytes) -> str:
    entry = tarfile.TarInfo(name)
    entry.size = len(body)
    archive.addfile(entry, BytesIO(body))
    return hashlib.sha256(body).hexdigest()


def _verified(file: Path) -> dict[str, list[str]]:
    try:
        with tempfile.TemporaryDirectory() as folder, tarfile.open(file, "r:gz") as archive:
            archive.extractall(folder, filter="data")
            manifest = json.loads((Path(folder) / "manifeste.json").read_text())
            bodies = {name: (Path(folder) / "tables" / f"{name}.jsonl").read_bytes() for name in manifest["sums"]}
    except (OSError, tarfile.TarError, zlib.error, EOFError, LookupError, TypeError, ValueError):
        raise RefusalError("Ce fichier n’est pas une sauvegarde du portail, ou il est abîmé.") from None
    if manifest.get("format") != FORMAT or not bodies:
        raise RefusalError("Cette sauvegarde vient d’une autre version du portail.")
    if manifest.get("format") != FORMAT:
        raise RefusalError("Cette sauvegarde vient d’une autre version du portail.")
    if any(hashlib.sha256(body).hexdigest() != manifest["sums"][name] for name, body in bodies.items()):
        raise RefusalError("Cette sauvegarde est abîmée : une somme de contrôle ne correspond pas.")
    return {name: body.decode().splitlines() for name, body in bodies.items()}


def _line(row: Any) -> str:
    return json.dumps(to_plain(row), ensure_ascii=True)


def _row(table: Table, line: str) -> dict[str, Any]:
    return from_plain(table, json.loads(line))
