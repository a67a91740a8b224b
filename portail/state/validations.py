"""Les réservations à valider : cocher, accepter ou refuser avec un motif."""

from typing import Any

from portail.domain.refusals import RefusalError
from portail.domain.text import row_number
from portail.services.validations import answering
from portail.services.validations.answering import Answer
from portail.state.base import Audience, PortalState, action, clock
from portail.views import wording
from portail.views.validations import PendingPage

MARK = "jour-"


class ValidationsState(PortalState):
    pending: PendingPage = PendingPage()
    fault: str = ""
    shown: int = 0  # change à chaque réponse : le formulaire repart à neuf

    @action(Audience.FILES)
    async def load(self) -> None:
        self.pending, self.fault = PendingPage(), ""
        await self._refresh("")

    @action(Audience.FILES)
    async def look_at(self, activity: str) -> None:
        self.fault = ""
        await self._refresh(activity)

    @action(Audience.FILES)
    async def answer(self, form_data: dict[str, Any]) -> None:
        """Un refus laisse les cases et le motif comme ils étaient."""
        self.fault = ""
        chosen = frozenset(row_number(name.removeprefix(MARK)) for name in form_data if name.startswith(MARK))
        accepted = form_data.get("answer") == "accept"
        given = Answer(chosen, accepted, str(form_data.get("why", "")))
        try:
            count = await self._call(answering.answer, actor=self._actor(), given=given, now=clock.now())
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        else:
            word = "accepté" if accepted else "refusé"
            self._say(f"{wording.count(count, f'jour {word}', f'jours {word}s')} : les familles sont prévenues.")
            self.shown += 1
        await self._refresh(self.pending.activity)

    async def _refresh(self, activity: str) -> None:
        wanted = max(0, row_number(activity))
        found = await self._attempt(answering.show, actor=self._actor(), activity_id=wanted)
        self.pending = found or PendingPage()
