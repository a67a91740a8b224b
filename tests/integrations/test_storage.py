"""Le stockage : ce qui est gardé l'est en entier, sous un nom opaque, pour le seul portail ; les deux tiennent le même contrat."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portail.integrations import storage
from portail.integrations.storage import FolderStorage, MemoryStorage, MissingFileError, Storage
from tests.factories.settings import configured

NAME, OTHER = "ab" * 32, "cd" * 32
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["folder", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return FolderStorage(tmp_path / "fichiers") if request.param == "folder" else MemoryStorage()


def test_what_is_put_comes_back_and_goes(place: Storage) -> None:
    assert list(place.names()) == []
    place.put(NAME, b"un", AT)
    place.put(OTHER, b"deux", AT)
    assert (place.get(NAME), place.get(OTHER)) == (b"un", b"deux")
    assert sorted(place.names()) == [(NAME, AT), (OTHER, AT)]
    place.delete(NAME)
    place.delete(NAME)
    with pytest.raises(MissingFileError):
        place.get(NAME)
    assert [name for name, _ in place.names()] == [OTHER]


def test_putting_again_replaces(place: Storage) -> None:
    place.put(NAME, b"avant", AT)
    place.put(NAME, b"apres", AT)
    assert place.get(NAME) == b"apres"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "ab", NAME.upper(), f"{NAME}/..", f"{NAME}\n", "é" * 64])
def test_only_an_opaque_name_reaches_the_disk(tmp_path: Path, name: str) -> None:
    folder = FolderStorage(tmp_path)
    for attempt in (lambda: folder.put(name, b"x", AT), lambda: folder.get(name), lambda: folder.delete(name)):
        with pytest.raises(ValueError, match="fichier gardé"):
            attempt()
    assert list(tmp_path.iterdir()) == []


def test_files_and_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    FolderStorage(tmp_path / "fichiers").put(NAME, b"x", AT)
    for path in (tmp_path / "fichiers").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert stat.S_IMODE((tmp_path / "fichiers").stat().st_mode) == 0o700


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_interrupted_write_leaves_the_previous_file_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = FolderStorage(tmp_path)
    folder.put(NAME, b"bon", AT)

    def full(*_: object) -> None:
        raise OSError(28, "plus de place")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), full)
    with pytest.raises(OSError, match="plus de place"):
        folder.put(NAME, b"nouveau", AT)
    assert folder.get(NAME) == b"bon"
    assert [name for name, _ in folder.names()] == [NAME]


def test_the_draft_of_a_crash_is_listed_and_can_be_swept(tmp_path: Path) -> None:
    folder = FolderStorage(tmp_path)
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / f"{NAME}.partiel").write_bytes(b"moit")
    (tmp_path / "ab" / "LISEZ-MOI").write_text("à quelqu'un d'autre")
    (found,) = [name for name, _ in folder.names()]
    folder.delete(found)
    assert [path.name for path in (tmp_path / "ab").iterdir()] == ["LISEZ-MOI"]


def test_the_setting_chooses_where(tmp_path: Path) -> None:
    with configured(PORTAIL_DATA_DIR=str(tmp_path)):
        assert storage.storage().folder == tmp_path / "fichiers"
    with configured(PORTAIL_STORAGE_URL=f"file://{tmp_path}/mes%20fichiers"):
        assert storage.storage().folder == tmp_path / "mes fichiers"
    with configured(PORTAIL_STORAGE_URL="memory:"):
        kept = storage.storage()
        assert isinstance(kept, MemoryStorage)
        assert storage.storage() is kept


def test_what_a_memory_holds_is_never_printed() -> None:
    place = MemoryStorage()
    place.put(NAME, b"le contenu", AT)
    assert "contenu" not in repr(place.kept)
