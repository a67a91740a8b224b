"""Les droits de chaque adulte : réglés par un agent ou par un autre responsable, jamais tous retirés à tous."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.families import ALL_RIGHTS, FamilyRight, FamilyStatus
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.services import access, rights
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session

BOOK_ONLY = frozenset({FamilyRight.BOOK})


def agent(role: Role = Role.RECEPTION) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def couple() -> tuple[Account, Account, int]:
    alba, zoe = make_account(), make_account("zoe@famille.example")
    return alba, zoe, make_family("Essai", alba, zoe)


def place(account: Account, family_id: int) -> Guardian:
    query = select(Guardian).where(Guardian.account_id == account.key, Guardian.family_id == family_id)
    with reading() as db:
        return db.exec(query).one()


def give(actor: Actor, guardian: Guardian, wanted: frozenset[FamilyRight]) -> None:
    rights.set_rights(actor=actor, guardian_id=guardian.key, rights=wanted, now=NOW)


def held(account: Account, family_id: int) -> frozenset[FamilyRight]:
    return rights.rights_of(place(account, family_id))


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.DIRECTION, Role.ADMIN])
def test_an_agent_sets_the_rights_and_they_count_at_once(base: Engine, role: Role) -> None:
    _, zoe, family_id = couple()
    actor = agent(role)
    give(actor, place(zoe, family_id), BOOK_ONLY)
    mine = open_session(zoe)[1]
    with reading() as db:
        access.my_family(db, mine, family_id, FamilyRight.BOOK)
        for right in ALL_RIGHTS - BOOK_ONLY:
            with pytest.raises(RefusalError, match="ne permet pas"):
                access.my_family(db, mine, family_id, right)
        entry = db.exec(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.detail) == ("guardian.rights_changed", actor.account_id, "can_book")


def test_a_guardian_who_edits_sets_those_of_the_other_adults(base: Engine) -> None:
    alba, zoe, family_id = couple()
    actor = open_session(alba)[1]
    give(actor, place(zoe, family_id), frozenset())
    assert held(zoe, family_id) == frozenset()
    give(actor, place(zoe, family_id), BOOK_ONLY)
    assert held(zoe, family_id) == BOOK_ONLY
    with pytest.raises(RefusalError, match="Vos propres droits"):
        give(actor, place(alba, family_id), BOOK_ONLY)
    assert held(alba, family_id) == ALL_RIGHTS


def test_without_the_right_to_edit_nobody_sets_anything(base: Engine) -> None:
    alba, zoe, family_id = couple()
    give(agent(), place(zoe, family_id), ALL_RIGHTS - {FamilyRight.EDIT})
    actor = open_session(zoe)[1]
    for account in (alba, zoe):
        with pytest.raises(RefusalError, match="ne permet pas"):
            give(actor, place(account, family_id), ALL_RIGHTS)
    assert held(zoe, family_id) == ALL_RIGHTS - {FamilyRight.EDIT}


def test_the_adults_of_others_do_not_exist(base: Engine, now: datetime) -> None:
    alba, _, family_id = couple()
    stranger = make_account("loin@famille.example")
    away = place(stranger, make_family("Loin", stranger))
    said = set()
    for actor in (open_session(alba)[1], agent(Role.REGIE), agent(Role.ANIMATION)):
        for guardian_id in (away.key, 999_999, 0, -1, 2**40):
            with pytest.raises(NotOpenError) as refusal:
                rights.set_rights(actor=actor, guardian_id=guardian_id, rights=BOOK_ONLY, now=now)
            said.add(refusal.value.full_sentence)
    assert len(said) == 1
    assert rights.rights_of(away) == ALL_RIGHTS
    assert held(alba, family_id) == ALL_RIGHTS


def test_a_guardian_no_longer_acts_on_an_archived_file(base: Engine) -> None:
    alba, zoe, family_id = couple()
    with transaction() as db:
        db.get_one(Family, family_id).status = FamilyStatus.ARCHIVED
    with pytest.raises(NotOpenError):
        give(open_session(alba)[1], place(zoe, family_id), BOOK_ONLY)


def test_the_last_adult_who_keeps_everything_keeps_it(base: Engine) -> None:
    alba, zoe, family_id = couple()
    actor = agent()
    give(actor, place(zoe, family_id), BOOK_ONLY)
    for right in FamilyRight:
        with pytest.raises(RefusalError, match="Au moins un adulte"):
            give(actor, place(alba, family_id), ALL_RIGHTS - {right})
    assert held(alba, family_id) == ALL_RIGHTS
    give(actor, place(zoe, family_id), ALL_RIGHTS)
    give(actor, place(alba, family_id), BOOK_ONLY)


def test_two_adults_who_take_each_other_down_leave_one(base: Engine) -> None:
    alba, zoe, family_id = couple()
    one, two = open_session(alba)[1], open_session(zoe)[1]
    at_alba, at_zoe = place(alba, family_id), place(zoe, family_id)
    outcomes = together(lambda: give(one, at_zoe, BOOK_ONLY), lambda: give(two, at_alba, BOOK_ONLY))
    assert sum(outcome is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome, RefusalError) for outcome in outcomes) == 1
    assert sorted([held(alba, family_id) == ALL_RIGHTS, held(zoe, family_id) == ALL_RIGHTS]) == [False, True]


def test_saving_the_same_rights_writes_nothing_down(base: Engine) -> None:
    _, zoe, family_id = couple()
    give(agent(), place(zoe, family_id), ALL_RIGHTS)
    with reading() as db:
        assert db.exec(select(AuditEntry)).first() is None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.sets(st.sampled_from(list(FamilyRight)))), max_size=8))
def test_whatever_is_asked_someone_keeps_everything(
    base_sqlite: Engine, asked: list[tuple[bool, set[FamilyRight]]]
) -> None:
    rank = len(_families())
    alba, zoe = make_account(f"a{rank}@famille.example"), make_account(f"z{rank}@famille.example")
    family_id = make_family(f"n{rank}", alba, zoe)
    actor = _reception()
    for first, wanted in asked:
        guardian = place(alba if first else zoe, family_id)
        try:
            give(actor, guardian, frozenset(wanted))
        except RefusalError:
            assert rights.rights_of(place(alba if first else zoe, family_id)) == rights.rights_of(guardian)
    assert ALL_RIGHTS in (held(alba, family_id), held(zoe, family_id))


def _families() -> list[Family]:
    with reading() as db:
        return list(db.exec(select(Family)))


def _reception() -> Actor:
    with reading() as db:
        known = db.exec(select(Account).where(Account.role == Role.RECEPTION)).first()
    return open_session(known)[1] if known else agent()
