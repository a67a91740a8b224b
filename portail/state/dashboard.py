"""Le tableau de bord d'un agent."""

from portail.services.home import dashboard
from portail.state.base import Audience, PortalState, action, clock
from portail.views.home import DashboardView


class DashboardState(PortalState):
    view: DashboardView = DashboardView()

    @action(Audience.STAFF)
    async def load(self) -> None:
        self.view = await self._attempt(dashboard.show, actor=self._actor(), now=clock.now()) or DashboardView()
