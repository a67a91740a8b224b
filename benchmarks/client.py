"""Un client sans navigateur : le protocole de Reflex sur une websocket, et la vraie connexion d'une personne."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from typing import Any, Self

import aiohttp
from common import PASSWORD

ROOT_STATE = "reflex___state____state"
PORTAL = f"{ROOT_STATE}.portail___state___base____portal_state"
SIGN_IN = f"{PORTAL}.portail___state___sign_in____sign_in_state"
MAILS = f"{PORTAL}.portail___state___mails____mails_state"
HYDRATE = f"{ROOT_STATE}.hydrate_and_load"
PATIENCE = 60.0

Delta = dict[str, dict[str, Any]]


def http_session(address: str = "") -> aiohttp.ClientSession:
    """Sans limite ni pot de cookies ; `address` (127.0.0.x) fait venir d'ailleurs, comme de vraies familles."""
    local = (address, 0) if address else None
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, local_addr=local), cookie_jar=aiohttp.DummyCookieJar()
    )


def value(delta: Delta, state: str, name: str) -> Any:
    return delta.get(state, {}).get(f"{name}_rx_state_")


class Tab:
    """Un onglet : une websocket, son jeton, ce qu'elle a reçu."""

    def __init__(self, http: aiohttp.ClientSession, url: str, path: str, cookies: str = "") -> None:
        self.http, self.url = http, url
        self.headers = {"Origin": url} | ({"Cookie": cookies} if cookies else {})
        self.router = {"pathname": path, "asPath": path, "query": {}}
        self.inbox: asyncio.Queue[tuple[float, Delta | None]] = asyncio.Queue()

    async def open(self) -> Self:
        """Ouvre, hydrate, attend que la page ait chargé ses données."""
        address = self.url.replace("http", "ws", 1) + f"/_event/?token={uuid.uuid4()}&EIO=4&transport=websocket"
        self.socket = await self.http.ws_connect(address, headers=self.headers, max_msg_size=0)
        await self.socket.receive()
        event = {"name": HYDRATE, "payload": {"vars": {}}, "router_data": self.router}
        await self.socket.send_str("40/_event," + json.dumps({"event": event}))
        self.reader = asyncio.create_task(self._read())
        await self.until(lambda delta: value(delta, ROOT_STATE, "is_hydrated") is True)
        return self

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            if message.data == "2":
                await self.socket.send_str("3")
            elif message.data.startswith('42/_event,["event"'):
                update = json.loads(message.data.partition(",")[2])[1]
                self.inbox.put_nowait((time.perf_counter(), update.get("delta") or {}))
        self.inbox.put_nowait((time.perf_counter(), None))

    async def until(self, wanted: Callable[[Delta], bool]) -> tuple[float, Delta]:
        while True:
            at, delta = await asyncio.wait_for(self.inbox.get(), PATIENCE)
            if delta is None:
                raise ConnectionError(f"websocket fermée par le serveur (code {self.socket.close_code})")
            if wanted(delta):
                return at, delta

    async def call(
        self, state: str, name: str, payload: dict[str, Any] | None = None, wanted: Callable[[Delta], bool] = bool
    ) -> tuple[float, Delta]:
        """Envoie une action ; rend la durée jusqu'au delta attendu, et ce delta."""
        event = {"name": f"{state}.{name}", "payload": payload or {}, "router_data": self.router}
        while not self.inbox.empty():
            self.inbox.get_nowait()  # ce qui traîne d'avant n'est pas la réponse
        started = time.perf_counter()
        await self.socket.send_str("42/_event," + json.dumps(["event", event]))
        at, delta = await self.until(wanted)
        return at - started, delta

    async def close(self) -> None:
        self.reader.cancel()
        await self.socket.close()


class Visitor:
    """Une personne devant la page de connexion, prête à appuyer sur « Se connecter »."""

    def __init__(self, http: aiohttp.ClientSession, url: str, email: str) -> None:
        self.http, self.url, self.email = http, url, email

    async def arrive(self) -> Self:
        async with self.http.get(f"{self.url}/connexion") as page:
            await page.read()
            self.cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in page.cookies.values())
        self.tab = await Tab(self.http, self.url, "/connexion", self.cookies).open()
        return self

    async def sign_in(self) -> str:
        """Le mot de passe, le ticket, l'échange contre le cookie ; rend ce cookie."""
        form = {"identifier": self.email, "password": PASSWORD}
        _, delta = await self.tab.call(
            SIGN_IN,
            "sign_in",
            {"form_data": form},
            lambda delta: bool(value(delta, SIGN_IN, "ticket") or value(delta, SIGN_IN, "error")),
        )
        if error := value(delta, SIGN_IN, "error"):
            raise RuntimeError(f"connexion refusée à {self.email} : {error}")
        answer = await self.http.post(
            f"{self.url}/session",
            data={"ticket": value(delta, SIGN_IN, "ticket"), "suite": ""},
            headers={"Origin": self.url, "Cookie": self.cookies},
            allow_redirects=False,
        )
        async with answer:
            cookie = answer.cookies["portail-session"]
        return f"{cookie.key}={cookie.value}"


async def signed_in(http: aiohttp.ClientSession, url: str, email: str) -> str:
    """Le cookie d'une personne connectée, son onglet de connexion refermé."""
    visitor = await Visitor(http, url, email).arrive()
    cookie = await visitor.sign_in()
    await visitor.tab.close()
    return cookie
