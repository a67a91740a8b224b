"""Les fichiers gardés : scellés, effacés avec leur ligne, balayés sans elle, rescellés, sauvegardés."""

import shutil
import tarfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine
from sqlmodel import SQLModel, delete, select

from portail.domain.refusals import RefusalError
from portail.domain.uploads import FilesRefusedError, TooManyFilesError, Upload
from portail.integrations import storage
from portail.jobs import cleaning
from portail.models.database import reading, transaction
from portail.models.families import Child
from portail.models.files import Attachment, StoredFile
from portail.models.invoices import Invoice
from portail.services.attachments import attaching, downloading
from portail.services.files import file_vault, stored_files
from portail.services.health import pai, rotation
from portail.services.health.vault import VaultError
from portail.services.upkeep import backups, doctor
from tests.factories import uploads
from tests.factories.health import Home, make_home
from tests.factories.settings import configured
from tests.test_settings import KEY

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
BOTH = "2027:" + KEY + ",demo:ZGVtby1kZW1vLWRlbW8tZGVtby1kZW1vLWRlbW8tZGU="
ONLY_NEW = "2027:" + KEY


@pytest.fixture
def home(base: Engine) -> Home:
    return make_home()


def names() -> list[str]:
    return sorted(name for name, _ in storage.storage().names())


def rows() -> list[StoredFile]:
    with reading() as db:
        return list(db.exec(select(StoredFile).order_by(StoredFile.id)))


def join(home: Home, now: datetime, *files: Upload) -> list[StoredFile]:
    pai.add(actor=home.actor, child_id=home.child_id, files=files or (uploads.good(),), now=now)
    return rows()


def test_what_is_kept_is_sealed_under_a_name_that_says_nothing(home: Home, now: datetime) -> None:
    (row,) = join(home, now)
    sealed = storage.storage().get(row.name)
    assert names() == [row.name]
    assert b"PDF" not in sealed
    assert stored_files.read(row.name) == uploads.pdf()
    assert (row.media_type, row.size, row.key_id) == ("application/pdf", len(uploads.pdf()), "demo")


def test_a_scelle_opens_only_under_its_own_name_and_key(home: Home) -> None:
    sealed = file_vault.seal("ab", b"contenu")
    assert file_vault.unseal("ab", sealed) == b"contenu"
    assert sealed != file_vault.seal("ab", b"contenu")
    with pytest.raises(VaultError):
        file_vault.unseal("cd", sealed)
    with configured(PORTAIL_HEALTH_KEYS=ONLY_NEW), pytest.raises(VaultError, match="« demo » n'est plus"):
        file_vault.unseal("ab", sealed)


@pytest.mark.parametrize("position", range(0, 40, 3))
def test_a_touched_byte_opens_nothing(home: Home, position: int) -> None:
    sealed = bytearray(file_vault.seal("ab", b"contenu"))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises(VaultError):
        file_vault.unseal("ab", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"PF1", b"PF1\x04demo", b"PF1\xff", b"bonjour tout le monde"])
def test_what_is_not_sealed_is_refused_without_its_content(home: Home, sealed: bytes) -> None:
    with pytest.raises(VaultError) as refusal:
        file_vault.unseal("ab", sealed)
    assert not isinstance(refusal.value.__cause__, InvalidTag)
    assert "bonjour" not in str(refusal.value)


def test_every_bad_file_is_told_at_once_and_none_is_kept(home: Home, now: datetime) -> None:
    bad = (uploads.good(), Upload("vide.pdf", b""), Upload("page.html", b"<html>"))
    with pytest.raises(FilesRefusedError) as refusal:
        join(home, now, *bad)
    assert len(refusal.value.sentences) == 2
    assert "vide.pdf" in refusal.value.sentences[0]
    assert (names(), rows()) == ([], [])


def test_six_files_at_once_are_too_many(home: Home, now: datetime) -> None:
    with pytest.raises(TooManyFilesError):
        join(home, now, *[uploads.good()] * 6)
    assert names() == []


def test_a_refusal_in_the_block_leaves_nothing_and_a_breakdown_waits_for_the_broom(home: Home, now: datetime) -> None:
    def failing(error: Exception) -> None:
        with stored_files.received([uploads.good()], now):
            assert len(names()) == 1
            raise error

    with pytest.raises(RefusalError):
        failing(RefusalError("Non."))
    assert names() == []
    with pytest.raises(ZeroDivisionError):
        failing(ZeroDivisionError())
    assert len(names()) == 1
    assert stored_files.sweep(now + DAY + SECOND) == 1
    assert names() == []


def test_a_removed_document_goes_with_its_file(home: Home, now: datetime) -> None:
    join(home, now)
    with reading() as db:
        key = db.exec(select(Attachment.id)).one()
    pai.remove(actor=home.actor, attachment_id=key, now=now)
    assert (names(), rows()) == ([], [])


def test_a_file_that_resists_is_swept_later(home: Home, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = join(home, now)
    place = storage.storage()

    def stuck(_: str) -> None:
        raise OSError("occupé")

    with monkeypatch.context() as stubborn:
        stubborn.setattr(place, "delete", stuck)
        with transaction() as db:
            attaching.detach(db, db.exec(select(Attachment)).one())
    assert (rows(), names()) == ([], [row.name])
    stored_files.sweep(now + DAY + SECOND)
    assert names() == []


def test_the_broom_spares_what_is_used_and_what_is_young(home: Home, now: datetime) -> None:
    (used,) = join(home, now - 30 * DAY)
    storage.storage().put("cd" * 32, b"en cours", now)
    assert stored_files.sweep(now + DAY) == 0
    assert names() == sorted([used.name, "cd" * 32])
    assert stored_files.sweep(now + DAY + SECOND) == 1
    assert names() == [used.name]


@pytest.mark.parametrize("what", ["child", "row"])
def test_an_erased_child_takes_its_files_away(home: Home, now: datetime, what: str) -> None:
    join(home, now)
    with transaction() as db:
        db.exec(delete(Child) if what == "child" else delete(Attachment))
    assert stored_files.sweep(now + DAY) == 0
    assert stored_files.sweep(now + DAY + SECOND) == 1
    assert (names(), rows()) == ([], [])


def test_every_column_that_names_a_file_is_asked_by_the_broom() -> None:
    asked = " ".join(str(used) for used in stored_files._uses())
    for table in (Attachment, Invoice):
        assert f"{table.__tablename__}.file_id" in asked


def test_the_nightly_job_sweeps_files(base_sqlite: Engine) -> None:
    storage.storage().put("cd" * 32, b"perdu", datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
    cleaning.sweep()
    assert names() == []


def test_the_doctor_counts_lost_files_and_unknown_keys(home: Home, now: datetime) -> None:
    (row,) = join(home, now)
    assert not [one for one in doctor.examine() if one.blocking]
    storage.storage().delete(row.name)
    with configured(PORTAIL_HEALTH_KEYS=ONLY_NEW):
        said = [one.sentence for one in doctor.examine() if one.blocking]
    assert len(said) == 2
    assert "« demo »" in said[0]
    assert "1 fichier reçu manque au stockage" in said[1]


def test_a_lost_file_is_refused_in_words(home: Home, now: datetime) -> None:
    (row,) = join(home, now)
    storage.storage().delete(row.name)
    with reading() as db:
        key = db.exec(select(Attachment.id)).one()
    with pytest.raises(RefusalError, match="introuvable"):
        downloading.download(home.actor, key, now)


def test_files_change_key_and_an_interrupted_round_goes_on(home: Home, now: datetime) -> None:
    first, second = join(home, now, uploads.good(), uploads.photo())
    with configured(PORTAIL_HEALTH_KEYS=BOTH):
        storage.storage().put(
            first.name, file_vault.seal(first.name, stored_files.read(first.name)), now
        )  # interrompue
        assert list(stored_files.rotate()) == [2]
        assert list(stored_files.rotate()) == []
    with configured(PORTAIL_HEALTH_KEYS=ONLY_NEW):
        assert stored_files.read(first.name) == uploads.pdf()
        assert stored_files.read(second.name).startswith(b"\xff\xd8")
        assert rotation.unknown_keys() == []
    assert {row.key_id for row in rows()} == {"2027"}


def test_a_lost_file_does_not_stop_the_round(home: Home, now: datetime) -> None:
    first, _ = join(home, now, uploads.good(), uploads.photo())
    storage.storage().delete(first.name)
    with configured(PORTAIL_HEALTH_KEYS=BOTH):
        assert list(stored_files.rotate()) == [1]
    assert [row.key_id for row in rows()] == ["demo", "2027"]


def emptied(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    storage.use(storage.MemoryStorage())


def test_a_backup_carries_the_files_sealed_and_brings_them_back(
    base: Engine, home: Home, tmp_path: Path, now: datetime
) -> None:
    (row,) = join(home, now)
    said = backups.save(tmp_path / "s.tar.gz", now)
    assert said.endswith(", 1 fichier.")
    with tarfile.open(tmp_path / "s.tar.gz") as archive:
        assert archive.extractfile(f"fichiers/{row.name}").read() == storage.storage().get(row.name)
    emptied(base)
    assert backups.restore(tmp_path / "s.tar.gz", now).endswith(", 1 fichier.")
    assert stored_files.read(row.name) == uploads.pdf()
    assert stored_files.missing() == 0


def test_a_file_gone_before_the_backup_is_said_and_the_rest_is_saved(home: Home, tmp_path: Path, now: datetime) -> None:
    first, _ = join(home, now, uploads.good(), uploads.photo())
    storage.storage().delete(first.name)
    assert backups.save(tmp_path / "s.tar.gz", now).endswith(", 1 fichier, 1 fichier absent.")


@pytest.mark.parametrize("change", ["touched", "removed", "added"])
def test_a_backup_whose_files_were_changed_is_refused(
    base: Engine, home: Home, tmp_path: Path, now: datetime, change: str
) -> None:
    (row,) = join(home, now)
    backups.save(tmp_path / "s.tar.gz", now)
    with tarfile.open(tmp_path / "s.tar.gz") as archive:
        archive.extractall(tmp_path / "contenu", filter="data")
    file = tmp_path / "contenu" / "fichiers" / row.name
    if change == "removed":
        file.unlink()
    else:
        (file if change == "touched" else file.with_name("cd" * 32)).write_bytes(b"autre chose")
    with tarfile.open(tmp_path / "autre.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "contenu", arcname=".")
    shutil.rmtree(tmp_path / "contenu")
    emptied(base)
    with pytest.raises(RefusalError, match=r"somme de contrôle|pas une sauvegarde"):
        backups.restore(tmp_path / "autre.tar.gz", now)
    assert names() == []


def test_a_backup_of_the_first_format_still_comes_back(base: Engine, tmp_path: Path, now: datetime) -> None:
    from tests.services.upkeep.test_backups import rewritten

    make_home("ancien@famille.example")
    backups.save(tmp_path / "s.tar.gz", now)
    old = rewritten(tmp_path / "s.tar.gz", {}, format=1, files={})
    emptied(base)
    assert backups.restore(old, now).startswith("Base rétablie : ")


def test_what_the_law_erases_takes_its_files_away() -> None:
    rules = {key.column.table.name: key.ondelete for key in Attachment.__table__.foreign_keys}
    assert rules["request"] == rules["request_event"] == rules["child"] == "CASCADE"
    assert rules["account"] == "SET NULL"
