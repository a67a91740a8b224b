"""« Tarifs » : les prix de ce foyer, ou la grille de la commune."""

from portail.services.tariffs import prices
from portail.state.base import ACTOR, Audience, PortalState, action, clock
from portail.views.tariffs import PricesPage


class PricesState(PortalState):
    prices: PricesPage = PricesPage()

    @action(Audience.PUBLIC)
    async def load(self) -> None:
        await self._show(0)

    @action(Audience.PUBLIC)
    async def choose_family(self, family_id: str) -> None:
        await self._show(int(family_id) if family_id.isascii() and family_id.isdigit() else -1)

    async def _show(self, family_id: int) -> None:
        shown = await self._attempt(prices.show, actor=ACTOR.get(), family_id=family_id, now=clock.now())
        self.prices = shown or self.prices
