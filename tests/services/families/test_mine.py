"""Les foyers : on voit les siens, tous les siens, et cela coûte toujours pareil."""

from datetime import UTC, date, datetime

from sqlalchemy import Engine

from portail.domain.families import FamilyStatus
from portail.models.database import transaction
from portail.models.families import Family
from portail.services import families
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted


def test_only_my_families_are_shown(base: Engine, now: datetime) -> None:
    mine, theirs = make_account(), make_account("zoe@famille.example")
    make_child("Léa", make_family("Durand", mine))
    make_child("Sami", make_family("Benali", theirs))
    (card,) = families.show_mine(actor=open_session(mine)[1], now=now)
    assert card.name == "Durand"
    assert [child.first_name for child in card.children] == ["Léa"]
    assert card.address == "1 rue Pasteur, 49999 Valbourg"


def test_account_without_family_sees_none(base: Engine, now: datetime) -> None:
    make_child("Sami", make_family("Benali", make_account("zoe@famille.example")))
    assert families.show_mine(actor=open_session(make_account())[1], now=now) == []


def test_child_of_two_homes_is_in_both_for_each_parent(base: Engine, now: datetime) -> None:
    paul, sophie = make_account("paul@famille.example"), make_account("sophie@famille.example")
    jade = make_child("Jade", make_family("Lefèvre", paul), make_family("Garnier", sophie))
    for account, name in ((paul, "Lefèvre"), (sophie, "Garnier")):
        (card,) = families.show_mine(actor=open_session(account)[1], now=now)
        assert (card.name, [child.id for child in card.children]) == (name, [jade])
        assert [guardian.full_name for guardian in card.guardians] == [account.full_name]


def test_only_a_child_of_two_open_homes_is_shared(base: Engine, now: datetime) -> None:
    paul = make_account("paul@famille.example")
    mine, other = make_family("Lefèvre", paul), make_family("Garnier")
    make_child("Jade", mine, other, birth=date(2018, 1, 1))
    make_child("Léa", mine, birth=date(2020, 1, 1))
    _, actor = open_session(paul)
    assert [child.shared for child in families.show_mine(actor=actor, now=now)[0].children] == [True, False]
    with transaction() as db:
        db.get_one(Family, other).status = FamilyStatus.ARCHIVED
    assert [child.shared for child in families.show_mine(actor=actor, now=now)[0].children] == [False, False]


def test_one_account_may_hold_two_families(base: Engine, now: datetime) -> None:
    account = make_account()
    lea = make_child("Léa", make_family("Durand", account), make_family("Benali", account))
    cards = families.show_mine(actor=open_session(account)[1], now=now)
    assert [card.name for card in cards] == ["Benali", "Durand"]
    assert [[child.id for child in card.children] for card in cards] == [[lea], [lea]]


def test_child_is_described(base: Engine, now: datetime) -> None:
    account = make_account()
    family = make_family("Durand", account)
    make_child("Noé", family, birth=date(2021, 11, 20), school_id=make_school())
    make_child("Aya", family, birth=date(2025, 11, 21))
    noe, aya = families.show_mine(actor=open_session(account)[1], now=now)[0].children
    assert (noe.initial, noe.age, noe.school, noe.level) == ("N", "5 ans", "École Jean-Macé", "CM2")
    assert (aya.age, aya.school) == ("0 an", "")
    assert noe.color != aya.color


def test_birthday_begins_at_midnight_in_paris(base: Engine) -> None:
    account = make_account()
    make_child("Noé", make_family("Durand", account), birth=date(2021, 7, 14))
    _, actor = open_session(account)
    for moment, age in (
        (datetime(2026, 7, 13, 21, 59, tzinfo=UTC), "4 ans"),
        (datetime(2026, 7, 13, 22, 0, tzinfo=UTC), "5 ans"),
    ):
        assert families.show_mine(actor=actor, now=moment)[0].children[0].age == age


def test_contact_says_what_is_known(base: Engine, now: datetime) -> None:
    account = make_account()
    make_family("Durand", account, phone="")
    (card,) = families.show_mine(actor=open_session(account)[1], now=now)
    assert [(one.contact, one.role, one.has_account) for one in card.guardians] == [
        ("alba@famille.example", "Mère", True)
    ]


def test_cost_is_the_same_whatever_the_size(base: Engine, now: datetime) -> None:
    account = make_account()
    make_child("Léa", make_family("Un", account))
    _, actor = open_session(account)
    with counted(base) as few:
        families.show_mine(actor=actor, now=now)
    for rank in range(6):
        family = make_family(f"Foyer{rank}", account)
        for child in range(5):
            make_child(f"Enfant{child}", family)
    with counted(base) as many:
        cards = families.show_mine(actor=actor, now=now)
    assert sum(len(card.children) for card in cards) == 31
    assert len(many) == len(few) == 3
