"""Débrancher la prise : un processus tué net au milieu d'une écriture n'en laisse rien, et ne bloque personne."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.models.database import reading, transaction
from portail.models.families import School
from portail.services.upkeep import doctor
from portail.settings import ROOT

BEGIN = """
import sys
from portail.models import accounts, database, families
from portail.models.database import transaction
database.use(database.open_engine(sys.argv[1]))
def say(word):
    print(word, flush=True)
    sys.stdin.readline()
"""
WRITING = """
with transaction() as db:
    db.add(families.School(name="à moitié"))
    db.flush()
    say("écrit")
say("acquis")
"""
LOADING = """
from datetime import UTC, datetime
from portail.demo import town
real = town._news
town._news = lambda db, now: (real(db, now), db.flush(), say("écrit"))
town.load_if_empty(datetime(2026, 11, 20, tzinfo=UTC))
say("acquis")
"""


@contextmanager
def running(base: Engine, script: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", BEGIN + script, base.url.render_as_string(hide_password=False)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    )
    with process:
        yield process
        process.kill()


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait(20) == -signal.SIGKILL


def names() -> list[str]:
    with reading() as db:
        return list(db.exec(select(School.name)))


@pytest.mark.parametrize("script", [WRITING, LOADING], ids=["une ligne", "la ville"])
def test_killed_before_the_commit_leaves_nothing(base: Engine, script: str) -> None:
    with running(base, script) as process:
        assert process.stdout.readline().strip() == "écrit"
        kill(process)
    assert not any(doctor.sizes().values())


def test_next_writer_is_not_held_up(base: Engine) -> None:
    with running(base, WRITING) as process:
        assert process.stdout.readline().strip() == "écrit"
        kill(process)
    with transaction() as db:
        db.add(School(name="à moitié"))
    assert names() == ["à moitié"]


def test_killed_after_the_commit_loses_nothing(base: Engine) -> None:
    with running(base, WRITING) as process:
        assert process.stdout.readline().strip() == "écrit"
        assert names() == []
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == "acquis"
        kill(process)
    assert names() == ["à moitié"]
