"""Fusionner deux dossiers : choisir l'autre, les comparer, dire lequel reste, confirmer, revenir."""

from collections.abc import Callable
from typing import Any

from portail.domain.refusals import RefusalError
from portail.services import merging
from portail.services.merging import desk
from portail.state.base import Audience, PortalState, action, clock
from portail.views.duplicates import Candidate
from portail.views.merging import MergeChoice, MergePage


class MergeState(PortalState):
    file: MergePage = MergePage()
    words: str = ""
    found: list[MergeChoice] = []
    chosen: Candidate = Candidate()
    keeps_other: bool = False  # lequel reste : celui de la page, sauf si l'agent dit l'autre
    asking: bool = False
    fault: str = ""
    busy: bool = False

    @action(Audience.FILES)
    async def load(self) -> None:
        self._start_again()
        self.words, self.found, self.busy = "", [], False
        await self._refresh(self._number())

    @action(Audience.FILES)
    async def search(self, form_data: dict[str, Any]) -> None:
        self._start_again()
        self.words, self.found = form_data.get("words", ""), []
        found = await self._try(desk.find, family_id=self.file.id, words=self.words)
        self.found = found or []

    @action(Audience.FILES)
    async def compare(self, other_id: int) -> None:
        self._start_again()
        self.chosen = await self._try(desk.compare, family_id=self.file.id, other_id=other_id) or Candidate()

    @action(Audience.FILES)
    def ask(self, form_data: dict[str, Any]) -> None:
        """Fusionner se confirme : on ne réunit pas deux familles d'un doigt qui glisse."""
        self.keeps_other, self.asking = form_data.get("kept") == "other", self.chosen.id > 0

    @action(Audience.FILES)
    def stop(self) -> None:
        self.asking = False

    @action(Audience.FILES)
    async def merge(self) -> Any:
        self.busy = True
        yield
        pair = (self.file.id, self.chosen.id) if self.keeps_other else (self.chosen.id, self.file.id)
        done = await self._try(merging.merge_families, source_id=pair[0], target_id=pair[1], now=clock.now())
        self.busy, self.asking = False, False
        if done:
            self.chosen, self.found, self.words = Candidate(), [], ""
            self._say("Les deux dossiers n’en font plus qu’un. Vous pouvez revenir en arrière pendant 30 jours.")
        await self._refresh(self.file.id)

    @action(Audience.FILES)
    async def undo(self, merge_id: int) -> Any:
        self.busy = True
        yield
        await self._try(merging.undo_merge, merge_id=merge_id, now=clock.now())
        self.busy = False
        if not self.fault:
            self._say("La fusion est défaite : chaque dossier a retrouvé ce qui était à lui.")
        await self._refresh(self.file.id)

    def _start_again(self) -> None:
        self.chosen, self.asking, self.keeps_other, self.fault = Candidate(), False, False, ""

    async def _try(self, service: Callable[..., Any], **kwargs: Any) -> Any:
        """Un refus se lit sur la page, près de ce qui l'a causé."""
        self.fault = ""
        try:
            return await self._call(service, actor=self._actor(), **kwargs)
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        return None

    async def _refresh(self, family_id: int) -> None:
        shown = await self._attempt(desk.show, actor=self._actor(), family_id=family_id, now=clock.now())
        self.file = shown or MergePage()
