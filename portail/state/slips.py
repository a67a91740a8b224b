"""« Remises en banque » : ce qui attend d'être déposé, et les bordereaux."""

from typing import Any

from portail.domain.text import row_number
from portail.services.cash_desk import slips, slips_cancelled
from portail.state.base import Audience, PortalState, action, clock
from portail.views.cash_desk import SlipsView

PIECE = "piece-"  # le début du nom d'une case


class SlipsState(PortalState):
    view: SlipsView = SlipsView()

    @action(Audience.MONEY)
    async def load(self) -> None:
        shown = await self._attempt(slips.show, actor=self._actor())
        self.view = shown or self.view

    @action(Audience.MONEY)
    async def make(self, form_data: dict[str, Any]) -> None:
        """Deux clics : la seconde demande trouve les pièces déjà remises."""
        pieces = [
            row_number(name.removeprefix(PIECE)) for name, on in form_data.items() if name.startswith(PIECE) and on
        ]
        given = {"regie_id": row_number(str(form_data.get("regie_id", ""))), "means": str(form_data.get("means", ""))}
        said = await self._attempt(slips.make, actor=self._actor(), pieces=pieces, now=clock.now(), **given)
        await self._tell(said)

    @action(Audience.MONEY)
    async def cancel(self, form_data: dict[str, Any]) -> None:
        given = {"slip_id": row_number(str(form_data.get("slip_id", ""))), "reason": str(form_data.get("reason", ""))}
        await self._tell(await self._attempt(slips_cancelled.cancel, actor=self._actor(), now=clock.now(), **given))

    async def _tell(self, said: str | None) -> None:
        if said:
            self._say(said)
        shown = await self._attempt(slips.show, actor=self._actor())
        self.view = shown or self.view
