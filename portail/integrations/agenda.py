"""L'agenda au format iCalendar, à l'heure de Paris, tel que les téléphones le lisent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vRecur

from portail.domain.dates import PARIS

_PRODUCT = "-//Portail Famille//Agenda//FR"
_REFRESH = timedelta(hours=4)  # ce que l'on conseille aux agendas abonnés


class EventStatus(StrEnum):
    """Ce qu'un agenda comprend."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"

    @property
    def label(self) -> str:
        return EVENT_LABELS[self]


EVENT_LABELS = {
    EventStatus.CONFIRMED: "confirmé",
    EventStatus.TENTATIVE: "à confirmer",
    EventStatus.CANCELLED: "annulé",
}


@dataclass(frozen=True)
class AgendaEvent:
    """`uid` ne change jamais ; `changed` est le dernier changement."""

    uid: str
    begins: datetime
    ends: datetime
    title: str
    place: str
    status: EventStatus
    changed: datetime
    url: str = ""


def render(name: str, events: Iterable[AgendaEvent]) -> bytes:
    """Les mêmes événements donnent les mêmes octets."""
    calendar = Calendar()
    for key, value in (("prodid", _PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        calendar.add(key, value)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", PARIS.key)
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    calendar.add_component(_paris())
    for event in events:
        calendar.add_component(_component(event))
    return bytes(calendar.to_ical())


def _component(event: AgendaEvent) -> Event:
    found = Event()
    found.add("uid", event.uid)
    found.add("dtstamp", event.changed)
    found.add("last-modified", event.changed)
    found.add("dtstart", event.begins.astimezone(PARIS))
    found.add("dtend", event.ends.astimezone(PARIS))
    found.add("summary", event.title)
    if event.place:
        found.add("location", event.place)
    if event.url:
        found.add("url", event.url)
    found.add("status", event.status.value)
    found.add("transp", "TRANSPARENT" if event.status is EventStatus.CANCELLED else "OPAQUE")
    return found


def _paris() -> Timezone:
    """Les deux heures de Paris, comme l'Europe les change depuis 1996."""
    zone = Timezone()
    zone.add("tzid", PARIS.key)
    halves = (
        (TimezoneDaylight(), "CEST", datetime(1996, 3, 31, 2), 1, 2, 3),  # noqa: DTZ001 — l'heure locale d'un changement
        (TimezoneStandard(), "CET", datetime(1996, 10, 27, 3), 2, 1, 10),  # noqa: DTZ001
    )
    for half, name, since, before, after, month in halves:
        half.add("dtstart", since)
        half.add("tzname", name)
        half.add("tzoffsetfrom", timedelta(hours=before))
        half.add("tzoffsetto", timedelta(hours=after))
        half.add("rrule", vRecur({"freq": "yearly", "bymonth": month, "byday": "-1su"}))
        zone.add_component(half)
    return zone
