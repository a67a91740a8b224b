"""L'agenda iCalendar : relu par la bibliothèque, aux mêmes instants, à l'heure de Paris."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from portail.domain.dates import PARIS
from portail.domain.planning import hours_of
from portail.integrations.agenda import AgendaEvent, EventStatus, render

CHANGED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
hours = st.times().map(lambda one: one.replace(second=0, microsecond=0))
NIGHTS = st.sampled_from([date(2027, 3, 28), date(2026, 10, 25)])


def event(begins: datetime, ends: datetime, **options: object) -> AgendaEvent:
    known = {"title": "Léa · Cantine", "place": "Jean-Macé", "status": EventStatus.CONFIRMED, "changed": CHANGED}
    return AgendaEvent(**({"uid": "r-1@x", "begins": begins, "ends": ends} | known | options))  # type: ignore[arg-type]


def noon(day: date = date(2026, 12, 3)) -> AgendaEvent:
    return event(*hours_of(day, time(11, 45), time(13, 30)))


def test_a_winter_day_and_a_summer_day_keep_their_hour() -> None:
    body = render("Agenda", [noon(), noon(date(2027, 6, 3))])
    found = Calendar.from_ical(body).walk("VEVENT")
    assert [one["DTSTART"].dt.strftime("%Y-%m-%d %H:%M %z") for one in found] == [
        "2026-12-03 11:45 +0100",
        "2027-06-03 11:45 +0200",
    ]
    assert body.count(b"DTSTART;TZID=Europe/Paris:") == 2
    assert body.endswith(b"END:VCALENDAR\r\n")


def test_the_time_zone_is_told_with_both_its_hours() -> None:
    (zone,) = Calendar.from_ical(render("Agenda", [])).walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Paris"
    told = zone.to_tz()
    for moment in (datetime(2026, 12, 3, 12), datetime(2027, 6, 3, 12)):  # noqa: DTZ001 — lus dans la zone
        assert moment.replace(tzinfo=told).utcoffset() == moment.replace(tzinfo=PARIS).utcoffset()


def test_the_same_events_give_the_same_bytes() -> None:
    assert render("Agenda", [noon()]) == render("Agenda", [noon()])


def test_a_name_with_everything_in_it_comes_back_whole() -> None:
    title = "Zoé, « l’aînée » ; 50 % \\ 🎒\nBEGIN:VEVENT " + "é" * 120
    (one,) = Calendar.from_ical(render("Agenda", [event(CHANGED, CHANGED + timedelta(hours=1), title=title)])).walk(
        "VEVENT"
    )
    assert str(one["SUMMARY"]) == title


def test_a_cancelled_event_stays_and_frees_its_time() -> None:
    gone = event(CHANGED, CHANGED + timedelta(hours=1), status=EventStatus.CANCELLED, place="")
    (one,) = Calendar.from_ical(render("Agenda", [gone])).walk("VEVENT")
    assert (str(one["STATUS"]), str(one["TRANSP"])) == ("CANCELLED", "TRANSPARENT")
    assert "LOCATION" not in one


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)) | NIGHTS, hours, hours)
def test_every_instant_comes_back_as_it_was(day: date, one: time, other: time) -> None:
    starts, ends = sorted((one, other))
    if starts == ends:
        return
    begins, over = hours_of(day, starts, ends)
    (found,) = Calendar.from_ical(render("Agenda", [event(begins, over)])).walk("VEVENT")
    assert found["DTSTART"].dt.astimezone(UTC) == begins
    assert found["DTEND"].dt.astimezone(UTC) == over


def test_every_status_has_a_word() -> None:
    assert all(status.label for status in EventStatus)
