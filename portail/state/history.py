"""« Mon tableau de bord » : l'histoire de la famille, filtrée par sorte, période et enfant."""

from dataclasses import replace

from portail.services.history import feed
from portail.services.history.feed import Wanted
from portail.state.base import Audience, action, clock
from portail.state.chooser import ChooserState
from portail.views.history import HistoryView


class HistoryState(ChooserState):
    history: HistoryView = HistoryView()

    @action(Audience.PARENT)
    async def load(self) -> None:
        await self._show(Wanted())

    @action(Audience.PARENT)
    async def show_kind(self, kind: str) -> None:
        await self._show(replace(self._wanted(), kind=kind))

    @action(Audience.PARENT)
    async def show_period(self, period: str) -> None:
        await self._show(replace(self._wanted(), period=period))

    @action(Audience.PARENT)
    async def turn(self, page: int) -> None:
        await self._show(replace(self._wanted(), page=page))

    @action(Audience.PARENT)
    async def choose_child(self, child_id: int) -> None:
        if await self._choose(child_id):
            await self._show(self._wanted())

    def _wanted(self) -> Wanted:
        return Wanted(self.history.kind, self.history.period)

    async def _show(self, wanted: Wanted) -> None:
        shown = await self._attempt(feed.show, actor=self._actor(), wanted=wanted, now=clock.now())
        self.history = shown or self.history
