"""Les dossiers pour les agents : trouvés malgré les fautes, lus en peu de lectures, corrigés avec une trace."""

from datetime import date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyStatus
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, Guardian, SchoolClass
from portail.services.families import desk, files
from tests.conftest import NOW
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

CONTACT = {"phone": "0612345678", "email": "", "caf_number": "1234567", "invoice_email": ""}
ADDRESS = {"address": "9 rue Haute", "postcode": "49999", "city": "Valbourg"}


@pytest.fixture
def agent(base: Engine) -> Actor:
    return open_session(make_account("odile@mairie.example", role=Role.RECEPTION))[1]


def family_of(name: str, email: str) -> int:
    return make_family(name, make_account(email))


def kid(**changed: object) -> dict[str, object]:
    known = {"first_name": "Noé", "last_name": "Un", "birth_date": "2020-03-02", "school_id": "", "level": ""}
    return known | changed


def test_the_list_goes_by_name_and_by_page(agent: Actor) -> None:
    for rank in range(27):
        make_family(f"Famille {rank:02d}")
    first = files.find(actor=agent, words="", page=1)
    assert (first.total, first.pages, len(first.rows)) == (27, 2, 25)
    assert [row.name for row in files.find(actor=agent, words="  ", page=99).rows] == [
        "Famille 25",
        "Famille 26",
    ]


@pytest.mark.parametrize(
    "words", ["Lefebvre", "lefevre", "LEFÈVRE", "Lefevbre", "zoe lefevre", "0612345678", "F-Lefèvre"]
)
def test_search_forgives_spelling(agent: Actor, words: str) -> None:
    family = make_family("Lefèvre")
    make_family("Martin")
    with transaction() as db:
        db.add(Guardian(family_id=family, first_name="Zoé", last_name="Lefèvre", role="mother", phone="06 12 34 56 78"))
    found = files.find(actor=agent, words=words, page=1)
    assert [row.id for row in found.rows] == [family]
    assert found.rows[0].adults == "Zoé Lefèvre"


@pytest.mark.parametrize("words", ["xyzzy", "%", "_", "'; drop table family; --", "🐈"])
def test_search_finds_nothing_for_nothing(agent: Actor, words: str) -> None:
    make_family("Martin")
    assert files.find(actor=agent, words=words, page=1).rows == []


def test_a_hostile_search_is_refused(agent: Actor) -> None:
    for words in ("x" * 101, "a\x00b"):
        with pytest.raises(BadInputError):
            files.find(actor=agent, words=words, page=1)


def test_the_file_says_everything_an_agent_needs(agent: Actor, now: datetime) -> None:
    school = make_school()
    family, other = family_of("Un", "zoe@famille.example"), make_family("Deux")
    child = make_child("Noé", family, other, birth=date(2020, 3, 2), school_id=school)
    with transaction() as db:
        db.exec(update(Guardian).values(can_see_money=False))
    desk.correct_address(actor=agent, family_id=family, form=ADDRESS, now=now)
    file = files.show(actor=agent, family_id=family, now=NOW)
    (adult,), (one,) = file.adults, file.children
    assert (file.number, file.address, file.status) == ("F-Un", "9 rue Haute", "actif")
    assert (adult.account, adult.contacts) == ("compte actif", "06 00 00 00 01 · zoe@famille.example")
    assert "voir les factures" in adult.rights
    assert file.is_validated
    assert (one.id, one.school, one.shared_with, one.shared_id) == (child, "École Jean-Macé", "Deux", other)
    assert [(line.what, line.who) for line in file.history] == [("Coordonnées corrigées par un agent", "Odile Essai")]


def test_the_file_costs_the_same_whatever_its_size(agent: Actor, base: Engine) -> None:
    family = family_of("Un", "zoe@famille.example")
    make_child("Noé", family)
    with counted(base) as small:
        files.show(actor=agent, family_id=family, now=NOW)
    for rank in range(6):
        make_child(f"Enfant{rank}", family, make_family(f"Autre{rank}"))
        with transaction() as db:
            db.add(Guardian(family_id=family, first_name=f"A{rank}", last_name="Un", role="carer"))
    with counted(base) as large:
        files.show(actor=agent, family_id=family, now=NOW)
    assert len(large) == len(small) <= 10


def test_the_list_costs_the_same_whatever_its_size(agent: Actor, base: Engine) -> None:
    make_child("Noé", make_family("Un"))
    with counted(base) as small:
        files.find(actor=agent, words="", page=1)
    for rank in range(12):
        make_child("Léa", make_family(f"Autre{rank}"))
    with counted(base) as large:
        files.find(actor=agent, words="", page=1)
    assert len(large) == len(small) <= 5


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION])
def test_other_roles_open_nothing(base: Engine, now: datetime, role: Role) -> None:
    actor = open_session(make_account(f"{role}@mairie.example", role=role))[1]
    family = family_of("Un", "zoe@famille.example")
    child = make_child("Noé", family)
    with reading() as db:
        adult = db.exec(select(Guardian.id)).one()
    for call in (
        lambda: files.find(actor=actor, words="", page=1),
        lambda: files.show(actor=actor, family_id=family, now=NOW),
        lambda: desk.correct_address(actor=actor, family_id=family, form=ADDRESS, now=now),
        lambda: desk.correct_adult(actor=actor, guardian_id=adult, form=CONTACT, now=now),
        lambda: desk.correct_child(actor=actor, family_id=family, child_id=child, form=kid(), now=now),
    ):
        with pytest.raises(NotOpenError):
            call()
    with reading() as db:
        assert db.get_one(Family, family).address == "1 rue Pasteur"
        assert db.get_one(Child, child).last_name == "Essai"


@pytest.mark.parametrize("key", [0, -1, 999, 2**40])
def test_what_does_not_exist_answers_the_same(agent: Actor, now: datetime, key: int) -> None:
    family = family_of("Un", "zoe@famille.example")
    elsewhere = make_child("Ilan", make_family("Deux"))
    for call in (
        lambda: files.show(actor=agent, family_id=key, now=NOW),
        lambda: desk.correct_address(actor=agent, family_id=key, form=ADDRESS, now=now),
        lambda: desk.correct_adult(actor=agent, guardian_id=key, form=CONTACT, now=now),
        lambda: desk.correct_child(actor=agent, family_id=family, child_id=key, form=kid(), now=now),
        lambda: desk.correct_child(actor=agent, family_id=family, child_id=elsewhere, form=kid(), now=now),
    ):
        with pytest.raises(NotOpenError):
            call()


def test_an_adult_is_corrected_with_the_same_checks_as_the_family(agent: Actor, now: datetime) -> None:
    family_of("Un", "zoe@famille.example")
    with reading() as db:
        adult = db.exec(select(Guardian.id)).one()
    with pytest.raises(FormRefusedError) as refusal:
        desk.correct_adult(actor=agent, guardian_id=adult, form=CONTACT | {"phone": "12"}, now=now)
    assert set(refusal.value.fields) == {"phone"}
    desk.correct_adult(actor=agent, guardian_id=adult, form=CONTACT, now=now)
    with reading() as db:
        found = db.get_one(Guardian, adult)
    assert (found.phone, found.caf_number) == ("06 12 34 56 78", "1234567")


def test_a_child_is_placed_in_a_class_of_its_school_only(agent: Actor, now: datetime) -> None:
    here, there = make_school(), make_school("École des Tilleuls")
    family = make_family("Un")
    child = make_child("Noé", family)
    with transaction() as db:
        groups = [SchoolClass(school_id=here, name="CP A"), SchoolClass(school_id=there, name="CP B")]
        db.add_all(groups)
        db.flush()
        mine, theirs = (group.key for group in groups)
    for wrong in (theirs, 987_654):
        form = kid(school_id=str(here), class_id=str(wrong))
        with pytest.raises(FormRefusedError) as refusal:
            desk.correct_child(actor=agent, family_id=family, child_id=child, form=form, now=now)
        assert set(refusal.value.fields) == {"class_id"}
    form = kid(school_id=str(here), class_id=str(mine), level="CP")
    desk.correct_child(actor=agent, family_id=family, child_id=child, form=form, now=now)
    with reading() as db:
        found = db.get_one(Child, child)
    assert (found.class_id, found.level, found.birth_date) == (mine, "CP", date(2020, 3, 2))


@pytest.mark.parametrize("status", ["merged", "archived"])
def test_a_closed_file_is_read_but_no_longer_corrected(agent: Actor, now: datetime, status: str) -> None:
    family, kept = make_family("Un"), make_family("Deux")
    with transaction() as db:
        into = kept if status == "merged" else None
        db.exec(update(Family).where(col(Family.id) == family).values(status=status, merged_into_id=into))
    assert files.show(actor=agent, family_id=family, now=NOW).name == "Un"
    with pytest.raises(RefusalError, match="fermé"):
        desk.correct_address(actor=agent, family_id=family, form=ADDRESS, now=now)


@pytest.mark.parametrize("status", FamilyStatus)
def test_only_a_validated_file_offers_registrations(agent: Actor, status: FamilyStatus) -> None:
    family, target = make_family("Un"), make_family("Deux")
    into = target if status is FamilyStatus.MERGED else None
    with transaction() as db:
        db.exec(update(Family).where(col(Family.id) == family).values(status=status, merged_into_id=into))
    assert files.show(actor=agent, family_id=family, now=NOW).is_validated is (status is FamilyStatus.ACTIVE)
