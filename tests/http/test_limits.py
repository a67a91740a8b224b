"""Les bornes, une à une : ce que disent les en-têtes, ce qui arrive vraiment, l'adresse que l'on retient."""

import pytest
from starlette.types import Message

from portail.http import limits
from portail.http.limits import BURST, EVENTS_PER_SECOND, MAX_BODY, MAX_FRAME, BodyLimit, SocketLimit, client_address
from tests.factories.settings import configured


def scope(*headers: tuple[str, str], path: str = "/session", kind: str = "http") -> dict:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return {"type": kind, "method": "POST", "path": path, "headers": raw, "client": ("192.0.2.9", 5)}


async def verdict(*headers: tuple[str, str], bodies: tuple[bytes, ...] = (), path: str = "/session") -> tuple[int, int]:
    """Le statut, et combien de morceaux du corps ont été lus."""
    read, sent = [], []

    async def app(scope, receive, send) -> None:
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        read.append(1)
        return {"type": "http.request", "body": bodies[len(read) - 1], "more_body": len(read) < len(bodies)}

    async def send(message: Message) -> None:
        sent.append(message)

    await BodyLimit(app)(scope(*headers, path=path), receive, send)
    return (sent[0]["status"] if sent else 0), len(read)


async def test_an_announced_excess_is_refused_unread() -> None:
    assert await verdict(("content-length", str(MAX_BODY + 1)), bodies=(b"x",)) == (413, 0)


async def test_the_exact_limit_passes() -> None:
    assert await verdict(("content-length", str(MAX_BODY)), bodies=(b"x" * MAX_BODY,)) == (200, 1)


async def test_a_body_longer_than_announced_is_cut() -> None:
    chunk = b"x" * (MAX_BODY // 2)
    assert await verdict(("content-length", "10"), bodies=(chunk, chunk, chunk, chunk)) == (0, 3)


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "+5", "", " ", "1_000", "\u00b2"])
async def test_a_malformed_length_is_refused(length: str) -> None:
    assert (await verdict(("content-length", length), bodies=(b"x",)))[0] in {0, 413}
    if length != "":
        assert await verdict(("content-length", length), bodies=(b"x",)) == (413, 0)


async def test_a_stream_without_length_is_refused() -> None:
    assert await verdict(("transfer-encoding", "chunked"), bodies=(b"x",)) == (411, 0)


@pytest.mark.usefixtures("base_sqlite")
async def test_an_upload_needs_a_session_first() -> None:
    for cookie in ("", "portail-session=faux", "portail-session=", "x"):
        assert await verdict(("cookie", cookie), bodies=(b"x",), path="/_upload") == (401, 0)


class Wire:
    """Un websocket de papier : ce qu'on y envoie, ce qui en sort."""

    def __init__(self, *texts: str) -> None:
        self.incoming = [{"type": "websocket.receive", "text": text} for text in texts]
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        return self.incoming.pop(0) if self.incoming else {"type": "websocket.disconnect", "code": 1000}

    async def send(self, message: Message) -> None:
        self.sent.append(message)


async def heard_by_the_app(wire: Wire, limit: SocketLimit | None = None, address: str = "192.0.2.9") -> int:
    heard = []

    async def app(scope, receive, send) -> None:
        while (await receive())["type"] == "websocket.receive":
            heard.append(1)
        await send({"type": "websocket.send", "text": "trop tard"})

    guard = limit or SocketLimit(app)
    guard.app = app
    await guard({**scope(kind="websocket"), "client": (address, 1)}, wire.receive, wire.send)
    return len(heard)


async def test_the_burst_passes_and_the_next_one_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.time, "monotonic", lambda: 100.0)
    wire = Wire(*["2"] * 100)
    assert await heard_by_the_app(wire) == BURST
    assert wire.sent == [{"type": "websocket.close", "code": 1008}]


async def test_the_bucket_refills_at_a_steady_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1_000))
    monkeypatch.setattr(limits.time, "monotonic", lambda: next(ticks) / EVENTS_PER_SECOND)
    wire = Wire(*["2"] * 500)
    assert await heard_by_the_app(wire) == 500


@pytest.mark.parametrize(("text", "passes"), [("x" * MAX_FRAME, 1), ("x" * (MAX_FRAME + 1), 0), ("é" * MAX_FRAME, 0)])
async def test_a_frame_is_weighed_in_bytes(text: str, passes: int) -> None:
    assert await heard_by_the_app(Wire(text)) == passes


async def test_the_sockets_of_an_address_are_counted_and_given_back() -> None:
    guard = SocketLimit(None)
    guard.open["192.0.2.9"] = limits.SOCKETS_PER_ADDRESS
    wire = Wire("2")
    assert await heard_by_the_app(wire, guard) == 0
    assert wire.sent == [{"type": "websocket.close", "code": 1008}]
    assert await heard_by_the_app(Wire("2"), guard, "192.0.2.10") == 1
    assert guard.open == {"192.0.2.9": limits.SOCKETS_PER_ADDRESS}


def test_the_forwarded_address_counts_only_behind_a_trusted_proxy() -> None:
    forged = scope(("x-forwarded-for", "203.0.113.1, 198.51.100.4"), kind="websocket")
    assert client_address(forged) == "192.0.2.9"
    with configured(PORTAIL_TRUSTED_PROXIES="1"):
        assert client_address(forged) == "198.51.100.4"
        assert client_address(scope(kind="websocket")) == "192.0.2.9"
    with configured(PORTAIL_TRUSTED_PROXIES="2"):
        assert client_address(forged) == "203.0.113.1"
    with configured(PORTAIL_TRUSTED_PROXIES="3"):
        assert client_address(forged) == "192.0.2.9"
    assert client_address({**forged, "client": None}) == "inconnue"
