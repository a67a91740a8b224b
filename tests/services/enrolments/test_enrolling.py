"""Inscrire un enfant : aussitôt ou par la mairie, une fois, pour les siens, et y mettre fin."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.enrolments import (
    AlreadyEnrolledError,
    FamilyNotValidatedError,
    NoEnrolmentNeededError,
    NotForThisChildError,
    day_field,
)
from portail.domain.families import FamilyStatus
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.requests import RequestKind, RequestStatus
from portail.models.accounts import Account
from portail.models.activities import Activity, Enrolment
from portail.models.audit import AuditEntry
from portail.models.bookings import Booking
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.mails import OutboxMail
from portail.models.requests import Request
from portail.services import enrolments
from portail.services.requests import desk, mine
from tests.conftest import NOW
from tests.factories.activities import (
    make_activity,
    make_document,
    make_document_type,
    make_enrolment,
    make_offering,
    make_slot,
)
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session


@dataclass(frozen=True)
class Home:
    actor: Actor
    family: int
    lea: int
    activity: int
    offering: int


def home(mode: str = "direct", **options: Any) -> Home:
    account = make_account()
    family = make_family("Durand", account)
    activity = make_activity(name="Mercredis", place="Les Lucioles", enrolment_mode=mode, **options)
    offering = make_offering(activity, name="Journée", weekdays=[2], min_age=6, max_age=11)
    return Home(open_session(account)[1], family, make_child("Léa", family), activity, offering)


def enrol(at: Home, **form: Any):
    known = {"child": str(at.lea), "kind": "occasional", "rules": "on"}
    return enrolments.enrol(actor=at.actor, activity_id=at.activity, form=known | form, now=NOW)


def agent() -> Actor:
    return open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]


def rows(table: type) -> list:
    with reading() as db:
        return list(db.exec(select(table)))


def test_a_direct_enrolment_is_accepted_at_once_and_said_by_mail(base: Engine) -> None:
    at = home()
    done = enrol(at)
    (row,), (mail,) = rows(Enrolment), rows(OutboxMail)
    assert (row.child_id, row.activity_id, row.family_id) == (at.lea, at.activity, at.family)
    assert (row.kind, row.state, row.template) == ("occasional", "accepted", {})
    assert (row.rules_version, row.rules_accepted_at, row.decided_at) == (1, NOW, NOW)
    assert done.message == "C’est fait : l’inscription de Léa à « Mercredis · Les Lucioles » est acceptée."
    assert done.href == f"/reservations/{at.activity}"
    assert mail.subject == "Léa : inscription acceptée, Mercredis · Les Lucioles"
    assert [entry.action for entry in rows(AuditEntry)] == ["enrolment.accepted"]
    assert rows(Request) == []
    with reading() as db:
        assert enrolments.enrolled(db, [at.lea, 99], at.activity) == {at.lea}


def test_a_regular_enrolment_keeps_its_days_and_leads_to_them(base: Engine) -> None:
    at = home()
    done = enrol(at, kind="regular", **{day_field(at.offering, 2): "on"})
    (row,) = rows(Enrolment)
    assert (row.kind, row.template) == ("regular", {str(at.offering): [2]})
    assert done.href == f"/reservations/{at.activity}/avancee?enfant={at.lea}&jours={at.offering}.2"
    assert rows(Booking) == []


def test_a_validated_enrolment_waits_for_the_town_and_the_agent_reads_what_it_asks(base: Engine) -> None:
    at = home("validated")
    insurance = make_document_type("Assurance", at.activity)
    make_document(insurance, at.family, at.lea, state="sent")
    done = enrol(at, kind="regular", **{day_field(at.offering, 2): "on"})
    (row,), (request,) = rows(Enrolment), rows(Request)
    assert (row.state, row.request_id, row.decided_at) == ("submitted", request.key, None)
    assert (request.kind, request.family_id, request.child_id) == (RequestKind.ENROLMENT, at.family, at.lea)
    assert "D-2026-00001" in done.message
    assert rows(OutboxMail) == []
    view = desk.show_one(actor=agent(), request_id=request.key)
    assert [(line.label, line.after) for line in view.lines] == [
        ("Activité", "Mercredis · Les Lucioles"),
        ("Inscription", "Régulière"),
        ("Jours souhaités", "Journée : mercredi"),
        ("Assurance", "envoyé, à valider"),
    ]
    with reading() as db:
        assert enrolments.enrolled(db, [at.lea], at.activity) == frozenset()


@pytest.mark.parametrize(
    ("decide", "state", "subject"),
    [
        (desk.accept, "accepted", "Léa : inscription acceptée, Mercredis · Les Lucioles"),
        (desk.refuse, "refused", "Léa : inscription refusée, Mercredis · Les Lucioles"),
    ],
)
def test_the_agents_decision_reaches_the_enrolment_and_the_parent_in_one_mail(base, decide, state, subject) -> None:
    at = home("validated")
    enrol(at)
    (request,) = rows(Request)
    decide(actor=agent(), made=desk.Decision(request.key, request.version, "Le groupe est complet."), now=NOW)
    (row,) = rows(Enrolment)
    assert (row.state, row.decided_at) == (state, NOW)
    assert [mail.subject for mail in rows(OutboxMail)] == [subject]


def test_two_agents_decide_and_only_the_first_counts(base: Engine) -> None:
    at = home("validated")
    enrol(at)
    (request,), by = rows(Request), agent()
    desk.refuse(actor=by, made=desk.Decision(request.key, request.version, "Complet."), now=NOW)
    with pytest.raises(RefusalError):
        desk.accept(actor=by, made=desk.Decision(request.key, request.version), now=NOW)
    assert rows(Enrolment)[0].state == "refused"


def test_a_refused_or_ended_enrolment_is_asked_again_on_the_same_row(base: Engine) -> None:
    at = home("validated")
    enrol(at)
    desk.refuse(actor=agent(), made=desk.Decision(rows(Request)[0].key, 1, "Complet."), now=NOW)
    enrol(at)
    (row,) = rows(Enrolment)
    assert (row.state, row.request_id) == ("submitted", rows(Request)[1].key)
    assert len(rows(Request)) == 2


def test_a_request_taken_back_ends_the_enrolment(base: Engine) -> None:
    at = home("validated")
    enrol(at)
    mine.withdraw(actor=at.actor, request_id=rows(Request)[0].key, now=NOW)
    assert rows(Enrolment)[0].state == "ended"


def test_ending_a_submitted_enrolment_takes_its_request_back(base: Engine) -> None:
    at = home("validated")
    enrol(at)
    enrolments.end(actor=at.actor, activity_id=at.activity, child_id=at.lea, now=NOW)
    assert rows(Enrolment)[0].state == "ended"
    (request,) = rows(Request)
    assert request.status == RequestStatus.WITHDRAWN
    with pytest.raises(RefusalError):
        desk.accept(actor=agent(), made=desk.Decision(request.key, request.version), now=NOW)


def test_ending_leaves_what_is_booked(base: Engine) -> None:
    at = home()
    enrol(at)
    slot = make_slot(at.offering, date(2026, 12, 2), taken=1)
    with transaction() as db:
        db.add(Booking(slot_id=slot, child_id=at.lea, family_id=at.family, state="booked", changed_at=NOW))
    enrolments.end(actor=at.actor, activity_id=at.activity, child_id=at.lea, now=NOW)
    assert rows(Enrolment)[0].state == "ended"
    assert rows(Booking)[0].state == "booked"
    with pytest.raises(RefusalError):
        enrolments.end(actor=at.actor, activity_id=at.activity, child_id=at.lea, now=NOW)


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_a_child_already_enrolled_is_not_enrolled_twice(base: Engine, state: str) -> None:
    at = home()
    make_enrolment(at.lea, at.family, at.activity, state=state)
    with pytest.raises(AlreadyEnrolledError):
        enrol(at)
    assert len(rows(Enrolment)) == 1
    assert rows(OutboxMail) == []


@pytest.mark.parametrize("mode", ["direct", "validated"])
def test_two_tabs_at_once_enrol_once(base: Engine, mode: str) -> None:
    at = home(mode)
    results = together(*[lambda: enrol(at)] * 4)
    assert sum(isinstance(one, AlreadyEnrolledError) for one in results) == 3
    assert (len(rows(Enrolment)), len(rows(Request)), len(rows(OutboxMail))) == (
        1,
        mode == "validated",
        mode == "direct",
    )


def test_an_activity_without_enrolment_says_so(base_sqlite: Engine) -> None:
    with pytest.raises(NoEnrolmentNeededError):
        enrol(home("none"))


@pytest.mark.parametrize("options", [{"levels": ["CP"]}, {"school_ids": [12]}])
def test_a_child_of_another_level_or_school_is_refused_with_the_reason(base_sqlite: Engine, options) -> None:
    with pytest.raises(NotForThisChildError):
        enrol(home(**options))
    assert rows(Enrolment) == []


def test_a_child_too_old_is_refused_with_the_reason(base_sqlite: Engine) -> None:
    at = home()
    grown = make_child("Max", at.family, birth=date(2012, 1, 1))
    with pytest.raises(NotForThisChildError, match="Max a 14 ans"):
        enrol(at, child=str(grown))


def test_days_of_an_offering_for_another_age_are_refused(base_sqlite: Engine) -> None:
    at = home()
    small = make_offering(at.activity, name="Petits", weekdays=[2], min_age=3, max_age=5)
    with pytest.raises(BadInputError):
        enrol(at, kind="regular", **{day_field(small, 2): "on"})
    assert rows(Enrolment) == []


@pytest.mark.parametrize("form", [{"kind": ""}, {"kind": "always"}, {"rules": ""}, {"kind": "regular"}])
def test_a_form_half_filled_is_kept_and_enrols_nobody(base_sqlite: Engine, form) -> None:
    with pytest.raises(FormRefusedError):
        enrol(home(), **form)
    assert rows(Enrolment) == []


def test_another_familys_child_does_not_exist(base: Engine) -> None:
    at = home()
    stranger = make_child("Sam", make_family("Voisin"))
    for child in (str(stranger), "999999", "2147483648"[:9]):
        with pytest.raises(NotOpenError):
            enrol(at, child=child)
    with pytest.raises(NotOpenError):
        enrolments.end(actor=at.actor, activity_id=at.activity, child_id=stranger, now=NOW)


@pytest.mark.parametrize("number", [-1, 0, 999, 2**31, 2**53])
def test_an_activity_that_does_not_exist_or_is_closed_is_not_open(base: Engine, number: int) -> None:
    at = home()
    for act in (
        lambda: enrolments.enrol(actor=at.actor, activity_id=number, form={"child": str(at.lea)}, now=NOW),
        lambda: enrolments.end(actor=at.actor, activity_id=number, child_id=at.lea, now=NOW),
    ):
        with pytest.raises(NotOpenError):
            act()
    with transaction() as db:
        db.get_one(Activity, at.activity).closed_at = NOW
    with pytest.raises(NotOpenError):
        enrol(at)


def test_a_family_that_waits_for_the_town_enrols_later(base_sqlite: Engine) -> None:
    at = home()
    with transaction() as db:
        db.get_one(Family, at.family).status = FamilyStatus.PENDING
    with pytest.raises(FamilyNotValidatedError):
        enrol(at)


def test_an_adult_who_may_not_book_may_not_enrol(base_sqlite: Engine) -> None:
    at = home()
    with transaction() as db:
        db.exec(select(Guardian)).one().can_book = False
    with pytest.raises(RefusalError, match="réserver"):
        enrol(at)


def test_who_asked_for_no_mail_gets_none(base_sqlite: Engine) -> None:
    at = home()
    with transaction() as db:
        db.get_one(Account, at.actor.account_id).notify_requests = False
    enrol(at)
    assert rows(OutboxMail) == []
