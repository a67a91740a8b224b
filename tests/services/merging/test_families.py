"""Fusionner deux dossiers : rien ne se perd, rien ne se double, et tout revient à sa place pendant trente jours."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlmodel import SQLModel, col, update

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyStatus
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.merging import FamilyMerge
from portail.services import merging
from portail.services.merging import duplicates, moving, person_keys
from portail.services.merging.moving import CannotUndoError
from tests.conftest import NOW
from tests.factories.any_row import add_row, tables
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

LATER = NOW + timedelta(days=3)
MONTH = timedelta(days=30)
BIRTH = date(2018, 3, 12)
UNCOUNTED = {"audit_entry", "family_merge"}  # l'histoire de la fusion reste, même défaite


@pytest.fixture
def agent(base: Engine) -> Actor:
    return open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]


def merge(agent: Actor, source: int, target: int, now: datetime = NOW) -> int:
    return merging.merge_families(actor=agent, source_id=source, target_id=target, now=now)


def undo(agent: Actor, merge_id: int, now: datetime = LATER) -> None:
    merging.undo_merge(actor=agent, merge_id=merge_id, now=now)


def content(engine: Engine) -> dict[str, list[Any]]:
    """Chaque ligne de chaque table ; les clés recalculées, sans leur numéro."""
    found: dict[str, list[Any]] = {}
    with engine.connect() as connection:
        for table in tables():
            if table.name not in UNCOUNTED:
                columns = [c for c in table.columns if table.name not in moving.DERIVED or c.name != "id"]
                found[table.name] = sorted(map(repr, connection.execute(select(*columns))))
    return found


def people_of(family_id: int) -> tuple[list[str], list[str]]:
    with reading() as db:
        adults = db.exec(select(Guardian.first_name).where(Guardian.family_id == family_id)).scalars()
        query = select(Child.first_name).join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        children = db.exec(query.where(FamilyChild.family_id == family_id)).scalars()
        return sorted(adults), sorted(children)


def status_of(family_id: int) -> tuple[str, int | None]:
    with reading() as db:
        family = db.get_one(Family, family_id)
    return family.status, family.merged_into_id


def test_everyone_moves_and_the_old_file_says_where(base: Engine, agent: Actor) -> None:
    source = make_family("Un", make_account("zoe@famille.example"))
    target = make_family("Deux", make_account("ali@famille.example"))
    make_child("Malo", source)
    make_child("Lina", target)
    done = merge(agent, source, target)
    assert people_of(target) == (["Ali", "Zoe"], ["Lina", "Malo"])
    assert people_of(source) == ([], [])
    assert status_of(source) == (FamilyStatus.MERGED, target)
    with reading() as db:
        (kept,) = db.exec(select(FamilyMerge)).scalars()
        assert (kept.key, kept.merged_by, kept.merged_at) == (done, agent.account_id, NOW)
        traces = db.exec(select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.detail)).all()
        assert [tuple(trace) for trace in traces] == [("family.merged", agent.account_id, "F-Un")]
        assert duplicates.search_people(db, "malo")[0].family_id == target


def test_the_same_person_of_both_files_is_there_once_with_nothing_lost(base: Engine, agent: Actor) -> None:
    account = make_account("zoe@famille.example")
    target, source = make_family("Deux"), make_family("Un", account, phone="06 11 22 33 44")
    with transaction() as db:
        db.add(
            Guardian(family_id=target, first_name="ZOÉ", last_name="essai", role="mother", email="z@famille.example")
        )
    old, kept = make_child("Léa", source, birth=BIRTH), make_child("Lea", target, birth=BIRTH)
    make_child("Léa", target, birth=date(2011, 7, 1))  # une homonyme, qui reste à part
    merge(agent, source, target)
    with reading() as db:
        (guardian,) = db.exec(select(Guardian)).scalars()
        assert (guardian.family_id, guardian.first_name, guardian.email) == (target, "ZOÉ", "z@famille.example")
        assert (guardian.account_id, guardian.phone) == (account.key, "06 11 22 33 44")
        assert db.get(Child, old) is None
        assert db.get_one(Child, kept).first_name == "Lea"
    assert people_of(target)[1] == ["Lea", "Léa"]


def test_one_account_in_both_files_keeps_one_place(base: Engine, agent: Actor) -> None:
    account = make_account("zoe@famille.example")
    source, target = make_family("Un", account), make_family("Deux", account)
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.family_id) == target).values(can_see_health=False, first_name="Zo"))
    merge(agent, source, target)
    with reading() as db:
        (guardian,) = db.exec(select(Guardian)).scalars()
    assert (guardian.family_id, guardian.account_id, guardian.can_see_health) == (target, account.key, False)


def test_two_accounts_of_the_same_name_stay_two_people(base: Engine, agent: Actor) -> None:
    one, two = make_account("zoe@famille.example"), make_account("zoe.bis@famille.example")
    source, target = make_family("Un", one), make_family("Deux", two)
    merge(agent, source, target)
    assert people_of(target)[0] == ["Zoe", "Zoe"]


def test_a_child_already_in_both_files_stays_once(base: Engine, agent: Actor) -> None:
    source, target = make_family("Un"), make_family("Deux")
    make_child("Zoé", source, target)
    merge(agent, source, target)
    assert people_of(target)[1] == ["Zoé"]


def every_reference() -> list[tuple[str, str, str]]:
    parents = ("family", "child", "guardian")
    return [(parent, table.name, column) for parent in parents for table, column in moving.references(parent)]


@pytest.mark.parametrize(("parent", "name", "column"), every_reference())
def test_every_table_that_names_a_family_or_a_person_follows_and_comes_back(
    base: Engine, agent: Actor, parent: str, name: str, column: str
) -> None:
    """Une table ajoutée demain est essayée ici d'elle-même ; s'il lui faut une ligne particulière : any_row.EXAMPLES."""
    homes = {"source": make_family("Un"), "target": make_family("Deux")}
    with transaction() as db:
        same = {"first_name": "Zoé", "last_name": "Essai"}
        for home in homes.values():
            db.add(Guardian(family_id=home, role="mother", **same))
    children = {side: make_child("Zoé", home) for side, home in homes.items()}
    table = SQLModel.metadata.tables[name]
    with transaction() as db:
        guardians = dict(
            zip(homes, db.exec(select(Guardian.id).order_by(col(Guardian.family_id))).scalars(), strict=True)
        )
        anchor = {"family": homes, "child": children, "guardian": guardians}[parent]
        row = add_row(db.connection(), table, **{column: anchor["source"]})
    person_keys.index_everything()
    before = content(base)
    done = merge(agent, homes["source"], homes["target"])
    with reading() as db:
        pointing = db.connection().execute(select(table.c.id).where(table.c[column] == anchor["source"])).all()
        assert pointing == []
        kept = db.connection().scalar(select(table.c[column]).where(table.c.id == row))
        assert kept == anchor["target"]
    undo(agent, done)
    assert content(base) == before


def test_history_and_recalculated_keys_are_the_only_exceptions() -> None:
    every = {
        (table.name, column.name)
        for table in tables()
        for column in table.columns
        if any(key.column.table.name == "family" for key in column.foreign_keys)
    }
    followed = {(table.name, column) for table, column in moving.references("family")}
    assert every - followed == {
        ("family", "merged_into_id"),
        ("family_merge", "source_id"),
        ("family_merge", "target_id"),
        ("ledger_account", "family_id"),  # un mouvement y passe le solde : tests/services/wallet/test_uniting.py
        ("wallet_refund", "family_id"),  # demandé d'un porte-monnaie que la fusion vide
        ("person_key", "family_id"),
    }


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[tuple[int, int, str]], list[tuple[int, str]], list[int]]:
    """Qui tient quel foyer (foyer, compte ou 0, prénom), quels enfants où, quelles démarches."""
    names = st.sampled_from(["Zoé", "Zoe", "Ali", "Léo"])
    adults = draw(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), names), max_size=5))
    children = draw(st.lists(st.tuples(st.integers(0, 3), names), max_size=5))
    return adults, children, draw(st.lists(st.integers(0, 1), max_size=3))


@given(town=towns())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merging_then_undoing_gives_back_every_row(base: Engine, town: Any) -> None:
    adults, children, requests = town
    rank = _next_rank(base)
    agent = open_session(make_account(f"agent{rank}@mairie.example", role=Role.ADMIN))[1]
    accounts = [make_account(f"p{rank}n{one}@famille.example") for one in range(2)]
    homes = [make_family(f"{rank}-{one}") for one in range(3)]
    with transaction() as db:
        held = set()
        for home, who, name in adults:
            account_id = accounts[who - 1].key if who else None
            if (home, account_id) not in held or account_id is None:
                held.add((home, account_id))
                db.add(
                    Guardian(
                        family_id=homes[home], account_id=account_id, first_name=name, last_name="A", role="father"
                    )
                )
    for where, name in children:
        make_child(name, *{0: homes[:1], 1: homes[1:2], 2: homes[:2], 3: [homes[0], homes[2]]}[where])
    with transaction() as db:
        for home in requests:
            add_row(db.connection(), SQLModel.metadata.tables["request"], family_id=homes[home])
    before = content(base)
    done = merge(agent, homes[0], homes[1])
    assert people_of(homes[0]) == ([], [])
    assert set(people_of(homes[1])[1]) <= {name for _, name in children}
    undo(agent, done)
    assert content(base) == before


def _next_rank(base: Engine) -> int:
    with base.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(Family)).scalar_one())


def test_undo_stops_after_thirty_days_to_the_second(base: Engine, agent: Actor) -> None:
    source, target = make_family("Un"), make_family("Deux")
    done = merge(agent, source, target)
    with pytest.raises(RefusalError, match="30 jours"):
        undo(agent, done, NOW + MONTH)
    undo(agent, done, NOW + MONTH - timedelta(seconds=1))
    with pytest.raises(RefusalError, match="déjà défaite"):
        undo(agent, done, NOW + timedelta(days=4))


def test_undo_keeps_what_was_corrected_since(base: Engine, agent: Actor) -> None:
    account = make_account("zoe@famille.example")
    source, target = make_family("Un", account, phone="06 11 22 33 44"), make_family("Deux")
    with transaction() as db:
        db.add(Guardian(family_id=target, first_name="Zoe", last_name="Essai", role="mother"))
    done = merge(agent, source, target)
    with transaction() as db:
        db.exec(select(Guardian)).scalars().one().phone = "06 99 99 99 99"
    undo(agent, done)
    with reading() as db:
        found = {g.family_id: (g.account_id, g.phone) for g in db.exec(select(Guardian)).scalars()}
    assert found == {source: (account.key, "06 11 22 33 44"), target: (None, "06 99 99 99 99")}


def test_undo_is_refused_once_a_moved_child_left(base: Engine, agent: Actor) -> None:
    source, target = make_family("Un"), make_family("Deux")
    make_child("Zoé", source)
    done = merge(agent, source, target)
    with transaction() as db:
        db.delete(db.exec(select(FamilyChild)).scalars().one())
    before = content(base)
    with pytest.raises(CannotUndoError, match="déplacée ou supprimée"):
        undo(agent, done)
    assert content(base) == before


def test_undo_is_refused_once_the_kept_person_is_gone(base: Engine, agent: Actor) -> None:
    source, target = make_family("Un", make_account("zoe@famille.example")), make_family("Deux")
    with transaction() as db:
        db.add(Guardian(family_id=target, first_name="Zoe", last_name="Essai", role="mother"))
    done = merge(agent, source, target)
    with transaction() as db:
        db.delete(db.exec(select(Guardian)).scalars().one())
    with pytest.raises(CannotUndoError, match="supprimée"):
        undo(agent, done)
    assert status_of(source) == (FamilyStatus.MERGED, target)


def test_a_number_used_again_meanwhile_does_not_block_the_undo(base: Engine, agent: Actor) -> None:
    source, target = make_family("Un"), make_family("Deux")
    make_child("Zoé", target, birth=BIRTH)
    old = make_child("Zoé", source, birth=BIRTH)
    done = merge(agent, source, target)
    with transaction() as db:
        db.add(Child(id=old, first_name="Autre", last_name="Enfant", birth_date=BIRTH))
        db.flush()
        if db.connection().dialect.name == "postgresql":
            db.connection().execute(select(func.setval("child_id_seq", old)))
    undo(agent, done)
    assert people_of(source)[1] == people_of(target)[1] == ["Zoé"]
    with reading() as db:
        assert db.get_one(Child, old).first_name == "Autre"


def test_merges_in_a_chain_are_undone_from_the_last(base: Engine, agent: Actor) -> None:
    first, second, third = make_family("Un"), make_family("Deux"), make_family("Trois")
    make_child("Zoé", first)
    before = content(base)
    one = merge(agent, first, second)
    two = merge(agent, second, third)
    with pytest.raises(CannotUndoError, match="F-Deux est lui-même fusionné"):
        undo(agent, one)
    undo(agent, two)
    undo(agent, one)
    assert content(base) == before


def test_a_family_never_merges_with_itself_nor_with_a_closed_one(base: Engine, agent: Actor) -> None:
    home, other, gone = make_family("Un"), make_family("Deux"), make_family("Trois")
    merge(agent, gone, other)
    with pytest.raises(RefusalError, match="lui-même"):
        merge(agent, home, home)
    for source, target in ((home, gone), (gone, home)):
        with pytest.raises(RefusalError, match="fusionné"):
            merge(agent, source, target)
    with transaction() as db:
        db.get_one(Family, other).status = FamilyStatus.ARCHIVED
    for source, target in ((home, other), (other, home)):
        with pytest.raises(RefusalError, match="archivé"):
            merge(agent, source, target)
    for impossible in (0, -1, 2**31, 987_654):
        for source, target in ((home, impossible), (impossible, home)):
            with pytest.raises(NotOpenError):
                merge(agent, source, target)
        with pytest.raises(NotOpenError):
            undo(agent, impossible)


def test_a_child_never_ends_in_three_homes(base: Engine, agent: Actor) -> None:
    source, target, third, fourth = (make_family(name) for name in ("Un", "Deux", "Trois", "Quatre"))
    make_child("Zoé", source, third, birth=BIRTH)
    make_child("Zoé", target, fourth, birth=BIRTH)
    before = content(base)
    with pytest.raises(RefusalError, match="trois foyers"):
        merge(agent, source, target)
    assert content(base) == before


def test_two_agents_merging_at_once_do_it_once(base: Engine, agent: Actor) -> None:
    source, target, other = make_family("Un"), make_family("Deux"), make_family("Trois")
    make_child("Zoé", source)
    found = together(lambda: merge(agent, source, target), lambda: merge(agent, source, other))
    assert sum(isinstance(one, int) for one in found) == 1
    assert sum(isinstance(one, RefusalError) for one in found) == 1
    assert len(people_of(target)[1] + people_of(other)[1]) == 1


def test_crossed_merges_never_block_each_other(base: Engine, agent: Actor) -> None:
    one, two = make_family("Un"), make_family("Deux")
    found = together(lambda: merge(agent, one, two), lambda: merge(agent, two, one))
    assert sum(isinstance(result, int) for result in found) == 1
    assert {status_of(one)[0], status_of(two)[0]} == {FamilyStatus.MERGED, FamilyStatus.ACTIVE}


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION])
def test_only_who_keeps_the_files_may_merge(base: Engine, agent: Actor, role: Role) -> None:
    source, target = make_family("Un"), make_family("Deux")
    stranger = open_session(make_account("autre@mairie.example", role=role))[1]
    with pytest.raises(NotOpenError):
        merge(stranger, source, target)
    done = merge(agent, source, target)
    with pytest.raises(NotOpenError):
        undo(stranger, done)
    assert status_of(source)[0] == FamilyStatus.MERGED
