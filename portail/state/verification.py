"""Vérifier une attestation : une référence, vraie ou inconnue. Ouvert à tous."""

from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from portail.services.papers import references
from portail.state.base import Audience, PortalState, action
from portail.views.papers import Verification


class VerificationState(PortalState):
    found: Verification = Verification()

    @action(Audience.PUBLIC, when_confined=True)
    async def load(self) -> None:
        """La référence de l'adresse, s'il y en a une."""
        typed = unquote(self.router.url.path.rstrip("/").rpartition("/")[2])
        self.found = Verification() if typed in {"", "verification"} else await self._look_up(typed)

    @action(Audience.PUBLIC, when_confined=True)
    async def search(self, form_data: dict[str, Any]) -> Any:
        self.found = Verification("checking")
        yield
        self.found = replace(await self._look_up(str(form_data.get("reference", ""))), typed=True)

    async def _look_up(self, typed: str) -> Verification:
        return await self._attempt(references.verify, typed=typed) or Verification("unknown")
