"""Les documents d'une famille, tenus par un agent."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.documents import DocumentChangedError
from portail.domain.families import FamilyStatus
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.documents import DocumentType, FamilyDocument
from portail.models.families import Family, Guardian
from portail.services.enrolments import document_desk, documents
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_document, make_document_type
from tests.factories.families import make_child, make_family
from tests.factories.letters import last_text, recipients, subjects_to
from tests.factories.people import make_account, open_session


@pytest.fixture
def agent(base: Engine) -> Actor:
    return open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]


def rows() -> list[FamilyDocument]:
    with reading() as db:
        return list(db.exec(select(FamilyDocument).order_by(FamilyDocument.id)))


def record(agent: Actor, family: int, **form: str) -> None:
    known = {"state": "accepted", "whose": "0", "why": ""}
    document_desk.record(actor=agent, family_id=family, form=known | form, now=NOW)


def decide(agent: Actor, number: int, seen: str, wanted: str, why: str = "") -> None:
    document_desk.decide(actor=agent, document_id=number, seen=seen, wanted=wanted, why=why, now=NOW)


def test_a_document_given_at_the_desk_opens_the_activity_at_once(agent: Actor) -> None:
    family, activity = make_family("Durand"), make_activity()
    lea = make_child("Léa", family)
    kind = make_document_type("Assurance", activity)
    record(agent, family, type_id=str(kind), whose=str(lea))
    (row,) = rows()
    assert (row.child_id, row.state, row.valid_until) == (lea, "accepted", date(2027, 8, 31))
    assert (row.author_id, row.decided_at) == (agent.account_id, NOW)
    with reading() as db:
        needed = documents.needed_for(db, activity)
        assert documents.missing_documents(db, needed, {lea: family}, date(2026, 12, 3)) == {lea: []}
        assert [one.action for one in db.exec(select(AuditEntry))] == ["document.recorded"]


def test_a_document_received_but_not_read_yet_waits_for_its_decision(agent: Actor) -> None:
    family = make_family("Durand")
    kind = make_document_type("Domicile", scope="family", validity="always")
    record(agent, family, type_id=str(kind), state="sent")
    (row,) = rows()
    assert (row.child_id, row.valid_until, row.decided_at) == (None, None, None)
    (shown,) = document_desk.show(actor=agent, family_id=family, now=NOW).rows
    assert (shown.name, shown.whose, shown.word) == ("Domicile", "la famille", "envoyé, à valider")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"type_id": ""}, "type_id"),
        ({"type_id": "999"}, "type_id"),
        ({"type_id": "99999999999"}, "type_id"),
        ({"whose": "0"}, "whose"),
        ({"whose": "999"}, "whose"),
        ({"state": "perdu"}, "state"),
        ({"state": "refused"}, "why"),
        ({"state": "refused", "why": "x" * 301}, "why"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(agent: Actor, form: dict[str, str], field: str) -> None:
    family = make_family("Durand")
    lea = make_child("Léa", family)
    kind = make_document_type("Assurance")
    with pytest.raises(FormRefusedError) as refusal:
        record(agent, family, **({"type_id": str(kind), "whose": str(lea)} | form))
    assert field in refusal.value.fields
    assert rows() == []


def test_a_family_document_names_no_child_and_a_closed_type_is_not_given_any_more(agent: Actor) -> None:
    family = make_family("Durand")
    lea = make_child("Léa", family)
    kind = make_document_type("Domicile", scope="family")
    with pytest.raises(FormRefusedError):
        record(agent, family, type_id=str(kind), whose=str(lea))
    with transaction() as db:
        db.get_one(DocumentType, kind).closed_at = NOW
    with pytest.raises(FormRefusedError):
        record(agent, family, type_id=str(kind))
    assert document_desk.show(actor=agent, family_id=family, now=NOW).types == []


def test_a_neighbours_child_cannot_be_named(agent: Actor) -> None:
    family, stranger = make_family("Durand"), make_child("Sam", make_family("Voisin"))
    with pytest.raises(FormRefusedError):
        record(agent, family, type_id=str(make_document_type("Assurance")), whose=str(stranger))


def test_a_closed_file_receives_nothing_more(agent: Actor) -> None:
    family = make_family("Durand")
    with transaction() as db:
        db.get_one(Family, family).status = FamilyStatus.ARCHIVED
    with pytest.raises(RefusalError):
        record(agent, family, type_id=str(make_document_type("Domicile", scope="family")))
    assert not document_desk.show(actor=agent, family_id=family, now=NOW).is_open


def test_a_document_is_refused_with_its_reason_then_accepted_after_all(agent: Actor) -> None:
    family = make_family("Durand")
    number = make_document(make_document_type("Domicile", scope="family"), family, state="sent")
    with pytest.raises(BadInputError):
        decide(agent, number, "sent", "refused", "  ")
    decide(agent, number, "sent", "refused", "Trop ancien.")
    (row,) = rows()
    assert (row.state, row.why, row.decided_at) == ("refused", "Trop ancien.", NOW)
    decide(agent, number, "refused", "accepted", "ignoré")
    assert (rows()[0].state, rows()[0].why) == ("accepted", "")


def test_a_refused_document_is_told_to_who_may_send_it_again(agent: Actor) -> None:
    parent, other = make_account("lou@famille.example"), make_account("max@famille.example")
    family = make_family("Durand", parent, other)
    with transaction() as db:
        guardian = db.exec(select(Guardian).where(Guardian.account_id == other.key)).one()
        guardian.can_edit = False
    lea = make_child("Léa", family)
    number = make_document(make_document_type("Assurance"), family, child_id=lea, state="sent")
    decide(agent, number, "sent", "refused", "Trop ancien.")
    assert recipients() == ["lou@famille.example"]
    assert subjects_to("lou@famille.example") == ["Un document est à renvoyer : Assurance"]
    text = last_text("lou@famille.example")
    assert "Trop ancien." in text
    assert "de Léa" in text
    assert "/documents" in text
    decide(agent, number, "refused", "accepted")
    assert len(recipients()) == 1


@pytest.mark.parametrize(("seen", "wanted"), [("sent", "accepted"), ("accepted", "accepted"), ("accepted", "sent")])
def test_a_second_agent_is_told_that_it_changed_meanwhile(agent: Actor, seen: str, wanted: str) -> None:
    number = make_document(make_document_type("Domicile", scope="family"), make_family("Durand"))
    with pytest.raises(DocumentChangedError):
        decide(agent, number, seen, wanted)


@pytest.mark.parametrize("number", [0, -1, 999, 2**53])
def test_a_document_or_a_family_that_is_not_there(agent: Actor, number: int) -> None:
    with pytest.raises(NotOpenError):
        decide(agent, number, "sent", "accepted")
    with pytest.raises(NotOpenError):
        document_desk.show(actor=agent, family_id=number, now=NOW)


@pytest.mark.parametrize("wanted", ["", "perdu", "ACCEPTED"])
def test_an_unknown_decision_is_refused(agent: Actor, wanted: str) -> None:
    with pytest.raises(BadInputError):
        decide(agent, 1, "sent", wanted)


def test_parents_and_other_agents_neither_see_nor_touch_them(base_sqlite: Engine) -> None:
    family = make_family("Durand")
    number = make_document(make_document_type("Domicile", scope="family"), family, state="sent")
    for role in (Role.PARENT, Role.ANIMATION):
        actor = open_session(make_account(f"{role}@famille.example", role=role))[1]
        for act in (
            lambda who=actor: document_desk.show(actor=who, family_id=family, now=NOW),
            lambda who=actor: record(who, family, type_id="1"),
            lambda who=actor: decide(who, number, "sent", "accepted"),
        ):
            with pytest.raises(RefusalError):
                act()
    assert rows()[0].state == "sent"


def test_an_expired_document_says_so_and_the_other_homes_paper_is_seen(agent: Actor) -> None:
    paul, sophie = make_family("Lefèvre"), make_family("Garnier")
    jade = make_child("Jade", paul, sophie)
    make_document(make_document_type("Assurance"), sophie, jade, valid_until=date(2026, 8, 31))
    (row,) = document_desk.show(actor=agent, family_id=paul, now=NOW).rows
    assert (row.whose, row.word, row.until) == ("Jade", "expiré", "31 août 2026")
