"""« Tarifs » : les prix de ce foyer, ou la grille de la commune."""

from typing import Any

from portail.services.tariffs import prices
from portail.state.base import ACTOR, Audience, PortalState, action, clock
from portail.views.tariffs import PricesPage, TariffCard


class PricesState(PortalState):
    prices: PricesPage = PricesPage()
    cards: list[TariffCard] = []  # la grille de la commune, quand une famille la demande
    fault: str = ""
    files_fault: str = ""
    busy: bool = False

    @action(Audience.PUBLIC)
    async def load(self) -> None:
        self.cards, self.busy = [], False
        await self._show(0)

    @action(Audience.PUBLIC)
    async def show_town(self) -> Any:
        """Un parent lit aussi la grille de tous, comme un visiteur."""
        self.busy = True
        yield
        try:
            self.cards = (await self._call(prices.show, actor=None, family_id=0, now=clock.now())).cards
        finally:
            self.busy = False

    @action(Audience.PARENT)
    async def sent(self) -> None:
        """L'attestation est arrivée par sa propre route : on relit ce qu'elle a changé."""
        self._say("Votre attestation est envoyée : suivez-la dans « Mes démarches ».")
        await self._show(self.prices.family_id)

    @action(Audience.PARENT)
    def refused(self, text: str, files: str) -> None:
        """Le refus que la route a rendu, montré à côté de ses champs."""
        self.fault, self.files_fault = text, files

    @action(Audience.PUBLIC)
    async def choose_family(self, family_id: str) -> None:
        await self._show(int(family_id) if family_id.isascii() and family_id.isdigit() else -1)

    async def _show(self, family_id: int) -> None:
        self.fault = self.files_fault = ""
        shown = await self._attempt(prices.show, actor=ACTOR.get(), family_id=family_id, now=clock.now())
        self.prices = shown or self.prices
