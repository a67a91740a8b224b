"""Préparer une fusion au guichet : trouver l'autre dossier, comparer, retrouver les fusions et leur délai."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyStatus
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.families import Family
from portail.services import merging
from portail.services.merging import desk
from portail.views.merging import MergePage
from tests.conftest import NOW
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

MONTH, SECOND = timedelta(days=30), timedelta(seconds=1)
BIRTH = date(2018, 3, 12)


@pytest.fixture
def agent(base: Engine) -> Actor:
    return open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]


@pytest.fixture
def pair(agent: Actor) -> tuple[int, int]:
    """Zoé, le même jour de naissance, dans deux dossiers."""
    homes = make_family("Moreau", make_account("zoe@famille.example")), make_family("Moro")
    for home in homes:
        make_child("Zoé", home, birth=BIRTH)
    return homes


def show(agent: Actor, family_id: int, now=NOW) -> MergePage:
    return desk.show(actor=agent, family_id=family_id, now=now)


def merge(agent: Actor, source: int, target: int) -> int:
    return merging.merge_families(actor=agent, source_id=source, target_id=target, now=NOW)


def test_who_looks_alike_is_proposed_first_with_the_reasons(agent: Actor, pair: tuple[int, int]) -> None:
    make_child("Basile", make_family("Autre"), birth=date(2012, 1, 9))
    page = show(agent, pair[0])
    assert (page.name, page.number, page.is_open, page.done) == ("Moreau", "F-Moreau", True, [])
    (found,) = page.likely
    assert (found.id, found.name, found.number) == (pair[1], "Moro", "F-Moro")
    assert "même date de naissance" in found.detail


def test_another_file_is_found_despite_a_fault_but_never_itself(agent: Actor, pair: tuple[int, int]) -> None:
    other = make_family("Autre", make_account("basile@famille.example"))
    (found,) = desk.find(actor=agent, family_id=pair[0], words="bazile")
    assert (found.id, found.detail) == (other, "Basile Essai · Valbourg")
    by_child = desk.find(actor=agent, family_id=pair[0], words="zoé essai")
    assert [one.id for one in by_child] == [pair[1]]
    assert desk.find(actor=agent, family_id=pair[0], words="introuvable") == []


def test_the_list_stays_short_and_reads_as_little(base: Engine, agent: Actor, pair: tuple[int, int]) -> None:
    with counted(base) as few:
        desk.find(actor=agent, family_id=pair[0], words="zoé")
    for rank in range(20):
        make_child("Zoé", make_family(f"F{rank}"))
    with counted(base) as many:
        found = desk.find(actor=agent, family_id=pair[0], words="zoé")
    assert (len(found), len(many)) == (desk.MOST_FOUND, len(few))
    with counted(base) as shown:
        show(agent, pair[0])
    assert len(shown) <= 10, shown


@pytest.mark.parametrize("words", ["", "   "])
def test_an_empty_search_says_what_to_type(agent: Actor, pair: tuple[int, int], words: str) -> None:
    with pytest.raises(RefusalError, match="Tapez un nom"):
        desk.find(actor=agent, family_id=pair[0], words=words)


def test_a_merge_with_itself_is_refused_wherever_it_is_asked(agent: Actor, pair: tuple[int, int]) -> None:
    mine = pair[0]
    for ask in (
        lambda: desk.find(actor=agent, family_id=mine, words="F-Moreau"),
        lambda: desk.compare(actor=agent, family_id=mine, other_id=mine),
        lambda: merge(agent, mine, mine),
    ):
        with pytest.raises(RefusalError) as refused:
            ask()
        assert refused.value.full_sentence.startswith("Un dossier ne peut pas être fusionné avec lui-même.")


def test_two_files_are_put_side_by_side_even_when_nothing_brings_them_together(
    agent: Actor, pair: tuple[int, int]
) -> None:
    alike = desk.compare(actor=agent, family_id=pair[0], other_id=pair[1])
    assert (alike.id, alike.tone) == (pair[1], "err")
    assert ("Enfant", "same") in {(row.label, row.mark) for row in alike.rows}
    stranger = make_family("Autre")
    make_child("Basile", stranger, birth=date(2012, 1, 9))
    with transaction() as db:
        db.get_one(Family, stranger).address = "31 avenue de la Gare"
    unlike = desk.compare(actor=agent, family_id=pair[0], other_id=stranger)
    assert (unlike.strength, unlike.score) == ("Peu ressemblant", 0)
    children = [(row.ours, row.theirs) for row in unlike.rows if row.label == "Enfant"]
    assert children == [("Zoé Essai, lundi 12 mars 2018", ""), ("", "Basile Essai, lundi 9 janvier 2012")]


def test_a_closed_file_is_not_compared(agent: Actor, pair: tuple[int, int]) -> None:
    merge(agent, *pair)
    for family_id, other_id in (pair, pair[::-1]):
        with pytest.raises(RefusalError, match="fusionné"):
            desk.compare(actor=agent, family_id=family_id, other_id=other_id)
    assert desk.find(actor=agent, family_id=pair[1], words="introuvable") == []


def test_both_files_tell_the_merge_and_until_when_it_can_be_undone(agent: Actor, pair: tuple[int, int]) -> None:
    done = merge(agent, *pair)
    gone, kept = show(agent, pair[0]), show(agent, pair[1])
    assert (gone.is_open, gone.status, gone.likely) == (False, FamilyStatus.MERGED.label, [])
    (line,) = gone.done
    assert (line.id, line.other_id, line.other) == (done, pair[1], "Moro, n° F-Moro")
    assert line.sentence == "Ce dossier a été fusionné dans"
    assert line.when == "Le 20 novembre 2026 à 10\u00a0h\u00a000, par Accueil Essai"
    (same,) = kept.done
    assert (same.sentence, same.other_id) == ("Fusionné dans ce dossier :", pair[0])
    assert line.outcome == same.outcome == "Peut être défaite jusqu’au 20 décembre 2026 à 10\u00a0h\u00a000."
    assert line.undoable
    assert same.undoable


def test_the_limit_is_said_to_the_second_and_so_is_what_was_undone(agent: Actor, pair: tuple[int, int]) -> None:
    done = merge(agent, *pair)
    assert show(agent, pair[0], NOW + MONTH - SECOND).done[0].undoable
    late = show(agent, pair[0], NOW + MONTH).done[0]
    assert (late.undoable, late.outcome.partition(" depuis")[0]) == (False, "Ne peut plus être défaite")
    merging.undo_merge(actor=agent, merge_id=done, now=NOW + timedelta(days=2))
    back = show(agent, pair[0])
    assert back.is_open
    assert [(line.undoable, line.outcome) for line in back.done] == [
        (False, "Défaite le 22 novembre 2026 à 10\u00a0h\u00a000.")
    ]


def test_an_agent_who_left_is_not_named(agent: Actor, pair: tuple[int, int]) -> None:
    merge(agent, *pair)
    other = open_session(make_account("direction@mairie.example", role=Role.DIRECTION))[1]
    with transaction() as db:
        db.delete(db.exec(select(Account).where(Account.id == agent.account_id)).one())
    assert show(other, pair[0]).done[0].when.endswith("par un compte supprimé")


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION])
def test_only_who_keeps_the_files_looks(agent: Actor, pair: tuple[int, int], role: Role) -> None:
    stranger = open_session(make_account("autre@mairie.example", role=role))[1]
    for ask in (
        lambda: show(stranger, pair[0]),
        lambda: desk.find(actor=stranger, family_id=pair[0], words="zoé"),
        lambda: desk.compare(actor=stranger, family_id=pair[0], other_id=pair[1]),
    ):
        with pytest.raises(NotOpenError):
            ask()


@pytest.mark.parametrize("impossible", [0, -1, 2**31, 987_654])
def test_a_file_that_does_not_exist_is_not_open(agent: Actor, pair: tuple[int, int], impossible: int) -> None:
    for ask in (
        lambda: show(agent, impossible),
        lambda: desk.find(actor=agent, family_id=impossible, words="zoé"),
        lambda: desk.compare(actor=agent, family_id=pair[0], other_id=impossible),
        lambda: desk.compare(actor=agent, family_id=impossible, other_id=pair[0]),
    ):
        with pytest.raises(NotOpenError):
            ask()
