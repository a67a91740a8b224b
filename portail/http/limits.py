"""Les bornes : taille des demandes avant lecture, débit et taille des messages, connexions par adresse."""

import logging
import time
from collections import Counter
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portail import clock
from portail.domain.uploads import HEAVIEST, MEGABYTE, MOST_FILES
from portail.http.pages import refusal_page
from portail.services.accounts import sessions
from portail.settings import current

log = logging.getLogger("portail.limits")
MAX_BODY = 64 * 1024
MAX_UPLOAD = 15 * 1024 * 1024
MAX_FILES = MOST_FILES * HEAVIEST + MEGABYTE
FILES = "/envois/"
MAX_FRAME = 64 * 1024
EVENTS_PER_SECOND = 20.0
BURST = 60.0
SOCKETS_PER_ADDRESS = 200
TOO_BIG, TOO_FAST = 1009, 1008


class BodyLimit:
    """Refuse d'après les en-têtes, avant de lire un octet ; compte ensuite ce qui arrive vraiment."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        status, sentence = await self._verdict(scope, headers)
        if status:
            log.info("body_refused", extra={"status": status})
            await refusal_page(status, sentence)(scope, receive, send)
            return
        await self.app(scope, _counted(receive, _limit(scope)), send)

    async def _verdict(self, scope: Scope, headers: Headers) -> tuple[int, str]:
        if scope["path"].startswith("/_upload"):
            token = sessions.read_cookie(headers.get("cookie", ""), "session")
            if not token or await run_in_threadpool(sessions.identify, token, clock.now()) is None:
                return 401, "Connectez-vous pour envoyer un document."
            if headers.get("origin") not in current().allowed_origins:
                return 403, "Cette demande vient d’un autre site."
        length = headers.get("content-length")
        if length is None and "transfer-encoding" in headers:
            return 411, "La taille de l’envoi doit être annoncée."
        if length is not None and (not length.isascii() or not length.isdigit() or int(length) > _limit(scope)):
            return 413, "Cet envoi est trop volumineux."
        return 0, ""


def _limit(scope: Scope) -> int:
    if scope["path"].startswith(FILES):
        return MAX_FILES
    return MAX_UPLOAD if scope["path"].startswith("/_upload") else MAX_BODY


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > limit else message

    return counted


class SocketLimit:
    """Un client bavard ou démesuré est raccroché ; les autres ne le sentent pas."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        address = client_address(scope)
        self.open[address] += 1
        try:
            if self.open[address] > SOCKETS_PER_ADDRESS:
                log.warning("sockets_refused", extra={"open": self.open[address]})
                await receive()
                await send({"type": "websocket.close", "code": TOO_FAST})
                return
            await self.app(scope, *_Bucket(receive, send).ends())
        finally:
            self.open[address] -= 1
            if not self.open[address]:
                del self.open[address]


class _Bucket:
    """Un seau à jetons par connexion."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self.tokens, self.last, self.closed = BURST, time.monotonic(), False

    def ends(self) -> tuple[Receive, Send]:
        return self.receive, self.send

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] != "websocket.receive" or self.closed:
            return message
        now = time.monotonic()
        self.tokens = min(BURST, self.tokens + (now - self.last) * EVENTS_PER_SECOND) - 1
        self.last = now
        size = len((message.get("text") or "").encode()) + len(message.get("bytes") or b"")
        code = TOO_BIG if size > MAX_FRAME else TOO_FAST if self.tokens < 0 else 0
        if not code:
            return message
        self.closed = True
        log.warning("socket_closed", extra={"code": code, "size": size})
        await self._send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    async def send(self, message: Message) -> None:
        if not self.closed:
            await self._send(message)


def client_address(scope: Scope) -> str:
    """L'adresse du client, vue à travers les mandataires de confiance seulement."""
    hops = current().trusted_proxies
    if hops:
        forwarded = [part.strip() for part in Headers(scope=scope).get("x-forwarded-for", "").split(",")]
        if len(forwarded) >= hops and forwarded[-hops]:
            return forwarded[-hops]
    client: Any = scope.get("client")
    return str(client[0]) if client else "inconnue"
