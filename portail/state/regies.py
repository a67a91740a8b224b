"""« Régies » : ce que l'administration y règle, et quelle activité chacune vend."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.regies import desk
from portail.state.base import Audience, PortalState, action, clock
from portail.views.payments import RegieList


class RegiesState(PortalState):
    listing: RegieList = RegieList()
    editing: int = -1  # la régie que l'on règle ; zéro : à ajouter
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False

    @action(Audience.ADMIN)
    async def load(self) -> None:
        self._shut()
        await self._refresh()

    @action(Audience.ADMIN)
    def edit(self, regie_id: int) -> None:
        self._shut()
        self.editing = regie_id

    @action(Audience.ADMIN)
    async def save(self, form_data: dict[str, Any]) -> Any:
        given = {"regie_id": max(0, self.editing), "form": form_data}
        async for step in self._do("La régie est enregistrée.", desk.save, **given):
            yield step

    @action(Audience.ADMIN)
    async def open_regie(self, regie_id: int, opened: bool) -> Any:
        done = "La régie est rouverte." if opened else "La régie est fermée : elle n’encaisse plus."
        async for step in self._do(done, desk.set_open, regie_id=regie_id, opened=opened):
            yield step

    @action(Audience.ADMIN)
    async def assign(self, form_data: dict[str, Any]) -> Any:
        given = {name: row_number(str(form_data.get(name, ""))) for name in ("activity_id", "regie_id")}
        async for step in self._do("L’activité est confiée à cette régie.", desk.assign, **given):
            yield step

    async def _do(self, done: str, service: Callable[..., None], **what: Any) -> AsyncIterator[None]:
        self.errors, self.fault, self.busy = {}, "", True
        yield
        try:
            await self._change(done, service, **what)
        finally:
            self.busy = False

    async def _change(self, done: str, service: Callable[..., None], **what: Any) -> None:
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
        self.listing = await self._attempt(desk.show, actor=self._actor()) or RegieList()

    def _shut(self) -> None:
        self.editing, self.errors, self.fault, self.busy = -1, {}, "", False
