"""Retrouver un dossier malgré l'orthographe, sans noyer l'agent sous les ressemblances."""

from dataclasses import replace
from datetime import date
from hashlib import blake2b

import pytest
from sqlalchemy import Engine, delete
from sqlmodel import SQLModel, col, select, update

from portail.demo import town
from portail.domain.duplicates import Household, Person, phone_key
from portail.domain.families import FamilyStatus
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.services.merging import duplicates, person_keys
from tests.conftest import NOW
from tests.factories import misspellings, townsfolk
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account
from tests.factories.queries import counted

PEOPLE = 20_000
BIRTH = date(2018, 3, 12)


def test_a_misspelt_name_is_found_among_twenty_thousand_people(base: Engine) -> None:
    townsfolk.settle(PEOPLE)
    found = misspellings.recall()
    assert found.total >= 60
    assert len(found.missed) <= 0.05 * found.total, found.missed
    assert len(found.unfound) <= 0.05 * found.total, found.unfound
    assert found.strangers <= 3
    assert found.homonyms <= 3


def keys_kept() -> dict[int, set[str]]:
    table = SQLModel.metadata.tables["person_key"]
    kept: dict[int, set[str]] = {}
    with reading() as db:
        for family_id, value, whole in db.connection().execute(
            select(table.c.family_id, table.c.value, table.c.whole_word)
        ):
            assert whole is value.startswith("w:")
            kept.setdefault(family_id, set()).add(value)
    return kept


def keys_due() -> dict[int, set[str]]:
    with reading() as db:
        every = [key for key in db.exec(select(Family.id)) if key]
        return {key: set(person_keys.entry_of(home)) for key, home in person_keys.households(db, every).items()}


def test_the_keys_of_the_whole_town_are_complete(base: Engine) -> None:
    town.load_if_empty(NOW)
    assert keys_kept() == keys_due()
    assert person_keys.index_everything() == 0


def test_what_a_service_writes_is_findable_at_once(base: Engine) -> None:
    home = make_family("Un", make_account("zoe@famille.example"))
    child = make_child("Zoé", home)
    assert keys_kept() == keys_due()
    with transaction() as db:
        db.get_one(Child, child).last_name = "Vaugirard"
        db.get_one(Family, home).address = "8 rue Racine"
        guardian = db.exec(select(Guardian)).one()
        guardian.phone, guardian.email = "06 11 22 33 44", "zoe@famille.example"
    assert {"w:vaugirard", "t:611223344", "e:zoe@famille.example", "a:49999/8/rsn"} <= keys_kept()[home]
    assert keys_kept() == keys_due()
    with transaction() as db:
        db.delete(db.exec(select(FamilyChild)).one())
        db.flush()
        db.delete(db.exec(select(Guardian)).one())
    assert keys_kept() == keys_due()
    assert {key for key in keys_kept()[home] if not key.startswith(person_keys.STAMP)} == {"a:49999/8/rsn"}


def test_the_night_round_repairs_what_was_written_behind_the_keys(base: Engine) -> None:
    home, other = make_family("Un", make_account()), make_family("Deux")
    with transaction() as db:
        db.exec(update(Guardian).values(last_name="Autrement"))
        db.exec(
            delete(SQLModel.metadata.tables["person_key"]).where(
                col(SQLModel.metadata.tables["person_key"].c.family_id) == other
            )
        )
    assert person_keys.index_everything() == 2
    assert "w:autrement" in keys_kept()[home]
    assert keys_kept() == keys_due()
    assert person_keys.index_everything() == 0


def test_the_night_round_writes_nothing_and_compares_nothing_when_all_is_well(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rank in range(3):
        make_child("Zoé", make_family(f"F{rank}"))
    monkeypatch.setattr(person_keys, "keys_of", lambda _household: 1 / 0)
    with counted(base) as said:
        assert person_keys.index_everything() == 0
    assert len(said) <= 6
    assert not [line for line in said if not line.lstrip().upper().startswith("SELECT")]


def test_keys_of_older_rules_are_all_made_again(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    homes = [make_family(f"F{rank}") for rank in range(3)]
    make_child("Zoé", homes[0])
    monkeypatch.setattr(person_keys, "RULES", person_keys.RULES + 1)
    assert person_keys.index_everything() == len(homes)
    assert person_keys.index_everything() == 0


def test_new_rules_need_a_new_number() -> None:
    """Si cette empreinte change, les clés déjà écrites datent : augmentez `person_keys.RULES`, puis corrigez ici."""
    names = sorted(
        {
            (row[f"{side}first_name"], row[f"{side}last_name"])
            for row in misspellings.samples()
            for side in ("", "typed_")
        }
    )
    children = tuple(Person(first, last, BIRTH) for first, last in names)
    phone = Person("Ali", "Moreau", None, frozenset({"611223344"}), "Ali@famille.example")
    written = "\n".join(sorted(person_keys.keys_of(Household((phone,), children, "12, r. des Acacias", "49999"))))
    assert (person_keys.RULES, blake2b(written.encode(), digest_size=6).hexdigest()) == (1, "a867e0f644e8")


def test_the_stamp_changes_with_whatever_the_keys_are_made_of() -> None:
    one = Person("Zoé", "Essai", BIRTH, frozenset({"1", "2"}), "z@famille.example")
    homes = [
        Household((one,), (), "1 rue Pasteur", "49999"),
        Household((), (one,), "1 rue Pasteur", "49999"),
        Household((one,), (), "2 rue Pasteur", "49999"),
        Household((one,), (), "1 rue Pasteur", "49998"),
        *(
            Household((replace(one, **change),), (), "1 rue Pasteur", "49999")
            for change in (
                {"first_name": "Zoe"},
                {"last_name": "Esai"},
                {"birth_date": None},
                {"phones": frozenset({"1"})},
                {"email": ""},
            )
        ),
    ]
    stamps = [person_keys.stamp_of(home) for home in homes]
    assert len(set(stamps)) == len(homes)
    assert all(len(stamp) <= person_keys.LONGEST for stamp in stamps)
    assert person_keys.stamp_of(homes[0]) == person_keys.stamp_of(
        Household((replace(one, phones=frozenset({"2", "1"})),), (), "1 rue Pasteur", "49999")
    )


def test_a_name_of_eighty_letters_is_indexed_without_breaking(base: Engine) -> None:
    home = make_family("Un")
    with transaction() as db:
        child = Child(first_name="X" * 80, last_name="Y" * 80, birth_date=BIRTH)
        db.add(child)
        db.flush()
        db.add(FamilyChild(family_id=home, child_id=child.key))
    assert keys_kept() == keys_due()


@pytest.mark.parametrize("status", [FamilyStatus.MERGED, FamilyStatus.ARCHIVED])
def test_a_closed_family_is_never_proposed(base: Engine, status: FamilyStatus) -> None:
    home, twin = make_family("Un"), make_family("Deux")
    for one in (home, twin):
        make_child("Zoé", one, birth=BIRTH)
    with reading() as db:
        assert [one.family_id for one in duplicates.likely_duplicates(db, home)] == [twin]
        assert {one.family_id for one in duplicates.search_people(db, "essai zoe")} == {home, twin}
    with transaction() as db:
        closed = db.get_one(Family, twin)
        closed.status, closed.merged_into_id = status, home if status is FamilyStatus.MERGED else None
    with reading() as db:
        assert duplicates.likely_duplicates(db, home) == []
        assert {one.family_id for one in duplicates.search_people(db, "essai zoe")} == {home}


def test_a_birth_date_with_day_and_month_swapped_is_found(base: Engine) -> None:
    home, other = make_family("Un"), make_family("Deux")
    make_child("Zoé", home, birth=date(2018, 3, 12))
    make_child("Zoe", other, birth=date(2018, 12, 3))
    with reading() as db:
        (found,) = duplicates.likely_duplicates(db, home)
    assert found.family_id == other
    assert "dates de naissance proches : 12/03/2018 / 03/12/2018" in found.likeness.reasons


def test_the_same_phone_written_otherwise_is_found_and_said(base: Engine) -> None:
    one, two = make_account("zoe@famille.example"), make_account("yves@famille.example")
    home = make_family("Un", one, phone="06 11 22 33 44")
    other = make_family("Deux", two, phone="+33 6 11 22 33 44")
    make_child("Zoé", home)
    make_child("Zoé", other)
    with reading() as db:
        (found,) = duplicates.likely_duplicates(db, home)
        assert found.family_id == other
        assert {"même téléphone", "même adresse", "même nom : Zoé Essai"} <= set(found.likeness.reasons)
        by_phone = duplicates.search_people(db, "0611223344")
    assert {one.family_id for one in by_phone} == {home, other}
    assert phone_key("+33 6 11 22 33 44") == phone_key("06.11.22.33.44") == "611223344"


def test_search_finds_by_number_and_needs_every_word(base: Engine) -> None:
    home, other = make_family("Un", make_account("zoe@famille.example")), make_family("Deux")
    make_child("Malo", home)
    make_child("Zoé", other)
    with reading() as db:
        assert [one.family_id for one in duplicates.search_people(db, " f-un ")] == [home]
        assert [one.family_id for one in duplicates.search_people(db, "malo esai")] == [home]
        (found,) = duplicates.search_people(db, "malo esai")
        assert found.matched == ("malo", "essai")
        assert duplicates.search_people(db, "malo vaugirard") == []
        for nothing in ("", "   ", "%", "'", "\u202e", "1", "x" * 2_000):
            assert duplicates.search_people(db, nothing) == []


def test_the_search_reads_as_much_for_one_family_as_for_many(base: Engine) -> None:
    home = make_family("Un")
    make_child("Zoé", home)
    with counted(base) as few, reading() as db:
        duplicates.likely_duplicates(db, home)
    for rank in range(12):
        make_child("Zoé", make_family(f"F{rank}"))
    with counted(base) as many, reading() as db:
        assert len(duplicates.likely_duplicates(db, home)) == duplicates.SHOWN
    assert len(few) <= len(many) <= 8


def test_a_family_that_does_not_exist_looks_like_nobody(base: Engine) -> None:
    with reading() as db:
        assert duplicates.likely_duplicates(db, 987_654) == []
