"""Sauvegarder, rétablir : rien ne se perd d'une base à l'autre, rien d'abîmé n'entre."""

import gzip
import hashlib
import io
import json
import stat
import tarfile
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlmodel import SQLModel

from portail.demo import town
from portail.domain.refusals import RefusalError
from portail.models import database
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.services.upkeep import backups
from tests.factories.families import make_school
from tests.factories.people import make_account, open_session


def content(engine: Engine) -> dict[str, list[tuple]]:
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


def fill(now: datetime) -> None:
    town.load_if_empty(now)
    account = make_account("éléonore@famille.example")
    open_session(account, remember=True)
    with database.transaction() as db:
        outbox.add(db, account.email, Message("Ligne\u2028séparée", ("Corps",)), now)


def move(source: Engine, target: Engine, file: Path, now: datetime) -> None:
    database.use(source)
    backups.save(file, now)
    database.use(target)
    backups.restore(file, now)


def rewritten(file: Path, change: dict[str, bytes], **manifest: object) -> Path:
    """La même archive, avec d'autres contenus et des sommes remises d'accord."""
    with tarfile.open(file) as archive:
        bodies = {entry.name: archive.extractfile(entry).read() for entry in archive} | change
    described = json.loads(bodies.pop("manifeste.json"))
    for name, body in change.items():
        described["sums"][Path(name).stem] = hashlib.sha256(body).hexdigest()
    bodies["manifeste.json"] = json.dumps(described | manifest).encode()
    other = file.with_name("autre.tar.gz")
    with tarfile.open(other, "w:gz") as archive:
        for name, body in bodies.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    return other


def test_round_trip_between_both_bases_loses_nothing(
    sqlite_engine: Engine, empty_postgres: Engine, tmp_path: Path, now: datetime
) -> None:
    database.use(sqlite_engine)
    fill(now)
    before = content(sqlite_engine)
    move(sqlite_engine, empty_postgres, tmp_path / "aller.tar.gz", now)
    assert content(empty_postgres) == before
    back = database.open_engine(f"sqlite:///{tmp_path / 'retour.sqlite'}")
    move(empty_postgres, back, tmp_path / "retour.tar.gz", now)
    assert content(back) == before
    back.dispose()
    database.use(None)


def test_restored_base_goes_on_numbering(base: Engine, tmp_path: Path, now: datetime) -> None:
    keys = [make_account(f"parent{rank}@famille.example").key for rank in range(3)]
    backups.save(tmp_path / "s.tar.gz", now)
    with base.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    backups.restore(tmp_path / "s.tar.gz", now)
    assert make_account("nouveau@famille.example").key == max(keys) + 1
    assert make_school() == 1


@pytest.mark.parametrize("filled_with", ["account", "school"])
def test_base_that_is_not_empty_is_refused(base: Engine, tmp_path: Path, now: datetime, filled_with: str) -> None:
    backups.save(tmp_path / "vide.tar.gz", now)
    make_account() if filled_with == "account" else make_school()
    before = content(base)
    with pytest.raises(RefusalError, match="déjà des"):
        backups.restore(tmp_path / "vide.tar.gz", now)
    assert content(base) == before


def test_backup_is_for_its_owner_only_and_leaves_no_draft(base_sqlite: Engine, tmp_path: Path, now: datetime) -> None:
    make_account()
    assert backups.save(tmp_path / "s.tar.gz", now) == "Sauvegarde écrite : s.tar.gz, 1 ligne."
    assert stat.S_IMODE((tmp_path / "s.tar.gz").stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.partiel"))


@pytest.mark.parametrize("where", ["absent/copie.tar.gz", "fichier/copie.tar.gz"])
def test_a_folder_that_cannot_be_written_is_refused_in_words(
    base_sqlite: Engine, tmp_path: Path, now: datetime, where: str
) -> None:
    (tmp_path / "fichier").write_text("pas un dossier")
    with pytest.raises(RefusalError, match="Impossible d’écrire") as refusal:
        backups.save(tmp_path / where, now)
    assert "Choisissez un dossier" in refusal.value.next_step
    assert [file.name for file in tmp_path.iterdir() if "copie" in file.name] == []


def test_interrupted_backup_keeps_the_previous_one(
    base_sqlite: Engine, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_account()
    backups.save(tmp_path / "s.tar.gz", now)
    good = (tmp_path / "s.tar.gz").read_bytes()
    monkeypatch.setattr(backups, "_line", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        backups.save(tmp_path / "s.tar.gz", now)
    assert (tmp_path / "s.tar.gz").read_bytes() == good


@pytest.mark.parametrize("body", [b"", b"bonjour", gzip.compress(b"bonjour"), b"\x1f\x8b", b"\0" * 2_000], ids=range(5))
def test_what_is_not_a_backup_is_refused(base_sqlite: Engine, tmp_path: Path, body: bytes, now: datetime) -> None:
    (tmp_path / "s.tar.gz").write_bytes(body)
    with pytest.raises(RefusalError):
        backups.restore(tmp_path / "s.tar.gz", now)


def test_missing_file_is_refused(base_sqlite: Engine, tmp_path: Path, now: datetime) -> None:
    with pytest.raises(RefusalError):
        backups.restore(tmp_path / "absent.tar.gz", now)


def test_damaged_archive_never_enters(base_sqlite: Engine, tmp_path: Path, now: datetime) -> None:
    """Chaque octet touché : refus, ou la même base au bit près (octets de bourrage)."""
    make_account()
    backups.save(tmp_path / "s.tar.gz", now)
    whole = (tmp_path / "s.tar.gz").read_bytes()
    good, refused = backups._verified(tmp_path / "s.tar.gz"), 0
    for position in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[position] ^= 0x55
        (tmp_path / "d.tar.gz").write_bytes(damaged)
        try:
            assert backups._verified(tmp_path / "d.tar.gz") == good
        except RefusalError:
            refused += 1
    assert refused > len(whole) // 7 * 0.9


def test_cut_archive_is_refused(base_sqlite: Engine, tmp_path: Path, now: datetime) -> None:
    make_account()
    backups.save(tmp_path / "s.tar.gz", now)
    whole = (tmp_path / "s.tar.gz").read_bytes()
    for length in range(0, len(whole) - 8, 40):
        (tmp_path / "d.tar.gz").write_bytes(whole[:length])
        with pytest.raises(RefusalError):
            backups.restore(tmp_path / "d.tar.gz", now)


def test_wrong_sum_is_refused(base_sqlite: Engine, tmp_path: Path, now: datetime) -> None:
    backups.save(tmp_path / "s.tar.gz", now)
    other = rewritten(tmp_path / "s.tar.gz", {}, sums={"account": "0" * 64})
    with pytest.raises(RefusalError, match="somme de contrôle"):
        backups.restore(other, now)


@pytest.mark.parametrize(
    "manifest", [{"format": 3}, {"format": None}, {"sums": []}, {"sums": None}, {"sums": {"x": "y"}}]
)
def test_unknown_manifest_is_refused(base_sqlite: Engine, tmp_path: Path, now: datetime, manifest: dict) -> None:
    backups.save(tmp_path / "s.tar.gz", now)
    with pytest.raises(RefusalError):
        backups.restore(rewritten(tmp_path / "s.tar.gz", {}, **manifest), now)


def test_failing_restore_leaves_the_base_empty(base: Engine, tmp_path: Path, now: datetime) -> None:
    account = make_account()
    open_session(account)
    backups.save(tmp_path / "s.tar.gz", now)
    with tarfile.open(tmp_path / "s.tar.gz") as archive:
        lines = archive.extractfile("tables/login_session.jsonl").read()
    orphan = lines.replace(f'"account_id": {account.key}'.encode(), b'"account_id": 999')
    other = rewritten(tmp_path / "s.tar.gz", {"tables/login_session.jsonl": orphan})
    with base.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        backups.restore(other, now)
    assert not any(content(base).values())
