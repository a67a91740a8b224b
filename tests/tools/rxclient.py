"""Un navigateur sans écran : il parle HTTP et websocket au portail comme le fait l'interface construite."""

import asyncio
import itertools
import json
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp
from yarl import URL

HYDRATE = "reflex___state____state.hydrate_and_load"
ROOT_STATE = "reflex___state____state"
PORTAL_STATE = f"{ROOT_STATE}.portail___state___base____portal_state"
SIGN_IN_STATE = f"{PORTAL_STATE}.portail___state___sign_in____sign_in_state"
BARRIER = f"{PORTAL_STATE}.report_incident"
BARRIER_REFERENCE = re.compile(r"[A-H]{6}23")
DEMO_PASSWORD = "Demo-portail-2026"
EMAILS = {
    "parent": "camille.durand@famille.example",
    "other_parent": "karim.benali@famille.example",
    "reception": "accueil@mairie.example",
    "regie": "regie@mairie.example",
    "direction": "direction@mairie.example",
    "animation": "animation@mairie.example",
    "admin": "admin@mairie.example",
}
ANSWER_WITHIN_SECONDS = 20.0
CLOSING = aiohttp.ClientWSTimeout(ws_close=1.0)
Delta = dict[str, dict[str, Any]]


class SocketClosedError(ConnectionError):
    """Le serveur a raccroché ; le code dit pourquoi."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"websocket fermé ({code})")
        self.code = code


class Answer:
    """Ce que le serveur a renvoyé entre un appel et la barrière qui le suit."""

    def __init__(self, updates: list[dict[str, Any]]) -> None:
        self.updates = updates

    @property
    def delta(self) -> Delta:
        merged: Delta = {}
        for update in self.updates:
            for state, values in (update.get("delta") or {}).items():
                merged.setdefault(state, {}).update(values)
        return merged

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for update in self.updates for event in update.get("events") or []]

    @property
    def redirects(self) -> list[str]:
        return [event["payload"]["path"] for event in self.events if event["name"] == "_redirect"]

    @property
    def is_closed(self) -> bool:
        return self.var(PORTAL_STATE, "closed") is True

    @property
    def notice(self) -> str:
        return str(self.var(PORTAL_STATE, "notice") or "")

    def var(self, state: str, name: str) -> Any:
        return self.delta.get(state, {}).get(f"{name}_rx_state_")

    def changed(self) -> set[tuple[str, str]]:
        """Les vars touchées, sans celles que le cadre renvoie de lui-même (adresse de la page)."""
        return {
            (state.rpartition("____")[2], name.removesuffix("_rx_state_"))
            for state, values in self.delta.items()
            for name in values
            if not name.startswith(("rx_router", "router"))
        }


def _references() -> Iterator[str]:
    """Des numéros de la forme attendue, reconnaissables parmi ceux d'un véritable incident."""
    for letters in itertools.cycle(itertools.product("ABCDEFGH", repeat=6)):
        yield "".join(letters) + "23"


class Tab:
    """Un onglet : un jeton, un websocket, tout ce qu'il a reçu."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, token: str, path: str) -> None:
        self.socket, self.token, self.path = socket, token, path
        self.frames: list[str] = []
        self.new_token = ""
        self.close_code: int | None = None
        self._inbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read())
        self._references = _references()

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            self.frames.append(message.data)
            if message.data == "2":
                await self.socket.send_str("3")
            elif message.data.startswith("42/_event,"):
                name, *args = json.loads(message.data.partition(",")[2])
                if name == "new_token":
                    self.new_token = self.token = args[0]
                elif name == "event":
                    self._inbox.put_nowait(args[0])
        self.close_code = self.socket.close_code
        self._inbox.put_nowait(None)

    @property
    def is_open(self) -> bool:
        return not self.socket.closed and not self._reader.done()

    @property
    def incidents(self) -> list[str]:
        """Les numéros d'incident que cet onglet a reçus et qu'il n'a pas demandés lui-même."""
        found = re.findall(r'"notice_reference_rx_state_":"([A-Z2-9]{8})"', "".join(self.frames).replace('": "', '":"'))
        return [reference for reference in found if not BARRIER_REFERENCE.fullmatch(reference)]

    async def send(self, text: str) -> None:
        await self.socket.send_str(text)

    async def emit(self, handler: Any, payload: Any = None, **router_data: Any) -> None:
        route = {"pathname": self.path.partition("?")[0], "asPath": self.path, **router_data}
        event = {"name": handler, "payload": {} if payload is None else payload, "router_data": route}
        await self.send("42/_event," + json.dumps(["event", event]))

    async def next_update(self, within: float = ANSWER_WITHIN_SECONDS) -> dict[str, Any]:
        update = await asyncio.wait_for(self._inbox.get(), within)
        if update is None:
            self._inbox.put_nowait(None)
            raise SocketClosedError(self.close_code)
        return update

    async def barrier(self) -> Answer:
        """Un événement que le serveur traite toujours, après les précédents : ce qui est venu avant lui."""
        mark = next(self._references)
        await self.emit(BARRIER, {"reference": mark})
        updates = []
        while True:
            update = await self.next_update()
            answer = Answer([update])
            if answer.var(PORTAL_STATE, "notice_reference") == mark:
                return Answer(updates)
            updates.append(update)

    async def call(self, handler: str, payload: Any = None, **router_data: Any) -> Answer:
        await self.emit(handler, payload, **router_data)
        return await self.barrier()

    async def until_closed(self, within: float = ANSWER_WITHIN_SECONDS) -> int | None:
        await asyncio.wait_for(asyncio.shield(self._reader), within)
        return self.close_code

    async def close(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self.socket.close()


_addresses = (f"198.51.{rank // 250 % 250}.{rank % 250}" for rank in itertools.count(1))


class Visitor:
    """Un navigateur : ses cookies, ses onglets, et l'adresse d'où il vient (derrière un mandataire de confiance)."""

    def __init__(self, url: str, *, origin: str | None = None, address: str = "") -> None:
        self.url, self.origin = url, url if origin is None else origin
        headers = {"X-Forwarded-For": address or next(_addresses)}
        self.http = aiohttp.ClientSession(
            url,
            headers=headers,
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_SECONDS),
        )
        self._tabs: list[Tab] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for tab in self._tabs:
            await tab.close()
        await self.http.close()

    @property
    def cookies(self) -> dict[str, str]:
        return {morsel.key: morsel.value for morsel in self.http.cookie_jar}

    @property
    def session_cookie(self) -> str:
        return self.cookies.get("portail-session", "")

    async def get(self, path: str, **headers: str) -> aiohttp.ClientResponse:
        async with self.http.get(path, headers=headers, allow_redirects=False) as answer:
            await answer.read()
            return answer

    async def post(self, path: str, form: Any = None, **headers: str) -> aiohttp.ClientResponse:
        sent = {"Origin": self.origin, **headers} if self.origin else headers
        async with self.http.post(path, data=form, headers=sent, allow_redirects=False) as answer:
            await answer.read()
            return answer

    async def dial(self, query: str, **headers: str) -> aiohttp.ClientWebSocketResponse:
        sent = {"Origin": self.origin, **headers} if self.origin else headers
        return await self.http.ws_connect(f"/_event/?{query}", headers=sent, max_msg_size=0, timeout=CLOSING)

    async def open_tab(
        self, path: str = "/", *, token: str = "", hydrate: bool = True, hydration: Any = None, **headers: str
    ) -> Tab:
        """Ouvre un websocket ; avec `hydrate`, attend que la page soit chargée."""
        token = token or str(uuid.uuid4())
        socket = await self.dial(f"token={token}&EIO=4&transport=websocket", **headers)
        tab = Tab(socket, token, path)
        self._tabs.append(tab)
        route = {"pathname": path.partition("?")[0], "asPath": path}
        boot = {"event": {"name": HYDRATE, "payload": hydration or {"vars": {}}, "router_data": route}}
        await tab.send("40/_event," + json.dumps(boot if hydrate else {}))
        while hydrate:
            update = await tab.next_update()
            if Answer([update]).var(ROOT_STATE, "is_hydrated") is True:
                break
        return tab

    async def ask_ticket(self, email: str, password: str = DEMO_PASSWORD) -> str:
        """La page de connexion jusqu'au ticket, sans l'échanger."""
        await self.get("/")
        tab = await self.open_tab("/connexion")
        answer = await tab.call(f"{SIGN_IN_STATE}.sign_in", {"form_data": {"identifier": email, "password": password}})
        await tab.close()
        return str(answer.var(SIGN_IN_STATE, "ticket") or "")

    async def sign_in(self, email: str, password: str = DEMO_PASSWORD, suite: str = "") -> aiohttp.ClientResponse:
        """Le parcours réel : page, formulaire, ticket, cookie."""
        ticket = await self.ask_ticket(email, password)
        return await self.post("/session", {"ticket": ticket, "suite": suite})

    async def sign_out(self) -> aiohttp.ClientResponse:
        return await self.post("/deconnexion")

    def carry(self, session: str) -> None:
        """Porte un cookie de connexion obtenu ailleurs."""
        self.http.cookie_jar.update_cookies({"portail-session": session}, URL(self.url))


@asynccontextmanager
async def signed_client(url: str, role: str) -> AsyncIterator[Visitor]:
    """Un navigateur déjà connecté, dans ce rôle ; `anonymous` a seulement visité l'accueil."""
    async with Visitor(url) as visitor:
        if role == "anonymous":
            await visitor.get("/")
        else:
            answer = await visitor.sign_in(EMAILS[role])
            if answer.status != 303 or not visitor.session_cookie:
                raise ConnectionError(f"connexion refusée : {answer.status}")
        yield visitor
