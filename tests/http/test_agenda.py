"""`/ical/<jeton>.ics` : ce que lisent les agendas, sans cookie, et rien d'autre."""

import httpx
import pytest
from icalendar import Calendar

from portail import clock
from portail.domain.accounts import Actor
from portail.domain.dates import paris_day
from portail.domain.throttling import BRAKES, Scope
from portail.services.planning import feed
from tests.factories.activities import make_canteen
from tests.factories.booked import book
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session


def subscribed() -> tuple[Actor, str]:
    account = make_account("camille@famille.example", now=clock.now())
    family = make_family("Durand", account)
    book(make_canteen(day=paris_day(clock.now()))[1], make_child("Léa", family), family)
    actor = open_session(account, now=clock.now())[1]
    return actor, feed.subscribe(actor=actor, now=clock.now()).address.partition("3000")[2]


async def test_an_agenda_reads_it_without_a_cookie(web: httpx.AsyncClient) -> None:
    _, address = subscribed()
    web.cookies.clear()
    answer = await web.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert "set-cookie" not in answer.headers
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["SUMMARY"]).startswith("Léa · ")


async def test_what_has_not_changed_is_not_sent_again(web: httpx.AsyncClient) -> None:
    _, address = subscribed()
    tag = (await web.get(address)).headers["etag"]
    for known in (tag, f"W/{tag}", f'"autre", {tag}'):
        again = await web.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = await web.get(address, headers={"If-None-Match": '"autre"'})
    assert other.status_code == 200


async def test_a_head_request_answers_without_a_body(web: httpx.AsyncClient) -> None:
    _, address = subscribed()
    answer = await web.head(address)
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_revoked_link_is_not_found(web: httpx.AsyncClient) -> None:
    actor, address = subscribed()
    feed.revoke(actor=actor, now=clock.now())
    answer = await web.get(address)
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize("address", ["/ical/x.ics", "/ical/.ics", "/ical/%00.ics", "/ical/a/b.ics", "/ical/x"])
async def test_a_false_link_is_not_found(web: httpx.AsyncClient, address: str) -> None:
    subscribed()
    assert (await web.get(address)).status_code == 404


async def test_a_client_in_a_loop_is_asked_to_wait(web: httpx.AsyncClient) -> None:
    _, address = subscribed()
    for _ in range(BRAKES[Scope.FEED].free):
        assert (await web.get(address)).status_code == 200
    answer = await web.get(address)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 30


async def test_nothing_can_be_written_there(web: httpx.AsyncClient) -> None:
    _, address = subscribed()
    assert (await web.post(address)).status_code == 405
