"""Un agent lit : seulement si son rôle le demande, toujours inscrit, et le parent le voit."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Role
from portail.domain.refusals import NotOpenError
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.services.health import parents, readings
from tests.conftest import NOW
from tests.factories.health import Home, fill, make_agent, make_consents, make_home

IMPOSSIBLE = (0, -1, 2**31, 2**63, 987_654)


def noted() -> list[AuditEntry]:
    with reading() as db:
        return list(db.exec(select(AuditEntry).where(AuditEntry.action == "health.read")))


def shown_to_parent(home: Home):
    return parents.show(actor=home.actor, child_id=home.child_id, now=NOW).readings


def test_the_agent_reads_everything_and_the_parent_sees_it(base: Engine) -> None:
    make_consents()
    home = make_home()
    fill(home)
    view = readings.read(actor=make_agent(), child_id=home.child_id, now=NOW)
    assert (view.full_name, view.birth, view.missing) == ("Zoé Essai", "4 mai 2016", [])
    assert (view.record.doctor_name, view.record.diet_label) == ("Dr Martin", "Mange de tout")
    assert [one.phone for one in view.contacts] == ["06 12 34 56 78"]
    assert [(one.full_name, one.phones) for one in view.guardians] == [("Alba Essai", "06 00 00 00 01")]
    assert {one.answer for one in view.consents} == {"yes"}
    (line,) = shown_to_parent(home)
    assert (line.who, line.role, line.at) == (
        "Direction Essai",
        "Direction",
        "vendredi 20 novembre 2026, 10\u00a0h\u00a000",
    )


def test_an_empty_file_is_read_and_says_what_is_missing(base: Engine) -> None:
    home = make_home()
    view = readings.read(actor=make_agent(Role.RECEPTION), child_id=home.child_id, now=NOW)
    assert len(view.missing) > 5
    assert (view.updated, view.confirmed) == ("", "")


@pytest.mark.parametrize("role", list(Role))
def test_only_the_roles_that_need_it_read(base: Engine, role: Role) -> None:
    home = make_home()
    actor = make_agent(role)
    if role in {Role.RECEPTION, Role.DIRECTION}:
        assert readings.read(actor=actor, child_id=home.child_id, now=NOW).ready
        assert len(noted()) == 1
    else:
        with pytest.raises(NotOpenError):
            readings.read(actor=actor, child_id=home.child_id, now=NOW)
        assert noted() == []


def test_a_missing_child_is_not_read_and_leaves_no_trace(base: Engine) -> None:
    actor = make_agent()
    for key in IMPOSSIBLE:
        with pytest.raises(NotOpenError):
            readings.read(actor=actor, child_id=key, now=NOW)
    assert noted() == []


@pytest.mark.parametrize(("minutes", "lines"), [(0, 1), (9, 1), (10, 2), (600, 2)])
def test_a_page_opened_again_soon_is_the_same_reading(base: Engine, minutes: int, lines: int) -> None:
    home, actor = make_home(), make_agent()
    readings.read(actor=actor, child_id=home.child_id, now=NOW)
    readings.read(actor=actor, child_id=home.child_id, now=NOW + timedelta(minutes=minutes))
    assert len(noted()) == lines


def test_ten_minutes_count_from_the_reading_that_was_noted(base: Engine) -> None:
    """Sans quoi une page relue toutes les neuf minutes ne laisserait qu'une trace pour la journée."""
    home, actor = make_home(), make_agent()
    for minutes in (0, 9, 18, 27):
        readings.read(actor=actor, child_id=home.child_id, now=NOW + timedelta(minutes=minutes))
    assert len(noted()) == 2


def test_another_agent_or_another_child_is_another_reading(base: Engine) -> None:
    one, other = make_home(), make_home("ali@famille.example")
    director, clerk = make_agent(), make_agent(Role.RECEPTION)
    for actor, home in ((director, one), (clerk, one), (director, other)):
        readings.read(actor=actor, child_id=home.child_id, now=NOW)
    assert len(noted()) == 3
    assert sorted(line.role for line in shown_to_parent(one)) == ["Accueil", "Direction"]
    assert len(shown_to_parent(other)) == 1


def test_the_last_readings_come_first_and_a_closed_account_leaves_its_trace(base: Engine) -> None:
    home, actor = make_home(), make_agent()
    for hours in range(25):
        readings.read(actor=actor, child_id=home.child_id, now=NOW + timedelta(hours=hours))
    lines = shown_to_parent(home)
    assert len(lines) == 20
    assert lines[0].at == "samedi 21 novembre 2026, 10\u00a0h\u00a000"
    with transaction() as db:
        db.delete(db.get_one(Account, actor.account_id))
    assert {line.who for line in shown_to_parent(home)} == {"Compte supprimé"}


def test_the_journal_never_holds_what_was_read(base: Engine) -> None:
    home = make_home()
    fill(home)
    readings.read(actor=make_agent(), child_id=home.child_id, now=NOW)
    assert [(entry.subject_id, entry.detail) for entry in noted()] == [(home.child_id, "")]
