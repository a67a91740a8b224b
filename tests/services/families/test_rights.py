"""Les droits de chaque adulte : réglés par un agent ou par un autre responsable, jamais tous retirés à tous."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.families import ALL_RIGHTS, FamilyRight, FamilyStatus, RightsChangedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.services import access
from portail.services.families import rights
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.letters import last_text, recipients
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
    with pytest.raises(RefusalError, match="Au moins un adulte"):
        give(actor, place(alba, family_id), BOOK_ONLY)
    assert held(alba, family_id) == ALL_RIGHTS


def test_a_guardian_lowers_their_own_rights_and_cannot_raise_them_back(base: Engine) -> None:
    alba, zoe, family_id = couple()
    actor = open_session(zoe)[1]
    lowered = frozenset({FamilyRight.EDIT, FamilyRight.BOOK})
    give(actor, place(zoe, family_id), lowered)
    assert held(zoe, family_id) == lowered
    for wanted in (ALL_RIGHTS, lowered | {FamilyRight.MONEY}, frozenset({FamilyRight.EDIT, FamilyRight.HEALTH})):
        with pytest.raises(RefusalError, match="vous donner un droit"):
            give(actor, place(zoe, family_id), wanted)
    assert held(zoe, family_id) == lowered
    assert held(alba, family_id) == ALL_RIGHTS


def test_one_gives_and_takes_only_what_one_has(base: Engine) -> None:
    _, zoe, family_id = couple()
    third = make_account("tante@famille.example")
    with transaction() as db:
        db.add(Guardian(family_id=family_id, account_id=third.key, first_name="T", last_name="E", role="carer"))
    lowered = frozenset({FamilyRight.EDIT, FamilyRight.BOOK})
    give(agent(), place(zoe, family_id), lowered)
    actor = open_session(zoe)[1]
    with pytest.raises(RefusalError, match="que vous avez vous-même"):
        give(actor, place(third, family_id), ALL_RIGHTS - {FamilyRight.MONEY})
    give(actor, place(third, family_id), ALL_RIGHTS - {FamilyRight.BOOK})
    assert held(third, family_id) == ALL_RIGHTS - {FamilyRight.BOOK}
    with pytest.raises(RefusalError, match="que vous avez vous-même"):
        give(actor, place(third, family_id), frozenset())


def test_two_tabs_the_second_is_told_and_changes_nothing(base: Engine) -> None:
    alba, zoe, family_id = couple()
    actor, guardian = open_session(alba)[1], place(zoe, family_id)
    rights.set_rights(actor=actor, guardian_id=guardian.key, rights=BOOK_ONLY, seen=ALL_RIGHTS, now=NOW)
    with pytest.raises(RightsChangedError, match="Zoe Essai"):
        rights.set_rights(actor=actor, guardian_id=guardian.key, rights=frozenset(), seen=ALL_RIGHTS, now=NOW)
    assert held(zoe, family_id) == BOOK_ONLY


def test_the_adult_concerned_is_written_to_and_nobody_else(base: Engine) -> None:
    alba, zoe, family_id = couple()
    give(open_session(alba)[1], place(zoe, family_id), BOOK_ONLY)
    assert recipients() == ["zoe@famille.example"]
    said = last_text("zoe@famille.example")
    assert "Alba Essai a changé" in said
    assert "Vous pouvez maintenant : réserver." in said
    give(agent(), place(zoe, family_id), frozenset())
    said = last_text("zoe@famille.example")
    assert "Le service enfance a changé" in said
    assert "plus aucun droit" in said
    assert "accueil" not in said.lower()


def test_lowering_ones_own_rights_sends_nothing_nor_does_an_account_that_waits(base: Engine) -> None:
    alba, zoe, family_id = couple()
    invited = make_account("invite@famille.example", active=False)
    with transaction() as db:
        db.add(Guardian(family_id=family_id, account_id=invited.key, first_name="I", last_name="E", role="father"))
    give(open_session(zoe)[1], place(zoe, family_id), BOOK_ONLY)
    give(open_session(alba)[1], place(invited, family_id), BOOK_ONLY)
    assert recipients() == []


def test_the_page_shows_each_adult_with_an_account_and_what_may_be_changed(base: Engine) -> None:
    _, zoe, family_id = couple()
    with transaction() as db:
        db.add(Guardian(family_id=family_id, first_name="Sans", last_name="Compte", role="father"))
    stranger = make_account("loin@famille.example")
    make_family("Loin", stranger)
    give(agent(), place(zoe, family_id), frozenset({FamilyRight.EDIT, FamilyRight.BOOK}))
    (home,) = rights.show(actor=open_session(zoe)[1])
    assert (home.name, home.can_change, [one.full_name for one in home.adults]) == (
        "Essai",
        True,
        ["Alba Essai", "Zoe Essai"],
    )
    assert [one.is_me for one in home.adults] == [False, True]
    assert home.adults[1].seen == "can_edit,can_book"
    assert [tick.name for tick in home.adults[0].rights if tick.can_set] == ["can_edit", "can_book"]
    assert all(tick.held for tick in home.adults[0].rights)


def test_who_may_not_edit_reads_and_an_archived_file_is_not_shown(base: Engine) -> None:
    _, zoe, family_id = couple()
    give(agent(), place(zoe, family_id), BOOK_ONLY)
    actor = open_session(zoe)[1]
    (home,) = rights.show(actor=actor)
    assert not home.can_change
    assert not any(tick.can_set for adult in home.adults for tick in adult.rights)
    with transaction() as db:
        db.get_one(Family, family_id).status = FamilyStatus.ARCHIVED
    assert rights.show(actor=actor) == []


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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
