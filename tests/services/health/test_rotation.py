"""Changer de clé : tout est rescellé, compté, repris après une interruption, et le médecin dit ce qui manque."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.cli import main
from portail.models.database import reading
from portail.models.health import HealthRecord, Vaccination
from portail.services.health import parents, rotation, vault
from portail.services.health.vault import VaultError
from portail.services.upkeep import doctor
from portail.settings import DEMO_HEALTH_KEYS
from tests.conftest import NOW
from tests.factories.health import Home, fill, make_home
from tests.factories.settings import configured
from tests.test_settings import KEY

BOTH, NEW = f"2027:{KEY},{DEMO_HEALTH_KEYS}", f"2027:{KEY}"
ROWS = 11  # une fiche et dix vaccins


def key_ids() -> list[str]:
    with reading() as db:
        return [key for table in (HealthRecord, Vaccination) for key in db.exec(select(table.key_id))]


def doctor_name(home: Home) -> str:
    return parents.show(actor=home.actor, child_id=home.child_id, now=NOW).record.doctor_name


@pytest.fixture
def home(base: Engine) -> Home:
    one = make_home()
    fill(one)
    return one


def test_everything_moves_to_the_first_key_and_the_old_one_can_go(home: Home) -> None:
    with configured(PORTAIL_HEALTH_KEYS=BOTH):
        assert list(rotation.rotate())[-1] == ROWS
    assert set(key_ids()) == {"2027"}
    with configured(PORTAIL_HEALTH_KEYS=NEW):
        assert doctor_name(home) == "Dr Martin"
        assert parents.show(actor=home.actor, child_id=home.child_id, now=NOW).missing == []
    with pytest.raises(VaultError, match="« 2027 »"):
        doctor_name(home)


def test_a_second_round_has_nothing_to_do(home: Home) -> None:
    assert list(rotation.rotate()) == []
    with configured(PORTAIL_HEALTH_KEYS=BOTH):
        assert list(rotation.rotate())[-1] == ROWS
        assert list(rotation.rotate()) == []


def test_interrupted_it_loses_nothing_and_resumes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)
    with configured(PORTAIL_HEALTH_KEYS=BOTH):
        begun = rotation.rotate()
        assert [next(begun), next(begun)] == [1, 4]
        begun.close()
        assert sorted(set(key_ids())) == ["2027", "demo"]
        assert doctor_name(home) == "Dr Martin"
        assert list(rotation.rotate()) == [3, 6, 7]
    assert set(key_ids()) == {"2027"}


def test_a_batch_that_breaks_is_undone_and_those_before_are_kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 4)
    write, calls = vault.write, []

    def breaks(row, values) -> None:
        calls.append(row)
        if len(calls) == 7:
            raise OSError("disque")
        write(row, values)

    with configured(PORTAIL_HEALTH_KEYS=BOTH):
        with monkeypatch.context() as patch:
            patch.setattr(vault, "write", breaks)
            with pytest.raises(OSError, match="disque"):
                list(rotation.rotate())
        assert key_ids().count("2027") == 5
        assert list(rotation.rotate())[-1] == ROWS - 5
        assert doctor_name(home) == "Dr Martin"


def test_the_command_counts_and_says_the_key(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    with configured(PORTAIL_HEALTH_KEYS=BOTH):
        assert main(["rotate-health-keys"]) == 0
        assert main(["rotate-health-keys"]) == 0
    said = capsys.readouterr().out
    assert f"{ROWS} scellés refaits sous la clé « 2027 »" in said
    assert "0 scellé refait sous la clé « 2027 »" in said
    assert KEY not in said


def test_a_key_taken_away_too_early_is_said_by_the_command_and_the_doctor(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rotation.unknown_keys() == []
    with configured(PORTAIL_HEALTH_KEYS=NEW):
        assert rotation.unknown_keys() == ["demo"]
        assert main(["rotate-health-keys"]) == 1
        assert "« demo »" in capsys.readouterr().err
        blocking = [finding.sentence for finding in doctor.examine() if finding.blocking]
    assert blocking == ["PORTAIL_HEALTH_KEYS : la clé « demo », qui scelle des fiches ou des fichiers, n'y est plus."]
    assert set(key_ids()) == {"demo"}


def test_an_empty_base_has_no_key_to_miss(base: Engine) -> None:
    assert (rotation.unknown_keys(), list(rotation.rotate())) == ([], [])
