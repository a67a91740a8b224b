"""Les écoles et les classes : ajoutées, renommées, fermées, jamais retirées sous un enfant."""

from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.schools import DoubledNameError, SchoolInUseError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Child, School, SchoolClass
from portail.services.families import children, files, household
from portail.services.families import desk as family_desk
from portail.services.schools import desk, lists, shown
from portail.views.schools import SchoolLine
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

YEAR = "2026-2027"


@pytest.fixture
def chief(base: Engine) -> Actor:
    return open_session(make_account("claire@mairie.example", role=Role.DIRECTION))[1]


def add_school(actor: Actor, name: str) -> int:
    desk.save_school(actor=actor, school_id=0, form={"name": name}, now=NOW)
    with reading() as db:
        return db.exec(select(School).where(School.name == " ".join(name.split()))).one().key


def add_class(actor: Actor, school_id: int, name: str, *levels: str, year: str = YEAR) -> int:
    form = {"name": name, "year": year} | dict.fromkeys(levels, "on")
    desk.save_class(actor=actor, school_id=school_id, class_id=0, form=form, now=NOW)
    query = select(SchoolClass).where(SchoolClass.school_id == school_id, SchoolClass.name == name)
    with reading() as db:
        return db.exec(query.where(SchoolClass.year == year)).one().key


def rows(actor: Actor, year: str = "") -> list[SchoolLine]:
    return shown.show(actor=actor, year=year, now=NOW).rows


def parent_with_child(school_id: int) -> tuple[Actor, int, int]:
    alba = make_account()
    family = make_family("Essai", alba)
    return open_session(alba)[1], family, make_child("Lou", family, school_id=school_id)


def kid(**changes: str) -> dict[str, str]:
    known = {"first_name": "Lou", "last_name": "Essai", "birth_date": "2016-05-04", "level": "CM2"}
    return known | changes


def test_a_school_is_added_and_renamed_with_a_trace(chief: Actor) -> None:
    key = add_school(chief, "  École   du Lac ")
    desk.save_school(actor=chief, school_id=key, form={"name": "École du Port"}, now=NOW)
    (school,) = rows(chief)
    assert (school.name, school.closed, school.children, school.removable) == ("École du Port", False, "0 enfant", True)
    with reading() as db:
        traces = [(one.action, one.detail) for one in db.exec(select(AuditEntry).order_by(col(AuditEntry.id)))]
    assert traces == [("school.added", "École du Lac"), ("school.renamed", "École du Lac → École du Port")]


@pytest.mark.parametrize("name", ["École Jean-Macé", "ecole jean mace", "ÉCOLE  JEAN MACÉ"])
def test_a_doubled_name_is_refused_for_a_new_one_and_for_a_rename(chief: Actor, name: str) -> None:
    add_school(chief, "École Jean-Macé")
    other = add_school(chief, "École du Port")
    for key in (0, other):
        with pytest.raises(FormRefusedError, match="existe déjà"):
            desk.save_school(actor=chief, school_id=key, form={"name": name}, now=NOW)
    assert [row.name for row in rows(chief)] == ["École Jean-Macé", "École du Port"]


def test_a_school_keeps_its_own_name_with_another_case(chief: Actor) -> None:
    key = add_school(chief, "École du port")
    desk.save_school(actor=chief, school_id=key, form={"name": "École du Port"}, now=NOW)
    assert rows(chief)[0].name == "École du Port"


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "École\u202e", "a\x00b"])
def test_a_name_that_is_not_one_is_refused(chief: Actor, name: str) -> None:
    with pytest.raises(FormRefusedError):
        desk.save_school(actor=chief, school_id=0, form={"name": name}, now=NOW)
    school = add_school(chief, "École du Port")
    with pytest.raises(FormRefusedError):
        desk.save_class(actor=chief, school_id=school, class_id=0, form={"name": name, "year": YEAR}, now=NOW)
    assert [(row.name, row.classes) for row in rows(chief)] == [("École du Port", [])]


def test_two_agents_adding_the_same_school_make_one(chief: Actor) -> None:
    def add() -> None:
        desk.save_school(actor=chief, school_id=0, form={"name": "École du Port"}, now=NOW)

    outcomes = together(add, add)
    assert len(rows(chief)) == 1
    (refused,) = [outcome for outcome in outcomes if outcome is not None]
    assert isinstance(refused, FormRefusedError | DoubledNameError)


def test_a_school_with_children_is_not_removed_and_says_how_many(chief: Actor) -> None:
    key = add_school(chief, "École du Port")
    family = make_family("Essai")
    make_child("Lou", family, school_id=key)
    make_child("Zoé", family, school_id=key)
    assert (rows(chief)[0].children, rows(chief)[0].removable, rows(chief)[0].levels) == ("2 enfants", False, "CM2")
    with pytest.raises(SchoolInUseError, match="2 enfants y sont"):
        desk.remove_school(actor=chief, school_id=key, now=NOW)
    assert len(rows(chief)) == 1


def test_a_school_asked_for_by_a_waiting_request_is_not_removed(chief: Actor) -> None:
    here, asked = add_school(chief, "École du Port"), add_school(chief, "École du Lac")
    alba, _, child = parent_with_child(here)
    children.ask_change(actor=alba, child_id=child, form=kid(school_id=str(asked)), now=NOW)
    with pytest.raises(SchoolInUseError, match="1 démarche en attente"):
        desk.remove_school(actor=chief, school_id=asked, now=NOW)


def test_an_empty_school_goes_away_with_its_classes(chief: Actor) -> None:
    key = add_school(chief, "École du Port")
    add_class(chief, key, "CP A", "CP")
    desk.remove_school(actor=chief, school_id=key, now=NOW)
    assert rows(chief) == []
    with reading() as db:
        assert db.exec(select(SchoolClass)).first() is None


def test_a_child_who_arrives_while_the_school_is_removed_keeps_it(base: Engine, chief: Actor) -> None:
    key = add_school(chief, "École du Port")
    family = make_family("Essai")
    outcomes = together(
        lambda: desk.remove_school(actor=chief, school_id=key, now=NOW),
        lambda: make_child("Lou", family, school_id=key),
    )
    with reading() as db:
        schools, kids = db.exec(select(School)).all(), db.exec(select(Child)).all()
    assert [child.school_id for child in kids] == [school.key for school in schools]
    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1


def test_a_closed_school_is_offered_to_nobody_new_and_kept_by_who_is_there(chief: Actor, now: datetime) -> None:
    here, other = add_school(chief, "École du Port"), add_school(chief, "École du Lac")
    alba, family, child = parent_with_child(here)
    desk.set_school_open(actor=chief, school_id=here, opened=False, now=NOW)
    assert rows(chief)[1].closed
    assert [one.label for one in household.choices(actor=alba).schools] == ["École du Lac"]
    page = children.show(actor=alba, child_id=child, now=now)
    assert (page.school, [one.label for one in page.schools]) == ("École du Port", ["École du Lac", "École du Port"])
    agent = open_session(make_account("odile@mairie.example", role=Role.RECEPTION))[1]
    listed = files.show(actor=agent, family_id=family, now=now).schools
    assert [one.label for one in listed] == ["École du Lac", "École du Port"]
    new = kid(first_name="Maé", school_id=str(here), family_id=str(family))
    with pytest.raises(FormRefusedError, match="ne prend plus d’inscriptions"):
        children.ask_addition(actor=alba, form=new, now=now)
    children.ask_change(actor=alba, child_id=child, form=kid(school_id=str(here), level="CM1"), now=now)
    given = {"actor": agent, "family_id": family, "child_id": child, "now": now}
    family_desk.correct_child(form=kid(school_id=str(here), level="CM1"), **given)
    family_desk.correct_child(form=kid(school_id=str(other)), **given)
    with pytest.raises(FormRefusedError, match="ne prend plus d’inscriptions"):
        family_desk.correct_child(form=kid(school_id=str(here)), **given)
    desk.set_school_open(actor=chief, school_id=here, opened=True, now=NOW)
    family_desk.correct_child(form=kid(school_id=str(here)), **given)


def test_closing_twice_writes_one_line(chief: Actor) -> None:
    key = add_school(chief, "École du Port")
    for _ in range(2):
        desk.set_school_open(actor=chief, school_id=key, opened=False, now=NOW)
    with reading() as db:
        assert len(db.exec(select(AuditEntry).where(AuditEntry.action == "school.closed")).all()) == 1


def test_a_class_belongs_to_a_school_and_a_year(chief: Actor) -> None:
    port, lac = add_school(chief, "École du Port"), add_school(chief, "École du Lac")
    add_class(chief, port, "CE1-CE2", "CE2", "CE1")
    add_class(chief, lac, "CE1-CE2", "CE1")
    add_class(chief, port, "CE1-CE2", "CE1", year="2027-2028")
    with pytest.raises(FormRefusedError, match="existe déjà"):
        add_class(chief, port, "ce1 ce2")
    lake, harbour = rows(chief)
    assert [(one.name, one.levels) for one in harbour.classes] == [("CE1-CE2", "CE1, CE2")]
    assert (lake.levels, harbour.levels) == ("CE1", "CE1, CE2")
    assert [one.levels for one in rows(chief, "2027-2028")[1].classes] == ["CE1"]
    assert rows(chief, "2025-2026")[1].classes == []


@pytest.mark.parametrize("year", ["", "2024-2025", "2030-2031", "hier"])
def test_a_class_is_not_added_to_another_year(chief: Actor, year: str) -> None:
    school = add_school(chief, "École du Port")
    with pytest.raises(FormRefusedError, match="année scolaire"):
        add_class(chief, school, "CP A", year=year)
    assert shown.show(actor=chief, year=year, now=NOW).year == YEAR


def test_a_class_is_changed_closed_and_reopened(chief: Actor, now: datetime) -> None:
    school = add_school(chief, "École du Port")
    group = add_class(chief, school, "CP A", "CP")
    desk.save_class(actor=chief, school_id=school, class_id=group, form={"name": "CP Bleu", "CE1": "on"}, now=NOW)
    (line,) = rows(chief)[0].classes
    assert (line.id, line.name, line.names) == (group, "CP Bleu", ["CE1"])
    with reading() as db:
        day = now.date()
        assert [one.label for one in lists.class_choices(db, day)] == [f"École du Port · CP Bleu ({YEAR})"]
    desk.set_class_open(actor=chief, class_id=group, opened=False, now=NOW)
    with reading() as db:
        assert lists.class_choices(db, day) == []
        assert len(lists.class_choices(db, day, [group])) == 1
    _, family, child = parent_with_child(school)
    agent = open_session(make_account("odile@mairie.example", role=Role.RECEPTION))[1]
    form = kid(school_id=str(school), class_id=str(group))
    with pytest.raises(FormRefusedError, match="Cette classe est fermée"):
        family_desk.correct_child(actor=agent, family_id=family, child_id=child, form=form, now=now)
    desk.set_class_open(actor=chief, class_id=group, opened=True, now=NOW)
    family_desk.correct_child(actor=agent, family_id=family, child_id=child, form=form, now=now)
    assert rows(chief)[0].classes[0].children == "1 enfant"


def test_a_class_is_reached_through_its_own_school_only(chief: Actor) -> None:
    port, lac = add_school(chief, "École du Port"), add_school(chief, "École du Lac")
    group = add_class(chief, port, "CP A")
    with pytest.raises(NotOpenError):
        desk.save_class(actor=chief, school_id=lac, class_id=group, form={"name": "Volée"}, now=NOW)
    assert rows(chief)[1].classes[0].name == "CP A"


@pytest.mark.parametrize("key", [-1, 999_999, 2**40])
def test_what_does_not_exist_is_closed(chief: Actor, key: int) -> None:
    school = add_school(chief, "École du Port")
    for gesture in (
        lambda: desk.save_school(actor=chief, school_id=key, form={"name": "X"}, now=NOW),
        lambda: desk.set_school_open(actor=chief, school_id=key, opened=False, now=NOW),
        lambda: desk.remove_school(actor=chief, school_id=key, now=NOW),
        lambda: desk.save_class(actor=chief, school_id=key, class_id=0, form={"name": "X", "year": YEAR}, now=NOW),
        lambda: desk.save_class(actor=chief, school_id=school, class_id=key, form={"name": "X"}, now=NOW),
        lambda: desk.set_class_open(actor=chief, class_id=key, opened=False, now=NOW),
    ):
        with pytest.raises(NotOpenError):
            gesture()


@pytest.mark.parametrize("role", [Role.PARENT, Role.RECEPTION, Role.REGIE, Role.ANIMATION])
def test_only_the_direction_and_the_administration_settle_schools(base: Engine, role: Role) -> None:
    key = make_school()
    actor = open_session(make_account(f"{role}@mairie.example", role=role))[1]
    for gesture in (
        lambda: shown.show(actor=actor, year="", now=NOW),
        lambda: desk.save_school(actor=actor, school_id=0, form={"name": "X"}, now=NOW),
        lambda: desk.set_school_open(actor=actor, school_id=key, opened=False, now=NOW),
        lambda: desk.remove_school(actor=actor, school_id=key, now=NOW),
        lambda: desk.save_class(actor=actor, school_id=key, class_id=0, form={"name": "X", "year": YEAR}, now=NOW),
        lambda: desk.set_class_open(actor=actor, class_id=1, opened=False, now=NOW),
    ):
        with pytest.raises(RefusalError):
            gesture()
    with reading() as db:
        assert [(one.key, one.closed_at) for one in db.exec(select(School))] == [(key, None)]


def test_the_page_reads_no_more_for_more_schools(base: Engine, chief: Actor) -> None:
    def fill(first: int, last: int) -> None:
        for rank in range(first, last):
            key = add_school(chief, f"École {rank}")
            add_class(chief, key, "CP A", "CP")
            make_child("Lou", make_family(str(rank)), school_id=key)

    fill(0, 1)
    with counted(base) as small:
        rows(chief)
    fill(1, 8)
    with counted(base) as large:
        rows(chief)
    assert len(large) == len(small) == 4


def test_classes_from_before_years_were_written_stay_readable(chief: Actor) -> None:
    school = add_school(chief, "École du Port")
    with transaction() as db:
        db.add(SchoolClass(school_id=school, name="Ancienne"))
    assert rows(chief)[0].classes == []
