"""« Mes démarches » : la liste, et une démarche que l'on suit."""

from typing import Any

from portail.domain.refusals import RefusalError
from portail.services.requests import mine
from portail.state.base import Audience, PortalState, action, clock
from portail.views.requests import RequestPage, RequestView


class RequestsState(PortalState):
    listing: RequestPage = RequestPage()
    request: RequestView = RequestView()
    answer_error: str = ""
    asking_to_withdraw: bool = False

    @action(Audience.PARENT)
    async def load_list(self) -> None:
        self.listing = await self._attempt(mine.show_list, actor=self._actor(), now=clock.now()) or RequestPage()

    @action(Audience.PARENT)
    async def load_one(self) -> None:
        self.answer_error, self.asking_to_withdraw = "", False
        await self._refresh(self._number())

    @action(Audience.PARENT)
    async def answer(self, form_data: dict[str, Any]) -> None:
        self.answer_error = ""
        try:
            await self._call(
                mine.answer,
                actor=self._actor(),
                request_id=self.request.id,
                text=form_data.get("text", ""),
                now=clock.now(),
            )
            self._say("Votre réponse est envoyée.")
            await self._refresh(self.request.id)
        except RefusalError as refusal:
            self.answer_error = refusal.full_sentence

    @action(Audience.PARENT)
    def ask_to_withdraw(self, wanted: bool) -> None:
        self.asking_to_withdraw = wanted

    @action(Audience.PARENT)
    async def withdraw(self) -> None:
        self.asking_to_withdraw = False
        if await self._done(mine.withdraw, actor=self._actor(), request_id=self.request.id, now=clock.now()):
            self._say("Votre démarche est retirée : rien ne changera.")
        await self._refresh(self.request.id)

    async def _refresh(self, request_id: int) -> None:
        shown = await self._attempt(mine.show_one, actor=self._actor(), request_id=request_id)
        self.request = shown or RequestView()
