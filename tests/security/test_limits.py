"""Démesuré, bavard ou mal formé : le fautif est raccroché, les autres ne le sentent pas."""

import asyncio
import contextlib
import json
import statistics
import time
from contextlib import AsyncExitStack

import aiohttp
import pytest

from tests.tools.rxclient import BARRIER, HYDRATE, PORTAL_STATE, Visitor, signed_client
from tests.tools.server import Running

ENTER = f"{PORTAL_STATE}.enter"
LARGE = 64 * 1024
SOCKETS = 200
UPLOAD = "/_upload"
SIXTY_MB = str(60 * 1024 * 1024)


async def assert_serving(server: Running) -> None:
    async with Visitor(server.url) as visitor:
        assert (await visitor.get("/pret")).status == 200
        tab = await visitor.open_tab("/contact")
        assert (await tab.call(ENTER)).redirects == []


async def beat(server: Running, stop: asyncio.Event) -> list[float]:
    """Un autre client, au rythme d'une famille, pendant l'assaut."""
    times = []
    async with Visitor(server.url) as visitor:
        tab = await visitor.open_tab("/contact")
        while not stop.is_set() or len(times) < 20:
            start = time.perf_counter()
            await tab.barrier()
            times.append(time.perf_counter() - start)
            await asyncio.sleep(0.06)
    return times


async def assert_closed_while_others_live(server: Running, attack, codes: set[int | None]) -> None:
    stop = asyncio.Event()
    other = asyncio.create_task(beat(server, stop))
    async with Visitor(server.url) as visitor:
        tab = await visitor.open_tab("/contact")
        with contextlib.suppress(ConnectionError):  # raccroché pendant qu'il parlait encore
            await attack(tab)
        assert await tab.until_closed() in codes
    stop.set()
    times = await other
    assert statistics.quantiles(times, n=20)[-1] < 1.0
    await assert_serving(server)


async def test_a_three_megabyte_frame_hangs_up_its_sender_only(besieged: Running) -> None:
    async def attack(tab) -> None:
        await tab.send("42/_event," + json.dumps(["event", {"name": ENTER, "payload": {"x": "x" * 3_000_000}}]))

    await assert_closed_while_others_live(besieged, attack, {1009, 1008, 1006})


async def test_one_byte_over_the_limit_hangs_up(besieged: Running) -> None:
    async def attack(tab) -> None:
        await tab.send("4" * (LARGE + 1))

    await assert_closed_while_others_live(besieged, attack, {1009})


async def test_a_message_at_the_limit_is_read(besieged: Running) -> None:
    async with Visitor(besieged.url) as visitor:
        tab = await visitor.open_tab("/contact")
        event = json.dumps(["event", {"name": ENTER, "payload": {}, "x": ""}])
        filler = "x" * (LARGE - len("42/_event,") - len(event))
        await tab.send("42/_event," + event.replace('"x": ""', f'"x": "{filler}"'))
        await tab.barrier()
        assert tab.is_open


async def test_a_flood_of_events_hangs_up(besieged: Running) -> None:
    """À qui parle encore quand on raccroche, le réseau peut cacher le code (1006) : le journal, lui, l'a."""
    before = besieged.log.read_text()

    async def attack(tab) -> None:
        for _ in range(500):
            await tab.emit(ENTER)

    await assert_closed_while_others_live(besieged, attack, {1008, 1006})
    assert '"event": "socket_closed", "code": 1008' in besieged.log.read_text().removeprefix(before)


async def test_a_human_pace_is_never_hung_up(besieged: Running) -> None:
    async with Visitor(besieged.url) as visitor:
        tab = await visitor.open_tab("/contact")
        for _ in range(50):
            await tab.emit(ENTER)
        await tab.barrier()
        assert tab.is_open


async def test_too_many_sockets_from_one_address_are_refused_but_not_those_of_others(besieged: Running) -> None:
    async with AsyncExitStack() as stack:
        greedy = await stack.enter_async_context(Visitor(besieged.url, address="203.0.113.7"))
        dials = [greedy.dial(f"token=t{rank}&EIO=4&transport=websocket") for rank in range(SOCKETS)]
        opened = await asyncio.gather(*dials)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await greedy.dial("token=de-trop&EIO=4&transport=websocket")
        await assert_serving(besieged)
        await asyncio.gather(*(socket.close() for socket in opened))
    async with Visitor(besieged.url, address="203.0.113.7") as again:
        deadline = time.monotonic() + 10
        while True:
            try:
                assert (await again.open_tab("/contact")).is_open
                break
            except aiohttp.WSServerHandshakeError:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)


async def test_polling_is_not_a_way_around_the_limits(besieged: Running) -> None:
    async with Visitor(besieged.url) as visitor:
        for method in ("GET", "POST"):
            async with visitor.http.request(method, "/_event/?EIO=4&transport=polling") as answer:
                assert answer.status in {400, 403}


GARBAGE = (
    "",
    "x",
    "9",
    "4",
    "40",
    "40/ailleurs,",
    "41/_event,",
    "42",
    "42/_event",
    "42/_event,",
    "42/_event,{",
    "42/_event,[]",
    "42/_event,{}",
    "42/_event,null",
    "42/_event,3",
    '42/_event,"event"',
    '42/_event,["event"]',
    '42/_event,["event",null]',
    '42/_event,["event",[]]',
    '42/_event,["event",3]',
    '42/_event,["event","{"]',
    '42/_event,["event",{}]',
    '42/_event,["event",{},{},{}]',
    '42/_event,["connect",{}]',
    '42/_event,["disconnect"]',
    '42/_event,["link_token_to_sid","x"]',
    '42/_event,["emit_update",{},"x"]',
    '42/_event,["trigger_event","event"]',
    '42/_event,["__init__"]',
    '42/_event,["client_error"]',
    '42/_event,["client_error",{"message":"x","error_type":"<script>"}]',
    "43/_event,1[]",
    "44/_event,{}",
    "45/_event,1-",
    '451-/_event,["event",{"_placeholder":true,"num":0}]',
    "46/_event,1-[]",
    "42/_event," + "[" * 30_000,
    '42/_event,["event",' + '{"a":' * 8_000 + "1" + "}" * 8_000 + "]",
    "1",
    "5",
    "6",
)


@pytest.mark.parametrize("hydrated", [True, False])
async def test_garbage_frames_do_not_stop_the_server(besieged: Running, hydrated: bool) -> None:
    async with Visitor(besieged.url) as visitor:
        for frame in GARBAGE:
            tab = await visitor.open_tab("/contact", hydrate=hydrated)
            await tab.send(frame)
            await tab.send("2")
            await tab.socket.send_bytes(b"\x00\xff\xfe")
            await tab.close()
        await assert_serving(besieged)


def _event(**fields) -> str:
    return "42/_event," + json.dumps(["event", {"name": ENTER, "payload": {}, "router_data": {}, **fields}])


MALFORMED = (
    {"name": "x" * 60_000},
    {"name": 3},
    {"name": ["a"]},
    {"name": None},
    {"name": {"a": 1}},
    {"payload": [1]},
    {"payload": "x"},
    {"payload": None},
    {"payload": 3},
    {"name": BARRIER, "payload": []},
    {"name": BARRIER, "payload": None},
    {"name": BARRIER},
    {"name": BARRIER, "payload": {"reference": None}},
    {"name": BARRIER, "payload": {"reference": "<b>"}},
    {"name": HYDRATE, "payload": {"vars": 3}},
    {"name": HYDRATE, "payload": {"vars": {"x": 1}, "hashes": 3}},
    {"name": HYDRATE, "payload": {"hashes": ["x", 3]}},
    {"router_data": []},
    {"router_data": "x"},
    {"router_data": None},
    {"router_data": {"pathname": 3}},
    {"router_data": {"pathname": {"a": 1}, "asPath": 5}},
    {"router_data": {"asPath": "//["}},
    {"router_data": {"asPath": "x" * 9_000}},
    {"router_data": {"pathname": "/\x00", "asPath": "/\x00\ud800"}},
    {"router_data": {"query": "x"}},
    {"router_data": {"query": {"slug": {"a": 1}}}},
    {"router_data": {"query": {"slug": None, "__class__": "x"}}},
    {"router_data": {"headers": "x", "token": 3, "sid": None, "ip": []}},
)


async def test_malformed_events_are_neither_incidents_nor_answers(besieged: Running) -> None:
    """Ni trace ni numéro : ce que n'importe qui peut provoquer ne remplit pas le journal."""
    before = besieged.log.read_text()
    async with Visitor(besieged.url) as visitor:
        tab = await visitor.open_tab("/contact")
        for rank, fields in enumerate(MALFORMED):
            if rank % 15 == 14:
                tab = await visitor.open_tab("/contact")
            await tab.send(_event(**fields))
            await tab.barrier()
            await tab.barrier()
            assert not tab.incidents, fields
        for boot in (3, "x", [], {}, {"name": 3}, {"name": HYDRATE, "router_data": 3}, {"name": "no.such"}):
            socket = await visitor.dial("token=t&EIO=4&transport=websocket")
            await socket.send_str("40/_event," + json.dumps({"event": boot}))
            assert (await socket.receive()).type is aiohttp.WSMsgType.TEXT
            await socket.close()
    await assert_serving(besieged)
    added = besieged.log.read_text().removeprefix(before)
    assert "incident" not in added
    assert "Traceback" not in added


@pytest.mark.parametrize(
    "query",
    ["", "token=", "token=%00", "token=%ff", "token=a&token=b", "EIO=3&token=a", "EIO=x", "token=" + "a" * 5_000],
)
async def test_a_garbage_query_does_not_stop_the_server(besieged: Running, query: str) -> None:
    version = "" if "EIO" in query else "&EIO=4"
    async with Visitor(besieged.url) as visitor:
        with contextlib.suppress(aiohttp.WSServerHandshakeError):
            socket = await visitor.dial(f"{query}{version}&transport=websocket")
            await socket.send_str("40/_event,{}")
            await socket.send_str(_event())
            await socket.close()
    await assert_serving(besieged)


async def first_line(server: Running, *lines: str, body: bytes = b"x") -> tuple[str, float]:
    """Envoie des en-têtes et un seul octet, puis attend la réponse : rien d'autre n'a pu être lu."""
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    start = time.monotonic()
    writer.write(("\r\n".join([*lines, f"Host: {host}:{port}", "", ""])).encode() + body)
    await writer.drain()
    answer = (await asyncio.wait_for(reader.readline(), 10)).decode()
    writer.close()
    return answer, time.monotonic() - start


async def test_an_anonymous_upload_is_refused_before_its_body(besieged: Running) -> None:
    for path in (UPLOAD, f"{UPLOAD}/", f"{UPLOAD}/x"):
        answer, seconds = await first_line(besieged, f"POST {path} HTTP/1.1", f"Content-Length: {SIXTY_MB}")
        assert " 401 " in answer
        assert seconds < 2


@pytest.mark.parametrize("path", ["/session", "/deconnexion", "/", "/nulle-part"])
async def test_a_huge_body_is_refused_everywhere_before_being_read(besieged: Running, path: str) -> None:
    answer, seconds = await first_line(besieged, f"POST {path} HTTP/1.1", f"Content-Length: {SIXTY_MB}")
    assert " 413 " in answer
    assert seconds < 2


async def test_a_body_without_a_length_is_refused(besieged: Running) -> None:
    async with signed_client(besieged.url, "parent") as visitor:
        cookie = f"Cookie: portail-session={visitor.session_cookie}"
        origin = f"Origin: {besieged.url}"
        for path in (UPLOAD, "/session"):
            answer, _ = await first_line(
                besieged, f"POST {path} HTTP/1.1", "Transfer-Encoding: chunked", cookie, origin, body=b"1\r\nx\r\n"
            )
            assert " 411 " in answer


async def test_a_signed_in_upload_too_large_or_from_elsewhere_is_refused(besieged: Running) -> None:
    async with signed_client(besieged.url, "parent") as visitor:
        cookie = f"Cookie: portail-session={visitor.session_cookie}"
        length = f"Content-Length: {SIXTY_MB}"
        answer, _ = await first_line(besieged, f"POST {UPLOAD} HTTP/1.1", length, cookie, f"Origin: {besieged.url}")
        assert " 413 " in answer
        for origin in ("Origin: https://ailleurs.example", "Origin: null", "X-Rien: 1"):
            answer, _ = await first_line(besieged, f"POST {UPLOAD} HTTP/1.1", length, cookie, origin)
            assert " 403 " in answer


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "٣", "+5", "0x10", "9" * 400, "1, 1", ""])
async def test_a_malformed_length_never_reaches_the_portal(besieged: Running, length: str) -> None:
    answer, seconds = await first_line(besieged, "POST /session HTTP/1.1", f"Content-Length: {length}")
    assert answer == "" or int(answer.split()[1]) in {400, 403, 413}
    assert seconds < 5
    await assert_serving(besieged)
