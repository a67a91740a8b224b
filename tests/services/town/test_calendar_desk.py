"""Le calendrier de la commune : ce qu'on y ajoute ferme et rouvre les séances, sans toucher à ce qui est réservé."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.activity_settings import BookedSlotsError
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.models.activities import CalendarPeriod
from portail.models.database import reading
from portail.services.activities import opening
from portail.services.town import calendar as town_calendar
from portail.services.town import calendar_desk, calendar_year
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.settings import configured
from tests.factories.settled import book, edit_of, open_days_of, slot_on, traces

MONDAY, THURSDAY, FRIDAY = date(2026, 11, 23), date(2026, 12, 3), date(2026, 12, 4)


@pytest.fixture
def chief(base: Engine) -> Actor:
    return open_session(make_account("claire@mairie.example", role=Role.DIRECTION))[1]


def period(what: str = "town_closure", first: date = THURSDAY, last: date | None = None, **more: str) -> dict[str, str]:
    known = {"what": what, "first": first.isoformat(), "last": last.isoformat() if last else "", "name": "Pont"}
    return known | more


def opened(actor: Actor) -> int:
    key = make_activity()
    make_offering(key)
    form = {"first": MONDAY.isoformat(), "last": FRIDAY.isoformat()}
    opening.open_days(actor=actor, activity_id=key, form=form, now=NOW)
    return key


def only_period() -> CalendarPeriod:
    with reading() as db:
        return db.exec(select(CalendarPeriod)).one()


def test_a_closure_closes_every_activity_and_its_end_reopens_them(chief: Actor) -> None:
    one, other = opened(chief), opened(chief)
    stamp = edit_of(one)
    calendar_desk.add(actor=chief, form=period(), now=NOW)
    assert {slot_on(key, THURSDAY).closed_why for key in (one, other)} == {"Fermé : Pont."}
    assert edit_of(one) != stamp
    with reading() as db:
        assert town_calendar.calendar_for(db).is_closure(THURSDAY)
    calendar_desk.remove(actor=chief, period_id=only_period().key, now=NOW)
    assert THURSDAY in open_days_of(one)
    assert traces("calendar.period_added", "calendar.period_removed") == ["Pont, du 03/12/2026 au 03/12/2026"] * 2


def test_a_closure_of_one_activity_leaves_the_others_open(chief: Actor) -> None:
    one, other = opened(chief), opened(chief)
    form = period("activity_closure", activity_id=str(one))
    calendar_desk.add(actor=chief, form=form, now=NOW)
    assert THURSDAY not in open_days_of(one)
    assert THURSDAY in open_days_of(other)
    with reading() as db:
        assert town_calendar.calendar_for(db, one).is_closure(THURSDAY)
        assert not town_calendar.calendar_for(db, other).is_closure(THURSDAY)


def test_days_with_bookings_are_not_closed_and_the_count_is_said(chief: Actor) -> None:
    key = opened(chief)
    family = make_family("Essai")
    book(slot_on(key, THURSDAY).key, make_child("Lou", family), family)
    with pytest.raises(BookedSlotsError, match="1 réservation est déjà faite"):
        calendar_desk.add(actor=chief, form=period(), now=NOW)
    with reading() as db:
        assert db.exec(select(CalendarPeriod)).first() is None
    assert THURSDAY in open_days_of(key)


def test_added_holidays_close_school_days_and_school_kept_opens_them(chief: Actor) -> None:
    key = opened(chief)
    calendar_desk.add(actor=chief, form=period("holiday", name="Vacances d’hiver avancées"), now=NOW)
    assert slot_on(key, THURSDAY).closed_why == "Fermé : vacances d’hiver avancées."
    calendar_desk.add(actor=chief, form=period("school", name=""), now=NOW)
    assert THURSDAY in open_days_of(key)


def test_two_overlapping_closures_open_the_day_only_when_both_are_gone(chief: Actor) -> None:
    key = opened(chief)
    for name in ("Pont", "Grève"):
        calendar_desk.add(actor=chief, form=period(name=name), now=NOW)
    with reading() as db:
        first, second = (one.key for one in db.exec(select(CalendarPeriod)))
    calendar_desk.remove(actor=chief, period_id=second, now=NOW)
    assert slot_on(key, THURSDAY).closed_why == "Fermé : Pont."
    calendar_desk.remove(actor=chief, period_id=first, now=NOW)
    assert THURSDAY in open_days_of(key)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"what": "tout"}, {"what"}),
        ({"first": ""}, {"first"}),
        ({"first": "2036-01-01"}, {"first"}),
        ({"last": "2026-12-02"}, {"last"}),
        ({"last": "2027-12-02"}, {"last"}),
        ({"name": ""}, {"name"}),
        ({"name": "x" * 81}, {"name"}),
        ({"what": "activity_closure"}, {"activity_id"}),
        ({"what": "activity_closure", "activity_id": "999"}, {"activity_id"}),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(chief: Actor, changes: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        calendar_desk.add(actor=chief, form=period() | changes, now=NOW)
    assert set(refusal.value.fields) == wrong


@pytest.mark.parametrize("key", [0, -1, 999, 2**40])
def test_an_unknown_period_is_not_removed(chief: Actor, key: int) -> None:
    with pytest.raises(NotOpenError):
        calendar_desk.remove(actor=chief, period_id=key, now=NOW)


def test_only_who_settles_the_town_touches_the_calendar(base: Engine) -> None:
    agent = open_session(make_account("odile@mairie.example", role=Role.RECEPTION))[1]
    with pytest.raises(NotOpenError):
        calendar_desk.add(actor=agent, form=period(), now=NOW)
    with pytest.raises(NotOpenError):
        calendar_year.show(actor=agent, year="", now=NOW)


def test_the_year_shows_holidays_public_holidays_and_closures(chief: Actor) -> None:
    calendar_desk.add(actor=chief, form=period(last=FRIDAY), now=NOW)
    shown = calendar_year.show(actor=chief, year="", now=NOW)
    assert (shown.year, shown.zone, len(shown.months)) == ("2026-2027", "Zone B", 12)
    december = shown.months[3]
    assert december.name == "Décembre 2026"
    assert [day.tone for day in december.days[:5]] == ["", "class", "class", "closure", "closure"]
    assert {day.number: day.tone for day in december.days}["25"] == "public"
    assert "Fermé : Pont : du 3 au 4" in december.said
    assert any("Noël" in said for said in december.said)
    (line,) = shown.periods
    assert (line.name, line.what, line.days) == ("Pont", "Tout est fermé", "du 3 décembre au 4 décembre 2026")
    assert calendar_year.show(actor=chief, year="2025-2026", now=NOW).periods == []
    assert calendar_year.show(actor=chief, year="1999", now=NOW).year == "2026-2027"


def test_alsace_moselle_is_a_setting(chief: Actor) -> None:
    with configured(PORTAIL_ALSACE_MOSELLE="true"), reading() as db:
        calendar = town_calendar.calendar_for(db)
        assert calendar.public_holiday(date(2026, 12, 26))
        shown = calendar_year.show(actor=chief, year="", now=NOW)
    assert shown.zone == "Zone B, jours fériés d’Alsace-Moselle"
    with reading() as db:
        assert not town_calendar.calendar_for(db).public_holiday(date(2026, 12, 26))
