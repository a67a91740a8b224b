"""« Salle d'attente » : sa place, redemandée toutes les quelques secondes."""

from portail.services.campaigns import room
from portail.state.base import Audience, PortalState, action, clock
from portail.views.campaigns import RoomView


class RoomState(PortalState):
    room: RoomView = RoomView()
    now: str = ""

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.room = RoomView()
        await self._look()

    @action(Audience.PARENT)
    async def look(self) -> None:
        await self._look()

    async def _look(self) -> None:
        now = clock.now()
        found = await self._attempt(room.look, actor=self._actor(), campaign_id=self._number(), now=now)
        if found is not None and found != self.room:
            self.room, self.now = found, now.isoformat()
