"""Ce qui manque à plusieurs enfants d'un coup : juste, et en deux lectures."""

from datetime import date

from sqlalchemy import Engine

from portail.domain.health import Part
from portail.models.database import reading
from portail.services.health import files, parents
from tests.conftest import NOW
from tests.factories.families import make_child
from tests.factories.health import Home, fill, make_consents, make_home
from tests.factories.queries import counted

DAY = date(2026, 11, 20)


def missing(*child_ids: int) -> dict[int, list[Part]]:
    with reading() as db:
        return {key: [one.part for one in lacks] for key, lacks in files.missing_for(db, child_ids, DAY).items()}


def test_a_complete_file_and_an_empty_one_are_told_apart(base: Engine) -> None:
    make_consents()
    full, empty = make_home(), make_home("ali@famille.example")
    fill(full)
    found = missing(full.child_id, empty.child_id)
    assert found[full.child_id] == []
    assert {Part.DOCTOR, Part.CONTACTS, Part.CONSENTS, Part.CONFIRMATION} <= set(found[empty.child_id])


def test_the_page_and_the_bookings_say_the_same(base: Engine) -> None:
    make_consents()
    for rank, confirm in enumerate((True, False)):
        home = make_home(f"zoe{rank}@famille.example")
        fill(home, confirm=confirm)
        shown = parents.show(actor=home.actor, child_id=home.child_id, now=NOW).missing
        with reading() as db:
            booked = files.missing_for(db, [home.child_id], DAY)[home.child_id]
        assert [line.sentence for line in shown] == [one.sentence for one in booked]
        assert len(booked) == (0 if confirm else 1)


def test_it_costs_two_readings_whatever_the_number_of_children(base: Engine) -> None:
    home = make_home()
    fill(home)
    many = [home.child_id] + [make_child(f"Enfant{rank}", home.family_id) for rank in range(12)]
    for wanted in ([], [home.child_id], many):
        with counted(base) as queries:
            found = missing(*wanted)
        assert set(found) == set(wanted)
        assert len(queries) == 2


def test_a_child_who_does_not_exist_has_no_answer(base: Engine) -> None:
    assert missing(987_654) == {}


def test_the_answers_of_a_brother_are_not_mine(base: Engine) -> None:
    make_consents()
    home = make_home()
    fill(home)
    brother = make_child("Léo", home.family_id)
    found = missing(home.child_id, brother)
    assert found[home.child_id] == []
    assert found[brother]
    fill(Home(home.actor, home.family_id, brother))
    assert missing(brother) == {brother: []}
