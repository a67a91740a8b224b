"""La file des démarches : filtrer, ouvrir, prendre, demander, accepter, refuser."""

from collections.abc import Callable
from typing import Any

from portail.services.requests import desk
from portail.services.requests.desk import Decision, Filters
from portail.state.base import Audience, PortalState, action, clock
from portail.views.requests import RequestPage, RequestView

DONE = {
    "note": "La note est écrite.",
    "ask": "La question est envoyée à la famille.",
    "accept": "La démarche est acceptée, le dossier est à jour.",
    "refuse": "La démarche est refusée, la famille en est prévenue.",
}


class RequestDeskState(PortalState):
    queue: RequestPage = RequestPage()
    request: RequestView = RequestView()
    gesture: str = ""  # le formulaire ouvert
    fault: str = ""
    files_fault: str = ""

    @action(Audience.FILES)
    async def load_queue(self) -> None:
        await self._list(Filters())

    @action(Audience.FILES)
    async def filter(self, form_data: dict[str, Any]) -> None:
        names = ("kind", "status", "whose", "service", "age")
        await self._list(Filters(**{name: str(form_data.get(name, "")) for name in names}))

    @action(Audience.FILES)
    async def turn(self, page: int) -> None:
        seen = self.queue
        await self._list(Filters(seen.kind, seen.status, seen.whose, seen.service, seen.age, page))

    @action(Audience.FILES)
    async def load_one(self) -> None:
        self._close()
        await self._refresh(self._number())

    @action(Audience.FILES)
    async def take(self) -> None:
        await self._hand(desk.take, "La démarche est à votre nom.")

    @action(Audience.FILES)
    async def release(self) -> None:
        await self._hand(desk.release, "La démarche est rendue à la file.")

    @action(Audience.FILES)
    async def assign(self, form_data: dict[str, Any]) -> None:
        chosen = str(form_data.get("agent", ""))
        made = Decision(self.request.id, self.request.version)
        agent_id = int(chosen) if chosen.isascii() and chosen.isdigit() else 0
        given = {"actor": self._actor(), "made": made, "agent_id": agent_id, "now": clock.now()}
        if await self._done(desk.assign, **given):
            self._say("La démarche est confiée à votre collègue.")
        await self._refresh(self.request.id)

    @action(Audience.FILES)
    def choose(self, gesture: str) -> None:
        self._close()
        self.gesture = gesture if gesture in DONE else ""

    @action(Audience.FILES)
    async def decided(self) -> None:
        """La décision est arrivée par sa propre route, avec ses pièces : on relit ce qu'elle a changé."""
        self._say(DONE.get(self.gesture, ""))
        self._close()
        await self._refresh(self.request.id)

    @action(Audience.FILES)
    def refused(self, text: str, files: str) -> None:
        """Le refus que la route a rendu, montré à côté de ses champs."""
        self.fault, self.files_fault = text, files

    def _close(self) -> None:
        self.gesture, self.fault, self.files_fault = "", "", ""

    async def _hand(self, service: Callable[..., None], said: str) -> None:
        seen = {"request_id": self.request.id, "version": self.request.version}
        if await self._done(service, actor=self._actor(), now=clock.now(), **seen):
            self._say(said)
        await self._refresh(self.request.id)

    async def _list(self, wanted: Filters) -> None:
        shown = await self._attempt(desk.show_queue, actor=self._actor(), wanted=wanted, now=clock.now())
        self.queue = shown or self.queue

    async def _refresh(self, request_id: int) -> None:
        shown = await self._attempt(desk.show_one, actor=self._actor(), request_id=request_id)
        self.request = shown or RequestView()
