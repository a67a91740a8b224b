"""« Quotients manquants ou expirés » : la liste, cherchée, filtrée, page par page."""

from dataclasses import replace
from typing import Any

from portail.services.tariffs import wanted
from portail.services.tariffs.wanted import Sought
from portail.state.base import Audience, PortalState, action, clock
from portail.views.tariffs import WantedQuotients


class QuotientDeskState(PortalState):
    listing: WantedQuotients = WantedQuotients()

    @action(Audience.MONEY)
    async def load(self) -> None:
        await self._show(Sought(), 1)

    @action(Audience.MONEY)
    async def show_gap(self, gap: str) -> None:
        await self._show(replace(self._sought(), gap=gap), 1)

    @action(Audience.MONEY)
    async def search(self, form_data: dict[str, Any]) -> None:
        await self._show(replace(self._sought(), words=str(form_data.get("words", ""))), 1)

    @action(Audience.MONEY)
    async def turn(self, page: int) -> None:
        await self._show(self._sought(), page)

    def _sought(self) -> Sought:
        return Sought(self.listing.gap, self.listing.words)

    async def _show(self, sought: Sought, page: int) -> None:
        given = {"sought": sought, "page": page, "now": clock.now()}
        self.listing = await self._attempt(wanted.show, actor=self._actor(), **given) or self.listing
