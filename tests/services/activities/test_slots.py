"""Les séances : ouvertes d'après le calendrier, d'autres places certains jours, fermées avec une raison."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.activity_settings import BookedAboveError, BookedSlotsError, CalendarUnknownError
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.jobs import activities as nightly
from portail.models.activities import Activity
from portail.models.bookings import Booking
from portail.models.database import reading, transaction
from portail.models.mails import OutboxMail
from portail.models.wallet import LedgerAccount
from portail.services.activities import desk, exceptions, opening, slots
from portail.services.bookings import seats
from portail.services.mails import outbox
from portail.services.town import calendar as town_calendar
from portail.services.waitlist import queue
from portail.services.waitlist.queue import Asked
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering, make_slot, make_wallet
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account
from tests.factories.settled import book, count_slots, open_days_of, slot_on, slots_of, traces
from tests.services.activities.conftest import FRIDAY, MONDAY

THURSDAY = date(2026, 12, 3)


def span(first: date = MONDAY, last: date | None = FRIDAY, **more: str) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat() if last else ""} | more


def opened(actor: Actor, form: dict[str, Any] | None = None, **options: Any) -> int:
    key = make_activity(**options)
    make_offering(key)
    opening.open_days(actor=actor, activity_id=key, form=form or span(), now=NOW)
    return key


def booked(slot_id: int, count: int = 1) -> None:
    family = make_family(f"Réservé {slot_id}")
    for rank in range(count):
        book(slot_id, make_child(f"Enfant{rank}", family), family)


def test_school_days_open_and_opening_again_changes_nothing(chief: Actor) -> None:
    key = opened(chief)
    before = [(slot.id, slot.day, slot.capacity) for slot in slots_of(key)]
    assert [day.weekday() for _, day, _ in before] == [0, 1, 3, 4] * 2
    assert opening.open_days(actor=chief, activity_id=key, form=span(), now=NOW) == 0
    assert [(slot.id, slot.day, slot.capacity) for slot in slots_of(key)] == before
    assert traces("activity.slots_opened")[0].endswith("du 23/11/2026 au 04/12/2026 : 8")


def test_only_one_day_opens_when_no_end_is_given(chief: Actor) -> None:
    assert len(slots_of(opened(chief, span(MONDAY, None)))) == 1


def test_holidays_public_holidays_and_weekends_stay_closed(chief: Actor) -> None:
    key = opened(chief, span(date(2026, 12, 14), date(2027, 1, 8)))
    assert open_days_of(key) == [
        *[date(2026, 12, day) for day in (14, 15, 17, 18)],
        *[date(2027, 1, day) for day in (4, 5, 7, 8)],
    ]


def test_a_holiday_camp_opens_in_the_holidays_only(chief: Actor) -> None:
    key = make_activity(day_kinds=["holiday"])
    make_offering(key, weekdays=[])
    form = span(date(2026, 12, 14), date(2027, 1, 8))
    opening.open_days(actor=chief, activity_id=key, form=form, now=NOW)
    days = open_days_of(key)
    assert (days[0], days[-1]) == (date(2026, 12, 21), date(2026, 12, 31))
    assert date(2026, 12, 25) not in days


def test_opening_keeps_what_is_booked(chief: Actor) -> None:
    key = opened(chief)
    booked(slot_on(key, THURSDAY).key, 3)
    opening.open_days(actor=chief, activity_id=key, form=span(last=FRIDAY + timedelta(days=7)), now=NOW)
    assert slot_on(key, THURSDAY).taken == 3
    assert len(slots_of(key)) == 12


def test_two_agents_opening_the_same_days_make_each_slot_once(chief: Actor) -> None:
    key = make_activity()
    make_offering(key)

    def work() -> int:
        return opening.open_days(actor=chief, activity_id=key, form=span(), now=NOW)

    assert sorted(together(work, work)) == [0, 8]
    assert count_slots() == 8


def test_days_beyond_the_published_calendar_are_refused(chief: Actor) -> None:
    key = make_activity()
    make_offering(key)
    late = datetime(2030, 6, 1, 9, tzinfo=UTC)
    with pytest.raises(CalendarUnknownError, match="n’est publié que jusqu’au"):
        opening.open_days(actor=chief, activity_id=key, form=span(date(2030, 6, 3), date(2030, 6, 7)), now=late)
    assert count_slots() == 0


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("", "2026-12-04", "first"),
        ("hier", "", "first"),
        ("2026-11-19", "2026-12-04", "first"),
        ("2029-01-01", "", "first"),
        ("2026-11-23", "2026-11-22", "last"),
        ("2026-11-23", "2028-11-22", "last"),
        ("2026-11-23", "2026-02-30", "last"),
    ],
)
def test_dates_that_make_no_sense_open_nothing(chief: Actor, first: str, last: str, field: str) -> None:
    key = make_activity()
    make_offering(key)
    with pytest.raises(FormRefusedError) as refusal:
        opening.open_days(actor=chief, activity_id=key, form={"first": first, "last": last}, now=NOW)
    assert set(refusal.value.fields) == {field}
    assert count_slots() == 0


def test_a_closed_activity_or_one_without_offering_opens_nothing(chief: Actor) -> None:
    key = make_activity()
    with pytest.raises(RefusalError, match="aucune séance type"):
        opening.open_days(actor=chief, activity_id=key, form=span(), now=NOW)
    make_offering(key)
    desk.set_open(actor=chief, activity_id=key, opened=False, now=NOW)
    with pytest.raises(RefusalError, match="fermée"):
        opening.open_days(actor=chief, activity_id=key, form=span(), now=NOW)


def test_the_night_opens_ahead_only_where_it_is_asked(chief: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, other = make_activity(months_ahead=3), make_activity()
    for key in (asked, other):
        make_offering(key)
    monkeypatch.setattr(nightly.clock, "now", lambda: NOW)
    nightly.open_slots_ahead()
    days = open_days_of(asked)
    assert (days[0], days[-1]) == (date(2026, 11, 20), date(2027, 2, 19))
    assert open_days_of(other) == []
    assert opening.open_ahead(NOW) == 0


def test_the_night_stops_where_the_calendar_stops(chief: Actor) -> None:
    late = datetime(2028, 4, 1, 9, tzinfo=UTC)
    key = make_activity(months_ahead=12)
    make_offering(key)
    opening.open_ahead(late)
    with reading() as db:
        calendar = town_calendar.calendar_for(db, key)
    known = max(open_days_of(key), default=late.date())
    assert all(not calendar.school_holiday(day) for day in open_days_of(key))
    assert known < date(2029, 4, 1)


def test_places_change_for_chosen_days_only(chief: Actor) -> None:
    key = opened(chief)
    form = span(**{"day-3": "on", "capacity": "25"})
    assert exceptions.set_capacity(actor=chief, activity_id=key, form=form, now=NOW) == 2
    assert {slot.day.weekday() for slot in slots_of(key) if slot.capacity == 25} == {3}
    assert traces("activity.capacity_set")[0].endswith("du 23/11/2026 au 04/12/2026, 25 places")


def test_places_change_for_one_offering_only(chief: Actor) -> None:
    key = opened(chief)
    evening = make_offering(key, name="Soir")
    make_slot(evening, THURSDAY)
    form = span(capacity="3", offering_id=str(evening))
    assert exceptions.set_capacity(actor=chief, activity_id=key, form=form, now=NOW) == 1
    assert sorted({slot.capacity for slot in slots_of(key)}) == [3, 10]


def test_fewer_places_than_bookings_is_refused_with_the_count(chief: Actor) -> None:
    key = opened(chief)
    booked(slot_on(key, THURSDAY).key, 3)
    with pytest.raises(BookedAboveError, match="03/12/2026, 3 réservations occupent déjà la séance") as refusal:
        exceptions.set_capacity(actor=chief, activity_id=key, form=span(capacity="2"), now=NOW)
    assert refusal.value.taken == 3
    assert {slot.capacity for slot in slots_of(key)} == {10}
    exceptions.set_capacity(actor=chief, activity_id=key, form=span(capacity="3"), now=NOW)
    assert {slot.capacity for slot in slots_of(key)} == {3}


def test_a_booking_and_a_lower_capacity_at_once_never_oversell(chief: Actor) -> None:
    key = opened(chief)
    slot = slot_on(key, THURSDAY).key
    booked(slot, 3)

    def take() -> bool:
        with transaction() as db:
            return seats.take(db, slot)

    def lower() -> None:
        exceptions.set_capacity(actor=chief, activity_id=key, form=span(THURSDAY, None, capacity="3"), now=NOW)

    outcomes = together(take, lower)
    row = slot_on(key, THURSDAY)
    assert row.taken <= row.capacity
    assert (row.taken, row.capacity) == ((4, 10) if outcomes[0] else (3, 3))
    assert isinstance(outcomes[1], BookedAboveError if outcomes[0] else type(None))


def test_a_day_closes_with_its_reason_and_reopens(chief: Actor) -> None:
    key = opened(chief)
    form = span(THURSDAY, None, why="Grève du personnel")
    assert exceptions.close(actor=chief, activity_id=key, form=form, now=NOW) == 1
    assert slot_on(key, THURSDAY).closed_why == "Grève du personnel"
    with transaction() as db:
        assert not seats.take(db, slot_on(key, THURSDAY).key)
    exceptions.reopen(actor=chief, activity_id=key, form=span(), now=NOW)
    assert len(open_days_of(key)) == 8
    assert traces("activity.slots_closed")[0].endswith("le 03/12/2026, Grève du personnel")


def test_a_slot_closed_by_hand_stays_so_when_settings_move(chief: Actor) -> None:
    key = opened(chief)
    exceptions.close(actor=chief, activity_id=key, form=span(THURSDAY, None, why="Grève"), now=NOW)
    with transaction() as db:
        activity = db.get_one(Activity, key)
        slots.realign(db, activity, slots.opening_of(db, activity), MONDAY, FRIDAY)
    assert slot_on(key, THURSDAY).closed_why == "Grève"


def test_closing_booked_days_is_refused_with_the_count_and_changes_nothing(chief: Actor) -> None:
    key = opened(chief)
    for day, count in ((MONDAY, 2), (THURSDAY, 3)):
        booked(slot_on(key, day).key, count)
    with pytest.raises(BookedSlotsError, match="5 réservations sont déjà faites, sur 2 jours"):
        exceptions.close(actor=chief, activity_id=key, form=span(why="Travaux"), now=NOW)
    assert len(open_days_of(key)) == 8
    assert traces("activity.slots_closed") == []


def test_bookings_are_cancelled_refunded_and_told_when_the_agent_chooses_it(chief: Actor) -> None:
    key = opened(chief, is_prepaid=True)
    alba = make_account("alba@famille.example")
    family = make_family("Essai", alba)
    wallet = make_wallet(family, 1000)
    lou = make_child("Lou", family)
    kept = book(slot_on(key, MONDAY).key, lou, family)
    lost = book(slot_on(key, THURSDAY).key, lou, family)
    with transaction() as db:
        for one in (kept, lost):
            db.get_one(Booking, one).is_paid = True
    form = span(THURSDAY, None, why="Grève du personnel", cancel_bookings="on")
    exceptions.close(actor=chief, activity_id=key, form=form, now=NOW)
    row = slot_on(key, THURSDAY)
    assert (row.taken, row.closed_why) == (0, "Grève du personnel")
    with reading() as db:
        assert [db.get_one(Booking, one).state for one in (kept, lost)] == ["booked", "cancelled"]
        assert db.get_one(LedgerAccount, wallet).balance_cents == 1320
        (mail,) = db.exec(select(OutboxMail)).all()
    letter = outbox.letter(mail)
    assert letter.recipient == "alba@famille.example"
    assert "Lou, jeudi 3 décembre" in letter.text
    assert "Raison : Grève du personnel." in letter.text
    assert "3,20" in letter.text


def test_whoever_waits_gets_the_places_that_are_added(chief: Actor) -> None:
    key = opened(chief)
    slot = slot_on(key, THURSDAY).key
    exceptions.set_capacity(actor=chief, activity_id=key, form=span(capacity="1"), now=NOW)
    booked(slot)
    family = make_family("Attente", make_account("alba@famille.example"))
    asked = Asked(slot, make_child("Lou", family), family, None, NOW + timedelta(days=5))
    with transaction() as db:
        queue.join(db, asked, NOW)
    exceptions.set_capacity(actor=chief, activity_id=key, form=span(capacity="2"), now=NOW)
    row = slot_on(key, THURSDAY)
    assert (row.taken, row.waiting) == (2, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"why": ""}, "why"), ({"why": "x" * 121}, "why"), ({"why": "a\u202eb"}, "why"), ({"first": ""}, "first")],
)
def test_a_closing_without_a_reason_is_refused(chief: Actor, changes: dict[str, str], field: str) -> None:
    key = opened(chief)
    with pytest.raises(FormRefusedError) as refusal:
        exceptions.close(actor=chief, activity_id=key, form=span(why="Grève") | changes, now=NOW)
    assert set(refusal.value.fields) == {field}
    assert len(open_days_of(key)) == 8


def test_days_without_slots_are_told_rather_than_ignored(chief: Actor) -> None:
    key = opened(chief)
    sunday = date(2026, 11, 29)
    for work, more in (
        (exceptions.set_capacity, {"capacity": "3"}),
        (exceptions.close, {"why": "Grève"}),
        (exceptions.reopen, {}),
        (exceptions.set_capacity, {"capacity": "3", "offering_id": "999"}),
    ):
        with pytest.raises(RefusalError, match="Aucune séance ouverte"):
            work(actor=chief, activity_id=key, form=span(sunday, None, **more), now=NOW)


def test_only_who_settles_the_town_makes_exceptions(chief: Actor, agent: Actor) -> None:
    key = opened(chief)
    for work, more in (
        (exceptions.set_capacity, {"capacity": "3"}),
        (exceptions.close, {"why": "Grève"}),
        (exceptions.reopen, {}),
    ):
        with pytest.raises(NotOpenError):
            work(actor=agent, activity_id=key, form=span(**more), now=NOW)
    assert {slot.capacity for slot in slots_of(key)} == {10}
