"""« Impayés » : les factures en retard, et leurs relances."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from portail.domain.text import row_number
from portail.services.unpaid import board, by_post, listing, reminding, rounds
from portail.services.unpaid.listing import Sought
from portail.state.base import Audience, PortalState, action, clock
from portail.views.unpaid import RemindersView, UnpaidView

INVOICE = "facture-"  # le début du nom d'une case


class UnpaidState(PortalState):
    view: UnpaidView = UnpaidView()
    reminders: RemindersView = RemindersView()
    busy: bool = False

    @action(Audience.MONEY)
    async def load(self) -> None:
        self.busy = False
        await self._show(Sought(), 1)
        await self._look()

    @action(Audience.MONEY)
    async def show_age(self, age: str) -> None:
        await self._show(replace(self._sought(), age=age), 1)

    @action(Audience.MONEY)
    async def show_regie(self, regie_id: str) -> None:
        await self._show(replace(self._sought(), regie_id=row_number(regie_id)), 1)
        await self._look()

    @action(Audience.MONEY)
    async def search(self, form_data: dict[str, Any]) -> None:
        await self._show(replace(self._sought(), words=str(form_data.get("words", ""))), 1)

    @action(Audience.MONEY)
    async def turn(self, page: int) -> None:
        await self._show(self._sought(), page)

    @action(Audience.MONEY)
    async def look(self) -> None:
        """Redemandé toutes les secondes tant qu'une tournée avance ; la liste suit quand elle finit."""
        if self.reminders.is_busy:
            await self._look()
            if not self.reminders.is_busy:
                await self._show(self._sought(), self.view.page)

    @action(Audience.MONEY)
    async def remind(self, form_data: dict[str, Any]) -> Any:
        chosen = [
            row_number(name.removeprefix(INVOICE)) for name, on in form_data.items() if name.startswith(INVOICE) and on
        ]
        async for step in self._do(reminding.remind, invoice_ids=chosen):
            yield step

    @action(Audience.MONEY)
    async def remind_all(self, form_data: dict[str, Any]) -> Any:
        """La dernière relance ne part que si sa case est cochée."""
        async for step in self._do(rounds.ask, regie_id=self._regie(), with_last=bool(form_data.get("with_last"))):
            yield step

    @action(Audience.MONEY)
    async def prepare_letters(self, level: str) -> Any:
        async for step in self._do(by_post.prepare, regie_id=self._regie(), level=level):
            yield step

    async def _do(self, service: Callable[..., str], **about: Any) -> AsyncIterator[None]:
        """Un geste à la fois : le bouton s'éteint, puis tout se relit."""
        self.busy = True
        yield
        try:
            said = await self._attempt(service, actor=self._actor(), now=clock.now(), **about)
            if said:
                self._say(said)
            await self._show(self._sought(), self.view.page)
            await self._look()
        finally:
            self.busy = False

    def _regie(self) -> int:
        """Celle que la liste montre ; zéro : toutes."""
        return max(0, row_number(self.view.regie))

    def _sought(self) -> Sought:
        return Sought(self.view.age, self._regie(), self.view.words)

    async def _show(self, sought: Sought, page: int) -> None:
        given = {"sought": sought, "page": page, "now": clock.now()}
        self.view = await self._attempt(listing.show, actor=self._actor(), **given) or self.view

    async def _look(self) -> None:
        given = {"regie_id": self._regie(), "now": clock.now()}
        self.reminders = await self._attempt(board.show, actor=self._actor(), **given) or self.reminders
