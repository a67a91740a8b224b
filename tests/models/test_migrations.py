"""Les migrations : elles font exactement les tables déclarées, sur les deux bases."""

import re
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from portail.models import database, migrations
from portail.services.upkeep import probes


def test_migrations_make_exactly_the_declared_tables(base: Engine) -> None:
    assert migrations.differences(base) == []
    assert set(inspect(base).get_table_names()) == {*SQLModel.metadata.tables, "alembic_version"}


def test_migrated_base_is_current_and_stays_so(base: Engine) -> None:
    assert migrations.is_current(base)
    migrations.upgrade(base)
    assert migrations.is_current(base)
    assert probes.is_ready()


def test_a_gap_is_seen(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("DROP TABLE recovery_code"))
    assert migrations.differences(sqlite_engine) != []


def test_new_base_is_neither_current_nor_ready(tmp_path: Path) -> None:
    engine = database.open_engine(f"sqlite:///{tmp_path / 'vide.sqlite'}")
    database.use(engine)
    assert not migrations.is_current(engine)
    assert not probes.is_ready()
    migrations.upgrade(engine)
    assert probes.is_ready()
    engine.dispose()
    database.use(None)


def test_unreachable_base_is_not_ready() -> None:
    engine = database.open_engine("postgresql+psycopg://127.0.0.1:1/rien")
    database.use(engine)
    assert not probes.is_ready()
    engine.dispose()
    database.use(None)


def test_every_constraint_and_index_has_a_stable_name() -> None:
    for table in SQLModel.metadata.sorted_tables:
        assert all(constraint.name for constraint in table.constraints)
        assert all(index.name for index in table.indexes)


def test_database_checks_are_the_declared_ones(base: Engine) -> None:
    found = inspect(base)
    for table in SQLModel.metadata.sorted_tables:
        checks = [check for check in table.constraints if isinstance(check, CheckConstraint)]
        declared = {str(check.name): _words(str(check.sqltext)) for check in checks}
        stored = {str(check["name"]): _words(check["sqltext"]) for check in found.get_check_constraints(table.name)}
        assert stored == declared, table.name


def _words(condition: str) -> set[str]:
    """Les valeurs que la condition admet : la base ajoute les parenthèses et les types qu'elle veut."""
    return set(re.findall(r"'(\w+)'", condition))


def test_rows_of_the_first_schema_survive_every_later_migration(first_schema: Engine) -> None:
    """Refaire une table ne doit emporter aucune ligne liée."""
    engine = first_schema
    with engine.execution_options(writes=True).begin() as db:
        db.execute(
            text(
                "insert into account (id, username, email, first_name, last_name, role, status, must_change_password,"
                " terms_version, totp_last_step, created_at) values (1, 'a', 'a@famille.example', 'A', 'B', 'parent',"
                " 'invited', false, 0, 0, '2026-01-01 00:00:00+00:00')"
            )
        )
        db.execute(
            text(
                "insert into family (id, number, name, address, postcode, city, created_at)"
                " values (1, 'F-1', 'B', '', '', '', '2026-01-01 00:00:00+00:00')"
            )
        )
        db.execute(
            text(
                "insert into guardian (family_id, account_id, first_name, last_name, role, phone)"
                " values (1, 1, 'A', 'B', 'mother', '')"
            )
        )
        db.execute(
            text(
                "insert into one_use_link (token_hash, kind, account_id, browser_hash, remember, created_at,"
                " expires_at) values ('h', 'reset', 1, '', false, '2026-01-01 00:00:00+00:00',"
                " '2026-01-02 00:00:00+00:00')"
            )
        )
    migrations.upgrade(engine)
    assert migrations.differences(engine) == []
    with engine.connect() as db:
        for table in ("account", "family", "guardian", "one_use_link"):
            assert db.execute(text(f"select count(*) from {table}")).scalar() == 1, table  # noqa: S608
        assert db.execute(text("select status, merged_into_id from family")).one() == ("active", None)
        assert db.execute(text("select can_book from guardian")).scalar()


def test_open_months_of_a_regie_are_brought_back_to_the_first(first_schema: Engine) -> None:
    """Les autres comptaient sur ses brouillons : annulés, ou arrêtés à ce qui est émis ; leurs brouillons s'effacent."""
    migrations.upgrade(first_schema, "95df41b1e22d")
    with first_schema.execution_options(writes=True).begin() as db:
        for regie in (1, 2):
            db.execute(text(_REGIE), {"key": regie, "code": f"R{regie}"})
        for key, (regie, state) in enumerate(
            ((1, "issued"), (1, "ready"), (1, "preparing"), (1, "issuing"), (2, "ready"), (1, "cancelled")), start=1
        ):
            db.execute(text(_RUN), {"key": key, "regie": regie, "state": state, "month": f"2026-0{key}-01"})
            db.execute(text(_DRAFT), {"key": key, "regie": regie})
            db.execute(text(_LINE), {"key": key})
        db.execute(text("update invoice set state = 'issued', number = 1, year = 2026 where id = 4"))
    migrations.upgrade(first_schema)
    assert migrations.differences(first_schema) == []
    with first_schema.connect() as db:
        states = [str(state) for state in db.execute(text("select state from invoice_run order by id")).scalars()]
        kept = [list(db.execute(text(f"select id from {table} order by id")).scalars()) for table in _BILLED]  # noqa: S608
    assert states == ["issued", "ready", "cancelled", "issued", "ready", "cancelled"]
    assert kept == [[1, 2, 4, 5, 6]] * 2, "seul le brouillon du mois annulé s'efface"
    with pytest.raises(DBAPIError, match="ne change plus"), first_schema.execution_options(writes=True).begin() as db:
        db.execute(text("update invoice set total_cents = 1 where id = 4"))


_BILLED = ("invoice", "invoice_line")
_REGIE = (
    "insert into regie (id, name, code, holds_wallets, providers, minimum_cents, due_days, payfip_client, creditor_id,"
    " iban, bic, siret, treasury_code, budget_code) values (:key, :code, :code, false, '[]', 0, 30, '', '', '', '', '',"
    " '', '')"
)
_RUN = (
    "insert into invoice_run (id, regie_id, month, state, due_on, total, done, last_family_id, created_at, changed_at)"
    " values (:key, :regie, :month, :state, '2026-12-01', 0, 0, 0, '2026-11-01 00:00:00+00:00',"
    " '2026-11-01 00:00:00+00:00')"
)
_DRAFT = (
    "insert into invoice (id, regie_id, run_id, kind, state, month, total_cents, paid_cents, due_on, content)"
    " values (:key, :regie, :key, 'invoice', 'draft', '2026-10-01', 500, 0, '2026-12-01', '{}')"
)
_LINE = (
    "insert into invoice_line (id, invoice_id, child_name, activity, label, quantity, meal_cents, care_cents,"
    " surcharge_cents, amount_cents, formula) values (:key, :key, '', 'Cantine', 'Repas', 1, 0, 500, 0, 500, '')"
)


def test_reminders_already_sent_survive_the_rounds(first_schema: Engine) -> None:
    engine = first_schema
    migrations.upgrade(engine, "95df41b1e22d")
    with engine.execution_options(writes=True).begin() as db:
        db.execute(
            text(
                "insert into regie (id, name, code, holds_wallets, providers, minimum_cents, due_days, payfip_client,"
                " creditor_id, iban, bic, siret, treasury_code, budget_code)"
                " values (1, 'Régie', 'ENF', true, '[]', 0, 30, '', '', '', '', '', '', '')"
            )
        )
        db.execute(
            text(
                "insert into invoice (id, regie_id, kind, state, month, total_cents, paid_cents, due_on, content)"
                " values (1, 1, 'invoice', 'draft', '2026-10-01', 100, 0, '2026-10-01', '{}')"
            )
        )
        db.execute(
            text("insert into invoice_reminder (invoice_id, level, at) values (1, 2, '2026-10-01 00:00:00+00:00')")
        )
    migrations.upgrade(engine)
    with engine.connect() as db:
        kept = db.execute(text("select invoice_id, level, round_id from invoice_reminder")).all()
    assert kept == [(1, 2, None)]


def test_links_are_watched_again_after_a_migration(sqlite_engine: Engine) -> None:
    migrations.upgrade(sqlite_engine)
    with sqlite_engine.connect() as db:
        assert db.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
