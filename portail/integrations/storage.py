"""Où vivent les fichiers : un dossier du disque, ou la mémoire le temps d'un essai. Il ne voit que des scellés."""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portail.settings import MEMORY_STORAGE, current

_NAME = re.compile(r"[0-9a-f]{64}")
_DRAFT = ".partiel"


class MissingFileError(LookupError):
    """Aucun fichier de ce nom."""


class Storage(Protocol):
    """Un nom opaque, des octets qui ne changent plus ; `put` est acquis quand il rend la main."""

    def put(self, name: str, body: bytes, at: datetime) -> None: ...

    def get(self, name: str) -> bytes: ...

    def delete(self, name: str) -> None: ...

    def names(self) -> Iterator[tuple[str, datetime]]: ...


class FolderStorage:
    """Écrit à côté, synchronise, renomme : un fichier est entier ou n'est pas."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, body: bytes, at: datetime) -> None:
        target = self._path(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        draft = target.with_name(target.name + _DRAFT)
        try:
            _write(draft, body, at)
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync(target.parent)
        _sync(self.folder)

    def get(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise MissingFileError(name) from None

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Les brouillons d'une écriture interrompue aussi : eux aussi se balaient."""
        for path in self.folder.glob("*/*"):
            if _NAME.fullmatch(path.name.removesuffix(_DRAFT)):
                with contextlib.suppress(FileNotFoundError):  # retiré pendant la liste
                    yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name.removesuffix(_DRAFT)):
            raise ValueError("ce nom n'est pas celui d'un fichier gardé")
        return self.folder / name[:2] / name


class MemoryStorage:
    """Le même contrat, sans disque : ce que les essais emploient."""

    def __init__(self) -> None:
        self.kept: dict[str, _Kept] = {}

    def put(self, name: str, body: bytes, at: datetime) -> None:
        self.kept[name] = _Kept(body, at)

    def get(self, name: str) -> bytes:
        if name not in self.kept:
            raise MissingFileError(name)
        return self.kept[name].body

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)

    def names(self) -> Iterator[tuple[str, datetime]]:
        return iter([(name, one.at) for name, one in self.kept.items()])


@dataclass(frozen=True)
class _Kept:
    body: bytes = field(repr=False)
    at: datetime


def _write(draft: Path, body: bytes, at: datetime) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.utime(descriptor, (at.timestamp(), at.timestamp()))
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_replacement: Storage | None = None


def use(replacement: Storage | None) -> None:
    """Change de stockage : les commandes et les essais."""
    global _replacement  # noqa: PLW0603
    _replacement = replacement


def storage() -> Storage:
    settings = current()
    return _replacement or _opened(settings.storage_url, settings.data_path)


@lru_cache(maxsize=4)
def _opened(url: str, folder: Path) -> Storage:
    if url == MEMORY_STORAGE:
        return MemoryStorage()
    return FolderStorage(Path(unquote(urlsplit(url).path)) if url else folder / "fichiers")
