"""Rectification et suppression : une demande à la fois, décrite à l'agent, et ce qui part quand elle est acceptée."""

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel, col, delete, select, update

from portail.domain.accounts import ERASED_EMAIL, AccountStatus, Actor, Role
from portail.domain.bookings import BookingState
from portail.domain.families import FamilyStatus
from portail.domain.privacy import AlreadyAskedError, AlreadyErasedError, NothingToCorrectError
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.requests import AlreadyDecidedError, RequestKind, RequestStatus, Step
from portail.models.accounts import Account, LoginSession
from portail.models.activities import Slot
from portail.models.audit import AuditEntry
from portail.models.bookings import WaitlistEntry
from portail.models.database import reading, transaction
from portail.models.duplicates import PersonKey
from portail.models.families import Family, FamilyChild, Guardian
from portail.models.health import ConsentAnswer, HealthContact, HealthRecord, Vaccination
from portail.models.mails import OutboxMail
from portail.models.merging import FamilyMerge
from portail.models.registrations import Registration
from portail.models.requests import Request, RequestEvent
from portail.services import merging, wallet
from portail.services.accounts import care, sessions
from portail.services.accounts import desk as account_desk
from portail.services.accounts.account import normalise_email
from portail.services.bookings import seats
from portail.services.merging import person_keys
from portail.services.privacy import requests
from portail.services.requests import NewRequest, desk, open_request
from tests.conftest import NOW
from tests.factories.activities import make_canteen, make_wallet
from tests.factories.booked import book, state_of, taken
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family
from tests.factories.health import fill, make_consents, make_home
from tests.factories.people import make_account, open_session

READER = Actor(0, Role.RECEPTION, 0, "")


def parent(email: str = "camille@famille.example") -> tuple[Account, Actor]:
    account = make_account(email)
    return account, open_session(account)[1]


def agent(role: Role = Role.RECEPTION) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def rows(table: type[SQLModel]) -> list:
    with reading() as db:
        return list(db.exec(select(table)))


def asked(kind: RequestKind) -> Request:
    with reading() as db:
        return db.exec(select(Request).where(Request.kind == kind)).one()


def decide(by: Actor, kind: RequestKind = RequestKind.DELETION) -> None:
    request = asked(kind)
    desk.accept(actor=by, made=desk.Decision(request.key, request.version), now=NOW)


def described(kind: RequestKind) -> list[tuple[str, str, str]]:
    view = desk.show_one(actor=READER, request_id=asked(kind).key)
    return [(line.label, line.before, line.after) for line in view.lines]


def test_a_correction_is_sent_with_its_number_and_its_first_line_of_history(base: Engine) -> None:
    account, actor = parent()
    assert requests.ask_correction(actor=actor, text=" Léa est au CM1.\r\n ", now=NOW) == "D-2026-00001"
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
        requests.ask_correction(actor=actor, text=text, now=NOW)
    assert rows(Request) == []


@pytest.mark.parametrize("text", ["x" * (requests.LONGEST + 1), "a\u202eb", "a\x00b"])
def test_a_message_too_long_or_invisible_is_refused(base_sqlite: Engine, text: str) -> None:
    _, actor = parent()
    for ask in (requests.ask_correction, requests.ask_deletion):
        with pytest.raises(BadInputError):
            ask(actor=actor, text=text, now=NOW)


def test_the_second_request_of_a_kind_waits_for_the_answer_to_the_first(base: Engine) -> None:
    _, actor = parent()
    number = requests.ask_deletion(actor=actor, text="", now=NOW)
    with pytest.raises(AlreadyAskedError, match=number):
        requests.ask_deletion(actor=actor, text="encore", now=NOW)
    assert requests.ask_correction(actor=actor, text="Un nom", now=NOW) != number
    with transaction() as db:
        db.exec(update(Request).values(status=RequestStatus.REFUSED))
    assert requests.ask_deletion(actor=actor, text="", now=NOW)


def test_two_taps_at_once_make_one_request(base: Engine) -> None:
    _, actor = parent()
    found = together(*[lambda: requests.ask_deletion(actor=actor, text="", now=NOW) for _ in range(4)])
    assert sum(isinstance(one, AlreadyAskedError) for one in found) == 3
    assert len(rows(Request)) == len(rows(RequestEvent)) == 1


def test_requests_of_several_people_at_once_have_different_numbers(base: Engine) -> None:
    actors = [parent(f"p{rank}@famille.example")[1] for rank in range(4)]
    found = together(*[lambda who=who: requests.ask_deletion(actor=who, text="", now=NOW) for who in actors])
    assert sorted(found) == [f"D-2026-{rank:05d}" for rank in range(1, 5)]


def test_an_agent_does_not_ask_here(base_sqlite: Engine) -> None:
    with pytest.raises(NotOpenError):
        requests.ask_deletion(actor=agent(), text="", now=NOW)


def test_a_deletion_is_described_before_it_is_decided(base: Engine) -> None:
    account, actor = parent()
    make_family("Seule", account)
    make_family("Deux", account, make_account("hugo@famille.example"))
    make_family("Autre", make_account("autre@famille.example"))
    requests.ask_deletion(actor=actor, text="Nous déménageons.", now=NOW)
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
    requests.ask_correction(actor=actor, text="Un nom", now=NOW)
    requests.ask_deletion(actor=actor, text="", now=NOW)
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
    number = requests.ask_deletion(actor=actor, text="", now=NOW)
    decide(agent())
    (mail,) = rows(OutboxMail)
    assert (mail.recipient, mail.subject) == ("camille@famille.example", "Vos données ont été supprimées")
    (entry,) = [one for one in rows(AuditEntry) if one.action == "account.erased"]
    assert (entry.subject_id, entry.detail) == (actor.account_id, number)


def test_an_erased_account_no_longer_signs_in_nor_stays_in(base_sqlite: Engine) -> None:
    account = make_account("camille@famille.example")
    token, actor = open_session(account)
    requests.ask_deletion(actor=actor, text="", now=NOW)
    decide(agent())
    assert sessions.identify(token, NOW) is None


def test_a_deletion_is_applied_once(base: Engine) -> None:
    _, actor = parent()
    requests.ask_deletion(actor=actor, text="", now=NOW)
    by = agent()
    decide(by)
    with pytest.raises(AlreadyDecidedError):
        decide(by)
    assert described(RequestKind.DELETION) == [("Compte", "", "effacé et fermé")]
    for author in (actor.account_id, None):
        with transaction() as db:
            db.exec(update(Request).values(status=RequestStatus.SENT, author_id=author))
        with pytest.raises(AlreadyErasedError):
            decide(by)
        assert asked(RequestKind.DELETION).status == RequestStatus.SENT
        assert described(RequestKind.DELETION) == [("Compte", "", "effacé et fermé")]


def test_a_closed_account_may_still_be_erased(base: Engine) -> None:
    account, actor = parent()
    requests.ask_deletion(actor=actor, text="", now=NOW)
    by = agent()
    care.close(actor=by, account_id=account.key, reason="Départ", now=NOW)
    decide(by)
    with reading() as db:
        assert db.get_one(Account, account.key).full_name == "Compte effacé"


def test_what_is_asked_for_a_file_that_others_hold_goes_on(base: Engine) -> None:
    account, actor = parent()
    alone = make_family("Seule", account)
    shared = make_family("Deux", account, make_account("hugo@famille.example"))
    with transaction() as db:
        for family in (alone, shared):
            new = NewRequest(RequestKind.SITUATION, actor, family, content={"detail": str(family)})
            open_request(db, new, NOW)
    requests.ask_deletion(actor=actor, text="", now=NOW)
    decide(agent())
    status = {one.family_id: one.status for one in rows(Request)}
    assert (status[alone], status[shared]) == (RequestStatus.WITHDRAWN, RequestStatus.SENT)
    last = {one.request_id: (one.step, one.actor_id, one.text) for one in rows(RequestEvent)}
    assert (Step.WITHDRAWN, None, "Compte supprimé.") in last.values()


def test_the_search_forgets_what_was_erased(base: Engine) -> None:
    account, actor = parent()
    alone = make_family("Seule", account, phone="06 12 34 56 78")
    shared = make_family("Deux", account, make_account("hugo@famille.example"), phone="06 87 65 43 21")
    with transaction() as db:
        for guardian in db.exec(select(Guardian).where(Guardian.account_id == account.key)):
            guardian.email = "camille@travail.example"
    before = {(one.family_id, one.value[:2]) for one in rows(PersonKey)}
    assert {(alone, "t:"), (alone, "e:"), (alone, "a:"), (shared, "e:")} <= before
    requests.ask_deletion(actor=actor, text="", now=NOW)
    decide(agent())
    after = {(one.family_id, one.value[:2]) for one in rows(PersonKey)}
    assert not {(alone, "t:"), (alone, "e:"), (alone, "a:"), (shared, "e:")} & after
    assert {(shared, "t:"), (shared, "a:")} <= after  # celles de l'autre responsable
    assert person_keys.index_everything() == 0


def test_health_goes_with_the_last_open_file_and_signatures_stay(base: Engine) -> None:
    make_consents()
    home = make_home("camille@famille.example")
    fill(home)
    requests.ask_deletion(actor=home.actor, text="", now=NOW)
    decide(agent())
    assert [rows(HealthRecord), rows(Vaccination), rows(HealthContact)] == [[], [], []]
    assert {one.signed_name for one in rows(ConsentAnswer)} == {"Camille Essai"}


def test_a_file_merged_into_the_archived_one_keeps_no_address_either(base: Engine) -> None:
    account, actor = parent()
    target, source = make_family("Reste", account), make_family("Double", make_account("double@famille.example"))
    make_child("Léa", target)
    by = agent()
    merge_id = merging.merge_families(actor=by, source_id=source, target_id=target, now=NOW)
    with transaction() as db:
        db.exec(delete(Guardian).where(col(Guardian.account_id) != account.key))
    requests.ask_deletion(actor=actor, text="", now=NOW)
    decide(by)
    assert {(one.status, one.address, one.city) for one in rows(Family)} == {("archived", "", ""), ("merged", "", "")}
    assert rows(FamilyMerge) == []
    with pytest.raises(RefusalError):
        merging.undo_merge(actor=by, merge_id=merge_id, now=NOW)


def test_a_registration_that_waits_is_erased_with_its_author(base: Engine) -> None:
    account, actor = parent()
    family = make_family("Nouvelle", account)
    with transaction() as db:
        db.exec(update(Family).where(col(Family.id) == family).values(status=FamilyStatus.PENDING))
        db.add(Registration(account_id=account.key, family_id=family, draft={"home": {}}, created_at=NOW))
        open_request(db, NewRequest(RequestKind.REGISTRATION, actor, family, content={"lines": []}), NOW)
    requests.ask_deletion(actor=actor, text="", now=NOW)
    decide(agent())
    assert (rows(Registration), asked(RequestKind.REGISTRATION).status) == ([], RequestStatus.WITHDRAWN)
    assert [(one.status, one.closed_at) for one in rows(Family)] == [(FamilyStatus.ARCHIVED, NOW)]


def test_health_stays_while_another_file_holds_the_child(base: Engine) -> None:
    home = make_home("camille@famille.example")
    other = make_family("Autre", make_account("hugo@famille.example"))
    with transaction() as db:
        db.add(FamilyChild(family_id=other, child_id=home.child_id))
    fill(home)
    requests.ask_deletion(actor=home.actor, text="", now=NOW)
    decide(agent())
    assert [one.child_id for one in rows(HealthRecord)] == [home.child_id]
    assert len(rows(HealthContact)) == 1


def test_an_erased_account_is_no_longer_in_the_agents_hands(base: Engine) -> None:
    account, actor = parent()
    requests.ask_deletion(actor=actor, text="", now=NOW)
    by = agent(Role.ADMIN)
    decide(by)
    page = account_desk.show_page(actor=by, search=account_desk.Search(), now=NOW)
    assert account.key not in {row.id for row in page.rows}
    with pytest.raises(NotOpenError):
        care.reopen(actor=by, account_id=account.key, now=NOW)


def test_no_one_signs_up_with_the_address_of_an_erased_account() -> None:
    with pytest.raises(BadInputError):
        normalise_email(f"efface-1{ERASED_EMAIL}")


def test_an_accepted_correction_closes_and_tells_its_author(base: Engine) -> None:
    _, actor = parent()
    requests.ask_correction(actor=actor, text="Léa est au CM1.", now=NOW)
    decide(agent(), RequestKind.CORRECTION)
    (mail,) = rows(OutboxMail)
    assert (mail.recipient, asked(RequestKind.CORRECTION).status) == ("camille@famille.example", RequestStatus.ACCEPTED)
    assert "acceptée" in mail.subject


def test_a_refused_deletion_erases_nothing_and_says_why(base: Engine) -> None:
    account, actor = parent()
    make_family("Seule", account)
    requests.ask_deletion(actor=actor, text="", now=NOW)
    request = asked(RequestKind.DELETION)
    made = desk.Decision(request.key, request.version, "Une facture reste due.")
    desk.refuse(actor=agent(), made=made, now=NOW)
    with reading() as db:
        assert db.get_one(Account, account.key).status == AccountStatus.ACTIVE
        assert db.exec(select(Family)).one().status == FamilyStatus.ACTIVE
    (mail,) = rows(OutboxMail)
    assert mail.recipient == "camille@famille.example"
    assert requests.ask_deletion(actor=actor, text="", now=NOW) == "D-2026-00002"


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION])
def test_only_those_who_hold_the_files_apply_a_deletion(base_sqlite: Engine, role: Role) -> None:
    account, actor = parent()
    requests.ask_deletion(actor=actor, text="", now=NOW)
    with pytest.raises(NotOpenError):
        decide(actor if role is Role.PARENT else agent(role))
    with reading() as db:
        assert db.get_one(Account, account.key).status == AccountStatus.ACTIVE


def test_days_to_come_are_given_back_and_days_past_are_kept(base: Engine) -> None:
    account, actor = parent()
    home = make_family("Durand", account)
    child, other_home = make_child("Léa", home), make_family("Autre")
    make_wallet(home, 0)
    (_, coming), (_, past), (_, full) = make_canteen(), make_canteen(day=NOW.date()), make_canteen(capacity=1)
    keys = [book(slot, child, home, meal_cents=320, is_paid=True) for slot in (coming, past)]
    book(full, make_child("Ali", other_home), other_home)
    with transaction() as db:
        wait = {"slot_id": full, "child_id": child, "family_id": home, "joined_at": NOW, "until": NOW}
        db.add(WaitlistEntry(**wait))
        db.flush()
        seats.recount(db, [full])
    requests.ask_deletion(actor=actor, text="", now=NOW)
    decide(agent())
    assert [state_of(key) for key in keys] == [BookingState.CANCELLED, BookingState.BOOKED]
    assert (taken(coming), taken(past)) == (0, 1)
    with reading() as db:
        assert wallet.balance_of(db, home).cents == 320
        assert db.exec(select(WaitlistEntry.state)).one() == "left"
        assert db.get_one(Slot, full).waiting == 0
