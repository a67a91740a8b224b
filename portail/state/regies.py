"""« Régies » : ce que l'administration y règle, et quelle activité chacune vend."""

from collections.abc import Callable
from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services import regie_desk
from portail.state.base import Audience, PortalState, action, clock
from portail.views.payments import RegieList


class RegiesState(PortalState):
    listing: RegieList = RegieList()
    editing: int = -1  # la régie que l'on règle ; zéro : à ajouter
    errors: dict[str, str] = {}
    fault: str = ""

    @action(Audience.ADMIN)
    async def load(self) -> None:
        self._shut()
        await self._refresh()

    @action(Audience.ADMIN)
    def edit(self, regie_id: int) -> None:
        self._shut()
        self.editing = regie_id

    @action(Audience.ADMIN)
    async def save(self, form_data: dict[str, Any]) -> None:
        await self._do("La régie est enregistrée.", regie_desk.save, regie_id=max(0, self.editing), form=form_data)

    @action(Audience.ADMIN)
    async def open_regie(self, regie_id: int, opened: bool) -> None:
        done = "La régie est rouverte." if opened else "La régie est fermée : elle n’encaisse plus."
        await self._do(done, regie_desk.set_open, regie_id=regie_id, opened=opened)

    @action(Audience.ADMIN)
    async def assign(self, form_data: dict[str, Any]) -> None:
        given = {name: row_number(str(form_data.get(name, ""))) for name in ("activity_id", "regie_id")}
        await self._do("L’activité est confiée à cette régie.", regie_desk.assign, **given)

    async def _do(self, done: str, service: Callable[..., None], **what: Any) -> None:
        self.errors, self.fault = {}, ""
        try:
            await self._call(service, actor=self._actor(), now=clock.now(), **what)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
            return
        except NotOpenError:
            self._say("Cette régie ou cette activité n’existe plus.", "err")
        except RefusalError as refusal:
            self._say(refusal.full_sentence, "err")
        else:
            self._shut()
            self._say(done)
        await self._refresh()

    async def _refresh(self) -> None:
        self.listing = await self._attempt(regie_desk.show, actor=self._actor()) or RegieList()

    def _shut(self) -> None:
        self.editing, self.errors, self.fault = -1, {}, ""
