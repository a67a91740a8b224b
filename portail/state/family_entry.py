"""« Présenter ma famille » : responsables et adresse, enfants, récapitulatif."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import RefusalError
from portail.services.registration import family_entry
from portail.state.base import Audience, PortalState, action, clock
from portail.views.registration import EntryView

STEPS = 3


class FamilyEntryState(PortalState):
    entry: EntryView = EntryView()
    step: int = 1
    moved: bool = False
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.step, self.moved, self.errors, self.fault, self.busy = 1, False, {}, "", False
        await self._refresh()

    @action(Audience.PARENT)
    async def save_home(self, form_data: dict[str, Any]) -> None:
        if await self._try(family_entry.save_home, form=form_data):
            self._go(2)

    @action(Audience.PARENT)
    async def add_child(self, form_data: dict[str, Any]) -> None:
        if await self._try(family_entry.add_child, form=form_data):
            self._say(f"{self.entry.children[-1].name} est dans la liste." if self.entry.children else "")

    @action(Audience.PARENT)
    async def remove_child(self, rank: int) -> None:
        await self._try(family_entry.remove_child, rank=rank)

    @action(Audience.PARENT)
    def go(self, step: int) -> None:
        """L'étape des enfants ne se passe pas sans enfant."""
        self.errors, self.fault = {}, ""
        if step == STEPS and not self.entry.children:
            self.fault = "Ajoutez au moins un enfant."
        elif 1 <= step <= STEPS and (step == 1 or self.entry.home.filled):
            self._go(step)

    @action(Audience.PARENT)
    async def send(self) -> Any:
        self.busy = True
        yield
        if await self._try(family_entry.send):
            self._say("Votre dossier est créé. La mairie le vérifie et vous écrit dès que c’est fait.")
        self.busy = False

    def _go(self, step: int) -> None:
        self.step, self.moved = step, True

    async def _try(self, service: Any, **kwargs: Any) -> bool:
        self.errors, self.fault = {}, ""
        try:
            await self._call(service, actor=self._actor(), now=clock.now(), **kwargs)
        except RefusalError as refusal:
            self.errors = refusal.fields if isinstance(refusal, FormRefusedError) else {}
            self.fault = refusal.full_sentence
        await self._refresh()
        return not self.fault

    async def _refresh(self) -> None:
        shown = await self._attempt(family_entry.show, actor=self._actor(), now=clock.now())
        self.entry = shown or EntryView()
