"""La commande `portail` : ce qu'elle dit, ce qu'elle rend, et des journaux qui se lisent à la machine."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail import logs
from portail.cli import main
from portail.domain.accounts import Role
from portail.domain.retention import Category
from portail.models import database
from portail.models.accounts import Account, LoginSession
from portail.models.database import reading
from portail.settings import current
from tests.factories.people import PASSWORD, make_account, open_session
from tests.factories.settings import configured
from tests.test_settings import PRODUCTION


@pytest.fixture(autouse=True)
def logger() -> Iterator[logging.Logger]:
    """`main` prend la main sur les journaux : on la lui reprend."""
    root = logging.getLogger("portail")
    before = (root.handlers[:], root.level, root.propagate)
    yield root
    root.handlers[:], root.level, root.propagate = before


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("\n".join(lines) + "\n"))


def test_wrong_setting_stops_every_command_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    with configured(), patch.dict(os.environ, {"PORT": "abc"}):
        current.cache_clear()
        assert main(["sizes"]) == 2
    assert "PORT : un nombre entier est attendu" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["inconnue"], ["backup"], ["create-admin"]])
def test_incomplete_command_explains_itself(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: portail" in capsys.readouterr().err


def test_migrate_then_demo_fill_a_new_base_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database.use(database.open_engine(f"sqlite:///{tmp_path / 'neuve.sqlite'}"))
    try:
        assert [main(["migrate"]), main(["demo"]), main(["demo"])] == [0, 0, 0]
        said = capsys.readouterr().out.splitlines()
        assert said == ["La base est à jour.", "Ville de démonstration chargée.", "La base n'est pas vide."]
        assert main(["sizes"]) == 0
        rows = dict(line.split() for line in capsys.readouterr().out.splitlines())
        assert rows["school"] == "3"
        assert int(rows["family"]) >= 40
    finally:
        database.engine().dispose()
        database.use(None)


def test_demo_never_loads_in_production(base_sqlite: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with configured(**PRODUCTION):
        assert main(["demo"]) == 2
    assert "production" in capsys.readouterr().err
    with reading() as db:
        assert db.exec(select(Account)).first() is None


def test_create_admin_opens_an_administrator(
    base_sqlite: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "Ada", "Fournier", PASSWORD)
    assert main(["create-admin", "ada@mairie.example"]) == 0
    assert "Compte créé." in capsys.readouterr().out
    with reading() as db:
        account = db.exec(select(Account)).one()
    assert (account.role, account.status, account.full_name) == (Role.ADMIN, "active", "Ada Fournier")


@pytest.mark.parametrize(("email", "password"), [("ada@mairie.example", "court"), ("pas-une-adresse", PASSWORD)])
def test_create_admin_refuses_with_a_sentence(
    base_sqlite: Engine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    email: str,
    password: str,
) -> None:
    typed(monkeypatch, "Ada", "Fournier", password)
    assert main(["create-admin", email]) == 1
    assert capsys.readouterr().err.strip().endswith(".")
    with reading() as db:
        assert db.exec(select(Account)).first() is None


def test_backup_then_restore_through_the_commands(
    base_sqlite: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_account()
    file = tmp_path / "mairie.tar.gz"
    assert main(["backup", str(file)]) == 0
    assert main(["restore", str(file)]) == 1
    captured = capsys.readouterr()
    assert "mairie.tar.gz" in captured.out
    assert "base vide" in captured.err
    other = database.open_engine(f"sqlite:///{tmp_path / 'autre.sqlite'}")
    database.use(other)
    assert main(["restore", str(file)]) == 0
    with reading() as db:
        assert db.exec(select(Account)).one().email == "alba@famille.example"
    other.dispose()


def test_backup_into_a_missing_folder_is_a_sentence(
    base_sqlite: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(tmp_path / "absent" / "mairie.tar.gz")]) == 1
    said = capsys.readouterr().err
    assert "Choisissez un dossier qui existe." in said
    assert "Traceback" not in said


def test_restore_of_a_missing_file_is_refused(base_sqlite: Engine, tmp_path: Path) -> None:
    assert main(["restore", str(tmp_path / "absent.tar.gz")]) == 1


def test_doctor_warns_without_blocking_and_blocks_on_a_dead_base(
    base_sqlite: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor"]) == 0
    assert "• PORTAIL_SECRET_KEY" in capsys.readouterr().out
    database.use(database.open_engine(f"sqlite:///{tmp_path / 'vide.sqlite'}"))
    assert main(["doctor"]) == 1
    assert "✗ La base n'est pas au schéma" in capsys.readouterr().out
    database.engine().dispose()


def test_retention_counts_then_erases(base_sqlite: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    open_session(make_account(), now=datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
    assert main(["retention", "--dry-run"]) == 0
    tried = capsys.readouterr().out
    assert "       1  Connexions et appareils : 30 jours après leur fin" in tried
    assert len(tried.splitlines()) == len(Category) + 1
    assert "Rien n'a été effacé" in tried
    with reading() as db:
        assert db.exec(select(LoginSession)).first() is not None
    assert main(["retention"]) == 0
    assert capsys.readouterr().out.replace("Effacé.", "") == tried.replace(
        "Rien n'a été effacé : c'était un essai.", ""
    )
    with reading() as db:
        assert db.exec(select(LoginSession)).first() is None


def test_log_line_is_json_and_a_line_break_cannot_forge_another() -> None:
    record = logging.makeLogRecord(
        {"name": "portail.essai", "msg": 'vu\n{"event": "faux"}', "levelno": 20, "levelname": "INFO"}
    )
    record.mail = 7
    line = logs.JsonLines().format(record)
    assert "\n" not in line
    read = json.loads(line)
    assert (read["level"], read["log"], read["mail"]) == ("info", "portail.essai", 7)
    assert read["event"].startswith("vu\n")


def test_log_line_carries_the_trace_of_an_exception() -> None:
    try:
        int("panne")
    except ValueError:
        record = logging.makeLogRecord({"msg": "échec", "exc_info": sys.exc_info()})
    assert "ValueError: invalid literal" in json.loads(logs.JsonLines().format(record))["trace"]


def test_configured_logs_go_to_the_error_stream_once(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    logs.configure()
    logger.info("une fois", extra={"quoi": {1}})
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["event"] == "une fois"
