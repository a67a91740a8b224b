"""La base : des transactions entières, des instants avec leur fuseau, des écritures qui attendent leur tour."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError, InternalError, StatementError
from sqlmodel import select

from portail.models import database
from portail.models.accounts import Account, FailedAttempts, LoginSession
from portail.models.base import LARGEST_KEY, is_key
from portail.models.database import after_commit, reading, snapshot, transaction
from portail.models.families import School
from tests.factories.crowds import together
from tests.factories.people import make_account, open_session


def names() -> list[str]:
    with reading() as db:
        return list(db.exec(select(School.name).order_by(School.name)))


def test_followers_run_once_after_the_commit(base: Engine) -> None:
    seen: list[list[str]] = []

    def follow() -> None:
        seen.append(names())

    with transaction() as db:
        db.add(School(name="Jean-Macé"))
        after_commit(db, follow)
        after_commit(db, follow)
        assert seen == []
    assert seen == [["Jean-Macé"]]


def test_followers_never_run_after_a_rollback(base: Engine) -> None:
    seen: list[str] = []

    def interrupted() -> None:
        with transaction() as db:
            after_commit(db, lambda: seen.append("trop tôt"))
            db.add(School(name="Jean-Macé"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert (seen, names()) == ([], [])


def test_followers_never_run_when_the_commit_itself_is_refused(base: Engine) -> None:
    seen: list[str] = []

    def interrupted() -> None:
        with transaction() as db:
            after_commit(db, lambda: seen.append("trop tôt"))
            db.add_all([School(name="Jean-Macé"), School(name="Jean-Macé")])

    with pytest.raises(IntegrityError):
        interrupted()
    assert (seen, names()) == ([], [])


def test_reading_writes_nothing(base: Engine) -> None:
    refused = pytest.raises(InternalError, match="read-only") if base.dialect.name == "postgresql" else nullcontext()
    with refused, reading() as db:
        db.add(School(name="Jean-Macé"))
        db.flush()
    assert names() == []


def test_postgresql_keeps_the_statements_it_has_prepared(empty_postgres: Engine) -> None:
    engine = database.open_engine(empty_postgres.url.render_as_string(hide_password=False))
    database.use(engine)  # une seule connexion : celle que ces lectures reprennent chacune à son tour
    for _ in range(8):
        assert names() == []
    with reading() as db:
        kept = db.connection().execute(
            text("select count(*) from pg_prepared_statements where statement like '%school%'")
        )
        assert kept.scalar_one() == 1
    database.use(None)
    engine.dispose()


def test_forty_read_then_write_at_once_give_the_exact_sum(base: Engine, now: datetime) -> None:
    with transaction() as db:
        db.add(FailedAttempts(scope="account", key_hash="x", failures=0, last_at=now))

    def add_one() -> None:
        with transaction() as db:
            row = db.exec(select(FailedAttempts).with_for_update()).one()
            row.failures += 1

    assert together(*[add_one] * 40) == [None] * 40
    with reading() as db:
        assert db.exec(select(FailedAttempts.failures)).one() == 40


def test_in_a_lasting_crowd_every_writer_has_its_turn(base_sqlite: Engine) -> None:
    """SQLite seul sonde, et laisse parfois le même attendre sans fin : ici il renonce au bout de 20 millisecondes."""
    impatient = database.open_engine(base_sqlite.url.render_as_string())
    event.listen(impatient, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=20"))
    database.use(impatient)

    def write(name: str) -> None:
        for rank in range(25):
            with transaction() as db:
                db.add(School(name=f"{name}-{rank}"))

    assert together(*[partial(write, name) for name in "abcdefgh"]) == [None] * 8
    assert len(names()) == 200
    impatient.dispose()


def test_a_reader_never_waits_for_a_writer(base: Engine) -> None:
    make_account()
    with transaction() as db:
        db.add(School(name="Jean-Macé"))
        db.flush()
        assert names() == []
    assert names() == ["Jean-Macé"]


def test_snapshot_does_not_see_what_comes_after(base: Engine) -> None:
    with transaction() as db:
        db.add(School(name="Avant"))
    with snapshot() as db:
        assert list(db.exec(select(School.name))) == ["Avant"]
        with transaction() as other:
            other.add(School(name="Après"))
        assert list(db.exec(select(School.name))) == ["Avant"]
    assert names() == ["Après", "Avant"]


def test_orphan_row_is_refused(base: Engine, now: datetime) -> None:
    orphan = LoginSession(token_hash="x", account_id=999, created_at=now, last_seen_at=now)
    with pytest.raises(IntegrityError), transaction() as db:
        db.add(orphan)


def test_deleting_an_account_takes_its_sessions_along(base: Engine) -> None:
    account = make_account()
    open_session(account)
    with transaction() as db:
        db.delete(db.get_one(Account, account.key))
    with reading() as db:
        assert db.exec(select(LoginSession)).all() == []


@pytest.mark.parametrize(
    "wrong", [{"role": "maire"}, {"status": "perdu"}, {"status": "active", "password_hash": None}, {"email": None}]
)
def test_base_itself_refuses_an_impossible_account(base: Engine, wrong: dict[str, str | None]) -> None:
    account = make_account()

    def interrupted() -> None:
        with transaction() as db:
            row = db.get_one(Account, account.key)
            for name, value in wrong.items():
                setattr(row, name, value)

    with pytest.raises(IntegrityError):
        interrupted()


def test_instant_without_zone_is_refused(base: Engine) -> None:
    account = make_account()
    naive = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001 — c'est justement ce qu'on refuse
    with pytest.raises(StatementError, match="sans fuseau"), transaction() as db:
        db.get_one(Account, account.key).created_at = naive


def test_instant_comes_back_in_utc_whatever_its_zone(base: Engine) -> None:
    east = datetime(2026, 11, 20, 12, 0, 0, 123_456, tzinfo=timezone(timedelta(hours=3)))
    account = make_account(now=east)
    with reading() as db:
        kept = db.get_one(Account, account.key).created_at
    assert (kept, kept.tzinfo) == (east, UTC)
    assert kept.hour == 9


def test_instants_compare_in_the_base(base: Engine) -> None:
    moment = datetime(2026, 11, 20, 9, 0, 0, 1, tzinfo=UTC)
    make_account(now=moment)
    with reading() as db:
        assert db.exec(select(Account).where(Account.created_at >= moment)).first() is not None
        assert db.exec(select(Account).where(Account.created_at > moment)).first() is None


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 15_000), ("trusted_schema", 0)],
)
def test_sqlite_is_set_for_durability(base_sqlite: Engine, pragma: str, value: object) -> None:
    with base_sqlite.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_sqlite_library_has_no_known_corruption() -> None:
    assert database.sqlite_warning() == ""


def test_old_sqlite_library_is_signalled(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        sqlite_version, sqlite_version_info = "3.40.1", (3, 40, 1)

    monkeypatch.setattr(database, "sqlite_module", lambda: Old)
    assert "3.40.1" in database.sqlite_warning()
    assert "PostgreSQL" in database.sqlite_warning()


def test_missing_folder_of_the_base_is_made(tmp_path: Path) -> None:
    engine = database.open_engine(f"sqlite:///{tmp_path / 'a' / 'b' / 'portail.sqlite'}")
    with engine.connect() as connection:
        assert connection.execute(text("select 1")).scalar_one() == 1
    engine.dispose()


def test_row_not_yet_written_has_no_key() -> None:
    with pytest.raises(RuntimeError, match="pas encore"):
        _ = School(name="x").key


@pytest.mark.parametrize(
    ("value", "possible"), [(1, True), (LARGEST_KEY, True), (0, False), (-1, False), (2**31, False)]
)
def test_possible_keys_are_those_postgresql_can_hold(value: int, possible: bool) -> None:
    assert is_key(value) is possible
