"""« Activités » : la liste, et l'ajout d'une activité."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import RefusalError
from portail.services.activities import desk, shown
from portail.state.base import Audience, PortalState, action, clock
from portail.views.activity_desk import ActivityList


class ActivityListState(PortalState):
    listing: ActivityList = ActivityList()
    adding: bool = False
    errors: dict[str, str] = {}
    fault: str = ""

    @action(Audience.TOWN)
    async def load(self) -> None:
        self._shut(adding=False)
        found = await self._attempt(shown.listing, actor=self._actor(), now=clock.now())
        self.listing = found or ActivityList()

    @action(Audience.TOWN)
    def start(self) -> None:
        self._shut(adding=True)

    @action(Audience.TOWN)
    def cancel(self) -> None:
        self._shut(adding=False)

    @action(Audience.TOWN)
    async def add(self, form_data: dict[str, Any]) -> None:
        self.errors, self.fault = {}, ""
        try:
            await self._call(desk.add, actor=self._actor(), form=form_data, now=clock.now())
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        else:
            self._shut(adding=False)
            self._say("L’activité est ajoutée : ouvrez-la pour décrire ses séances et ses règles.")
            found = await self._attempt(shown.listing, actor=self._actor(), now=clock.now())
            self.listing = found or self.listing

    def _shut(self, *, adding: bool) -> None:
        self.adding, self.errors, self.fault = adding, {}, ""
