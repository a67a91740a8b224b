"""La liste des comptes : chercher, filtrer, tourner les pages, ouvrir ; chacun n'y voit que ce qu'il tient."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import LIFETIMES, AccountStatus, Actor, LinkKind, Role, Standing
from portail.domain.families import GuardianRole
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.families import Guardian
from portail.services import accounts
from portail.services.accounts import desk
from portail.services.accounts.desk import Search
from portail.views.account_desk import AccountPage
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

WEEK = LIFETIMES[LinkKind.INVITATION]


def agent(role: Role = Role.RECEPTION) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def page(actor: Actor, now: datetime, words: str = "", standing: str = "", number: int = 1) -> AccountPage:
    return desk.show_page(actor=actor, search=Search(words, standing, number), now=now)


def names(found: AccountPage) -> list[str]:
    return [row.full_name for row in found.rows]


def invited(email: str, now: datetime) -> Account:
    account = make_account(email, active=False, now=now)
    with transaction() as db:
        accounts.invite(db, account, now)
    return account


def rename(account: Account, first: str, last: str) -> None:
    with transaction() as db:
        row = db.get_one(Account, account.key)
        row.first_name, row.last_name = first, last


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.DIRECTION])
def test_who_holds_the_files_sees_parents_only(base: Engine, now: datetime, role: Role) -> None:
    make_account()
    found = page(agent(role), now)
    assert names(found) == ["Alba Essai"]
    assert found.summary == "1 compte, page 1 sur 1"


def test_the_administration_sees_everyone(base: Engine, now: datetime) -> None:
    make_account()
    found = page(agent(Role.ADMIN), now)
    assert {row.role_label for row in found.rows} == {"Parent", "Administration"}


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION])
def test_the_list_is_closed_to_the_others(base: Engine, now: datetime, role: Role) -> None:
    actor, account = agent(role), make_account()
    with pytest.raises(NotOpenError):
        page(actor, now)
    with pytest.raises(NotOpenError):
        desk.show_one(actor=actor, account_id=account.key, now=now)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("zoé", ["Zoé Éluard"]),
        ("ZOÉ", ["Zoé Éluard"]),
        ("éluard", ["Zoé Éluard"]),
        ("zoe.e", ["Zoé Éluard"]),
        ("zoé éluard", ["Zoé Éluard"]),
        ("éluard zoé", ["Zoé Éluard"]),
        ("zoé durand", []),
        ("F-Eluard", ["Zoé Éluard"]),
        ("f-eluard", ["Zoé Éluard"]),
        ("famille.example", ["Alba Essai", "Zoé Éluard"]),
        ("  ", ["Alba Essai", "Zoé Éluard"]),
        ("%", []),
        ("_", []),
        ("!", []),
        ("' OR 1=1 --", []),
        ("\u0301", []),
    ],
)
def test_words_find_names_addresses_and_numbers(base: Engine, now: datetime, words: str, found: list[str]) -> None:
    make_account()
    zoe = make_account("zoe.e@famille.example")
    make_family("Eluard", zoe)
    rename(zoe, "Zoé", "Éluard")
    assert sorted(names(page(agent(), now, words))) == found


@pytest.mark.parametrize("words", ["x" * 101, "a\0b", "a\u202eb"])
def test_words_that_are_not_words_are_refused(base: Engine, now: datetime, words: str) -> None:
    with pytest.raises(BadInputError):
        page(agent(), now, words)


@pytest.mark.parametrize(
    ("standing", "found"),
    [
        (Standing.INVITED, ["Frais Essai"]),
        (Standing.EXPIRED, ["Jamais Essai", "Perime Essai"]),
        (Standing.ACTIVE, ["Alba Essai"]),
        (Standing.CLOSED, ["Ferme Essai"]),
        ("", ["Alba Essai", "Ferme Essai", "Frais Essai", "Jamais Essai", "Perime Essai"]),
        ("inconnu", ["Alba Essai", "Ferme Essai", "Frais Essai", "Jamais Essai", "Perime Essai"]),
    ],
)
def test_each_account_is_listed_where_it_stands(base: Engine, now: datetime, standing: str, found: list[str]) -> None:
    make_account()
    invited("frais@famille.example", now)
    invited("perime@famille.example", now - WEEK)
    make_account("jamais@famille.example", active=False)
    closed = make_account("ferme@famille.example", active=False)
    with transaction() as db:
        db.get_one(Account, closed.key).status = AccountStatus.CLOSED
    listed = page(agent(), now, standing=standing)
    assert names(listed) == found
    if standing in set(Standing):
        assert {row.standing for row in listed.rows} == {standing}


def test_pages_turn_and_stay_within_bounds(base: Engine, now: datetime) -> None:
    actor = agent()
    for rank in range(23):
        make_account(f"p{rank:02d}@famille.example")
    first, second = page(actor, now), page(actor, now, number=2)
    assert (len(first.rows), len(second.rows), first.pages) == (20, 3, 2)
    assert not set(names(first)) & set(names(second))
    for number in (-5, 0, 1, 2, 3, 10**12):
        assert page(actor, now, number=number).page == min(max(number, 1), 2)
    assert page(actor, now, "personne-de-ce-nom").summary == "0 compte, page 1 sur 1"


def test_the_list_costs_the_same_whatever_its_length(base: Engine, now: datetime) -> None:
    actor = agent()
    make_family("un", make_account())
    with counted(base) as few:
        page(actor, now)
    for rank in range(12):
        make_family(f"f{rank}", invited(f"p{rank}@famille.example", now))
    with counted(base) as many:
        assert len(page(actor, now).rows) == 13
    assert len(many) == len(few) == 4


def test_an_opened_account_shows_its_files_and_their_adults(base: Engine, now: datetime) -> None:
    account = invited("alba@famille.example", now)
    first, second = make_family("Un", account), make_family("Deux", account, make_account("hugo@famille.example"))
    with transaction() as db:
        db.add(Guardian(family_id=first, first_name="Ada", last_name="Sitter", role=GuardianRole.CARER, can_edit=False))
    shown = desk.show_one(actor=agent(), account_id=account.key, now=now)
    assert (shown.username, shown.standing_label, shown.is_mine) == ("alba", "à activer", False)
    assert shown.link == "27 novembre à 10\u00a0h\u00a000"
    assert [(home.number, [adult.full_name for adult in home.adults]) for home in shown.households] == [
        ("F-Un", ["Alba Essai", "Ada Sitter"]),
        ("F-Deux", ["Alba Essai", "Hugo Essai"]),
    ]
    sitter = shown.households[0].adults[1]
    assert (sitter.has_account, sitter.can_edit, sitter.can_book) == (False, False, True)
    late = desk.show_one(actor=agent(Role.DIRECTION), account_id=account.key, now=now + WEEK)
    assert (late.standing, late.link) == (Standing.EXPIRED, "")
    assert second


def test_foreign_and_unknown_accounts_answer_the_same(base: Engine, now: datetime) -> None:
    actor, staff = agent(), make_account("chef@mairie.example", role=Role.ADMIN)
    said = set()
    for account_id in (staff.key, actor.account_id, 999_999, 0, -1, 2**40):
        with pytest.raises(NotOpenError) as refusal:
            desk.show_one(actor=actor, account_id=account_id, now=now)
        said.add(refusal.value.full_sentence)
    assert len(said) == 1


def test_an_admin_may_change_the_role_of_colleagues_only(base: Engine, now: datetime) -> None:
    admin, colleague, parent = agent(Role.ADMIN), make_account("c@mairie.example", role=Role.REGIE), make_account()
    changeable = {
        account_id: desk.show_one(actor=admin, account_id=account_id, now=now).can_change_role
        for account_id in (colleague.key, parent.key, admin.account_id)
    }
    assert changeable == {colleague.key: True, parent.key: False, admin.account_id: False}


def test_a_link_about_to_end_is_still_alive(base: Engine, now: datetime) -> None:
    invited("alba@famille.example", now)
    actor = agent()
    assert len(page(actor, now + WEEK - timedelta(seconds=1), standing=Standing.INVITED).rows) == 1
    assert len(page(actor, now + WEEK, standing=Standing.EXPIRED).rows) == 1
