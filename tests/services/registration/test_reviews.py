"""Relire une inscription : comparer, valider, rattacher, refuser ; deux agents n'appliquent jamais deux fois."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyStatus, GuardianRole
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.requests import AlreadyDecidedError, ChangedMeanwhileError, RequestKind
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.requests import Request, RequestEvent
from portail.services import merging
from portail.services.registration import family_entry, reviews
from portail.services.requests import NewRequest, desk, mine, open_request
from portail.services.requests.desk import Decision
from portail.views import wording
from portail.views.registration import Review
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family
from tests.factories.letters import last_text, subjects_to
from tests.factories.people import make_account, open_session
from tests.services.registration.test_family_entry import CHILD, EMAIL, HOME

BIRTH = date(2018, 3, 12)
CREATED = "Votre dossier est créé, la mairie le vérifie"


@pytest.fixture
def agent(base: Engine) -> Actor:
    return open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]


@pytest.fixture
def parent(base: Engine) -> Actor:
    return open_session(make_account(EMAIL))[1]


@pytest.fixture
def sent(parent: Actor, now: datetime) -> int:
    """Une inscription envoyée : le numéro de sa démarche."""
    return enter(parent, now)


def enter(parent: Actor, now: datetime) -> int:
    family_entry.save_home(actor=parent, form=HOME, now=now)
    family_entry.add_child(actor=parent, form=CHILD, now=now)
    family_entry.send(actor=parent, now=now)
    with reading() as db:
        return db.exec(select(Request).order_by(col(Request.id).desc())).first().key


def show(agent: Actor, request_id: int, now: datetime) -> Review:
    return reviews.show(actor=agent, request_id=request_id, now=now)


def made(agent: Actor, request_id: int, now: datetime, text: str = "") -> Decision:
    return Decision(request_id, show(agent, request_id, now).version, text)


def known_family() -> int:
    """Le dossier qui existait : même enfant, écrit autrement, et le parent y est attendu sans compte."""
    key = make_family("Essay")
    with transaction() as db:
        family = db.get_one(Family, key)
        family.address, family.postcode = "12 r. des Accacias", "49999"
        db.add(
            Guardian(
                family_id=key, first_name="Zoé", last_name="Essai", role=GuardianRole.MOTHER, phone="+33 6 11 22 33 44"
            )
        )
    make_child("Lea", key, birth=BIRTH)
    return key


def family_of(request_id: int) -> Family:
    with reading() as db:
        return db.get_one(Family, db.get_one(Request, request_id).family_id)


def test_the_page_puts_the_likely_duplicate_side_by_side(base: Engine, agent: Actor, sent: int, now: datetime) -> None:
    known = known_family()
    make_child("Basile", make_family("Autre"))
    view = show(agent, sent, now)
    assert (view.author, view.is_open, view.family) == ("Zoe Essai", True, "Essai")
    (found,) = view.candidates
    assert (found.id, found.number, found.tone) == (known, "F-Essay", "err")
    assert {"même téléphone", "même date de naissance", "même adresse"} <= set(found.reasons)
    marks = {(row.label, row.mark) for row in found.rows}
    assert {("Responsable", "same"), ("Enfant", "same"), ("Téléphones", "same")} <= marks
    assert ("Nom du dossier", "close") in marks or ("Nom du dossier", "different") in marks
    phones = next(row for row in found.rows if row.label == "Téléphones")
    assert (phones.ours, phones.theirs) == ("06 11 22 33 44", "+33 6 11 22 33 44")
    assert [line.label for line in view.lines] == ["Adresse", "Responsable", "Enfant"]


def test_nobody_looks_like_a_new_family(base: Engine, agent: Actor, sent: int, now: datetime) -> None:
    make_child("Basile", make_family("Autre"))
    assert show(agent, sent, now).candidates == []


def test_validating_opens_the_file_and_says_so(base: Engine, agent: Actor, sent: int, now: datetime) -> None:
    desk.accept(actor=agent, made=made(agent, sent, now), now=now)
    assert family_of(sent).status == FamilyStatus.ACTIVE
    assert subjects_to(EMAIL) == [CREATED, "Votre inscription est complète"]
    view = show(agent, sent, now)
    assert (view.is_open, view.status_label, view.candidates) == (False, "Acceptée", [])


def test_attaching_merges_into_the_known_file_and_says_so(
    base: Engine, agent: Actor, parent: Actor, sent: int, now: datetime
) -> None:
    known, source = known_family(), family_of(sent).key
    reviews.attach(actor=agent, made=made(agent, sent, now), family_id=known, now=now)
    with reading() as db:
        (adult,) = db.exec(select(Guardian)).all()
        (child,) = db.exec(select(Child)).all()
        assert (adult.family_id, adult.account_id, adult.phone) == (known, parent.account_id, "+33 6 11 22 33 44")
        assert (child.first_name, child.level) == ("Lea", "CM2")
        merged = db.get_one(Family, source)
        assert (merged.status, merged.merged_into_id) == (FamilyStatus.MERGED, known)
        event = db.exec(select(RequestEvent).order_by(col(RequestEvent.id).desc())).first()
        assert event.text == "Rattachée au dossier Essay, n° F-Essay."
    assert subjects_to(EMAIL) == [CREATED, "Votre inscription est complète"]
    assert "F-Essay" in last_text(EMAIL)
    assert family_entry.show(actor=parent, now=now).status == "open"


def test_an_attachment_is_undone_for_thirty_days(base: Engine, agent: Actor, sent: int, now: datetime) -> None:
    known, source = known_family(), family_of(sent).key
    reviews.attach(actor=agent, made=made(agent, sent, now), family_id=known, now=now)
    view = show(agent, sent, now + timedelta(days=29))
    assert (view.merge_id > 0, view.undo_until) == (True, wording.instant(now + timedelta(days=30)))
    assert show(agent, sent, now + timedelta(days=30)).merge_id == 0
    merging.undo_merge(actor=agent, merge_id=view.merge_id, now=now + timedelta(days=29))
    assert family_of(sent).key == source
    assert family_of(sent).status == FamilyStatus.ACTIVE
    assert show(agent, sent, now).merge_id == 0
    with reading() as db:
        assert len(db.exec(select(FamilyChild)).all()) == 2


def test_refusing_needs_a_reason_and_lets_the_parent_try_again(
    base: Engine, agent: Actor, parent: Actor, sent: int, now: datetime
) -> None:
    with pytest.raises(RefusalError, match="motif"):
        desk.refuse(actor=agent, made=made(agent, sent, now, "  "), now=now)
    desk.refuse(actor=agent, made=made(agent, sent, now, "Hors de la commune."), now=now)
    assert family_of(sent).status == FamilyStatus.ARCHIVED
    assert subjects_to(EMAIL) == [CREATED, "Votre inscription n’a pas pu être acceptée"]
    assert "Motif : Hors de la commune." in last_text(EMAIL)
    view = family_entry.show(actor=parent, now=now)
    assert (view.status, view.refused) == ("entry", "Hors de la commune.")
    again = enter(parent, now)
    desk.accept(actor=agent, made=made(agent, again, now), now=now)
    assert family_entry.show(actor=parent, now=now).status == "open"


def test_a_parent_who_withdraws_can_start_again(base: Engine, parent: Actor, sent: int, now: datetime) -> None:
    mine.withdraw(actor=parent, request_id=sent, now=now)
    assert family_of(sent).status == FamilyStatus.ARCHIVED
    assert subjects_to(EMAIL) == [CREATED]
    assert family_entry.show(actor=parent, now=now).status == "entry"


def test_the_second_of_two_agents_is_told_and_applies_nothing(
    base: Engine, agent: Actor, sent: int, now: datetime
) -> None:
    other = open_session(make_account("direction@mairie.example", role=Role.DIRECTION))[1]
    known = known_family()
    seen = made(agent, sent, now)
    refusal = Decision(seen.request_id, seen.version, "Doublon.")
    found = together(
        lambda: reviews.attach(actor=agent, made=seen, family_id=known, now=now),
        lambda: desk.refuse(actor=other, made=refusal, now=now),
        lambda: desk.accept(actor=other, made=seen, now=now),
    )
    assert found.count(None) == 1
    assert sum(isinstance(one, ChangedMeanwhileError) for one in found) == 2
    assert len(subjects_to(EMAIL)) == 2


def test_what_is_decided_stays_decided(base: Engine, agent: Actor, sent: int, now: datetime) -> None:
    desk.accept(actor=agent, made=made(agent, sent, now), now=now)
    known = known_family()
    with pytest.raises(AlreadyDecidedError):
        reviews.attach(actor=agent, made=made(agent, sent, now), family_id=known, now=now)
    assert family_of(sent).status == FamilyStatus.ACTIVE


def test_attaching_to_itself_to_nothing_or_to_a_closed_file_is_refused(
    base: Engine, agent: Actor, sent: int, now: datetime
) -> None:
    seen, closed = made(agent, sent, now), make_family("Fermé")
    with transaction() as db:
        db.get_one(Family, closed).status = FamilyStatus.ARCHIVED
    for wrong in (family_of(sent).key, closed, 0, -1, 2**31, 987_654):
        with pytest.raises(RefusalError):
            reviews.attach(actor=agent, made=seen, family_id=wrong, now=now)
    view = show(agent, sent, now)
    assert (view.is_open, view.version) == (True, seen.version)
    assert family_of(sent).status == FamilyStatus.PENDING
    assert subjects_to(EMAIL) == [CREATED]


def test_refusing_never_closes_a_file_that_was_already_there(
    base: Engine, agent: Actor, sent: int, now: datetime
) -> None:
    """Le dossier à valider a été fusionné ailleurs pendant que la démarche attendait."""
    known = known_family()
    merging.merge_families(actor=agent, source_id=family_of(sent).key, target_id=known, now=now)
    desk.refuse(actor=agent, made=made(agent, sent, now, "Déjà connue."), now=now)
    with reading() as db:
        assert db.get_one(Family, known).status == FamilyStatus.ACTIVE


def test_two_registrations_united_are_not_closed_by_refusing_one(
    base: Engine, agent: Actor, sent: int, now: datetime
) -> None:
    other = open_session(make_account("ali@famille.example"))[1]
    second = enter(other, now)
    merging.merge_families(actor=agent, source_id=family_of(second).key, target_id=family_of(sent).key, now=now)
    desk.refuse(actor=agent, made=made(agent, second, now, "En double."), now=now)
    assert family_of(sent).status == FamilyStatus.PENDING
    desk.accept(actor=agent, made=made(agent, sent, now), now=now)
    assert family_of(sent).status == FamilyStatus.ACTIVE


def test_the_next_waiting_registration_is_offered(base: Engine, agent: Actor, sent: int, now: datetime) -> None:
    assert show(agent, sent, now).next_id == 0
    other = enter(open_session(make_account("ali@famille.example"))[1], now)
    assert show(agent, sent, now).next_id == other


def test_another_kind_of_request_is_not_reviewed_here(base: Engine, agent: Actor, parent: Actor, now: datetime) -> None:
    family = make_family("Un")
    with transaction() as db:
        request = open_request(db, NewRequest(RequestKind.SITUATION, parent, family), now)
    for wrong in (request.key, 0, -1, 2**31, 987_654):
        with pytest.raises(NotOpenError):
            show(agent, wrong, now)
        with pytest.raises(NotOpenError):
            reviews.attach(actor=agent, made=Decision(wrong, 1), family_id=1, now=now)


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION])
def test_only_who_keeps_the_files_reads_and_decides(
    base: Engine, agent: Actor, sent: int, now: datetime, role: Role
) -> None:
    stranger = open_session(make_account("autre@mairie.example", role=role))[1]
    known, seen = known_family(), made(agent, sent, now)
    with pytest.raises(NotOpenError):
        show(stranger, sent, now)
    with pytest.raises(NotOpenError):
        reviews.attach(actor=stranger, made=seen, family_id=known, now=now)
    assert family_of(sent).status == FamilyStatus.PENDING
