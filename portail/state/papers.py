"""« Mes documents » : les papiers à produire et les droits sur ses données."""

from collections.abc import Callable
from typing import Any

from portail.domain.refusals import RefusalError
from portail.services import papers
from portail.services.privacy import requests
from portail.state.base import Audience, PortalState, action, clock
from portail.views.papers import PapersView


class PapersState(PortalState):
    shelf: PapersView = PapersView()
    correction_error: str = ""
    deletion_error: str = ""
    busy: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.correction_error, self.deletion_error, self.busy = "", "", False
        await self._refresh()

    @action(Audience.PARENT)
    async def ask_correction(self, form_data: dict[str, Any]) -> Any:
        self.busy, self.correction_error = True, ""
        yield
        self.correction_error = await self._ask(requests.ask_correction, form_data)
        self.busy = False

    @action(Audience.PARENT)
    async def ask_deletion(self, form_data: dict[str, Any]) -> Any:
        if not form_data.get("understood"):
            self.deletion_error = "Cochez la case : elle dit que vous avez lu ce qui sera effacé et ce qui sera gardé."
            return
        self.busy, self.deletion_error = True, ""
        yield
        self.deletion_error = await self._ask(requests.ask_deletion, form_data)
        self.busy = False

    async def _ask(self, service: Callable[..., str], form_data: dict[str, Any]) -> str:
        """Rend la phrase du refus, vide si la demande est partie."""
        text = str(form_data.get("text", ""))
        try:
            number = await self._call(service, actor=self._actor(), text=text, now=clock.now())
        except RefusalError as refusal:
            return refusal.full_sentence
        self._say(f"Votre demande {number} est envoyée. La réponse vient sous un mois.")
        await self._refresh()
        return ""

    async def _refresh(self) -> None:
        self.shelf = await self._attempt(papers.show_mine, actor=self._actor(), now=clock.now()) or PapersView(
            ready=True
        )
