"""Présenter sa famille : un brouillon gardé, un dossier à valider, une démarche et un courriel, une seule fois."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from portail.domain.accounts import Actor
from portail.domain.families import FamilyStatus
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import RefusalError
from portail.domain.registration import MOST_CHILDREN
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.registrations import Registration
from portail.models.requests import Request
from portail.services import families
from portail.services.registration import family_entry
from portail.views.registration import EntryView
from tests.factories.crowds import together
from tests.factories.families import make_family, make_school
from tests.factories.letters import last_text, subjects_to
from tests.factories.people import make_account, open_session

EMAIL = "zoe@famille.example"
HOME = {
    "role": "mother",
    "phone": "0611223344",
    "address": "12 rue des Acacias",
    "postcode": "49999",
    "city": "Valbourg-sur-Loire",
}
OTHER = {
    "with_other": "on",
    "other_first_name": "Ali",
    "other_last_name": "Martin",
    "other_role": "father",
    "other_phone": "0612345678",
    "other_email": "ALI@famille.example",
}
CHILD = {"first_name": "Léa", "last_name": "Essai", "birth_date": "2018-03-12", "school_id": "", "level": "CP"}


@pytest.fixture
def parent(base: Engine) -> Actor:
    return open_session(make_account(EMAIL))[1]


def show(actor: Actor, now: datetime) -> EntryView:
    return family_entry.show(actor=actor, now=now)


def save_home(actor: Actor, now: datetime, **changed: Any) -> None:
    family_entry.save_home(actor=actor, form=HOME | changed, now=now)


def add_child(actor: Actor, now: datetime, **changed: Any) -> None:
    family_entry.add_child(actor=actor, form=CHILD | changed, now=now)


def entered(actor: Actor, now: datetime) -> str:
    save_home(actor, now, **OTHER)
    add_child(actor, now)
    return family_entry.send(actor=actor, now=now)


def test_what_is_typed_is_found_again_from_any_device(base: Engine, parent: Actor, now: datetime) -> None:
    assert (show(parent, now).status, show(parent, now).home.filled) == ("entry", False)
    school = make_school()
    save_home(parent, now, **OTHER)
    add_child(parent, now, school_id=str(school))
    view = show(parent, now)
    assert (view.home.filled, view.home.phone, view.home.with_other) == (True, "06 11 22 33 44", True)
    assert (view.home.other_first_name, view.home.other_email) == ("Ali", "ali@famille.example")
    (child,) = view.children
    assert (child.name, child.birth, child.school) == ("Léa Essai", "lundi 12 mars 2018", "École Jean-Macé")
    assert view.me == "Zoe Essai"


def test_removing_the_other_adult_forgets_them(base: Engine, parent: Actor, now: datetime) -> None:
    save_home(parent, now, **OTHER)
    save_home(parent, now)
    assert not show(parent, now).home.with_other
    assert show(parent, now).home.other_first_name == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [("role", "roi"), ("phone", ""), ("phone", "12"), ("address", ""), ("postcode", "123"), ("city", " ")],
)
def test_each_fault_of_the_home_is_said_beside_its_field(
    base: Engine, parent: Actor, now: datetime, field: str, value: str
) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        save_home(parent, now, **{field: value})
    assert set(refusal.value.fields) == {field}
    assert not show(parent, now).home.filled


def test_the_other_adult_needs_a_name_and_a_link(base: Engine, parent: Actor, now: datetime) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        save_home(parent, now, with_other="on", other_phone="abc")
    assert set(refusal.value.fields) == {"other_first_name", "other_last_name", "other_role", "other_phone"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("last_name", ""),
        ("birth_date", ""),
        ("birth_date", "2099-01-01"),
        ("birth_date", "1980-01-01"),
        ("level", "CE9"),
        ("school_id", "987654"),
    ],
)
def test_each_fault_of_a_child_is_said_beside_its_field(
    base: Engine, parent: Actor, now: datetime, field: str, value: str
) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        add_child(parent, now, **{field: value})
    assert set(refusal.value.fields) == {field}
    assert show(parent, now).children == []


def test_a_child_is_listed_once_and_can_be_taken_off(base: Engine, parent: Actor, now: datetime) -> None:
    add_child(parent, now)
    with pytest.raises(FormRefusedError, match="déjà dans la liste"):
        add_child(parent, now, first_name="LEA")
    add_child(parent, now, first_name="Hugo")
    for nowhere in (7, -1):
        family_entry.remove_child(actor=parent, rank=nowhere, now=now)
    family_entry.remove_child(actor=parent, rank=0, now=now)
    assert [child.name for child in show(parent, now).children] == ["Hugo Essai"]


def test_a_list_of_children_has_an_end(base: Engine, parent: Actor, now: datetime) -> None:
    for rank in range(MOST_CHILDREN):
        add_child(parent, now, first_name="A" + "b" * rank)
    with pytest.raises(RefusalError, match="12 enfants au plus"):
        add_child(parent, now)


def test_sending_creates_a_file_to_validate_with_its_request_and_mail(
    base: Engine, parent: Actor, now: datetime
) -> None:
    number = entered(parent, now)
    with reading() as db:
        family = db.exec(select(Family)).one()
        adults = db.exec(select(Guardian).order_by(col(Guardian.id))).all()
        child = db.exec(select(Child).join(FamilyChild).where(FamilyChild.family_id == family.key)).one()
        request = db.exec(select(Request)).one()
        assert db.exec(select(Registration)).first() is None
    assert (family.number, family.status, family.name) == (number, FamilyStatus.PENDING, "Essai")
    assert number == f"F-{1000 + family.key}"
    assert [(one.first_name, one.account_id, one.phone) for one in adults] == [
        ("Zoe", parent.account_id, "06 11 22 33 44"),
        ("Ali", None, "06 12 34 56 78"),
    ]
    assert (child.first_name, child.level, child.birth_date.isoformat()) == ("Léa", "CP", "2018-03-12")
    assert (request.family_id, request.author_id, request.kind) == (family.key, parent.account_id, "registration")
    assert ["Enfant", "Léa Essai, lundi 12 mars 2018"] in request.content["lines"]
    assert subjects_to(EMAIL) == ["Votre dossier est créé, la mairie le vérifie"]
    assert number in last_text(EMAIL)


def test_while_it_waits_the_parent_sees_it_and_can_open_the_file(base: Engine, parent: Actor, now: datetime) -> None:
    number = entered(parent, now)
    view = show(parent, now)
    assert (view.status, view.number, view.request_id > 0) == ("pending", number, True)
    (card,) = families.show_mine(actor=parent, now=now)
    assert card.pending
    for gesture in (save_home, add_child):
        with pytest.raises(RefusalError, match="déjà un dossier"):
            gesture(parent, now)
    with pytest.raises(RefusalError, match="déjà un dossier"):
        family_entry.send(actor=parent, now=now)


def test_two_taps_at_once_make_one_file(base: Engine, parent: Actor, now: datetime) -> None:
    save_home(parent, now)
    add_child(parent, now)
    found = together(*[lambda: family_entry.send(actor=parent, now=now)] * 3)
    assert sum(isinstance(one, str) for one in found) == 1
    assert sum(isinstance(one, RefusalError) for one in found) == 2
    with reading() as db:
        assert len(db.exec(select(Family)).all()) == len(db.exec(select(Request)).all()) == 1


def test_an_incomplete_family_is_not_sent(base: Engine, parent: Actor, now: datetime) -> None:
    with pytest.raises(RefusalError, match="adresse"):
        family_entry.send(actor=parent, now=now)
    save_home(parent, now)
    with pytest.raises(RefusalError, match="enfant"):
        family_entry.send(actor=parent, now=now)
    with reading() as db:
        assert db.exec(select(Family)).first() is None


def test_a_number_already_taken_gives_the_next_one(base: Engine, parent: Actor, now: datetime) -> None:
    other = make_family("Un")
    with transaction() as db:
        db.get_one(Family, other).number = f"F-{1000 + other + 1}"
    assert entered(parent, now) == f"F-{1000 + other + 2}"


def test_who_has_a_file_has_nothing_to_enter(base: Engine, now: datetime) -> None:
    account = make_account()
    _, actor = open_session(account)
    make_family("Un", account)
    assert show(actor, now).status == "open"
    with pytest.raises(RefusalError, match="déjà un dossier"):
        save_home(actor, now)


def test_the_draft_of_another_parent_stays_theirs(base: Engine, parent: Actor, now: datetime) -> None:
    entered_by_me = open_session(make_account("ali@famille.example"))[1]
    save_home(parent, now)
    add_child(parent, now + timedelta(hours=1))
    assert not show(entered_by_me, now).home.filled
    assert show(entered_by_me, now).children == []
