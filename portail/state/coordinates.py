"""« Mes coordonnées » : un formulaire par foyer, chaque faute à côté de son champ."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.services.families import coordinates
from portail.state.base import Audience, PortalState, action, clock
from portail.views.families import Coordinates


class CoordinatesState(PortalState):
    places: list[Coordinates] = []
    ready: bool = False
    editing: int = 0  # le foyer dont le formulaire est ouvert
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.editing, self.errors, self.fault, self.busy = 0, {}, "", False
        await self._refresh()
        self.ready = True

    @action(Audience.PARENT)
    def edit(self, family_id: int) -> None:
        self.editing, self.errors, self.fault = family_id, {}, ""

    @action(Audience.PARENT)
    async def save(self, form_data: dict[str, Any]) -> Any:
        self.errors, self.fault, self.busy = {}, "", True
        yield
        try:
            said = await self._call(
                coordinates.save,
                actor=self._actor(),
                family_id=self.editing,
                form=form_data,
                now=clock.now(),
            )
            self._say(said)
            self.editing = 0
            await self._refresh()
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False

    async def _refresh(self) -> None:
        self.places = await self._attempt(coordinates.show, actor=self._actor()) or []
