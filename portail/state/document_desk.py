"""Les documents d'une famille, sur son dossier d'agent : enregistrer, valider, refuser."""

from typing import Any

from portail.domain.documents import DocumentState
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import RefusalError
from portail.services.enrolments import document_desk
from portail.state.base import Audience, PortalState, action, clock
from portail.views.documents import DocumentDesk


class DocumentDeskState(PortalState):
    desk: DocumentDesk = DocumentDesk()
    errors: dict[str, str] = {}
    fault: str = ""
    refusing: int = 0  # le document dont on écrit le motif

    @action(Audience.FILES)
    async def load(self) -> None:
        await self._show(self._number())

    @action(Audience.FILES)
    async def record(self, form_data: dict[str, Any]) -> None:
        self.errors, self.fault = {}, ""
        given = {"family_id": self.desk.family_id, "form": form_data, "now": clock.now()}
        try:
            await self._call(document_desk.record, actor=self._actor(), **given)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        else:
            self._say("Le document est enregistré.")
            await self._show(self.desk.family_id)

    @action(Audience.FILES)
    def ask_why(self, document_id: int) -> None:
        self.refusing, self.errors, self.fault = document_id, {}, ""

    @action(Audience.FILES)
    async def accept(self, document_id: int, seen: str) -> None:
        await self._decide(document_id, seen, DocumentState.ACCEPTED, "")

    @action(Audience.FILES)
    async def refuse(self, form_data: dict[str, Any]) -> None:
        seen = next((one.state for one in self.desk.rows if one.id == self.refusing), "")
        await self._decide(self.refusing, seen, DocumentState.REFUSED, form_data.get("why", ""))

    async def _decide(self, document_id: int, seen: str, wanted: DocumentState, why: str) -> None:
        given = {"document_id": document_id, "seen": seen, "wanted": wanted, "why": str(why), "now": clock.now()}
        if await self._done(document_desk.decide, actor=self._actor(), **given):
            self._say(f"Document {wanted.label}.")
            await self._show(self.desk.family_id)

    async def _show(self, family_id: int) -> None:
        self.errors, self.fault, self.refusing = {}, "", 0
        shown = await self._attempt(document_desk.show, actor=self._actor(), family_id=family_id, now=clock.now())
        self.desk = shown or DocumentDesk()
