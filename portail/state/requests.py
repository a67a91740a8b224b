"""« Mes démarches » : la liste, et une démarche que l'on suit."""

from portail.services.requests import mine
from portail.state.base import Audience, PortalState, action, clock
from portail.views.requests import RequestPage, RequestView


class RequestsState(PortalState):
    listing: RequestPage = RequestPage()
    request: RequestView = RequestView()
    fault: str = ""
    files_fault: str = ""
    asking_to_withdraw: bool = False

    @action(Audience.PARENT)
    async def load_list(self) -> None:
        self.listing = await self._attempt(mine.show_list, actor=self._actor(), now=clock.now()) or RequestPage()

    @action(Audience.PARENT)
    async def load_one(self) -> None:
        self.fault, self.files_fault, self.asking_to_withdraw = "", "", False
        await self._refresh(self._number())

    @action(Audience.PARENT)
    async def sent(self) -> None:
        """L'envoi est arrivé par sa propre route : on relit ce qu'il a changé."""
        self.fault, self.files_fault = "", ""
        self._say("Votre réponse est envoyée." if self.request.can_answer else "Vos pièces sont jointes à la démarche.")
        await self._refresh(self.request.id)

    @action(Audience.PARENT)
    def refused(self, text: str, files: str) -> None:
        """Le refus que la route a rendu, montré à côté de ses champs."""
        self.fault, self.files_fault = text, files

    @action(Audience.PARENT)
    async def take_back(self, attachment_id: int) -> None:
        if await self._done(mine.take_back, actor=self._actor(), attachment_id=attachment_id, now=clock.now()):
            self._say("La pièce est retirée.")
        await self._refresh(self.request.id)

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
