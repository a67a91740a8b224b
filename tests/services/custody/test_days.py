"""Le calendrier d'une garde : juste pour chacun, muet sur l'autre foyer, à coût constant."""

import dataclasses
import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import col, update

from portail.domain.accounts import Role
from portail.domain.custody import whose_day
from portail.domain.families import FamilyStatus
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.database import reading, transaction
from portail.models.families import Family, FamilyChild, Guardian
from portail.services import custody
from portail.services.custody import ExceptionForm, PatternForm
from portail.views.custody import CustodyDay, CustodyView
from tests.factories.custody import ALTERNATE, Separated, alternating, lend, separated
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted
from tests.factories.settings import configured


def days(view: CustodyView) -> dict[str, CustodyDay]:
    return {day.date: day for week in view.weeks for day in week.days if day.number}


def seen_by_paul(them: Separated, now: datetime, month: str = "") -> CustodyView:
    return custody.show(actor=them.paul, child_id=them.jade, month=month, now=now)


def seen_by_sophie(them: Separated, now: datetime, month: str = "") -> CustodyView:
    return custody.show(actor=them.sophie, child_id=them.jade, month=month, now=now)


def seen_by_agent(them: Separated, now: datetime, month: str = "") -> CustodyView:
    return custody.show_to_agent(actor=them.agent, child_id=them.jade, month=month, now=now)


def test_each_parent_reads_the_same_days_from_their_own_side(base: Engine, now: datetime) -> None:
    them = alternating()
    paul, sophie = days(seen_by_paul(them, now)), days(seen_by_sophie(them, now))
    assert len(paul) == len(sophie) == 30
    assert (paul["2026-11-20"].home, sophie["2026-11-20"].home) == ("a", "b")
    assert (paul["2026-11-23"].home, sophie["2026-11-23"].home) == ("b", "a")
    assert (paul["2026-11-19"].home, sophie["2026-11-19"].home) == ("", "")
    assert paul["2026-11-20"].sentence == "vendredi 20 novembre : chez vous"
    assert sophie["2026-11-20"].sentence == "vendredi 20 novembre : chez l’autre parent"
    assert paul["2026-11-19"].sentence == "jeudi 19 novembre : rien n’est réglé"
    assert (paul["2026-11-20"].mark, paul["2026-11-23"].mark) == ("Vous", "Autre")
    assert [day.date for day in paul.values() if day.today] == ["2026-11-20"]


def test_the_month_is_made_of_whole_weeks_with_their_numbers(base: Engine, now: datetime) -> None:
    view = seen_by_paul(alternating(), now, "2026-12")
    assert [week.number for week in view.weeks] == ["49", "50", "51", "52", "53"]
    assert all(len(week.days) == 7 for week in view.weeks)
    assert (view.month_label, view.previous, view.following) == ("décembre 2026", "2026-11", "2027-01")
    assert view.counts == "17 jours chez vous, 14 jours chez l’autre parent"
    assert view.holidays == ["Vacances de Noël : du samedi 19 décembre 2026 au dimanche 3 janvier 2027"]
    assert (view.unpublished, view.has_unset, view.has_exception) == (False, False, False)


def test_a_parent_never_receives_the_name_address_or_telephone_of_the_other(base: Engine, now: datetime) -> None:
    them = alternating()
    lend(them, "b", date(2026, 12, 24), date(2026, 12, 25))
    custody.propose(actor=them.sophie, child_id=them.jade, form=ExceptionForm("a", "2026-12-31", "2026-12-31"), now=now)
    for month in ("2026-11", "2026-12"):
        sent = json.dumps(dataclasses.asdict(seen_by_paul(them, now, month)), ensure_ascii=False)
        assert "l’autre parent" in sent
        for hidden in ("Garnier", "Sophie", "sophie@", "31 avenue", "Saint-Aubin", "06 99", "F-", "D-2026"):
            assert hidden not in sent, hidden


def test_an_agent_reads_both_families_by_name(base: Engine, now: datetime) -> None:
    view = seen_by_agent(alternating(), now)
    assert (view.home_a.label, view.home_b.label) == ("Lefèvre", "Garnier")
    assert days(view)["2026-11-20"].sentence == "vendredi 20 novembre : chez Lefèvre"
    assert (days(view)["2026-11-20"].mark, days(view)["2026-11-23"].mark) == ("L", "G")


def test_two_families_of_the_same_name_are_told_apart(base: Engine, now: datetime) -> None:
    them = alternating()
    with transaction() as db:
        db.exec(update(Family).values(name="Lefèvre"))
    view = seen_by_agent(them, now)
    assert (view.home_a.label, view.home_b.label) == ("Lefèvre (F-Lefèvre)", "Lefèvre (F-Garnier)")
    assert (view.home_a.mark, view.home_b.mark) == ("1", "2")


def test_the_rhythm_is_said_from_each_side(base: Engine, now: datetime) -> None:
    them = separated()
    form = dataclasses.replace(ALTERNATE, holidays="even")
    custody.set_pattern(actor=them.agent, child_id=them.jade, form=form, now=now)
    (paul,), (sophie,) = seen_by_paul(them, now).patterns, seen_by_sophie(them, now).patterns
    assert paul.words == sophie.words == "Une semaine sur deux, changement le lundi ; vacances par moitiés"
    assert paul.reference == "La semaine du lundi 16 novembre 2026 commence chez vous."
    assert sophie.reference == "La semaine du lundi 16 novembre 2026 commence chez l’autre parent."
    assert paul.halves.endswith("chez vous les années paires, chez l’autre parent les années impaires.")
    assert sophie.halves.endswith("chez l’autre parent les années paires, chez vous les années impaires.")
    assert (paul.period, paul.state) == ("Depuis le vendredi 20 novembre 2026", "En cours")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("weekends", "En semaine chez vous ; le week-end du samedi 21 novembre 2026 chez l’autre parent."),
        ("always", "Tous les jours chez vous."),
        ("two_two_three", "La semaine du lundi 16 novembre 2026 commence chez vous."),
    ],
)
def test_every_rhythm_says_where_it_stands_now(base_sqlite: Engine, now: datetime, kind: str, words: str) -> None:
    them = separated()
    custody.set_pattern(actor=them.agent, child_id=them.jade, form=dataclasses.replace(ALTERNATE, kind=kind), now=now)
    for later in (now, datetime(2026, 11, 20, 22, 0, tzinfo=UTC)):
        assert seen_by_paul(them, later).patterns[0].reference == words


def test_halves_use_the_zone_of_the_town(base_sqlite: Engine, now: datetime) -> None:
    them = separated()
    form = dataclasses.replace(ALTERNATE, holidays="odd")
    custody.set_pattern(actor=them.agent, child_id=them.jade, form=form, now=now)
    for zone, first in (("A", "2027-02-13"), ("B", "2027-02-20"), ("C", "2027-02-06")):
        with configured(PORTAIL_SCHOOL_ZONE=zone):
            shared = [day for day in days(seen_by_paul(them, now, "2027-02")).values() if day.reason]
        assert (shared[0].date, shared[0].home, shared[0].reason) == (first, "a", "moitié de vacances")
        assert shared[7].home == "a"
        assert shared[8].home == "b"


def test_exceptions_show_on_their_days_and_in_the_list_until_they_are_over(base: Engine, now: datetime) -> None:
    them = alternating()
    lend(them, "a", date(2026, 11, 25), date(2026, 11, 26))
    lend(them, "b", date(2026, 11, 21), date(2026, 11, 21))
    view = seen_by_paul(them, now)
    assert days(view)["2026-11-25"].sentence == "mercredi 25 novembre : chez vous (exception)"
    assert days(view)["2026-11-27"].home == "b"
    assert (view.has_unset, view.has_exception) == (True, True)
    assert [(one.when, one.at) for one in view.exceptions] == [
        ("Le samedi 21 novembre 2026", "chez l’autre parent"),
        ("Du mercredi 25 novembre 2026 au jeudi 26 novembre 2026", "chez vous"),
    ]
    later = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)  # le 27 à Paris
    after = custody.show(actor=them.paul, child_id=them.jade, month="2026-11", now=later)
    assert after.exceptions == []
    assert days(after)["2026-11-25"].reason == "exception"


def test_a_child_with_one_family_has_nothing_to_share(base: Engine, now: datetime) -> None:
    account = make_account()
    _, actor = open_session(account)
    lea = make_child("Léa", make_family("Durand", account))
    view = custody.show(actor=actor, child_id=lea, month="", now=now)
    assert view == CustodyView(ready=True, child_id=lea, first_name="Léa")


@pytest.mark.parametrize("status", [FamilyStatus.MERGED, FamilyStatus.ARCHIVED])
def test_a_family_that_closed_no_longer_counts(base: Engine, now: datetime, status: FamilyStatus) -> None:
    them = alternating()
    with transaction() as db:
        kept = them.lefevre if status is FamilyStatus.MERGED else None
        db.exec(update(Family).where(col(Family.id) == them.garnier).values(status=status, merged_into_id=kept))
    assert not seen_by_paul(them, now).shared
    with reading() as db:
        found = custody.custody_of(db, them.jade, date(2026, 11, 1), date(2026, 11, 30))
    assert whose_day(found, date(2026, 11, 20)) is None


def test_a_rhythm_with_a_family_the_child_left_says_nothing_to_the_new_one(base: Engine, now: datetime) -> None:
    them = alternating()
    other = make_account("ali@famille.example")
    new_home = make_family("Haddad", other)
    with transaction() as db:
        db.exec(update(FamilyChild).where(col(FamilyChild.family_id) == them.garnier).values(family_id=new_home))
    view = custody.show(actor=open_session(other)[1], child_id=them.jade, month="", now=now)
    assert (view.shared, view.patterns) == (True, [])
    assert {day.home for day in days(view).values()} == {""}
    (old,) = seen_by_agent(them, now).patterns
    assert old.words.startswith("Une semaine sur deux")


def test_a_foreign_child_answers_as_a_missing_one(base: Engine, now: datetime) -> None:
    them = alternating()
    _, stranger = open_session(make_account("ali@famille.example"))
    for child_id in (them.jade, 0, -1, 2**40, 987_654):
        with pytest.raises(NotOpenError):
            custody.show(actor=stranger, child_id=child_id, month="", now=now)


@pytest.mark.parametrize("role", list(Role))
def test_agents_who_keep_the_files_see_the_calendar_and_no_other(
    base_sqlite: Engine, now: datetime, role: Role
) -> None:
    them = alternating()
    _, actor = open_session(make_account(f"{role}@essai.example", role=role))
    if role in {Role.RECEPTION, Role.DIRECTION, Role.ADMIN}:
        assert custody.show_to_agent(actor=actor, child_id=them.jade, month="", now=now).shared
    else:
        with pytest.raises(NotOpenError):
            custody.show_to_agent(actor=actor, child_id=them.jade, month="", now=now)


@pytest.mark.parametrize(
    "month", ["2026-13", "demain", "2026", "2026-11-20", "0000-01", "99999-01", "2025-10", "2028-12"]
)
def test_a_month_that_does_not_exist_or_is_too_far_is_refused(base_sqlite: Engine, now: datetime, month: str) -> None:
    them = alternating()
    with pytest.raises(BadInputError):
        seen_by_paul(them, now, month)


def test_the_arrows_stop_at_the_ends_of_the_calendar(base_sqlite: Engine, now: datetime) -> None:
    them = alternating()
    assert seen_by_paul(them, now, "2025-11").previous == ""
    last = seen_by_paul(them, now, "2028-11")
    assert (last.following, last.unpublished) == ("", True)


def test_today_is_the_day_in_paris(base_sqlite: Engine) -> None:
    them = alternating()
    view = seen_by_paul(them, datetime(2026, 11, 30, 23, 5, tzinfo=UTC))
    assert (view.month, view.today) == ("2026-12", "2026-12-01")


def test_who_may_not_change_the_file_may_not_propose(base: Engine, now: datetime) -> None:
    them = alternating()
    assert seen_by_paul(them, now).can_propose
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.family_id) == them.lefevre).values(can_edit=False))
    assert not seen_by_paul(them, now).can_propose
    assert seen_by_sophie(them, now).can_propose


def test_a_parent_of_both_homes_reads_them_as_two(base: Engine, now: datetime) -> None:
    account = make_account()
    first, second = make_family("Un", account), make_family("Deux", account)
    child = make_child("Zoé", first, second)
    view = custody.show(actor=open_session(account)[1], child_id=child, month="", now=now)
    assert (view.home_a.label, view.home_b.label) == ("Vous", "L’autre parent")


def test_a_month_costs_the_same_whatever_happens_in_it(base: Engine, now: datetime) -> None:
    them = alternating()
    with counted(base) as few:
        seen_by_paul(them, now)
    for rank in range(8):
        lend(them, "ab"[rank % 2], date(2026, 11, 21 + rank), date(2026, 11, 22 + rank))
        form = ExceptionForm("a", f"2026-12-{10 + rank}", f"2026-12-{11 + rank}")
        custody.propose(actor=them.paul, child_id=them.jade, form=form, now=now)
    with counted(base) as many:
        view = seen_by_paul(them, now)
    with counted(base) as staff:
        seen_by_agent(them, now)
    assert len(view.exceptions) == len(view.proposals) == 8
    assert len(many) == len(few) <= 6, many
    assert len(staff) <= 6, staff


def test_many_children_are_answered_by_three_readings(base: Engine, now: datetime) -> None:
    them = alternating()
    others = [make_child(f"Enfant{rank}", them.lefevre) for rank in range(5)]
    with reading() as db, counted(base) as seen:
        found = custody.custodies_of(db, [them.jade, *others], date(2026, 11, 1), date(2026, 11, 30))
    assert len(seen) == 3
    assert whose_day(found[them.jade], date(2026, 11, 20)) == them.lefevre
    assert whose_day(found[them.jade], date(2026, 11, 23)) == them.garnier
    assert {whose_day(found[one], date(2026, 11, 20)) for one in others} == {None}


def test_the_history_says_who_asked_what_and_where_it_stands(base: Engine, now: datetime) -> None:
    them = alternating()
    custody.propose(actor=them.paul, child_id=them.jade, form=ExceptionForm("a", "2026-12-24", "2026-12-26"), now=now)
    form = PatternForm("weekends", "b", "", "", "none", "2027-01-04")
    custody.propose(actor=them.sophie, child_id=them.jade, form=form, now=now)
    theirs, mine = seen_by_paul(them, now).proposals
    assert (mine.who, theirs.who) == ("Vous", "L’autre parent")
    assert mine.words == "Du jeudi 24 décembre 2026 au samedi 26 décembre 2026 chez vous"
    assert theirs.words == (
        "Un week-end sur deux ; vacances comme le reste de l’année ; à partir du lundi 4 janvier 2027"
    )
    assert (mine.number, theirs.number) == ("D-2026-00001", "")
    assert {mine.status_label, theirs.status_label} == {"Envoyée"}
    assert [one.who for one in seen_by_agent(them, now).proposals] == ["Garnier", "Lefèvre"]
    assert [one.number for one in seen_by_agent(them, now).proposals] == ["D-2026-00002", "D-2026-00001"]
