"""En tête du calendrier : l'ouverture qui vient, les vœux préparés, la salle d'attente."""

from typing import Any

from portail.services.campaigns import wishes
from portail.state.base import Audience, PortalState, action, clock
from portail.state.bookings import CalendarState
from portail.views.campaigns import OpeningView


class OpeningState(PortalState):
    opening: OpeningView = OpeningView()
    now: str = ""

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.opening = OpeningView()
        await self._refresh()

    @action(Audience.PARENT)
    async def check(self) -> Any:
        """Le compte à rebours est à zéro : si c'est vrai, le mois se relit, sans que rien de choisi se perde."""
        was_waiting = bool(self.opening.opens_at)
        await self._refresh()
        return CalendarState.load if was_waiting and not self.opening.opens_at else None

    async def _refresh(self) -> None:
        now = clock.now()
        found = await self._attempt(wishes.opening, actor=self._actor(), activity_id=self._number(), now=now)
        self.opening, self.now = found or OpeningView(), now.isoformat()
