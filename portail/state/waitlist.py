"""« Mes listes d'attente » : répondre à une place proposée, se retirer."""

from portail.services.waitlist import mine
from portail.state.base import Audience, PortalState, action, clock
from portail.views.waitlist import WaitPage


class WaitlistState(PortalState):
    lists: WaitPage = WaitPage()

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.lists = WaitPage()
        await self._refresh()

    @action(Audience.PARENT)
    async def accept(self, entry_id: int) -> None:
        if await self._done(mine.accept, actor=self._actor(), entry_id=entry_id, now=clock.now()):
            self._say("La place est à vous. Un courriel vous le confirme.")
        await self._refresh()

    @action(Audience.PARENT)
    async def withdraw(self, entry_id: int) -> None:
        if await self._done(mine.withdraw, actor=self._actor(), entry_id=entry_id, now=clock.now()):
            self._say("C’est noté : la place ira à une autre famille.")
        await self._refresh()

    async def _refresh(self) -> None:
        self.lists = await self._attempt(mine.show, actor=self._actor(), now=clock.now()) or WaitPage()
