"""À qui est ce dossier : le dossier d'un autre répond comme un dossier qui n'existe pas."""

import pytest
from sqlalchemy import Engine
from sqlmodel import col, update

from portail.domain.accounts import Audience, Role, may_hold
from portail.domain.families import FamilyRight, FamilyStatus
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.services import access
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

IMPOSSIBLE = (0, -1, 2**31, 2**63, 987_654)


def _take_right(family_id: int, right: FamilyRight) -> None:
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.family_id) == family_id).values({right.value: False}))


def _refused(call, *args: object, kind: type[RefusalError] = NotOpenError) -> RefusalError:
    with reading() as db, pytest.raises(kind) as refusal:
        call(db, *args)
    return refusal.value


def test_a_parent_finds_only_the_families_they_hold(base: Engine) -> None:
    mine, theirs = make_account("zoe@famille.example"), make_account("ali@famille.example")
    _, actor = open_session(mine)
    family, foreign = make_family("Un", mine), make_family("Deux", theirs)
    with reading() as db:
        found, place = access.my_family(db, actor, family)
        assert (found.key, place.account_id) == (family, mine.key)
    for other in (foreign, *IMPOSSIBLE):
        _refused(access.my_family, actor, other)


@pytest.mark.parametrize("status", [FamilyStatus.MERGED, FamilyStatus.ARCHIVED])
def test_a_closed_family_is_no_longer_found(base: Engine, status: FamilyStatus) -> None:
    account = make_account()
    _, actor = open_session(account)
    family, kept = make_family("Un", account), make_family("Deux")
    child = make_child("Zoé", family)
    with reading() as db:
        assert access.my_child(db, actor, child).family.key == access.my_family(db, actor, family)[0].key == family
    with transaction() as db:
        db.exec(
            update(Family)
            .where(col(Family.id) == family)
            .values(status=status, merged_into_id=kept if status is FamilyStatus.MERGED else None)
        )
    _refused(access.my_family, actor, family)
    _refused(access.my_child, actor, child)


@pytest.mark.parametrize("right", list(FamilyRight))
def test_a_right_taken_away_is_said_in_words(base: Engine, right: FamilyRight) -> None:
    account = make_account()
    _, actor = open_session(account)
    family = make_family("Un", account)
    child = make_child("Zoé", family)
    with reading() as db:
        access.my_family(db, actor, family, right)
        assert access.my_child(db, actor, child, right).family.key == family
    _take_right(family, right)
    for call, key in ((access.my_family, family), (access.my_child, child)):
        refusal = _refused(call, actor, key, right, kind=RefusalError)
        assert not isinstance(refusal, NotOpenError)
        assert right.label.lower() in refusal.sentence
    with reading() as db:
        assert access.my_child(db, actor, child).child.key == child


def test_a_child_of_two_families_is_reached_by_the_one_that_gives_the_right(base: Engine) -> None:
    account = make_account()
    _, actor = open_session(account)
    first, second = make_family("Un", account), make_family("Deux", account)
    child = make_child("Zoé", first, second)
    _take_right(first, FamilyRight.HEALTH)
    with reading() as db:
        assert access.my_child(db, actor, child).family.key == first
        assert access.my_child(db, actor, child, FamilyRight.HEALTH).family.key == second


def test_a_foreign_child_answers_as_a_missing_one(base: Engine) -> None:
    stranger, mother = make_account("ali@famille.example"), make_account("zoe@famille.example")
    _, actor = open_session(stranger)
    child = make_child("Zoé", make_family("Un", mother))
    said = {_refused(access.my_child, actor, key).sentence for key in (child, *IMPOSSIBLE)}
    assert len(said) == 1


@pytest.mark.parametrize("role", list(Role))
def test_agents_reach_what_their_role_needs(base: Engine, role: Role) -> None:
    _, actor = open_session(make_account(f"{role}@mairie.example", role=role))
    family = make_family("Un")
    child = make_child("Zoé", family)

    def opens(call, *args: object) -> bool:
        with reading() as db:
            try:
                call(db, *args)
            except NotOpenError:
                return False
        return True

    assert opens(access.any_family, actor, family) is (role in {Role.RECEPTION, Role.DIRECTION, Role.ADMIN})
    assert opens(access.any_child, actor, child, Audience.HEALTH) is (role in {Role.RECEPTION, Role.DIRECTION})
    for key in IMPOSSIBLE:
        assert not opens(access.any_family, actor, key)
        assert not opens(access.any_child, actor, key, Audience.HEALTH)


@pytest.mark.parametrize("held", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_an_account_exists_only_for_the_agents_who_hold_it(base_sqlite: Engine, role: Role, held: Role) -> None:
    actor = open_session(make_account("agent@mairie.example", role=role))[1]
    account = make_account("tenu@famille.example", role=held)
    with reading() as db:
        if may_hold(role, held):
            assert access.any_account(db, actor, account.key).key == account.key
            return
        said = set()
        for account_id in (account.key, 999_999, 0, -1, 2**40):
            with pytest.raises(NotOpenError) as refusal:
                access.any_account(db, actor, account_id)
            said.add(refusal.value.full_sentence)
    assert len(said) == 1
