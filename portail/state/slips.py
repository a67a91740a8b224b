"""« Remises en banque » : ce qui attend d'être déposé, les bordereaux et leur crédit."""

from collections.abc import Callable
from typing import Any

from portail.domain.text import row_number
from portail.services.cash_desk import slips, slips_cancelled, slips_credited
from portail.state.base import Audience, PortalState, action, clock
from portail.views.cash_desk import SlipsView

PIECE = "piece-"  # le début du nom d'une case


class SlipsState(PortalState):
    view: SlipsView = SlipsView()
    busy: bool = False

    @action(Audience.MONEY)
    async def load(self) -> None:
        self.busy = False
        await self._show(1)

    @action(Audience.MONEY)
    async def turn(self, page: int) -> None:
        await self._show(page)

    @action(Audience.MONEY)
    async def make(self, form_data: dict[str, Any]) -> Any:
        """Deux clics : la seconde demande trouve les pièces déjà remises."""
        self.busy = True
        yield
        pieces = [
            row_number(name.removeprefix(PIECE)) for name, on in form_data.items() if name.startswith(PIECE) and on
        ]
        given = {"regie_id": row_number(str(form_data.get("regie_id", ""))), "means": str(form_data.get("means", ""))}
        await self._change(slips.make, pieces=pieces, **given)

    @action(Audience.MONEY)
    async def cancel(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        await self._change(slips_cancelled.cancel, slip_id=_slip(form_data), reason=str(form_data.get("reason", "")))

    @action(Audience.MONEY)
    async def credit(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        await self._change(slips_credited.credit, slip_id=_slip(form_data), form=form_data)

    @action(Audience.MONEY)
    async def take_credit_back(self, slip_id: int) -> Any:
        self.busy = True
        yield
        await self._change(slips_credited.take_back, slip_id=slip_id)

    async def _change(self, service: Callable[..., str], **about: Any) -> None:
        try:
            said = await self._attempt(service, actor=self._actor(), now=clock.now(), **about)
            if said:
                self._say(said)
            await self._show(self.view.page)
        finally:
            self.busy = False

    async def _show(self, page: int) -> None:
        shown = await self._attempt(slips.show, actor=self._actor(), page=page, now=clock.now())
        self.view = shown or self.view


def _slip(form_data: dict[str, Any]) -> int:
    return row_number(str(form_data.get("slip_id", "")))
