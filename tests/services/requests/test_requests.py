"""Une démarche : ouverte une fois, suivie par la famille, traitée par un agent à la fois, appliquée une fois."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select, update

from portail.domain.accounts import Role
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.requests import (
    AlreadyDecidedError,
    AlreadySentError,
    ChangedMeanwhileError,
    RequestKind,
    RequestStatus,
)
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.mails import OutboxMail
from portail.models.requests import Request, RequestEvent
from portail.services.requests import NewRequest, desk, mine, open_request
from portail.services.requests.desk import Decision, Filters
from portail.services.requests.kinds import HANDLING
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

BEFORE = {"address": "1 rue Pasteur", "postcode": "49999", "city": "Valbourg"}
AFTER = {"address": "3 quai des Bateliers", "postcode": "49998", "city": "Saint-Aubin-des-Prés"}
MOVE = {"before": BEFORE, "after": AFTER}


class Desk:
    """Une famille, son parent, deux agents."""

    def __init__(self) -> None:
        self.account = make_account("zoe@famille.example")
        self.parent = open_session(self.account)[1]
        self.family = make_family("Un", self.account)
        self.agent = open_session(make_account("odile@mairie.example", role=Role.RECEPTION))[1]
        self.colleague = open_session(make_account("claire@mairie.example", role=Role.DIRECTION))[1]

    def send(self, now: datetime, kind: RequestKind = RequestKind.FAMILY_CHANGE, **content: object) -> int:
        with transaction() as db:
            new = NewRequest(kind, self.parent, self.family, None, dict(content) or MOVE)
            return open_request(db, new, now).key


@pytest.fixture
def office(base: Engine) -> Desk:
    return Desk()


def stored(request_id: int) -> Request:
    with reading() as db:
        return db.get_one(Request, request_id)


def mails_to(address: str) -> list[str]:
    with reading() as db:
        query = select(OutboxMail.subject).where(OutboxMail.recipient == address).order_by(col(OutboxMail.id))
        return list(db.exec(query))


def address_of(family_id: int) -> str:
    with reading() as db:
        return db.get_one(Family, family_id).address


def test_numbers_follow_each_other_within_a_year_and_start_again(office: Desk, now: datetime) -> None:
    first, second = office.send(now, a=1), office.send(now, a=2)
    third = office.send(now + timedelta(days=60), a=3)
    assert [stored(one).number for one in (first, second, third)] == ["D-2026-00001", "D-2026-00002", "D-2027-00001"]


def test_the_year_is_that_of_paris(office: Desk, now: datetime) -> None:
    new_year = datetime.fromisoformat("2026-12-31T23:30:00+00:00")
    assert stored(office.send(new_year)).number == "D-2027-00001"


def test_a_refused_opening_gives_its_number_back(office: Desk, now: datetime) -> None:
    def interrupted() -> None:
        with transaction() as db:
            open_request(db, NewRequest(RequestKind.SITUATION, office.parent, office.family), now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert stored(office.send(now)).rank == 1


def test_many_openings_at_once_have_no_hole_and_no_double(office: Desk, now: datetime) -> None:
    together(*[partial(office.send, now, rank=rank) for rank in range(8)])
    with reading() as db:
        assert sorted(db.exec(select(Request.rank))) == list(range(1, 9))


def test_a_double_click_on_two_threads_makes_one(office: Desk, now: datetime) -> None:
    outcomes = together(*[partial(office.send, now)] * 4)
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadySentError"] * 3 + ["int"]


def test_the_same_request_sent_twice_makes_one(office: Desk, now: datetime) -> None:
    first = office.send(now)
    with pytest.raises(AlreadySentError) as refusal:
        office.send(now)
    assert stored(first).number in refusal.value.sentence
    mine.withdraw(actor=office.parent, request_id=first, now=now)
    assert office.send(now) != first


def test_the_family_follows_and_no_other_does(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    other_adult = make_account("leo@famille.example")
    with transaction() as db:
        db.add(
            Guardian(family_id=office.family, account_id=other_adult.key, first_name="L", last_name="E", role="father")
        )
    view = mine.show_one(actor=open_session(other_adult)[1], request_id=sent)
    assert (view.number, view.status_label, view.family) == ("D-2026-00001", "Envoyée", "Un")
    assert [(line.label, line.before, line.after) for line in view.lines] == [
        ("Adresse", "1 rue Pasteur", "3 quai des Bateliers"),
        ("Code postal", "49999", "49998"),
        ("Commune", "Valbourg", "Saint-Aubin-des-Prés"),
    ]
    stranger = open_session(make_account("ali@famille.example"))[1]
    for key in (sent, 0, -1, 2**40, 999):
        with pytest.raises(NotOpenError):
            mine.show_one(actor=stranger, request_id=key)
        with pytest.raises(NotOpenError):
            mine.withdraw(actor=stranger, request_id=key, now=now)
        with pytest.raises(NotOpenError):
            mine.answer(actor=stranger, request_id=key, text="moi", now=now)
    assert mine.show_list(actor=stranger, now=now).rows == []


def test_accepting_applies_and_tells(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    desk.accept(actor=office.agent, made=Decision(sent, 1, "Bienvenue dans votre nouvelle maison."), now=now)
    assert address_of(office.family) == AFTER["address"]
    assert stored(sent).status == RequestStatus.ACCEPTED
    assert stored(sent).decided_at == now
    assert mails_to(office.account.email) == ["Votre demande est acceptée (démarche n° D-2026-00001)"]
    view = mine.show_one(actor=office.parent, request_id=sent)
    assert [(step.label, step.who) for step in view.steps] == [
        ("Demande envoyée", "Vous"),
        ("Acceptée", "Service enfance"),
    ]


def test_two_agents_decide_and_only_the_first_counts(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    desk.accept(actor=office.agent, made=Decision(sent, 1), now=now)
    with transaction() as db:
        db.exec(update(Family).values(address="ailleurs"))
    with pytest.raises(ChangedMeanwhileError) as refusal:
        desk.accept(actor=office.colleague, made=Decision(sent, 1), now=now)
    assert "Odile Essai" in refusal.value.sentence
    with pytest.raises(AlreadyDecidedError):
        desk.refuse(actor=office.colleague, made=Decision(sent, 2, "non"), now=now)
    assert address_of(office.family) == "ailleurs"
    assert len(mails_to(office.account.email)) == 1


def test_two_agents_at_the_same_instant_apply_once(office: Desk, now: datetime) -> None:
    sent = office.send(now)

    def decide(rank: int) -> str:
        actor = office.agent if rank % 2 else office.colleague
        try:
            desk.accept(actor=actor, made=Decision(sent, 1), now=now)
        except RefusalError as refusal:
            return type(refusal).__name__
        return "accepted"

    outcomes = together(*[partial(decide, rank) for rank in range(6)])
    assert sorted(outcomes) == ["ChangedMeanwhileError"] * 5 + ["accepted"]
    with reading() as db:
        applied = (
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "request.applied.family_change")
        )
        assert db.exec(applied).one() == 1


def test_a_failed_application_leaves_the_request_open(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    with transaction() as db:
        db.exec(update(Family).values(status="archived"))
    with pytest.raises(RefusalError, match="fermé"):
        desk.accept(actor=office.agent, made=Decision(sent, 1), now=now)
    assert (stored(sent).status, stored(sent).version) == (RequestStatus.SENT, 1)
    assert mails_to(office.account.email) == []


def test_a_question_waits_for_the_family_then_comes_back(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    desk.take(actor=office.agent, request_id=sent, version=1, now=now)
    desk.ask(actor=office.agent, made=Decision(sent, 2, "Depuis quelle date ?"), now=now)
    view = mine.show_one(actor=office.parent, request_id=sent)
    assert view.can_answer
    assert view.steps[-1].text == "Depuis quelle date ?"
    mine.answer(actor=office.parent, request_id=sent, text="Depuis lundi.", now=now)
    assert stored(sent).status == RequestStatus.TAKEN
    with pytest.raises(BadInputError, match="n’attend pas"):
        mine.answer(actor=office.parent, request_id=sent, text="Depuis lundi.", now=now)
    assert mails_to(office.account.email) == ["Le service enfance a besoin d’une précision (démarche n° D-2026-00001)"]


def test_who_does_not_want_mails_gets_none(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    with transaction() as db:
        db.exec(update(Account).where(col(Account.id) == office.account.key).values(notify_requests=False))
    desk.refuse(actor=office.agent, made=Decision(sent, 1, "Il manque le bail."), now=now)
    assert mails_to(office.account.email) == []
    assert address_of(office.family) == BEFORE["address"]


def test_a_note_stays_between_agents(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    desk.note(actor=office.agent, made=Decision(sent, 1, "Appelée ce matin."), now=now)
    assert "Appelée" not in str(mine.show_one(actor=office.parent, request_id=sent))
    steps = desk.show_one(actor=office.colleague, request_id=sent).steps
    assert (steps[-1].text, steps[-1].internal, steps[-1].who) == ("Appelée ce matin.", True, "Odile Essai")


@pytest.mark.parametrize("text", ["", "   ", "x" * 1_001, "a\x00b", "a\u202eb"])
def test_bad_words_are_refused_and_change_nothing(office: Desk, now: datetime, text: str) -> None:
    sent = office.send(now)
    for call in (desk.ask, desk.refuse, desk.note):
        with pytest.raises(BadInputError):
            call(actor=office.agent, made=Decision(sent, 1, text), now=now)
    assert (stored(sent).status, stored(sent).version) == (RequestStatus.SENT, 1)


def test_withdrawn_is_over_for_everyone(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    mine.withdraw(actor=office.parent, request_id=sent, now=now)
    with pytest.raises(AlreadyDecidedError):
        desk.accept(actor=office.agent, made=Decision(sent, 2), now=now)
    with pytest.raises(AlreadyDecidedError):
        mine.withdraw(actor=office.parent, request_id=sent, now=now)


def test_a_colleague_can_take_over_and_give_back(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    desk.take(actor=office.agent, request_id=sent, version=1, now=now)
    with pytest.raises(ChangedMeanwhileError):
        desk.take(actor=office.colleague, request_id=sent, version=1, now=now)
    desk.take(actor=office.colleague, request_id=sent, version=2, now=now)
    assert stored(sent).assignee_id == office.colleague.account_id
    desk.release(actor=office.colleague, request_id=sent, version=3, now=now)
    assert (stored(sent).assignee_id, stored(sent).status) == (None, RequestStatus.SENT)


def test_a_request_is_entrusted_to_a_colleague_who_keeps_the_files(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    assert [one.label for one in desk.show_one(actor=office.agent, request_id=sent).colleagues] == ["Claire Essai"]
    outsider = make_account("yanis@mairie.example", role=Role.ANIMATION)
    for key in (0, 999, 2**40, office.agent.account_id, outsider.key, office.account.key):
        with pytest.raises(BadInputError, match="collègue"):
            desk.assign(actor=office.agent, made=Decision(sent, 1), agent_id=key, now=now)
    desk.assign(actor=office.agent, made=Decision(sent, 1), agent_id=office.colleague.account_id, now=now)
    assert stored(sent).assignee_id == office.colleague.account_id
    with pytest.raises(ChangedMeanwhileError):
        desk.assign(actor=office.agent, made=Decision(sent, 1), agent_id=office.colleague.account_id, now=now)
    assert desk.show_one(actor=office.agent, request_id=sent).steps[-1].text == "À Claire Essai."


def test_queue_filters_by_service_and_by_age(office: Desk, now: datetime) -> None:
    old = office.send(now - timedelta(days=8))
    private = office.send(now, RequestKind.DELETION, detail="x")

    def found(**filters: str) -> list[int]:
        return [row.id for row in desk.show_queue(actor=office.agent, wanted=Filters(**filters), now=now).rows]

    assert found(service="childhood") == [old]
    assert found(service="privacy") == [private]
    assert found(age="late") == [old]
    assert found(service="?", age="?") == [old, private]


def test_queue_filters_sorts_and_pages(office: Desk, now: datetime) -> None:
    old = office.send(now - timedelta(days=9), a=0)
    for rank in range(21):
        office.send(now - timedelta(hours=rank), a=rank + 1)
    done = office.send(now, RequestKind.SITUATION, detail="x")
    desk.refuse(actor=office.agent, made=Decision(done, 1, "non"), now=now)
    page = desk.show_queue(actor=office.agent, wanted=Filters(), now=now)
    assert (page.total, page.pages, len(page.rows), page.rows[0].id) == (22, 2, 20, old)
    assert (page.rows[0].late, page.rows[0].waiting, page.rows[1].late) == (True, "9 jours", False)
    assert desk.show_queue(actor=office.agent, wanted=Filters(page=2**60), now=now).page == 2
    only = desk.show_queue(actor=office.agent, wanted=Filters(kind="situation", status="refused"), now=now)
    assert [row.id for row in only.rows] == [done]
    assert (
        desk.show_queue(actor=office.agent, wanted=Filters(kind="'; drop", status="?", whose="?"), now=now).total == 23
    )
    desk.take(actor=office.agent, request_id=old, version=1, now=now)
    mine_only = desk.show_queue(actor=office.agent, wanted=Filters(whose="mine"), now=now)
    assert [row.assignee for row in mine_only.rows] == ["Odile Essai"]
    assert desk.show_queue(actor=office.agent, wanted=Filters(whose="nobody"), now=now).total == 21


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION])
def test_other_roles_do_not_reach_the_desk(office: Desk, now: datetime, role: Role) -> None:
    sent = office.send(now)
    actor = open_session(make_account(f"{role}@mairie.example", role=role))[1]
    made = Decision(sent, 1, "texte")
    for call in (
        lambda: desk.show_queue(actor=actor, wanted=Filters(), now=now),
        lambda: desk.show_one(actor=actor, request_id=sent),
        lambda: desk.take(actor=actor, request_id=sent, version=1, now=now),
        lambda: desk.release(actor=actor, request_id=sent, version=1, now=now),
        lambda: desk.note(actor=actor, made=made, now=now),
        lambda: desk.assign(actor=actor, made=made, agent_id=office.agent.account_id, now=now),
        lambda: desk.ask(actor=actor, made=made, now=now),
        lambda: desk.accept(actor=actor, made=made, now=now),
        lambda: desk.refuse(actor=actor, made=made, now=now),
    ):
        with pytest.raises(NotOpenError):
            call()
    assert stored(sent).version == 1


def test_pages_cost_the_same_whatever_their_number(office: Desk, base: Engine, now: datetime) -> None:
    office.send(now, a=0)
    with counted(base) as few:
        desk.show_queue(actor=office.agent, wanted=Filters(), now=now)
        mine.show_list(actor=office.parent, now=now)
    for rank in range(15):
        office.send(now, a=rank + 1)
    with counted(base) as many:
        desk.show_queue(actor=office.agent, wanted=Filters(), now=now)
        mine.show_list(actor=office.parent, now=now)
    assert len(many) == len(few) <= 4


def _accept(office: Desk, kind: RequestKind, content: dict, now: datetime, child_id: int | None = None) -> int:
    with transaction() as db:
        key = open_request(db, NewRequest(kind, office.parent, office.family, child_id, content), now).key
    desk.accept(actor=office.agent, made=Decision(key, 1), now=now)
    return key


KID = {"first_name": "Maé", "last_name": "Un", "birth_date": "2020-02-29", "school_id": None, "level": "CP"}


def test_an_added_child_joins_the_family_at_the_end(office: Desk, now: datetime) -> None:
    make_child("Zoé", office.family)
    key = _accept(office, RequestKind.CHILD_ADD, {"after": KID}, now)
    with reading() as db:
        child = db.get_one(Child, stored(key).child_id)
        place = db.exec(select(FamilyChild).where(FamilyChild.child_id == child.key)).one()
    assert (child.first_name, child.birth_date, place.family_id, place.position) == (
        "Maé",
        date(2020, 2, 29),
        office.family,
        1,
    )


def test_a_changed_child_keeps_its_number(office: Desk, now: datetime) -> None:
    child = make_child("Maë", office.family)
    _accept(office, RequestKind.CHILD_CHANGE, {"before": {}, "after": KID}, now, child)
    with reading() as db:
        assert db.get_one(Child, child).first_name == "Maé"


def test_a_removed_child_leaves_this_family_only(office: Desk, now: datetime) -> None:
    other = make_family("Deux")
    child = make_child("Maé", office.family, other)
    _accept(office, RequestKind.CHILD_REMOVE, {"name": "Maé"}, now, child)
    with reading() as db:
        assert [place.family_id for place in db.exec(select(FamilyChild))] == [other]
        assert db.get(Child, child) is not None
    with pytest.raises(RefusalError, match="n’est plus dans ce dossier"):
        _accept(office, RequestKind.CHILD_REMOVE, {"name": "Maé Un"}, now, child)


def test_an_added_adult_has_no_account_yet(office: Desk, now: datetime) -> None:
    after = {"first_name": "Léo", "last_name": "Un", "role": "father", "phone": "06 12 34 56 78", "email": ""}
    _accept(office, RequestKind.ADULT_ADD, {"after": after}, now)
    with reading() as db:
        adult = db.exec(select(Guardian).where(Guardian.first_name == "Léo")).one()
    assert (adult.family_id, adult.account_id, adult.phone) == (office.family, None, "06 12 34 56 78")


def test_the_last_adult_is_never_removed(office: Desk, now: datetime) -> None:
    with reading() as db:
        only = db.exec(select(Guardian)).one()
    with pytest.raises(RefusalError, match="seul responsable"):
        _accept(office, RequestKind.ADULT_REMOVE, {"guardian_id": only.key, "name": "Z"}, now)
    with transaction() as db:
        db.add(Guardian(family_id=office.family, first_name="Léo", last_name="Un", role="father"))
    _accept(office, RequestKind.ADULT_REMOVE, {"guardian_id": only.key, "name": "Z", "detail": "x"}, now)
    with reading() as db:
        assert [adult.first_name for adult in db.exec(select(Guardian))] == ["Léo"]
    with pytest.raises(RefusalError, match="n’est plus dans ce dossier"):
        _accept(office, RequestKind.ADULT_REMOVE, {"guardian_id": only.key, "name": "Zoé"}, now)


def test_a_marriage_changes_the_name_of_who_tells_it(office: Desk, now: datetime) -> None:
    with reading() as db:
        adult = db.exec(select(Guardian)).one()
    after = {"change": "Mariage", "guardian_id": adult.key, "after": {"last_name": "Duval"}, "before": {}}
    _accept(office, RequestKind.SITUATION, after, now)
    with reading() as db:
        assert db.get_one(Guardian, adult.key).last_name == "Duval"
        assert db.get_one(Account, office.account.key).last_name == "Duval"
    _accept(office, RequestKind.SITUATION, {"change": "Autre", "detail": "Nouveau travail"}, now)


def test_history_survives_the_account_of_who_wrote_it(office: Desk, now: datetime) -> None:
    sent = office.send(now)
    with transaction() as db:
        db.delete(db.get_one(Account, office.account.key))
    view = desk.show_one(actor=office.agent, request_id=sent)
    assert (view.author, view.steps[0].who) == ("compte supprimé", "compte supprimé")
    desk.refuse(actor=office.agent, made=Decision(sent, 1, "Compte fermé."), now=now)
    with reading() as db:
        assert db.exec(select(func.count()).select_from(RequestEvent)).one() == 2


def test_every_kind_is_read_and_decided() -> None:
    """Une sorte de démarche nouvelle se décrit et s'accepte dans services/requests/kinds.py."""
    assert set(HANDLING) == set(RequestKind)
