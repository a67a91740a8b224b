"""Les contacts : dix au plus, à leur place, jamais ceux d'un autre enfant."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from portail.domain.health import StalePartError
from portail.domain.health_forms import BadFieldError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.database import transaction
from portail.models.health import HealthContact
from portail.services.health import contacts, parents
from portail.services.health.records import Edit
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.health import CONTACT, Home, make_home, seen


def add(home: Home, **changes: str) -> None:
    save(home, 0, seen(home.child_id), **changes)


def save(home: Home, contact_id: int, edit: Edit, **changes: str) -> None:
    contacts.save(actor=home.actor, edit=edit, contact_id=contact_id, form=CONTACT | changes, now=NOW)


def listed(home: Home):
    return parents.show(actor=home.actor, child_id=home.child_id, now=NOW).contacts


def test_a_contact_is_added_changed_and_removed(base: Engine) -> None:
    home = make_home()
    add(home, phone="+32470123456", emergency="", may_collect="on")
    (line,) = listed(home)
    assert (line.full_name, line.relation, line.phone) == ("Jeanne Durand", "Grand-mère", "+32 470 12 34 56")
    assert (line.emergency, line.may_collect) == (False, True)
    save(home, line.id, seen(home.child_id), first_name="Janine")
    assert [(one.id, one.first_name, one.may_collect) for one in listed(home)] == [(line.id, "Janine", False)]
    contacts.remove(actor=home.actor, edit=seen(home.child_id), contact_id=line.id, now=NOW)
    assert listed(home) == []


def test_the_eleventh_contact_is_refused_and_a_freed_place_is_used_again(base: Engine) -> None:
    home = make_home()
    for rank in range(10):
        add(home, first_name=f"Contact{rank}")
    with pytest.raises(RefusalError, match="déjà 10 contacts"):
        add(home)
    shown = parents.show(actor=home.actor, child_id=home.child_id, now=NOW)
    assert (len(shown.contacts), shown.contacts_full) == (10, True)
    contacts.remove(actor=home.actor, edit=seen(home.child_id), contact_id=shown.contacts[4].id, now=NOW)
    add(home, first_name="Nouvelle")
    assert [one.first_name for one in listed(home)][4] == "Nouvelle"


def test_two_last_places_taken_at_once_give_one_each_and_no_eleventh(base: Engine) -> None:
    home = make_home()
    for rank in range(9):
        add(home, first_name=f"Contact{rank}")
    page = seen(home.child_id)
    results = together(*[lambda: save(home, 0, page) for _ in range(3)])
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "RefusalError", "RefusalError"]
    assert len(listed(home)) == 10


@pytest.mark.parametrize("position", [-1, 10])
def test_the_database_itself_has_no_eleventh_place(base: Engine, position: int) -> None:
    home = make_home()
    names = {"first_name": "A", "last_name": "B", "relation": "C", "phone": "06 12 34 56 78"}
    with pytest.raises(IntegrityError), transaction() as db:
        db.add(HealthContact(child_id=home.child_id, position=position, **names))


def test_an_iban_where_a_phone_goes_is_refused_beside_the_field(base: Engine) -> None:
    home = make_home()
    with pytest.raises(BadFieldError, match="IBAN") as refusal:
        add(home, phone="FR76 3000 6000 0112 3456 7890 189")
    assert refusal.value.field == "phone"
    assert listed(home) == []


def test_the_contact_of_another_child_does_not_exist(base: Engine) -> None:
    mine, theirs = make_home(), make_home("ali@famille.example")
    add(theirs)
    (foreign,) = listed(theirs)
    for key in (foreign.id, -1, 2**31, 987_654):
        with pytest.raises(NotOpenError):
            save(mine, key, seen(mine.child_id))
        with pytest.raises(NotOpenError):
            contacts.remove(actor=mine.actor, edit=seen(mine.child_id), contact_id=key, now=NOW)
    for edit in (Edit(theirs.child_id, 1), Edit(2**31, 1)):
        with pytest.raises(NotOpenError):
            save(mine, 0, edit)
        with pytest.raises(NotOpenError):
            contacts.remove(actor=mine.actor, edit=edit, contact_id=foreign.id, now=NOW)
    assert [one.first_name for one in listed(theirs)] == ["Jeanne"]


def test_a_contact_changed_in_another_tab_is_not_overwritten(base: Engine) -> None:
    home = make_home()
    add(home)
    (line,) = listed(home)
    page = seen(home.child_id)
    save(home, line.id, page, first_name="Janine")
    with pytest.raises(StalePartError):
        save(home, line.id, page, first_name="Jeannette")
    save(home, 0, page, first_name="Paul")
    assert [one.first_name for one in listed(home)] == ["Janine", "Paul"]
