"""La migration des autorisations : une commune ouverte sans aucune les reçoit, une neuve non."""

import pytest
from sqlalchemy import Engine, text

from portail.domain.consents import DEFAULT_CONSENTS
from portail.models import migrations

BEFORE = "0c77d54d9d02"
ACCOUNT = (
    "INSERT INTO account (username, email, first_name, last_name, role, status, must_change_password, terms_version, "
    "totp_last_step, created_at) VALUES ('ada', 'ada@mairie.example', 'Ada', 'F', 'admin', 'invited', false, 0, 0, "
    "'2026-01-01 00:00:00+00:00')"
)
OWN = (
    "INSERT INTO consent (code, label, text, version, active, compulsory, position) "
    "VALUES ('own', 'Vélo', 'J’autorise le vélo.', 3, true, true, 0)"
)


def upgraded(engine: Engine, *orders: str) -> list[tuple[str, str, str, int, int]]:
    migrations.upgrade(engine, BEFORE)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for order in orders:
            connection.execute(text(order))
    migrations.upgrade(engine)
    query = "SELECT code, label, text, version, revision FROM consent ORDER BY position"
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_an_open_town_without_any_receives_the_usual_ones(first_schema: Engine) -> None:
    expected = [(one.code, one.label, one.text, 1, 1) for one in DEFAULT_CONSENTS]
    assert upgraded(first_schema, ACCOUNT) == expected


@pytest.mark.parametrize("orders", [(), (ACCOUNT, OWN)])
def test_a_new_town_waits_and_a_town_with_its_own_keeps_them(first_schema: Engine, orders: tuple[str, ...]) -> None:
    kept = [("own", "Vélo", "J’autorise le vélo.", 3, 1)] if orders else []
    assert upgraded(first_schema, *orders) == kept


def test_classes_already_there_belong_to_a_school_year(first_schema: Engine) -> None:
    school = "INSERT INTO school (name) VALUES ('École du Port')"
    group = "INSERT INTO school_class (school_id, name, levels) VALUES (1, 'CP A', 'CP')"
    upgraded(first_schema, school, group)
    with first_schema.connect() as connection:
        (year,) = connection.execute(text("SELECT year FROM school_class")).one()
    first, _, second = year.partition("-")
    assert int(second) == int(first) + 1
