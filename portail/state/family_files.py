"""Les dossiers, pour les agents : chercher, ouvrir, corriger."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import RefusalError
from portail.services.families import desk, files
from portail.state.base import Audience, PortalState, action, clock
from portail.views.families import FamilyFile, FamilyList


class FamilyFilesState(PortalState):
    listing: FamilyList = FamilyList()
    file: FamilyFile = FamilyFile()
    editing: str = ""  # « address », « adult-12 », « child-7 »
    errors: dict[str, str] = {}
    fault: str = ""

    @action(Audience.FILES)
    async def load_list(self) -> None:
        await self._list("", 1)

    @action(Audience.FILES)
    async def search(self, form_data: dict[str, Any]) -> None:
        await self._list(form_data.get("words", ""), 1)

    @action(Audience.FILES)
    async def turn(self, page: int) -> None:
        await self._list(self.listing.words, page)

    @action(Audience.FILES)
    async def load_file(self) -> None:
        await self._show(self._number())

    @action(Audience.FILES)
    def edit(self, what: str) -> None:
        self.editing, self.errors, self.fault = what, {}, ""

    @action(Audience.FILES)
    async def save(self, form_data: dict[str, Any]) -> None:
        """Le formulaire ouvert dit quoi corriger ; le service vérifie que c'est bien de ce dossier."""
        self.errors, self.fault = {}, ""
        what, _, key = self.editing.partition("-")
        given = {"actor": self._actor(), "form": form_data, "now": clock.now()}
        number = int(key) if key.isascii() and key.isdigit() else 0
        try:
            if what == "adult":
                await self._call(desk.correct_adult, guardian_id=number, **given)
            elif what == "child":
                await self._call(desk.correct_child, family_id=self.file.id, child_id=number, **given)
            else:
                await self._call(desk.correct_address, family_id=self.file.id, **given)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        else:
            self._say("Le dossier est corrigé.")
            await self._show(self.file.id)

    async def _list(self, words: str, page: int) -> None:
        shown = await self._attempt(files.find, actor=self._actor(), words=words, page=page)
        self.listing = shown or self.listing

    async def _show(self, family_id: int) -> None:
        self.editing, self.errors, self.fault = "", {}, ""
        shown = await self._attempt(files.show, actor=self._actor(), family_id=family_id, now=clock.now())
        self.file = shown or FamilyFile()
