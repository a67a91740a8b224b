"""Le lien privé vers l'agenda : à soi seul, juste, sans santé ni argent, mort dès qu'il est retiré."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from icalendar import Calendar, Event
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.accounts import AccountStatus, Actor
from portail.domain.bookings import BookingState
from portail.domain.refusals import NotOpenError, TooManyAttemptsError
from portail.domain.throttling import BRAKES, Scope
from portail.models.accounts import Account
from portail.models.activities import Slot
from portail.models.audit import AuditEntry
from portail.models.bookings import Booking, CalendarFeed
from portail.models.database import reading, transaction
from portail.services.planning import feed
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_canteen, make_offering, make_slot
from tests.factories.booked import book
from tests.factories.crowds import together
from tests.factories.custody import separated
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session


@pytest.fixture
def home(base: Engine) -> tuple[Actor, int, int]:
    account = make_account("camille@famille.example")
    family = make_family("Durand", account)
    return open_session(account)[1], family, make_child("Léa", family)


def link(actor: Actor, now: datetime = NOW) -> str:
    address = feed.subscribe(actor=actor, now=now).address
    return address.rpartition("/")[2].removesuffix(".ics")


def events(token: str, now: datetime = NOW) -> list[Event]:
    return Calendar.from_ical(feed.read(token, now)).walk("VEVENT")


def test_the_days_of_the_children_are_there(home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    activity = make_activity(name="Cantine", place="Jean-Macé")
    slot = make_slot(make_offering(activity, name="Repas"))
    key = book(slot, lea, family, meal_cents=320, formula="quotient 850")
    (one,) = events(link(actor))
    assert one["DTSTART"].dt == datetime(2026, 12, 3, 10, 45, tzinfo=UTC)
    assert one["DTEND"].dt == datetime(2026, 12, 3, 12, 30, tzinfo=UTC)
    assert (str(one["SUMMARY"]), str(one["LOCATION"])) == ("Léa · Cantine (Repas)", "Jean-Macé")
    assert (str(one["STATUS"]), str(one["UID"])) == ("CONFIRMED", f"reservation-{key}@localhost")


def test_no_health_no_money_no_name_of_family(home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    slot = make_slot(make_offering(make_activity(name="Cantine"), name="Repas"))
    book(slot, lea, family, meal_cents=320, surcharge_cents=77, formula="quotient 850")
    said = feed.read(link(actor), NOW).decode()
    for secret in ("850", "320", "3,20", "77", "Durand", "Essai", "camille"):
        assert secret not in said.replace("20261120T090000Z", ""), secret


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (BookingState.BOOKED, "CONFIRMED"),
        (BookingState.PENDING, "TENTATIVE"),
        (BookingState.CANCELLED, "CANCELLED"),
        (BookingState.REFUSED, "CANCELLED"),
        (BookingState.EXCUSED, "CANCELLED"),
        (BookingState.PRESENT, "CONFIRMED"),
    ],
)
def test_what_each_state_becomes(home: tuple[Actor, int, int], state: BookingState, status: str) -> None:
    actor, family, lea = home
    book(make_canteen()[1], lea, family, state)
    assert [str(one["STATUS"]) for one in events(link(actor))] == [status]


def test_a_cancelled_day_keeps_its_name_so_that_it_leaves_the_other_calendar(home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    book(make_canteen()[1], lea, family)
    token = link(actor)
    (before,) = events(token)
    with transaction() as db:
        db.exec(update(Booking).values(state=BookingState.CANCELLED, changed_at=NOW + timedelta(hours=1)))
    (after,) = events(token, NOW + timedelta(hours=2))
    assert (after["UID"], str(after["STATUS"])) == (before["UID"], "CANCELLED")
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt


def test_a_closed_slot_is_cancelled(home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    book(make_canteen()[1], lea, family)
    with transaction() as db:
        db.exec(update(Slot).values(closed_why="Grève"))
    assert [str(one["STATUS"]) for one in events(link(actor))] == ["CANCELLED"]


def test_half_past_two_on_the_night_the_clock_changes(home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    activity = make_activity()
    night = make_offering(activity, starts_at=time(2, 30), ends_at=time(3, 0))
    book(make_slot(night, date(2027, 3, 28)), lea, family)
    book(make_slot(night, date(2026, 10, 25)), lea, family)
    twice, missing = events(link(actor))
    assert twice["DTSTART"].dt.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert missing["DTSTART"].dt.astimezone(UTC) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert missing["DTEND"].dt - missing["DTSTART"].dt == timedelta(minutes=30)


def test_only_days_near_enough_are_told(home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    for day in (date(2026, 9, 20), date(2026, 9, 21), date(2027, 12, 25), date(2027, 12, 26)):
        book(make_canteen(day=day)[1], lea, family)
    assert [one["DTSTART"].dt.date() for one in events(link(actor))] == [date(2026, 9, 21), date(2027, 12, 25)]


def test_the_other_home_is_not_told(base: Engine) -> None:
    them = separated()
    book(make_canteen()[1], them.jade, them.garnier)
    assert events(link(them.paul)) == []
    assert len(events(link(them.sophie))) == 1


def test_the_link_is_shown_once_and_only_its_print_is_kept(home: tuple[Actor, int, int]) -> None:
    actor, _, _ = home
    made = feed.subscribe(actor=actor, now=NOW)
    token = made.address.rpartition("/")[2].removesuffix(".ics")
    assert made.address == f"http://localhost:3000/ical/{token}.ics"
    assert made.webcal == f"webcal://localhost:3000/ical/{token}.ics"
    with reading() as db:
        assert token not in db.exec(select(CalendarFeed.token_hash)).one()
    again = feed.show(actor=actor)
    assert (again.exists, again.address, again.webcal) == (True, "", "")


def test_renewing_kills_the_former_link(home: tuple[Actor, int, int]) -> None:
    actor, _, _ = home
    former, new = link(actor), link(actor)
    assert events(new) == []
    with pytest.raises(NotOpenError):
        feed.read(former, NOW)


def test_revoking_kills_the_link_and_does_it_once(home: tuple[Actor, int, int]) -> None:
    actor, _, _ = home
    token = link(actor)
    for _ in range(2):
        assert not feed.revoke(actor=actor, now=NOW).exists
    with pytest.raises(NotOpenError):
        feed.read(token, NOW)
    with reading() as db:
        query = select(AuditEntry.action).where(col(AuditEntry.action).like("feed.%")).order_by(col(AuditEntry.id))
        actions = db.exec(query).all()
    assert actions == ["feed.created", "feed.revoked"]


@pytest.mark.parametrize("token", ["", "x", "../sante", "é" * 200, "\ud800", "' or 1=1"])
def test_a_forged_link_leads_nowhere(home: tuple[Actor, int, int], token: str) -> None:
    link(home[0])
    with pytest.raises(NotOpenError):
        feed.read(token, NOW)


def test_a_closed_account_tells_nothing_more(home: tuple[Actor, int, int]) -> None:
    token = link(home[0])
    with transaction() as db:
        db.exec(update(Account).values(status=AccountStatus.CLOSED))
    with pytest.raises(NotOpenError):
        feed.read(token, NOW)


def test_the_last_reading_is_noted_once_an_hour(home: tuple[Actor, int, int]) -> None:
    actor, _, _ = home
    token = link(actor)
    assert feed.show(actor=actor).last_read == ""
    seen = []
    for minutes in (0, 10, 61):
        feed.read(token, NOW + timedelta(minutes=minutes))
        with reading() as db:
            seen.append(db.exec(select(CalendarFeed.last_read_at)).one())
    assert seen == [NOW, NOW, NOW + timedelta(minutes=61)]
    assert feed.show(actor=actor).last_read == "20 novembre à 11\u00a0h\u00a001"


def test_a_link_read_without_rest_waits_and_a_patient_one_never_does(home: tuple[Actor, int, int]) -> None:
    token = link(home[0])
    for minute in range(100):
        feed.read(token, NOW + timedelta(minutes=minute))
    later = NOW + timedelta(days=1)
    for _ in range(BRAKES[Scope.FEED].free):
        feed.read(token, later)
    with pytest.raises(TooManyAttemptsError) as braked:
        feed.read(token, later)
    assert 0 < braked.value.seconds <= 30
    feed.read(token, later + timedelta(seconds=31))


def test_two_tabs_make_one_link(home: tuple[Actor, int, int]) -> None:
    actor, _, _ = home
    made = together(*[lambda: link(actor)] * 4)
    assert len(set(made)) == 4
    alive = 0
    for token in made:
        try:
            feed.read(token, NOW)
            alive += 1
        except NotOpenError:
            pass
    assert alive == 1
