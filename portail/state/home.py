"""L'accueil privé d'un parent."""

from portail.services import home
from portail.state.base import Audience, PortalState, action, clock
from portail.views.home import HomeView


class HomeState(PortalState):
    home: HomeView = HomeView()

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.home = await self._attempt(home.show, actor=self._actor(), now=clock.now()) or HomeView()
