"""Rectification et suppression : une demande à la fois, décrite à l'agent, et ce qui part quand elle est acceptée."""

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel, col, select, update

from portail.domain.accounts import AccountStatus, Actor, Role
from portail.domain.families import FamilyStatus
from portail.domain.privacy import AlreadyAskedError, AlreadyErasedError, NothingToCorrectError
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.requests import RequestKind, RequestStatus
from portail.models.accounts import Account, LoginSession
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.mails import OutboxMail
from portail.models.requests import Request, RequestEvent
from portail.services import privacy_requests, sessions
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session


def parent(email: str = "camille@famille.example") -> tuple[Account, Actor]:
    account = make_account(email)
    return account, open_session(account)[1]


def agent(role: Role = Role.RECEPTION) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def rows(table: type[SQLModel]) -> list:
    with reading() as db:
        return list(db.exec(select(table)))


def decide(by: Actor) -> None:
    with transaction() as db:
        request = db.exec(select(Request).where(Request.kind == RequestKind.DELETION)).one()
        privacy_requests.apply_request(db, request, by, NOW)


def described(kind: RequestKind) -> list[tuple[str, str, str]]:
    with reading() as db:
        return privacy_requests.describe_request(db, db.exec(select(Request).where(Request.kind == kind)).one())


def test_a_correction_is_sent_with_its_number_and_its_first_line_of_history(base: Engine) -> None:
    account, actor = parent()
    assert privacy_requests.ask_correction(actor=actor, text=" Léa est au CM1.\r\n ", now=NOW) == "D-2026-00001"
    (request,), (event,) = rows(Request), rows(RequestEvent)
    assert (request.kind, request.status, request.author_id) == (RequestKind.CORRECTION, "sent", account.key)
    assert request.content == {"text": "Léa est au CM1."}
    assert (event.step, event.actor_id, event.internal, event.at) == ("sent", account.key, False, NOW)
    assert [entry.action for entry in rows(AuditEntry)] == ["request.correction"]
    assert described(RequestKind.CORRECTION) == [("Ce qu’il faut corriger", "", "Léa est au CM1.")]


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_a_correction_says_what_to_correct(base_sqlite: Engine, text: str) -> None:
    _, actor = parent()
    with pytest.raises(NothingToCorrectError):
        privacy_requests.ask_correction(actor=actor, text=text, now=NOW)
    assert rows(Request) == []


@pytest.mark.parametrize("text", ["x" * (privacy_requests.LONGEST + 1), "a\u202eb", "a\x00b"])
def test_a_message_too_long_or_invisible_is_refused(base_sqlite: Engine, text: str) -> None:
    _, actor = parent()
    for ask in (privacy_requests.ask_correction, privacy_requests.ask_deletion):
        with pytest.raises(BadInputError):
            ask(actor=actor, text=text, now=NOW)


def test_the_second_request_of_a_kind_waits_for_the_answer_to_the_first(base: Engine) -> None:
    _, actor = parent()
    number = privacy_requests.ask_deletion(actor=actor, text="", now=NOW)
    with pytest.raises(AlreadyAskedError, match=number):
        privacy_requests.ask_deletion(actor=actor, text="encore", now=NOW)
    assert privacy_requests.ask_correction(actor=actor, text="Un nom", now=NOW) != number
    with transaction() as db:
        db.exec(update(Request).values(status=RequestStatus.REFUSED))
    assert privacy_requests.ask_deletion(actor=actor, text="", now=NOW)


def test_two_taps_at_once_make_one_request(base: Engine) -> None:
    _, actor = parent()
    found = together(*[lambda: privacy_requests.ask_deletion(actor=actor, text="", now=NOW) for _ in range(4)])
    assert sum(isinstance(one, AlreadyAskedError) for one in found) == 3
    assert len(rows(Request)) == len(rows(RequestEvent)) == 1


def test_requests_of_several_people_at_once_have_different_numbers(base: Engine) -> None:
    actors = [parent(f"p{rank}@famille.example")[1] for rank in range(4)]
    found = together(*[lambda who=who: privacy_requests.ask_deletion(actor=who, text="", now=NOW) for who in actors])
    assert sorted(found) == [f"D-2026-{rank:05d}" for rank in range(1, 5)]


def test_an_agent_does_not_ask_here(base_sqlite: Engine) -> None:
    with pytest.raises(NotOpenError):
        privacy_requests.ask_deletion(actor=agent(), text="", now=NOW)


def test_a_deletion_is_described_before_it_is_decided(base: Engine) -> None:
    account, actor = parent()
    make_family("Seule", account)
    make_family("Deux", account, make_account("hugo@famille.example"))
    make_family("Autre", make_account("autre@famille.example"))
    privacy_requests.ask_deletion(actor=actor, text="Nous déménageons.", now=NOW)
    lines = described(RequestKind.DELETION)
    assert lines[0] == ("Compte", "Camille Essai, camille@famille.example", "effacé et fermé")
    assert [line[0] for line in lines] == [
        "Compte",
        "Dossier F-Seule",
        "Dossier F-Deux",
        "Coordonnées dans ces dossiers",
        "Message",
    ]
    assert "archivé" in lines[1][2]
    assert "gardé" in lines[2][2]
    assert lines[-1][2] == "Nous déménageons."


def test_an_accepted_deletion_erases_the_person_and_keeps_what_the_law_keeps(base: Engine) -> None:
    account, actor = parent()
    hugo = make_account("hugo@famille.example")
    alone, shared = make_family("Seule", account), make_family("Deux", account, hugo)
    make_child("Léa", alone)
    privacy_requests.ask_correction(actor=actor, text="Un nom", now=NOW)
    privacy_requests.ask_deletion(actor=actor, text="", now=NOW)
    decide(agent())
    with reading() as db:
        gone = db.get_one(Account, account.key)
        families = {row.key: row for row in db.exec(select(Family))}
        mine = list(db.exec(select(Guardian).where(Guardian.last_name == "Essai", Guardian.first_name == "Camille")))
        other = db.exec(select(Guardian).where(Guardian.account_id == hugo.key)).one()
        correction = db.exec(select(Request).where(Request.kind == RequestKind.CORRECTION)).one()
    assert (gone.status, gone.full_name, gone.password_hash) == (AccountStatus.CLOSED, "Compte effacé", None)
    assert [(one.account_id, one.phone, one.email) for one in mine] == [(None, "", "")] * 2
    assert other.phone == "06 00 00 00 01"
    assert (families[alone].status, families[alone].closed_at) == (FamilyStatus.ARCHIVED, NOW)
    assert (families[alone].address, families[alone].postcode, families[alone].city) == ("", "", "")
    assert (families[shared].status, families[shared].address) == (FamilyStatus.ACTIVE, "1 rue Pasteur")
    assert (correction.status, correction.decided_at) == (RequestStatus.WITHDRAWN, NOW)
    assert [row.account_id for row in rows(LoginSession) if row.account_id == account.key] == []


def test_the_answer_leaves_for_the_address_before_it_is_erased(base: Engine) -> None:
    _, actor = parent()
    number = privacy_requests.ask_deletion(actor=actor, text="", now=NOW)
    decide(agent())
    (mail,) = rows(OutboxMail)
    assert (mail.recipient, mail.subject) == ("camille@famille.example", "Vos données ont été supprimées")
    (entry,) = [one for one in rows(AuditEntry) if one.action == "account.erased"]
    assert (entry.subject_id, entry.detail) == (actor.account_id, number)


def test_an_erased_account_no_longer_signs_in_nor_stays_in(base_sqlite: Engine) -> None:
    account = make_account("camille@famille.example")
    token, actor = open_session(account)
    privacy_requests.ask_deletion(actor=actor, text="", now=NOW)
    decide(agent())
    assert sessions.identify(token, NOW) is None


def test_a_deletion_is_applied_once(base: Engine) -> None:
    _, actor = parent()
    privacy_requests.ask_deletion(actor=actor, text="", now=NOW)
    by = agent()
    decide(by)
    with pytest.raises(AlreadyErasedError):
        decide(by)
    assert described(RequestKind.DELETION)[0][0] == "Compte"
    with transaction() as db:
        db.exec(update(Request).where(col(Request.kind) == RequestKind.DELETION).values(author_id=None))
    with pytest.raises(AlreadyErasedError):
        decide(by)
    assert described(RequestKind.DELETION) == [("Compte", "", "effacé et fermé")]


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION])
def test_only_those_who_hold_the_files_apply_a_deletion(base_sqlite: Engine, role: Role) -> None:
    account, actor = parent()
    privacy_requests.ask_deletion(actor=actor, text="", now=NOW)
    with pytest.raises(NotOpenError):
        decide(actor if role is Role.PARENT else agent(role))
    with reading() as db:
        assert db.get_one(Account, account.key).status == AccountStatus.ACTIVE
