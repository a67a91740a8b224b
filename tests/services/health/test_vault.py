"""Le coffre : rien en clair dans la base, rien qui s'ouvre hors de sa place."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.health import Part
from portail.models.database import reading, transaction
from portail.models.health import HealthRecord, Vaccination
from portail.services.health import records, vault
from portail.services.health.vault import VaultError
from tests.conftest import NOW
from tests.factories.health import CARE, DTP, Home, make_home, record_of, seen
from tests.factories.settings import configured
from tests.test_settings import KEY
from tests.tools import sqlite

SECRETS = {"drug_allergies": "Amoxicilline", "food_allergies": "Pistache d’Alep", "advice": "Epistaxis fréquents"}
OTHER = f"autre:{KEY}"


def save_care(home: Home, **changes: str) -> None:
    form = CARE | {"allergies": "yes"} | SECRETS | changes
    records.save_part(actor=home.actor, edit=seen(home.child_id), part=Part.CARE, form=form, now=NOW)


def opened(child_id: int) -> dict[str, str]:
    return vault.read(record_of(child_id))


def test_what_was_sealed_is_read_back(base: Engine) -> None:
    home = make_home()
    save_care(home)
    values = opened(home.child_id)
    assert {name: values[name] for name in SECRETS} == SECRETS
    assert (values["asthma"], values["blood_group"]) == ("no", "")
    assert "doctor_name" not in values


def test_the_database_file_holds_no_clear_text(base_sqlite: Engine, tmp_path: Path) -> None:
    home = make_home()
    save_care(home)
    records.save_vaccines(actor=home.actor, edit=seen(home.child_id), form=DTP, now=NOW)
    sqlite.keep(base_sqlite, tmp_path / "copie.sqlite")
    content = (tmp_path / "copie.sqlite").read_bytes()
    assert b"Grand" not in content
    assert b"health_record" in content
    for clear in (*SECRETS.values(), "Amoxi", "2016-07-04", "2017-04-04"):
        assert clear.encode() not in content


def test_a_yes_weighs_as_much_as_a_no_and_an_empty_answer(base: Engine) -> None:
    home = make_home()
    save_care(home, asthma="yes", pai="no")
    row = record_of(home.child_id)
    sizes = {len(getattr(row, column)) for column in ("asthma", "pai", "blood_group", "illnesses", "drug_allergies")}
    assert len(sizes) == 1


def test_sealing_twice_gives_other_bytes(base: Engine) -> None:
    home = make_home()
    save_care(home)
    before = record_of(home.child_id).asthma
    save_care(home)
    assert record_of(home.child_id).asthma != before


def test_a_value_moved_to_another_column_does_not_open(base: Engine) -> None:
    home = make_home()
    save_care(home)
    row = record_of(home.child_id)
    with transaction() as db:
        db.exec(update(HealthRecord).values(asthma=row.pai, pai=row.asthma))
    with pytest.raises(VaultError, match="n'est pas d'ici"):
        opened(home.child_id)


def test_a_value_moved_to_another_child_does_not_open(base: Engine) -> None:
    one, other = make_home(), make_home("zoe@famille.example")
    save_care(one)
    save_care(other)
    sealed = record_of(one.child_id).food_allergies
    with transaction() as db:
        db.exec(update(HealthRecord).where(col(HealthRecord.child_id) == other.child_id).values(food_allergies=sealed))
    with pytest.raises(VaultError, match="n'est pas d'ici"):
        opened(other.child_id)
    assert opened(one.child_id)["food_allergies"] == SECRETS["food_allergies"]


def test_a_whole_record_given_to_another_child_does_not_open(base: Engine) -> None:
    one, other = make_home(), make_home("zoe@famille.example")
    save_care(one)
    with transaction() as db:
        db.exec(update(HealthRecord).values(child_id=other.child_id))
    with pytest.raises(VaultError):
        opened(other.child_id)


def test_dates_moved_to_another_vaccine_do_not_open(base: Engine) -> None:
    home = make_home()
    records.save_vaccines(actor=home.actor, edit=seen(home.child_id), form=DTP, now=NOW)
    with transaction() as db:
        found = {row.vaccine: row for row in db.exec(select(Vaccination))}
        found["mmr"].dates = found["dtp"].dates
    with reading() as db, pytest.raises(VaultError):
        vault.read(db.get_one(Vaccination, found["mmr"].key))


@pytest.mark.parametrize("spoil", [lambda sealed: sealed[:-1], lambda sealed: b"", lambda sealed: b"x" * len(sealed)])
def test_spoiled_bytes_do_not_open_and_say_nothing(base: Engine, spoil) -> None:
    home = make_home()
    save_care(home)
    with transaction() as db:
        db.exec(update(HealthRecord).values(advice=spoil(record_of(home.child_id).advice)))
    with pytest.raises(VaultError) as error:
        opened(home.child_id)
    assert not any(secret in str(error.value) for secret in SECRETS.values())


def test_an_unknown_key_is_named_and_nothing_else(base: Engine) -> None:
    home = make_home()
    save_care(home)
    with configured(PORTAIL_HEALTH_KEYS=OTHER), pytest.raises(VaultError, match="« demo »") as error:
        opened(home.child_id)
    assert KEY not in str(error.value)


def test_a_second_key_opens_what_it_sealed_and_the_first_one_seals(base: Engine) -> None:
    home = make_home()
    save_care(home)
    from portail.settings import DEMO_HEALTH_KEYS

    with configured(PORTAIL_HEALTH_KEYS=f"{OTHER},{DEMO_HEALTH_KEYS}"):
        assert opened(home.child_id)["advice"] == SECRETS["advice"]
        save_care(home, advice="Lunettes")
        assert record_of(home.child_id).key_id == "autre"
    with configured(PORTAIL_HEALTH_KEYS=OTHER):
        assert opened(home.child_id)["advice"] == "Lunettes"
        assert opened(home.child_id)["drug_allergies"] == SECRETS["drug_allergies"]


def test_a_column_that_is_not_sealed_is_refused() -> None:
    with pytest.raises(VaultError, match="child_id"):
        vault.write(HealthRecord(id=1, child_id=1), {"child_id": "2"})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=300))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    row = HealthRecord(id=7, child_id=3)
    vault.write(row, {"advice": text})
    assert vault.read(row) == {"advice": text}
    assert (len(row.advice) - 12 - 16) % 64 == 0
