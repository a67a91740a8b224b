"""« Tarifs » pour la régie : la liste, et l'ajout d'un tarif."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.services.tariffs import desk, listing
from portail.state.base import Audience, PortalState, action, clock
from portail.views.tariffs import TariffList


class TariffListState(PortalState):
    listing: TariffList = TariffList()
    adding: bool = False
    errors: dict[str, str] = {}
    busy: bool = False

    @action(Audience.MONEY)
    async def load(self) -> None:
        self.adding, self.errors, self.busy = False, {}, False
        await self._refresh()

    @action(Audience.MONEY)
    def start(self) -> None:
        self.adding, self.errors = True, {}

    @action(Audience.MONEY)
    def cancel(self) -> None:
        self.adding, self.errors = False, {}

    @action(Audience.MONEY)
    async def add(self, form_data: dict[str, Any]) -> Any:
        self.errors, self.busy = {}, True
        yield
        try:
            await self._call(desk.add, actor=self._actor(), form=form_data, now=clock.now())
            self.adding = False
            self._say("Le tarif est ajouté : ouvrez-le pour lui donner sa première grille.")
            await self._refresh()
        except FormRefusedError as refusal:
            self.errors = refusal.fields
        finally:
            self.busy = False

    async def _refresh(self) -> None:
        self.listing = await self._attempt(listing.listing, actor=self._actor(), now=clock.now()) or self.listing
