"""Relire une inscription : valider, rattacher, refuser, revenir en arrière."""

from collections.abc import Callable
from typing import Any

from portail.domain.refusals import RefusalError
from portail.services import merging
from portail.services.registration import reviews
from portail.services.requests import desk
from portail.services.requests.desk import Decision
from portail.state.base import Audience, PortalState, action, clock
from portail.views.registration import Review


class ReviewState(PortalState):
    review: Review = Review()
    asking: int = 0  # le dossier auquel l'agent est sur le point de rattacher ; zéro : aucun
    refusing: bool = False
    fault: str = ""
    busy: bool = False

    @action(Audience.FILES)
    async def load(self) -> None:
        self.asking, self.refusing, self.fault, self.busy = 0, False, "", False
        await self._refresh(self._number())

    @action(Audience.FILES)
    def ask(self, family_id: int) -> None:
        """Rattacher se confirme : on ne fusionne pas d'un doigt qui glisse."""
        known = {candidate.id for candidate in self.review.candidates}
        self.asking, self.refusing, self.fault = (family_id if family_id in known else 0), False, ""

    @action(Audience.FILES)
    def open_refusal(self, wanted: bool) -> None:
        self.refusing, self.asking, self.fault = wanted, 0, ""

    @action(Audience.FILES)
    async def accept(self) -> Any:
        self.busy = True
        yield
        await self._decide(desk.accept, "L’inscription est validée, la famille en est prévenue.", made=self._made())

    @action(Audience.FILES)
    async def attach(self) -> Any:
        self.busy = True
        yield
        said = "L’inscription est rattachée au dossier existant, la famille en est prévenue."
        await self._decide(reviews.attach, said, made=self._made(), family_id=self.asking)

    @action(Audience.FILES)
    async def refuse(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        made = self._made(form_data.get("reason", ""))
        await self._decide(desk.refuse, "L’inscription est refusée, la famille en est prévenue.", made=made)

    @action(Audience.FILES)
    async def undo(self) -> Any:
        self.busy = True
        yield
        await self._decide(merging.undo_merge, "Le rattachement est défait.", merge_id=self.review.merge_id)

    def _made(self, text: str = "") -> Decision:
        return Decision(self.review.id, self.review.version, text)

    async def _decide(self, service: Callable[..., Any], said: str, **kwargs: Any) -> None:
        """Un refus laisse tout en place, le motif tapé compris ; l'écran montre alors l'état du moment."""
        self.fault = ""
        try:
            await self._call(service, actor=self._actor(), now=clock.now(), **kwargs)
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        else:
            self.asking, self.refusing = 0, False
            self._say(said)
        finally:
            self.busy = False
        await self._refresh(self.review.id)

    async def _refresh(self, request_id: int) -> None:
        shown = await self._attempt(reviews.show, actor=self._actor(), request_id=request_id, now=clock.now())
        self.review = shown or Review()
