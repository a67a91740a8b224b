"""Un navigateur de téléphone, bridé : réseau et processeur par CDP, délai de la websocket par un relais."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import common  # noqa: F401 — le chemin du dépôt
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.tools import browser as chromium

RTT = 0.150
DOWN, UP = 1_600_000 / 8, 750_000 / 8
SLOWER = 4
VIEWPORT = {"width": 390, "height": 844}
PROFILE = "1,6 Mbit/s descendants, 750 kbit/s montants, 150 ms aller-retour, processeur ÷ 4, écran 390 × 844"


ALL_ENCODINGS, GZIP = b"gzip, deflate, br, zstd", b"gzip"


class Relay:
    """CDP ne bride pas les websockets : ce relais leur donne le délai du réseau, et laisse passer le reste."""

    gzip_only = False  # vrai : le navigateur semble ne comprendre que gzip

    def __init__(self, port: int) -> None:
        self.port, self.target = port, 0
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()

    def serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", self.port))
        self.loop.call_soon(self.ready.set)
        self.loop.run_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(65536)
        is_socket = first.startswith(b"GET /_event")
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        delay = RTT / 2 if is_socket else 0.0
        if is_socket:
            await asyncio.sleep(RTT)  # l'ouverture de la connexion TCP
        await asyncio.gather(
            _pump(reader, back, delay, self._asked, first), _pump(there, writer, delay, lambda data: data)
        )

    def _asked(self, data: bytes) -> bytes:
        return data.replace(ALL_ENCODINGS, GZIP) if self.gzip_only else data


async def _pump(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    delay: float,
    change: Callable[[bytes], bytes],
    first: bytes = b"",
) -> None:
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def send() -> None:
        with suppress(OSError):
            while True:
                due, data = await queue.get()
                if (wait := due - loop.time()) > 0:
                    await asyncio.sleep(wait)
                if not data:
                    break
                writer.write(change(data))
                await writer.drain()
        writer.close()

    sender = asyncio.create_task(send())
    if first:
        queue.put_nowait((loop.time() + delay, first))
    with suppress(OSError):
        while data := await reader.read(65536):
            queue.put_nowait((loop.time() + delay, data))
    queue.put_nowait((loop.time() + delay, b""))
    await sender


@contextmanager
def relay(port: int) -> Iterator[Relay]:
    running = Relay(port)
    thread = threading.Thread(target=running.serve, daemon=True)
    thread.start()
    running.ready.wait(5)
    try:
        yield running
    finally:
        running.loop.call_soon_threadsafe(running.loop.stop)
        thread.join(5)


@contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.whole(), args=list(chromium.ARGUMENTS))
        yield browser
        browser.close()


class Traffic:
    """Ce qu'une page demande et reçoit, vu du navigateur."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.requests, self.bytes, self.sockets = 0, 0, 0
        self.weights: dict[str, int] = {}
        self._urls: dict[str, str] = {}
        self.cdp = context.new_cdp_session(page)
        self.cdp.send("Network.enable")
        self.cdp.on("Network.requestWillBeSent", self._asked)
        self.cdp.on("Network.loadingFinished", self._received)
        self.cdp.on("Network.requestServedFromCache", self._kept)
        self.cdp.on("Network.responseReceived", self._answered)
        self.cdp.on("Network.webSocketCreated", self._socket)

    def _asked(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith("http"):
            self.requests += 1
            self._urls[event["requestId"]] = url

    def _received(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])
        if url := self._urls.get(event["requestId"]):
            self.weights[url] = int(event["encodedDataLength"])

    def _kept(self, _: dict[str, Any]) -> None:
        self.requests -= 1

    def _answered(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self.requests -= 1

    def _socket(self, _: dict[str, Any]) -> None:
        self.sockets += 1

    def reset(self) -> None:
        self.requests, self.bytes, self.sockets = 0, 0, 0
        self.weights.clear()

    def throttle(self) -> None:
        limits = {"offline": False, "latency": RTT * 1000, "downloadThroughput": DOWN, "uploadThroughput": UP}
        self.cdp.send("Network.emulateNetworkConditions", limits)
        self.cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
