"""Ce qui manque pour réserver : une lecture, aucune quand rien n'est exigé."""

from datetime import date

import pytest
from sqlalchemy import Engine

from portail.domain.documents import DocumentStanding
from portail.models.database import reading
from portail.services.enrolments import documents
from tests.factories.activities import make_activity, make_document, make_document_type
from tests.factories.families import make_child, make_family
from tests.factories.queries import counted

DAY = date(2026, 12, 3)


def missing(activity: int, children: dict[int, int], day: date = DAY) -> dict[int, list[str]]:
    with reading() as db:
        return documents.missing_documents(db, documents.needed_for(db, activity), children, day)


def test_each_child_lacks_what_was_not_given_for_them(base: Engine) -> None:
    activity, home = make_activity(), make_family("Durand")
    lea, noe = make_child("Léa", home), make_child("Noé", home)
    insurance = make_document_type("Assurance scolaire", activity)
    address = make_document_type("Justificatif de domicile", activity, scope="family", position=1)
    assert missing(activity, {lea: home, noe: home}) == {
        lea: ["Assurance scolaire", "Justificatif de domicile"],
        noe: ["Assurance scolaire", "Justificatif de domicile"],
    }
    make_document(insurance, home, lea)
    make_document(address, home)
    assert missing(activity, {lea: home, noe: home}) == {lea: [], noe: ["Assurance scolaire"]}


def test_a_document_expired_on_the_day_is_missing_that_day_only(base: Engine) -> None:
    activity, home = make_activity(), make_family("Durand")
    lea = make_child("Léa", home)
    make_document(make_document_type("Assurance", activity), home, lea, valid_until=date(2026, 12, 3))
    assert missing(activity, {lea: home}) == {lea: []}
    assert missing(activity, {lea: home}, date(2026, 12, 4)) == {lea: ["Assurance"]}


@pytest.mark.parametrize(("checked", "lacks"), [(True, ["Assurance"]), (False, [])])
def test_a_document_only_sent_is_enough_when_the_town_does_not_read_it(base_sqlite, checked, lacks) -> None:
    activity, home = make_activity(), make_family("Durand")
    lea = make_child("Léa", home)
    make_document(make_document_type("Assurance", activity, needs_validation=checked), home, lea, state="sent")
    assert missing(activity, {lea: home}) == {lea: lacks}


def test_a_tax_notice_never_blocks(base: Engine) -> None:
    activity, home = make_activity(), make_family("Durand")
    make_document_type("Avis d’imposition", activity, scope="family", for_tariff=True)
    lea = make_child("Léa", home)
    assert missing(activity, {lea: home}) == {lea: []}


def test_a_neighbours_document_is_worth_nothing_here(base: Engine) -> None:
    activity, home, other = make_activity(), make_family("Durand"), make_family("Voisin")
    lea, sam = make_child("Léa", home), make_child("Sam", other)
    insurance = make_document_type("Assurance", activity)
    address = make_document_type("Domicile", activity, scope="family", position=1)
    make_document(insurance, other, sam)
    make_document(address, other)
    assert missing(activity, {lea: home}) == {lea: ["Assurance", "Domicile"]}


def test_the_document_of_a_shared_child_holds_in_both_homes(base: Engine) -> None:
    activity, paul, sophie = make_activity(), make_family("Lefèvre"), make_family("Garnier")
    jade = make_child("Jade", paul, sophie)
    make_document(make_document_type("Assurance", activity), sophie, jade)
    assert missing(activity, {jade: paul}) == {jade: []}


def test_one_read_for_a_whole_month_and_none_when_nothing_is_needed(base: Engine) -> None:
    activity, free, home = make_activity(), make_activity(), make_family("Durand")
    children = {make_child(f"Enfant{rank}", home): home for rank in range(5)}
    make_document_type("Assurance", activity)
    with reading() as db:
        needed, nothing = documents.needed_for(db, activity), documents.needed_for(db, free)
        with counted(base) as read:
            held = documents.held_by(db, needed, children)
            assert all(held.missing(child, home, date(2026, 12, day)) for child in children for day in range(1, 32))
        with counted(base) as unread:
            assert documents.held_by(db, nothing, children).missing(1, home, DAY) == []
    assert (len(read), len(unread)) == (1, 0)


def test_each_needed_document_says_where_it_stands_and_why_it_was_refused(base_sqlite: Engine) -> None:
    activity, home = make_activity(), make_family("Rossi")
    elsa = make_child("Elsa", home)
    insurance = make_document_type("Assurance", activity)
    make_document_type("Certificat", activity, position=1)
    make_document(insurance, home, elsa, state="refused", why="La photo est floue.")
    with reading() as db:
        held = documents.held_by(db, documents.needed_for(db, activity), {elsa: home})
    assert [(one.name, standing, why) for one, standing, why in held.standings(elsa, home, DAY)] == [
        ("Assurance", DocumentStanding.REFUSED, "La photo est floue."),
        ("Certificat", DocumentStanding.MISSING, ""),
    ]
