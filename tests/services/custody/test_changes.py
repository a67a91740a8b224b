"""Changer une garde : qui propose, qui décide, et tout ce qui est refusé."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update

from portail.domain.accounts import Actor, Role
from portail.domain.custody import OverlapError, SingleFamilyError, ThirdFamilyError, WrongFieldError, whose_day
from portail.domain.families import FamilyRight, FamilyStatus
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.requests import RequestStatus
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.custody import CustodyException, CustodyPattern
from portail.models.database import reading, transaction
from portail.models.families import Family, FamilyChild, Guardian
from portail.models.mails import OutboxMail
from portail.models.requests import Request, RequestEvent
from portail.services import custody
from portail.services.custody import ExceptionForm, PatternForm
from tests.conftest import NOW
from tests.factories.custody import ALTERNATE, Separated, alternating, lend, separated
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

XMAS = ExceptionForm("a", "2026-12-24", "2026-12-26")
FORMS = (ALTERNATE, XMAS)


def owner(them: Separated, day: date) -> int | None:
    with reading() as db:
        return whose_day(custody.custody_of(db, them.jade, day, day), day)


def rows(table: type) -> list:
    with reading() as db:
        return list(db.exec(select(table).order_by(table.id)))


def propose(them: Separated, form: PatternForm | ExceptionForm, actor: Actor | None = None) -> Request:
    number = custody.propose(actor=actor or them.paul, child_id=them.jade, form=form, now=NOW)
    return next(request for request in rows(Request) if request.number == number)


def accept(them: Separated, request: Request, now: datetime = NOW) -> None:
    with transaction() as db:
        custody.apply_request(db, db.get_one(Request, request.key), them.agent, now)


def describe(request: Request) -> list[tuple[str, str, str]]:
    with reading() as db:
        return custody.describe_request(db, request)


def set_pattern(them: Separated, **changed: str) -> None:
    form = dataclasses.replace(ALTERNATE, **changed)
    custody.set_pattern(actor=them.agent, child_id=them.jade, form=form, now=NOW)


def test_a_proposal_waits_for_an_agent_and_changes_nothing(base: Engine) -> None:
    them = separated()
    request = propose(them, ALTERNATE)
    assert (request.kind, request.status, request.family_id, request.child_id, request.author_id) == (
        "custody",
        "sent",
        them.lefevre,
        them.jade,
        them.paul.account_id,
    )
    assert request.number == "D-2026-00001"
    assert [(event.step, event.actor_id) for event in rows(RequestEvent)] == [("sent", them.paul.account_id)]
    assert [entry.action for entry in rows(AuditEntry)] == ["request.custody"]
    assert rows(CustodyPattern) == []
    assert owner(them, date(2026, 11, 20)) is None


def test_numbers_follow_one_another_within_a_year(base: Engine) -> None:
    them = separated()
    assert propose(them, ALTERNATE).rank == 1
    assert propose(them, XMAS, them.sophie).rank == 2
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # déjà 2027 à Paris
    number = custody.propose(
        actor=them.paul, child_id=them.jade, form=ExceptionForm("a", "2027-01-02", "2027-01-02"), now=late
    )
    assert number == "D-2027-00001"


def test_an_accepted_rhythm_decides_the_days(base: Engine) -> None:
    them = separated()
    accept(them, propose(them, ALTERNATE, them.sophie))
    assert owner(them, date(2026, 11, 20)) == them.garnier  # « chez moi » dit par Sophie
    assert owner(them, date(2026, 11, 23)) == them.lefevre
    (row,) = rows(CustodyPattern)
    assert (row.first_family_id, row.second_family_id, row.author_id) == (
        them.garnier,
        them.lefevre,
        them.agent.account_id,
    )


def test_an_accepted_exception_decides_its_days_only(base: Engine) -> None:
    them = alternating()
    before = {day: owner(them, date(2026, 12, day)) for day in range(20, 31)}
    accept(them, propose(them, XMAS))
    after = {day: owner(them, date(2026, 12, day)) for day in range(20, 31)}
    assert {day: after[day] for day in (24, 25, 26)} == dict.fromkeys((24, 25, 26), them.lefevre)
    assert all(after[day] == before[day] for day in after if day not in {24, 25, 26})


@pytest.mark.parametrize(
    ("home", "holidays", "first_owner"),
    [("a", "even", "paul"), ("b", "even", "paul"), ("a", "odd", "sophie"), ("b", "odd", "sophie")],
)
def test_the_years_of_the_halves_are_those_of_whoever_fills_the_form(
    base_sqlite: Engine, home: str, holidays: str, first_owner: str
) -> None:
    """Noël 2026 : « la première moitié chez moi les années paires », où que commence la semaine de référence."""
    them = separated()
    accept(them, propose(them, dataclasses.replace(ALTERNATE, home=home, holidays=holidays)))
    expected = them.lefevre if first_owner == "paul" else them.garnier
    assert owner(them, date(2026, 12, 19)) == expected
    assert owner(them, date(2027, 1, 3)) != expected


def test_the_same_proposal_is_not_sent_twice_while_it_waits(base: Engine) -> None:
    them = separated()
    first = propose(them, ALTERNATE)
    with pytest.raises(RefusalError, match="D-2026-00001"):
        propose(them, ALTERNATE)
    propose(them, XMAS)
    with transaction() as db:
        db.exec(update(Request).where(col(Request.id) == first.key).values(status=RequestStatus.REFUSED))
    assert propose(them, ALTERNATE).rank == 3


def test_a_new_rhythm_takes_over_from_the_one_that_had_no_end(base: Engine) -> None:
    them = alternating()
    set_pattern(them, kind="always", home="b", anchor="", start="2027-01-04")
    old, new = rows(CustodyPattern)
    assert (old.valid_to, new.valid_to) == (date(2027, 1, 3), None)
    assert owner(them, date(2027, 1, 3)) in {them.lefevre, them.garnier}
    assert {owner(them, date(2027, 1, 4) + timedelta(days=rank)) for rank in range(14)} == {them.garnier}


@pytest.mark.parametrize(
    "dates", [{"start": "2026-11-20"}, {"start": "2026-10-01"}, {"start": "2027-07-01", "end": "2027-08-31"}]
)
def test_an_overlapping_rhythm_is_refused_by_agents_and_parents_alike(base: Engine, dates: dict[str, str]) -> None:
    them = alternating()
    with pytest.raises(OverlapError):
        set_pattern(them, anchor="", **dates)
    if dates["start"] > "2026-11-19":
        with pytest.raises(OverlapError):
            propose(them, dataclasses.replace(ALTERNATE, anchor="", **dates))
    assert len(rows(CustodyPattern)) == 1


def test_two_agents_at_the_same_moment_set_one_rhythm(base: Engine) -> None:
    them = separated()

    def settle(kind: str) -> str:
        try:
            set_pattern(them, kind=kind)
        except OverlapError:
            return "refused"
        return "set"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(settle, ["always", "weekends", "two_two_three", "alternate_weeks"]))
    assert sorted(said) == ["refused"] * 3 + ["set"]
    assert len(rows(CustodyPattern)) == 1


def test_a_double_tap_on_two_devices_sends_one_proposal(base: Engine) -> None:
    them = separated()

    def send(_: int) -> bool:
        try:
            custody.propose(actor=them.paul, child_id=them.jade, form=XMAS, now=NOW)
        except RefusalError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(send, range(4))) == 1
    assert len(rows(Request)) == 1


def test_what_overlaps_since_it_was_asked_is_refused_when_accepted(base: Engine) -> None:
    them = separated()
    request = propose(them, ALTERNATE)
    set_pattern(them, kind="always")
    with pytest.raises(OverlapError):
        accept(them, request)
    assert [row.kind for row in rows(CustodyPattern)] == ["always"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "tous_les_mardis"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"home": "c"}, "home"),
        ({"home": ""}, "home"),
        ({"change_day": "7"}, "change_day"),
        ({"change_day": "-1"}, "change_day"),
        ({"change_day": "²"}, "change_day"),
        ({"holidays": "parfois"}, "holidays"),
        ({"start": ""}, "start"),
        ({"start": "demain"}, "start"),
        ({"start": "2026-11-19"}, "start"),
        ({"start": "0001-01-01"}, "start"),
        ({"start": "9999-12-31"}, "start"),
        ({"start": "2029-01-01"}, "start"),
        ({"end": "2026-11-19"}, "end"),
        ({"end": "2026-02-30"}, "end"),
        ({"anchor": "0001-01-01"}, "anchor"),
        ({"anchor": "2025-01-01"}, "anchor"),
    ],
)
def test_a_rhythm_that_makes_no_sense_names_the_field(base_sqlite: Engine, changed: dict[str, str], field: str) -> None:
    them = separated()
    with pytest.raises(WrongFieldError) as refusal:
        propose(them, dataclasses.replace(ALTERNATE, **changed))
    assert refusal.value.field == field
    assert rows(Request) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"home": "x"}, "home"),
        ({"first": ""}, "first"),
        ({"first": "2026-11-19"}, "first"),
        ({"last": "2026-12-23"}, "last"),
        ({"last": "2027-12-23"}, "last"),
        ({"last": "bientôt"}, "last"),
    ],
)
def test_an_exception_that_makes_no_sense_names_the_field(
    base_sqlite: Engine, changed: dict[str, str], field: str
) -> None:
    them = separated()
    with pytest.raises(WrongFieldError) as refusal:
        propose(them, dataclasses.replace(XMAS, **changed))
    assert refusal.value.field == field


@pytest.mark.parametrize("form", FORMS)
def test_a_child_with_one_family_cannot_be_shared(base: Engine, form: PatternForm | ExceptionForm) -> None:
    account = make_account()
    _, parent = open_session(account)
    _, agent = open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))
    lea = make_child("Léa", make_family("Durand", account))
    with pytest.raises(SingleFamilyError, match="Léa"):
        custody.propose(actor=parent, child_id=lea, form=form, now=NOW)
    settle = custody.set_pattern if isinstance(form, PatternForm) else custody.add_exception
    with pytest.raises(SingleFamilyError):
        settle(actor=agent, child_id=lea, form=form, now=NOW)


@pytest.mark.parametrize("form", FORMS)
def test_the_child_of_another_answers_as_a_missing_one(base: Engine, form: PatternForm | ExceptionForm) -> None:
    them = separated()
    _, stranger = open_session(make_account("ali@famille.example"))
    for child_id in (them.jade, 0, -1, 2**40, 987_654):
        with pytest.raises(NotOpenError):
            custody.propose(actor=stranger, child_id=child_id, form=form, now=NOW)


def test_a_parent_without_the_right_to_edit_is_told(base: Engine) -> None:
    them = separated()
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.family_id) == them.lefevre).values(can_edit=False))
    with pytest.raises(RefusalError, match=FamilyRight.EDIT.label.lower()):
        propose(them, ALTERNATE)


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION])
def test_only_agents_who_keep_the_files_change_a_custody(base_sqlite: Engine, role: Role) -> None:
    them = alternating()
    lend(them, "a", date(2026, 12, 24), date(2026, 12, 25))
    actor = them.paul if role is Role.PARENT else open_session(make_account(f"{role}@mairie.example", role=role))[1]
    request = propose(them, XMAS)
    for call in (
        lambda: custody.set_pattern(actor=actor, child_id=them.jade, form=ALTERNATE, now=NOW),
        lambda: custody.add_exception(actor=actor, child_id=them.jade, form=XMAS, now=NOW),
        lambda: custody.end_pattern(actor=actor, pattern_id=1, last_day="2026-12-31", now=NOW),
        lambda: custody.remove_exception(actor=actor, exception_id=1, now=NOW),
        lambda: accept(dataclasses.replace(them, agent=actor), request),
    ):
        with pytest.raises(NotOpenError):
            call()
    assert (len(rows(CustodyPattern)), len(rows(CustodyException))) == (1, 1)
    assert rows(CustodyPattern)[0].valid_to is None


def test_an_agent_may_go_back_a_year_and_a_parent_may_not(base: Engine) -> None:
    them = separated()
    with pytest.raises(WrongFieldError):
        propose(them, dataclasses.replace(ALTERNATE, start="2026-09-01"))
    set_pattern(them, start="2026-09-01")
    assert owner(them, date(2026, 9, 1)) in {them.lefevre, them.garnier}
    with pytest.raises(WrongFieldError):
        set_pattern(them, start="2025-09-01", anchor="", end="2025-12-31")


def test_a_proposal_accepted_late_still_applies(base: Engine) -> None:
    them = separated()
    request = propose(them, ALTERNATE)
    accept(them, request, NOW + timedelta(days=20))
    assert owner(them, date(2026, 11, 20)) == them.lefevre


def test_a_rhythm_ends_on_the_day_given(base: Engine) -> None:
    them = alternating()
    custody.end_pattern(actor=them.agent, pattern_id=rows(CustodyPattern)[0].key, last_day="2026-12-31", now=NOW)
    assert owner(them, date(2026, 12, 31)) is not None
    assert owner(them, date(2027, 1, 1)) is None
    with pytest.raises(WrongFieldError):
        custody.end_pattern(actor=them.agent, pattern_id=rows(CustodyPattern)[0].key, last_day="2027-06-30", now=NOW)


def test_a_rhythm_ended_before_it_began_is_removed(base: Engine) -> None:
    them = alternating()
    custody.end_pattern(actor=them.agent, pattern_id=rows(CustodyPattern)[0].key, last_day="2026-11-19", now=NOW)
    assert rows(CustodyPattern) == []


@pytest.mark.parametrize("last_day", ["", "hier", "2020-01-01", "9999-12-31"])
def test_an_impossible_end_is_refused(base_sqlite: Engine, last_day: str) -> None:
    them = alternating()
    with pytest.raises(WrongFieldError):
        custody.end_pattern(actor=them.agent, pattern_id=rows(CustodyPattern)[0].key, last_day=last_day, now=NOW)


def test_an_exception_is_removed_and_the_rhythm_returns(base: Engine) -> None:
    them = alternating()
    day = date(2026, 11, 23)
    assert owner(them, day) == them.garnier
    lend(them, "a", day, day)
    assert owner(them, day) == them.lefevre
    custody.remove_exception(actor=them.agent, exception_id=rows(CustodyException)[0].key, now=NOW)
    assert owner(them, day) == them.garnier
    assert [entry.action for entry in rows(AuditEntry)][-2:] == ["custody.exception_added", "custody.exception_removed"]


@pytest.mark.parametrize("key", [0, -1, 2**40, 987_654])
def test_what_does_not_exist_is_not_open(base: Engine, key: int) -> None:
    them = separated()
    with pytest.raises(NotOpenError):
        custody.end_pattern(actor=them.agent, pattern_id=key, last_day="2026-12-31", now=NOW)
    with pytest.raises(NotOpenError):
        custody.remove_exception(actor=them.agent, exception_id=key, now=NOW)


def test_a_child_joins_two_families_at_most(base: Engine) -> None:
    them = separated()
    third = make_family("Haddad")
    with reading() as db:
        custody.check_two_families(db, them.jade, them.lefevre)
        with pytest.raises(ThirdFamilyError):
            custody.check_two_families(db, them.jade, third)
        custody.check_two_families(db, make_child("Léa", them.lefevre), third)
        custody.check_two_families(db, make_child("Noé"), third)
    with transaction() as db:
        db.exec(update(Family).where(col(Family.id) == them.garnier).values(status=FamilyStatus.ARCHIVED))
    with reading() as db:
        custody.check_two_families(db, them.jade, third)


@pytest.mark.parametrize("form", FORMS)
def test_a_proposal_naming_a_family_the_child_left_is_refused(base: Engine, form: PatternForm | ExceptionForm) -> None:
    them = separated()
    request = propose(them, form)
    with transaction() as db:
        moved = update(FamilyChild).where(col(FamilyChild.family_id) == them.lefevre)
        db.exec(moved.values(family_id=_new_family(db)))
    with pytest.raises(RefusalError, match="n’est plus"):
        accept(them, request)
    assert (rows(CustodyPattern), rows(CustodyException)) == ([], [])


def _new_family(db) -> int:
    family = Family(number="F-9", name="Haddad", created_at=NOW)
    db.add(family)
    db.flush()
    return family.key


def test_a_request_of_another_shape_is_refused(base_sqlite: Engine) -> None:
    them = separated()
    request = propose(them, ALTERNATE)
    broken = [{}, {"what": "pattern"}, {**request.content, "kind": "x"}, {**request.content, "valid_from": 3}]
    for content in broken:
        with transaction() as db:
            db.exec(update(Request).where(col(Request.id) == request.key).values(content=content))
        with pytest.raises(BadInputError):
            accept(them, request)


def mails() -> dict[str, str]:
    return {mail.recipient: mail.subject for mail in rows(OutboxMail)}


def test_both_parents_are_told_unless_they_asked_not_to_be(base: Engine) -> None:
    them = alternating()
    subject = "La garde de Jade a changé"
    assert mails() == {"paul@famille.example": subject, "sophie@famille.example": subject}
    with transaction() as db:
        db.exec(update(Account).where(col(Account.id) == them.sophie.account_id).values(notify_requests=False))
    lend(them, "a", date(2026, 12, 24), date(2026, 12, 25))
    with reading() as db:
        assert db.exec(select(func.count()).select_from(OutboxMail)).one() == 3


def test_the_author_of_an_accepted_proposal_hears_it_from_the_request_alone(base: Engine) -> None:
    them = separated()
    request = propose(them, ALTERNATE)
    assert mails() == {}
    accept(them, request)
    assert list(mails()) == ["sophie@famille.example"]


def test_a_proposal_of_rhythm_is_described_before_and_after(base: Engine) -> None:
    them = alternating()
    form = PatternForm("weekends", "a", "2027-01-04", "", "even", "2027-01-04")
    described, garnier = describe(propose(them, form, them.sophie)), "dans le foyer Garnier"
    assert described == [
        (
            "Rythme",
            "Une semaine sur deux, changement le lundi ; vacances comme le reste de l’année",
            "Un week-end sur deux ; vacances par moitiés",
        ),
        (
            "Semaines",
            "La semaine du lundi 28 décembre 2026 commence dans l’autre foyer.",
            "En semaine dans le foyer Garnier ; le week-end du samedi 9 janvier 2027 dans l’autre foyer.",
        ),
        (
            "Vacances",
            "",
            f"La première moitié {garnier} les années paires, dans l’autre foyer les années impaires.",
        ),
        ("Dates", "Depuis le vendredi 20 novembre 2026", "À partir du lundi 4 janvier 2027"),
    ]
    assert "Lefèvre" not in str(described)


def test_a_first_rhythm_is_described_from_nothing(base: Engine) -> None:
    described = describe(propose(separated(), ALTERNATE))
    assert [(label, before) for label, before, _ in described] == [
        ("Rythme", "rien n’est réglé"),
        ("Semaines", ""),
        ("Vacances", ""),
        ("Dates", ""),
    ]


def test_a_proposal_of_exception_is_described_before_and_after(base: Engine) -> None:
    them = alternating()
    request = propose(them, ExceptionForm("a", "2026-11-29", "2026-11-30"))
    assert describe(request) == [
        (
            "Du dimanche 29 novembre 2026 au lundi 30 novembre 2026",
            "dans l’autre foyer, puis dans le foyer Lefèvre",
            "dans le foyer Lefèvre",
        )
    ]


def _pattern_row(them: Separated, **changed: object) -> CustodyPattern:
    values: dict[str, object] = {
        "child_id": them.jade,
        "first_family_id": them.lefevre,
        "second_family_id": them.garnier,
        "kind": "always",
        "anchor": date(2026, 11, 16),
        "valid_from": date(2026, 11, 16),
        "created_at": NOW,
    }
    return CustodyPattern(**values | changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "x"},
        {"holidays": "x"},
        {"change_day": 7},
        {"change_day": -1},
        {"valid_to": date(2026, 11, 15)},
        {"second_family_id": 1, "first_family_id": 1},
        {"child_id": 987_654},
    ],
    ids=str,
)
def test_the_database_refuses_an_impossible_rhythm(base: Engine, changed: dict[str, object]) -> None:
    them = separated()
    with pytest.raises(IntegrityError), transaction() as db:
        db.add(_pattern_row(them, **changed))


def test_the_database_keeps_one_rhythm_by_first_day_and_dates_in_order(base: Engine) -> None:
    them = separated()
    with transaction() as db:
        db.add(_pattern_row(them))
    with pytest.raises(IntegrityError), transaction() as db:
        db.add(_pattern_row(them, kind="weekends"))
    with pytest.raises(IntegrityError), transaction() as db:
        db.add(
            CustodyException(
                child_id=them.jade,
                family_id=them.lefevre,
                first_day=date(2026, 12, 2),
                last_day=date(2026, 12, 1),
                created_at=NOW,
            )
        )
