"""« Impayés » : les factures en retard, et leurs relances."""

from typing import Any

from portail.domain.text import row_number
from portail.services.unpaid import listing, reminding
from portail.state.base import Audience, PortalState, action, clock
from portail.views.cash_desk import UnpaidView

INVOICE = "facture-"  # le début du nom d'une case


class UnpaidState(PortalState):
    view: UnpaidView = UnpaidView()

    @action(Audience.MONEY)
    async def load(self) -> None:
        await self._show("", 1)

    @action(Audience.MONEY)
    async def show_age(self, age: str) -> None:
        await self._show(age, 1)

    @action(Audience.MONEY)
    async def turn(self, page: int) -> None:
        await self._show(self.view.age, page)

    @action(Audience.MONEY)
    async def remind(self, form_data: dict[str, Any]) -> None:
        chosen = [
            row_number(name.removeprefix(INVOICE)) for name, on in form_data.items() if name.startswith(INVOICE) and on
        ]
        given = {"invoice_ids": chosen, "now": clock.now()}
        said = await self._attempt(reminding.remind, actor=self._actor(), **given)
        if said:
            self._say(said)
            await self._show(self.view.age, self.view.page)

    async def _show(self, age: str, page: int) -> None:
        shown = await self._attempt(listing.show, actor=self._actor(), age=age, page=page, now=clock.now())
        self.view = shown or self.view
