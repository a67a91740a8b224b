"""« Absences » : déclarer, suivre ; côté agent, annuler les jours de toute une classe."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.services.absences import collective, showing
from portail.state.base import Audience, PortalState, action, clock
from portail.state.chooser import ChooserState
from portail.views.absences import AbsencesView, GroupForm, GroupPreview


class AbsencesState(ChooserState):
    absences: AbsencesView = AbsencesView()
    fault: str = ""
    files_fault: str = ""

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.fault = self.files_fault = ""
        await self._show()

    @action(Audience.PARENT)
    async def choose_child(self, child_id: int) -> None:
        if await self._choose(child_id):
            await self.load()

    @action(Audience.PARENT)
    async def sent(self) -> None:
        """La déclaration est arrivée par sa propre route : on relit ce qu'elle a changé."""
        self.fault = self.files_fault = ""
        self._say("Votre déclaration est envoyée : suivez-la dans « Mes démarches ».")
        await self._show()

    @action(Audience.PARENT)
    def refused(self, text: str, files: str) -> None:
        """Le refus que la route a rendu, montré à côté de ses champs."""
        self.fault, self.files_fault = text, files

    async def _show(self) -> None:
        shown = await self._attempt(showing.show, actor=self._actor(), now=clock.now())
        if shown:
            self.absences, self.chooser = shown


class GroupState(PortalState):
    """Les jours d'une classe, annulés d'un coup."""

    group: GroupForm = GroupForm()
    preview: GroupPreview = GroupPreview()
    errors: dict[str, str] = {}
    done: str = ""
    _asked: dict[str, Any] = {}

    @action(Audience.FILES)
    async def load(self) -> None:
        self.errors, self.preview, self.done, self._asked = {}, GroupPreview(), "", {}
        self.group = await self._attempt(collective.show_form, actor=self._actor(), now=clock.now()) or GroupForm()

    @action(Audience.FILES)
    async def look(self, form_data: dict[str, Any]) -> None:
        """L'aperçu ; ce qui est demandé est retenu, pour que « Confirmer » porte sur la même chose."""
        self.errors, self.preview, self.done, self._asked = {}, GroupPreview(), "", {}
        try:
            given = {"actor": self._actor(), "form": form_data, "now": clock.now()}
            self.preview, self._asked = await self._call(collective.preview, **given), form_data
        except FormRefusedError as refusal:
            self.errors = refusal.fields

    @action(Audience.FILES)
    def give_up(self) -> None:
        self.preview, self._asked = GroupPreview(), {}

    @action(Audience.FILES)
    async def confirm(self) -> None:
        asked, stamp = self._asked, self.preview.stamp
        self.preview, self._asked = GroupPreview(), {}
        if not asked:
            return
        given = {"form": asked, "stamp": stamp, "now": clock.now()}
        self.done = await self._attempt(collective.cancel, actor=self._actor(), **given) or ""
        if self.done:
            self._say(self.done)
