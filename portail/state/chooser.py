"""Le choix d'un enfant : un seul endroit le retient, toutes les pages qui en ont besoin l'y lisent."""

import re

import reflex as rx

from portail.services.families import chosen
from portail.state.base import Audience, PortalState, action
from portail.views.history import Chooser

_CHILD_PAGE = re.compile(r"/dossier/enfants/[0-9]{1,10}(/sante|/garde)?/?")


class ChooserState(PortalState):
    chooser: Chooser = Chooser()

    @action(Audience.PARENT)
    async def load_chooser(self) -> None:
        """L'enfant que nomme l'adresse devient l'enfant choisi."""
        found = _CHILD_PAGE.fullmatch(self.router.url.path)
        child_id = self._number() if found else 0
        self.chooser = await self._attempt(chosen.arrive, actor=self._actor(), child_id=child_id) or Chooser()

    @action(Audience.PARENT)
    async def go(self, child_id: int) -> rx.event.EventSpec | None:
        """La même page, pour cet enfant."""
        found = _CHILD_PAGE.fullmatch(self.router.url.path)
        if found is None or child_id <= 0:
            return None
        if await self._choose(child_id):
            return rx.redirect(f"/dossier/enfants/{child_id}{found[1] or ''}")
        return None

    async def _choose(self, child_id: int) -> bool:
        shown = await self._attempt(chosen.choose, actor=self._actor(), child_id=child_id)
        self.chooser = shown or self.chooser
        return shown is not None
