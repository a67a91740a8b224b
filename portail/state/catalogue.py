"""« Activités » : celles de mes enfants et celles qui s'ouvrent à eux, par sorte et par enfant."""

from portail.services.enrolments import catalogue
from portail.state.base import Audience, action, clock
from portail.state.chooser import ChooserState
from portail.views.activities import Catalogue


class CatalogueState(ChooserState):
    catalogue: Catalogue = Catalogue()

    @action(Audience.PARENT)
    async def load(self) -> None:
        await self._show("")

    @action(Audience.PARENT)
    async def show_kind(self, kind: str) -> None:
        await self._show(kind)

    @action(Audience.PARENT)
    async def choose_child(self, child_id: int) -> None:
        if await self._choose(child_id):
            await self._show(self.catalogue.kind)

    async def _show(self, kind: str) -> None:
        wanted = {"kind": kind, "child_id": self.chooser.chosen}
        shown = await self._attempt(catalogue.show, actor=self._actor(), now=clock.now(), **wanted)
        self.catalogue = shown or self.catalogue
