"""L'accueil privé d'un parent."""

from portail.services.home import parent
from portail.state.base import Audience, PortalState, action, clock
from portail.views.home import HomeView


class HomeState(PortalState):
    home: HomeView = HomeView()

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.home = await self._attempt(parent.show, actor=self._actor(), now=clock.now()) or HomeView()
