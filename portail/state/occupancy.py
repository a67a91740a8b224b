"""« Réservations », pour les agents : l'occupation par jour, et la liste d'une séance."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.services.occupancy import by_day, slot_list
from portail.state.base import Audience, PortalState, action, clock
from portail.views.occupancy import Occupancy, SlotList


class OccupancyState(PortalState):
    shown: Occupancy = Occupancy()
    slot: SlotList = SlotList()
    errors: dict[str, str] = {}
    fault: str = ""

    @action(Audience.STAFF)
    async def load(self) -> None:
        await self._show({})

    @action(Audience.STAFF)
    async def search(self, form_data: dict[str, Any]) -> None:
        await self._show(form_data)

    @action(Audience.STAFF)
    async def load_slot(self) -> None:
        found = await self._attempt(slot_list.show, actor=self._actor(), slot_id=self._number())
        self.slot = found or SlotList()

    async def _show(self, form: dict[str, Any]) -> None:
        self.errors, self.fault = {}, ""
        try:
            self.shown = await self._call(by_day.show, actor=self._actor(), form=form, now=clock.now())
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
