"""La file des travaux : un vrai huey sur SQLite, et une panne qui ne défait rien."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from huey import SqliteHuey
from huey.consumer import Consumer
from sqlalchemy import Engine
from sqlmodel import delete, select

from portail.domain.mails import MailStatus
from portail.integrations import job_queue
from portail.integrations.job_queue import JOBS, job, run_job, wake
from portail.jobs import mails, worker
from portail.models.database import reading, transaction
from portail.models.duplicates import PersonKey
from portail.models.mails import OutboxMail
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from tests.factories.families import make_family
from tests.factories.mailers import NotingMailer
from tests.factories.people import make_account
from tests.factories.settings import configured

START = datetime(2020, 1, 1, tzinfo=UTC)
EVERY_MINUTE = {"deliver_mails", "tend_waitlists", "tend_invoice_runs", "follow_payments", "send_reminders"}
EVERY_MORNING = {"remind_on_schedule": 7}
NIGHTLY = {
    "sweep": 17,
    "forget_old_merges": 27,
    "index_people": 37,
    "end_unused_mandates": 43,
    "check_ledger": 47,
    "open_slots_ahead": 57,
}


@pytest.fixture
def huey(tmp_path: Path) -> Iterator[SqliteHuey]:
    """Une file neuve dans un dossier à elle."""
    job_queue.queue.cache_clear()
    with configured(PORTAIL_DATA_DIR=str(tmp_path)):
        yield job_queue.queue()
    job_queue.queue.cache_clear()


def post(count: int = 1) -> None:
    with transaction() as db:
        for _ in range(count):
            outbox.add(db, "alba@famille.example", Message("Bonjour", ("Corps",)), START)


def statuses() -> list[str]:
    with reading() as db:
        return list(db.exec(select(OutboxMail.status)))


def test_woken_job_travels_by_its_name_and_runs(huey: SqliteHuey, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setitem(JOBS, "essai", lambda: done.append("fait"))
    wake("essai")
    assert (done, len(huey)) == ([], 1)
    huey.execute(huey.dequeue())
    assert (done, len(huey)) == (["fait"], 0)


def test_job_waits_on_disk_for_the_worker_to_start(huey: SqliteHuey, tmp_path: Path) -> None:
    wake("deliver_mails")
    assert len(SqliteHuey("portail", filename=str(tmp_path / "travaux.sqlite"))) == 1


def test_dead_queue_is_swallowed_and_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(job_queue, "queue", lambda: 1 / 0)
    with caplog.at_level(logging.WARNING):
        wake("deliver_mails")
    assert "file injoignable" in caplog.text


def test_write_succeeds_although_the_queue_is_dead(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_queue, "queue", lambda: 1 / 0)
    post()
    assert statuses() == [MailStatus.WAITING]


def test_committed_mail_wakes_the_worker_once(base_sqlite: Engine, huey: SqliteHuey) -> None:
    post(3)
    assert len(huey) == 1
    huey.execute(huey.dequeue())
    assert statuses() == [MailStatus.KEPT] * 3


def test_refused_mail_wakes_nobody(base_sqlite: Engine, huey: SqliteHuey) -> None:

    def interrupted() -> None:
        with transaction() as db:
            outbox.add(db, "alba@famille.example", Message("Bonjour", ("Corps",)), START)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert len(huey) == 0


def test_mail_job_sends_everything_due(base_sqlite: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    post(5)
    carrier = NotingMailer()
    monkeypatch.setattr(mails, "mailer", lambda: carrier)
    mails.deliver_mails()
    assert (len(carrier.letters), set(statuses())) == (5, {MailStatus.SENT})


def test_worker_begins_by_what_was_waiting_and_knows_its_rounds(base_sqlite: Engine, huey: SqliteHuey) -> None:
    post()
    assert isinstance(worker.consumer(), Consumer)
    assert statuses() == [MailStatus.KEPT]
    rounds = {task.name: task for task in huey._registry.periodic_tasks}
    assert set(rounds) == {f"round_{name}" for name in EVERY_MINUTE | NIGHTLY.keys() | EVERY_MORNING.keys()}
    for name in EVERY_MINUTE:
        assert rounds[f"round_{name}"].validate_datetime(START)
    for name, minute in EVERY_MORNING.items():
        assert rounds[f"round_{name}"].validate_datetime(START.replace(hour=7, minute=minute))
        assert not rounds[f"round_{name}"].validate_datetime(START.replace(hour=8, minute=minute))
    for name, minute in NIGHTLY.items():
        assert rounds[f"round_{name}"].validate_datetime(START.replace(hour=3, minute=minute))
        assert not rounds[f"round_{name}"].validate_datetime(START.replace(hour=4, minute=minute))


def test_worker_begins_by_the_keys_that_are_missing(base_sqlite: Engine, huey: SqliteHuey) -> None:
    home = make_family("Essai", make_account())
    with transaction() as db:
        db.exec(delete(PersonKey))
    worker.consumer()
    assert len(huey) == 1
    huey.execute(huey.dequeue())
    with reading() as db:
        assert set(db.exec(select(PersonKey.family_id))) == {home}


def test_every_job_is_registered_and_an_unknown_one_is_an_error() -> None:
    assert EVERY_MINUTE | NIGHTLY.keys() | EVERY_MORNING.keys() <= set(JOBS)
    with pytest.raises(KeyError):
        run_job("inconnu")


def test_registering_keeps_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_queue, "JOBS", {})
    assert job("essai")(test_registering_keeps_the_function) is test_registering_keeps_the_function
    assert set(job_queue.JOBS) == {"essai"}
