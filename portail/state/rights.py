"""« Droits des adultes » : ce que chaque adulte de mes dossiers peut y faire."""

from typing import Any

from portail.domain.families import FamilyRight, rights_named
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.families import rights
from portail.state.base import Audience, PortalState, action, clock
from portail.views.rights import FamilyRights


class RightsState(PortalState):
    families: list[FamilyRights] = []
    ready: bool = False
    fault: str = ""
    faulty: int = 0  # l'adulte dont l'enregistrement est refusé
    redrawn: int = 0  # chaque envoi redessine les cases telles que la base les garde

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.fault, self.faulty = "", 0
        await self._refresh()
        self.ready = True

    @action(Audience.PARENT)
    async def save(self, form_data: dict[str, Any]) -> None:
        """Le numéro de l'adulte vient du formulaire : dans une liste, Reflex n'en passe pas d'autre à l'envoi."""
        guardian_id = row_number(form_data.get("guardian_id", ""))
        ticked = frozenset(right for right in FamilyRight if form_data.get(right))
        seen = rights_named(form_data.get("seen", ""))
        self.fault, self.faulty = "", 0
        try:
            await self._call(
                rights.set_rights,
                actor=self._actor(),
                guardian_id=guardian_id,
                rights=ticked,
                seen=seen,
                now=clock.now(),
            )
            self._say("Les droits sont enregistrés.")
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault, self.faulty = refusal.full_sentence, guardian_id
        self.redrawn += 1
        await self._refresh()

    async def _refresh(self) -> None:
        self.families = await self._attempt(rights.show, actor=self._actor()) or []
