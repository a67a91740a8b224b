"""« Ma famille » : les foyers de ce compte."""

from portail.services import families
from portail.state.base import Audience, PortalState, action, clock
from portail.views.home import FamilyCard


class FamilyState(PortalState):
    families: list[FamilyCard] = []
    ready: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.families = await self._attempt(families.show_mine, actor=self._actor(), now=clock.now()) or []
        self.ready = True
