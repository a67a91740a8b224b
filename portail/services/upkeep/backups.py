"""Sauvegarder et rétablir : une archive de toutes les tables et des fichiers reçus, avec leurs sommes de contrôle."""

import gzip
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
from sqlmodel import SQLModel, col

from portail.domain.refusals import RefusalError
from portail.integrations.storage import MissingFileError, storage
from portail.models.database import engine, snapshot, transaction
from portail.models.files import StoredFile
from portail.models.migrations import is_current, upgrade
from portail.services.rows import from_plain, to_plain
from portail.views import wording

FORMAT = 2
READABLE = {1, FORMAT}  # la première ne portait pas de fichiers
_FILES = "fichiers"
_PIECE = 1024 * 1024
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
        files, lost = _put_files(archive, list(db.connection().scalars(select(col(StoredFile.name)))))
        manifest = {"format": FORMAT, "at": now.isoformat(), "sums": sums, "files": files}
        _put(archive, "manifeste.json", json.dumps(manifest).encode())
    draft.replace(file)
    words = [wording.count(rows, "ligne", "lignes"), *_told(len(files), "fichier", "fichiers")]
    return (
        f"Sauvegarde écrite : {file.name}, {', '.join([*words, *_told(lost, 'fichier absent', 'fichiers absents')])}."
    )


def _told(number: int, one: str, many: str) -> list[str]:
    return [wording.count(number, one, many)] if number else []


def _put_files(archive: tarfile.TarFile, names: list[str]) -> tuple[dict[str, str], int]:
    """Tels qu'ils sont au stockage, scellés ; un fichier retiré entre-temps manque, et se dit."""
    sums: dict[str, str] = {}
    for name in names:
        try:
            sums[name] = _put(archive, f"{_FILES}/{name}", storage().get(name))
        except MissingFileError:
            continue
    return sums, len(names) - len(sums)


def restore(file: Path, now: datetime) -> str:
    """Dans une base vide seulement, après avoir vérifié chaque somme ; les fichiers d'abord, leurs lignes ensuite."""
    tables = _verified(file)
    if not is_current(engine()):
        upgrade(engine())
    rows = 0
    with transaction() as db:
        connection = db.connection()
        if any(connection.execute(select(table).limit(1)).first() for table in SQLModel.metadata.sorted_tables):
            raise RefusalError("La base contient déjà des données.", "Rétablissez dans une base vide.")
        files = _put_back(file, now)
        for table in SQLModel.metadata.sorted_tables:
            values = [_row(table, line) for line in tables.get(table.name, [])]
            for start in range(0, len(values), _CHUNK):
                connection.execute(insert(table), values[start : start + _CHUNK])
            rows += len(values)
            if connection.dialect.name == "postgresql" and "id" in table.c:
                sequence = f"select setval(pg_get_serial_sequence('{table.name}', 'id'), "
                connection.execute(text(f'{sequence} coalesce(max(id), 1), max(id) is not null) from "{table.name}"'))
    words = [wording.count(rows, "ligne", "lignes"), *_told(files, "fichier", "fichiers")]
    return f"Base rétablie : {', '.join(words)}."


def _put_back(file: Path, now: datetime) -> int:
    """Un à la fois, quelle que soit la taille de l'archive ; leurs sommes viennent d'être vérifiées."""
    done = 0
    with tarfile.open(file, "r:gz") as archive:
        for entry in archive:
            body = archive.extractfile(entry) if entry.name.startswith(f"{_FILES}/") else None
            if body is not None:
                storage().put(entry.name.removeprefix(f"{_FILES}/"), body.read(), now)
                done += 1
    return done


def _put(archive: tarfile.TarFile, name: str, body: bytes) -> str:
    entry = tarfile.TarInfo(name)
    entry.size = len(body)
    archive.addfile(entry, BytesIO(body))
    return hashlib.sha256(body).hexdigest()


def _verified(file: Path) -> dict[str, list[str]]:
    try:
        _read_to_the_end(file)
        with tempfile.TemporaryDirectory() as folder, tarfile.open(file, "r:gz") as archive:
            archive.extractall(folder, filter="data")
            manifest = json.loads((Path(folder) / "manifeste.json").read_text())
            bodies = {name: (Path(folder) / "tables" / f"{name}.jsonl").read_bytes() for name in manifest["sums"]}
            files = {path.name: _sum_of(path) for path in (Path(folder) / _FILES).glob("*")}
    except (OSError, tarfile.TarError, zlib.error, EOFError, LookupError, TypeError, ValueError):
        raise RefusalError("Ce fichier n’est pas une sauvegarde du portail, ou il est abîmé.") from None
    if manifest.get("format") not in READABLE or not bodies:
        raise RefusalError("Cette sauvegarde vient d’une autre version du portail.")
    sums = {name: hashlib.sha256(body).hexdigest() for name, body in bodies.items()}
    if sums != manifest["sums"] or files != manifest.get("files", {}):
        raise RefusalError("Cette sauvegarde est abîmée : une somme de contrôle ne correspond pas.")
    return {name: body.decode().splitlines() for name, body in bodies.items()}


def _read_to_the_end(file: Path) -> None:
    """La somme de l'archive entière est à sa fin, où tarfile ne va pas toujours."""
    with gzip.open(file) as archive:
        while archive.read(_PIECE):
            pass


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _line(row: Any) -> str:
    return json.dumps(to_plain(row), ensure_ascii=True)


def _row(table: Table, line: str) -> dict[str, Any]:
    return from_plain(table, json.loads(line))
