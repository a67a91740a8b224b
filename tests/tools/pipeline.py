"""La chaîne des événements sans réseau : porte, verrous, états et deltas, tels que l'application les assemble."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import reflex as rx
from reflex.app import _sio_dumps
from reflex.istate.manager.memory import StateManagerMemory
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.utils.format import format_event_handler

from portail.portail import app, on_event_error
from portail.services.accounts.sessions import cookie_name
from tests.tools.rxclient import HYDRATE, Answer

StateClass = TypeVar("StateClass", bound=BaseState)


class Namespace:
    """Là où partent les mises à jour : chaque onglet garde les siennes."""

    def __init__(self) -> None:
        self.received: dict[str, list[dict[str, Any]]] = {}

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        self.received.setdefault(token, []).append(json.loads(_sio_dumps(update)))


class Page:
    """Un onglet : un jeton, des cookies, et ce que le serveur lui a envoyé."""

    def __init__(self, pipeline: "Pipeline", cookies: dict[str, str], token: str = "") -> None:
        self.pipeline, self.cookies, self.token = pipeline, cookies, token or str(uuid.uuid4())

    async def call(self, handler: Any, payload: Any = None, path: str = "/") -> Answer:
        name = handler if isinstance(handler, str) else format_event_handler(handler)
        received = self.pipeline.namespace.received.setdefault(self.token, [])
        seen = len(received)
        header = "; ".join(f"{cookie_name(kind)}={value}" for kind, value in self.cookies.items())
        route = {
            "pathname": path.partition("?")[0],
            "asPath": path,
            "query": {},
            "headers": {"cookie": header, "host": "essai"},
            "ip": "192.0.2.1",
            "sid": "s",
            "token": self.token,
        }
        event = Event(name=name, payload={} if payload is None else payload, router_data=route)
        await self.pipeline.processor.enqueue(self.token, event)
        await self.pipeline.settle()
        return Answer(received[seen:])

    async def visit(self, path: str) -> Answer:
        return await self.call(HYDRATE, {"vars": {}}, path)

    async def state(self, cls: type[StateClass]) -> StateClass:
        manager = self.pipeline.processor._root_context.state_manager
        root = await manager.get_state(rx.BaseStateToken(ident=self.token, cls=rx.State))
        return await root.get_state(cls)


class Pipeline:
    def __init__(self, processor: BaseStateEventProcessor, namespace: Namespace) -> None:
        self.processor, self.namespace = processor, namespace

    def page(self, *, session: str = "", browser: str = "navigateur-de-test", token: str = "") -> Page:
        cookies = {"navigateur": browser, "session": session}
        return Page(self, {kind: value for kind, value in cookies.items() if value}, token)

    async def settle(self) -> None:
        """Attend que tout ce qui a été déclenché soit fini, incidents compris."""
        while self.processor._tasks or self.processor._token_queues or not self.processor._queue.empty():
            if under_way := tuple(self.processor._tasks.values()):
                await asyncio.wait(under_way)
            await asyncio.sleep(0)


@asynccontextmanager
async def pipeline() -> AsyncIterator[Pipeline]:
    namespace = Namespace()
    processor = BaseStateEventProcessor(middleware=app, backend_exception_handler=on_event_error)
    async with processor.configure(state_manager=StateManagerMemory(), event_namespace=namespace):
        yield Pipeline(processor, namespace)
