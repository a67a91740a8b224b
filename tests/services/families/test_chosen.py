"""L'enfant choisi : retenu par la connexion, jamais celui d'un autre, oublié quand il s'en va."""

import pytest
from sqlalchemy import Engine
from sqlmodel import col, delete

from portail.domain.families import CHILD_COLORS, FamilyStatus
from portail.domain.refusals import NotOpenError
from portail.models.accounts import LoginSession
from portail.models.database import reading, transaction
from portail.models.families import Family, FamilyChild
from portail.services import families
from portail.services.families import children, chosen
from tests.conftest import NOW
from tests.factories.custody import separated
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session


def kept(session_id: int) -> int | None:
    with reading() as db:
        return db.get_one(LoginSession, session_id).child_id


def test_the_choice_is_kept_by_the_connection_and_by_no_other(base: Engine) -> None:
    alba = make_account()
    family = make_family("Essai", alba)
    lou, zoe = make_child("Lou", family), make_child("Zoé", family)
    phone, desk = open_session(alba)[1], open_session(alba)[1]
    assert chosen.show(actor=phone).chosen == 0
    assert chosen.choose(actor=phone, child_id=zoe).chosen == zoe
    assert (chosen.show(actor=phone).chosen, chosen.show(actor=desk).chosen) == (zoe, 0)
    assert chosen.choose(actor=phone, child_id=lou).chosen == lou
    assert chosen.choose(actor=phone, child_id=0).chosen == 0
    assert kept(phone.session_id) is None


def test_arriving_on_the_page_of_a_child_chooses_it_and_elsewhere_nothing_changes(base: Engine) -> None:
    alba, ali = make_account(), make_account("ali@famille.example")
    family = make_family("Essai", alba)
    lou, stranger = make_child("Lou", family), make_child("Noé", make_family("Loin", ali))
    actor = open_session(alba)[1]
    assert chosen.arrive(actor=actor, child_id=lou).chosen == lou
    for elsewhere in (0, -1, stranger, 999_999, 2**40):
        assert chosen.arrive(actor=actor, child_id=elsewhere).chosen == lou


@pytest.mark.parametrize("child_id", [-1, 999_999, 2**40])
def test_a_child_who_does_not_exist_or_is_not_mine_is_not_chosen(base: Engine, child_id: int) -> None:
    alba, ali = make_account(), make_account("ali@famille.example")
    make_family("Essai", alba)
    stranger = make_child("Noé", make_family("Loin", ali))
    actor = open_session(alba)[1]
    for key in (child_id, stranger):
        with pytest.raises(NotOpenError):
            chosen.choose(actor=actor, child_id=key)
    assert kept(actor.session_id) is None


def test_a_child_who_left_or_whose_file_closed_falls_back_to_everyone(base: Engine) -> None:
    alba = make_account()
    family, other = make_family("Essai", alba), make_family("Autre", alba)
    lou, zoe = make_child("Lou", family), make_child("Zoé", other)
    actor = open_session(alba)[1]
    chosen.choose(actor=actor, child_id=lou)
    with transaction() as db:
        db.exec(delete(FamilyChild).where(col(FamilyChild.child_id) == lou))
    assert chosen.show(actor=actor).chosen == 0
    chosen.choose(actor=actor, child_id=zoe)
    with transaction() as db:
        db.get_one(Family, other).status = FamilyStatus.ARCHIVED
    shown = chosen.show(actor=actor)
    assert (shown.chosen, shown.children) == (0, [])


def test_each_child_keeps_one_colour_everywhere_even_when_a_sibling_leaves(base: Engine) -> None:
    alba = make_account()
    family = make_family("Essai", alba)
    keys = [make_child(name, family) for name in ("Lou", "Zoé", "Max")]
    actor = open_session(alba)[1]
    with transaction() as db:
        db.exec(delete(FamilyChild).where(col(FamilyChild.child_id) == keys[0]))
    shown = {child.id: child.color for child in chosen.show(actor=actor).children}
    assert shown == {keys[1]: CHILD_COLORS[1], keys[2]: CHILD_COLORS[2]}
    (card,) = families.show_mine(actor=actor, now=NOW)
    assert {child.id: child.color for child in card.children} == shown
    assert {key: children.show(actor=actor, child_id=key, now=NOW).color for key in keys[1:]} == shown


def test_a_child_of_two_homes_is_chosen_by_each_parent_apart(base: Engine) -> None:
    them = separated()
    only_his = make_child("Tom", them.lefevre)
    chosen.choose(actor=them.paul, child_id=them.jade)
    assert [child.first_name for child in chosen.show(actor=them.paul).children] == ["Jade", "Tom"]
    assert [child.first_name for child in chosen.show(actor=them.sophie).children] == ["Jade"]
    assert chosen.show(actor=them.sophie).chosen == 0
    with pytest.raises(NotOpenError):
        chosen.choose(actor=them.sophie, child_id=only_his)


def test_the_number_kept_alone_is_read_without_the_children(base: Engine) -> None:
    alba = make_account()
    lou = make_child("Lou", make_family("Essai", alba))
    actor = open_session(alba)[1]
    assert chosen.kept(actor=actor) == 0
    chosen.choose(actor=actor, child_id=lou)
    assert chosen.kept(actor=actor) == lou
    chosen.choose(actor=actor, child_id=0)
    assert chosen.kept(actor=actor) == 0
